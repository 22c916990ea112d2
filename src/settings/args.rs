//! The command line: flags, their environment variables, and what they mean.

use crate::records::{Zone, held_kinds};
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args as ClapArgs, Parser, Subcommand, ValueEnum};
use uuid::Uuid;

use crate::domain::Role;
use crate::settings::ask::case::{Case, Next, PolicyAsk};
use crate::settings::ask::orders::Orders;
use crate::settings::ask::provider::{Accounts, Carried, Drift, Reconcile, Requests, SandboxAsk, Serve, Statement};
use crate::settings::ask::tell::{Export, LetterAsk, ReportAsk};
use crate::settings::ask::work::{Clock, Erase, Metrics, Plan, Verify, Watch, Work};
use crate::settings::ask::{Config, Inbox, People, Replay, Screenshot, View, WorkspaceAsk};
use crate::settings::files::Files;
use crate::settings::prefs::{Bidi, LogFormat, LogLevel, Times};
use crate::settings::values;
use crate::store::embedded::{self, Keeping};

const ENDS: &str =
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no database, 4 refused, 5 someone else changed it first,
6 asked of the provider and not answered yet.

Files: ~/.config/recourse/config.toml (recourse config --template prints one), ~/.config/recourse/themes/*.toml,
~/.local/state/recourse (list settings, recordings).";

/// Handle escrow disputes and orders stuck between approval and capture.
///
/// Without a command, opens the console. Without --database-url, runs a private PostgreSQL.
#[derive(Debug, Clone, Parser)]
#[command(name = "recourse", version, max_term_width = 100, after_long_help = ENDS)]
pub struct Args {
    /// The command to run; without one, the console opens.
    #[command(subcommand)]
    pub verb: Option<Verb>,

    /// Act as this person, if your login allows it.
    #[arg(long = "as", global = true, env = "RECOURSE_AS", value_name = "LOGIN", value_parser = values::login)]
    pub person: Option<String>,

    /// Act in this role only.
    #[arg(long, global = true, env = "RECOURSE_ROLE", value_parser = values::role)]
    pub role: Option<Role>,

    /// Write nothing; the database session also refuses writes.
    #[arg(long, global = true, env = "RECOURSE_READ_ONLY", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", hide_default_value = true, hide_possible_values = true, action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub read_only: bool,

    /// Print one JSON object per line.
    #[arg(long, global = true, env = "RECOURSE_JSON", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", hide_default_value = true, hide_possible_values = true, action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub json: bool,

    /// Connect to this PostgreSQL server, 14 or newer: postgres://login@host/database?sslmode=verify-full
    #[arg(long, global = true, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// Read from this server, a standby of the other: reports, lists, exports, metrics, and everything with --read-only
    #[arg(long, global = true, env = "RECOURSE_READ_URL", value_name = "URL", hide_env_values = true)]
    pub read_url: Option<String>,

    /// Use only ASCII symbols in the console.
    #[arg(long, global = true, env = "RECOURSE_ASCII", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", hide_default_value = true, hide_possible_values = true, action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub ascii: bool,

    /// Open the console for screen readers and plain terminals: one pane, only ASCII symbols, no colours.
    #[arg(long, global = true, env = "RECOURSE_PLAIN", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", hide_default_value = true, hide_possible_values = true, action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub plain: bool,

    /// Use this theme: auto (ansi, or light on a light background), ansi, light, mono, high-contrast, deuteranopia, tritanopia, or one in your themes folder.
    #[arg(long, global = true, env = "RECOURSE_THEME", value_name = "NAME", default_value = "auto")]
    pub theme: String,

    /// Log events of this level and above to standard error, in the commands that run until stopped: error, warn, info or debug.
    #[arg(long, global = true, env = "RECOURSE_LOG", value_name = "LEVEL", default_value = "warn", value_parser = values::log_level)]
    pub log: LogLevel,

    /// Write the log in this format: text or json.
    #[arg(long, global = true, env = "RECOURSE_LOG_FORMAT", value_name = "FORMAT", default_value = "text", value_parser = values::log_format)]
    pub log_format: LogFormat,

    /// Name this database on the screen; prod, production and live are shown as a warning.
    #[arg(long, global = true, env = "RECOURSE_ENVIRONMENT", value_name = "NAME")]
    pub environment: Option<String>,

    /// Open the console with people's names and texts hidden.
    #[arg(long, global = true, env = "RECOURSE_MASK", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", hide_default_value = true, hide_possible_values = true, action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub mask: bool,

    /// Open the console with the mouse on.
    #[arg(long, global = true, env = "RECOURSE_MOUSE", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", hide_default_value = true, hide_possible_values = true, action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub mouse: bool,

    /// Say who reorders right-to-left text: terminal, application, or off.
    #[arg(long, global = true, env = "RECOURSE_BIDI", value_name = "WHO", default_value = "terminal", value_parser = values::bidi)]
    pub bidi: Bidi,

    /// Show times as ages or as dates: relative or absolute.
    #[arg(long, global = true, env = "RECOURSE_TIMES", value_name = "HOW", default_value = "relative", value_parser = values::times)]
    pub times: Times,

    /// Show times in this zone: Asia/Riyadh, +03:00, utc or local [default: utc; for cases, the zone of the desk's hours].
    #[arg(long, global = true, env = "RECOURSE_ZONE", value_name = "ZONE", value_parser = values::zone, allow_hyphen_values = true)]
    pub zone: Option<Zone>,

    /// Read this configuration file instead of the one in your home directory.
    #[arg(long, global = true, env = "RECOURSE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Clocks and alerts.
    #[command(flatten)]
    pub work: Work,

    #[arg(long, global = true, env = "XDG_CONFIG_HOME", hide = true)]
    config_home: Option<PathBuf>,

    #[arg(long, global = true, env = "XDG_STATE_HOME", hide = true)]
    state_home: Option<PathBuf>,

    /// The workspace: the schema that has the tables.
    #[arg(long, visible_alias = "workspace", global = true, env = "RECOURSE_SCHEMA", value_name = "NAME", default_value = crate::store::schema::NAME, value_parser = values::schema)]
    pub schema: String,

    /// Keep the private database in this directory.
    #[arg(long, global = true, env = "RECOURSE_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// Use the PostgreSQL binaries in this directory for the private database.
    #[arg(long, global = true, env = "RECOURSE_PG_BIN", value_name = "DIR", hide = true)]
    pub pg_bin: Option<PathBuf>,

    #[arg(long, global = true, env = "XDG_DATA_HOME", hide = true)]
    data_home: Option<PathBuf>,

    #[arg(long, global = true, env = "XDG_CACHE_HOME", hide = true)]
    cache_home: Option<PathBuf>,

    #[arg(long, global = true, env = "NO_COLOR", hide = true)]
    no_color: Option<String>,

    #[arg(long, global = true, env = "HOME", hide = true)]
    home: Option<PathBuf>,

    /// Let a crash destroy the private database: for tests.
    #[arg(long, global = true, env = "RECOURSE_VOLATILE", hide = true, value_parser = BoolishValueParser::new())]
    volatile: bool,
}

/// The commands.
#[derive(Debug, Clone, Subcommand)]
pub enum Verb {
    /// Show counts and money by provider and status.
    Board,
    /// List orders, oldest first (default) or in another order.
    #[command(after_long_help = crate::query::help())]
    Orders(Orders),
    /// Show one order: facts and timeline.
    Show(OrderName),
    /// List the actions that an order allows now.
    Actions(Actions),
    /// Perform an action on an order.
    Act(Act),
    /// Work on cases: owners, messages, files, decisions and payouts.
    Case(Case),
    /// Take the most urgent unclaimed case.
    Next(Next),
    /// Print the letter that tells a party the decision, as text or PDF.
    Letter(LetterAsk),
    /// Export orders with the outcome of their disputes, for spreadsheets and programs.
    #[command(after_long_help = crate::query::help())]
    Export(Export),
    /// Report on a period: disputes by times, outcomes and agents; captures and refunds by day and merchant.
    Report(ReportAsk),
    /// Show or set the desk's policy: reasons, clocks, hours, limits, canned texts.
    Policy(PolicyAsk),
    /// Import facts, one JSON object per line.
    Import(Import),
    /// List the facts in quarantine, and settle them.
    Quarantine(Quarantine),
    /// Show the law: who can do what, when, and which status follows.
    Law(Law),
    /// Generate sample facts for import.
    Sample(Sample),
    /// Open the console on a temporary database with sample orders and new facts arriving.
    Demo(Demo),
    /// List people and their roles, and change them.
    People(People),
    /// Flag orders past their deadline as presumed expired, or expire them if told to, until stopped.
    Clock(Clock),
    /// Show orders stuck at Approved (how long, why, what to do) and the alerts.
    #[command(name = "stuck", alias = "watch", after_long_help = crate::stuck::rule::help())]
    Stuck(Watch),
    /// Show what concerns you, and mark it as read: decisions sent back or approved, cases handed over, failed payouts, what a provider refused.
    Inbox(Inbox),
    /// Plan, approve and run one action on many orders.
    Plan(Plan),
    /// Receive what the providers say, send what is asked of them, read orders, and run clocks and alerts, until stopped.
    Serve(Serve),
    /// Play both providers, to practise on: orders are put in at /sandbox/orders, faults come on demand.
    Sandbox(SandboxAsk),
    /// List the accounts at the providers with their health; check them, replace a token, register webhooks.
    Accounts(Accounts),
    /// List what is asked of the providers, approve or withdraw it, and say what became of what no one knows about.
    Requests(Requests),
    /// List orders that differ from what their provider shows, read them there now, and record what it did.
    Drift(Drift),
    /// Keep a settlement statement of Tamara (.xlsx), and list what of it does not agree with the book.
    Statement(Statement),
    /// Compare what was captured and refunded on a day: here, at Tamara, and in its statements.
    Reconcile(Reconcile),
    /// Serve metrics for Prometheus, on this machine only.
    Metrics(Metrics),
    /// Check that log, orders and counts agree, and that nothing was changed past the log.
    Verify(Verify),
    /// Erase what a buyer or seller left with orders (names, messages, notes, files) once the policy no longer keeps it.
    Erase(Erase),
    /// Make the schema in an empty database, or bring the law of a filled one up to date.
    Migrate,
    /// List the workspaces of the database (markets, or groups of merchants), make another one, or drop one.
    #[command(alias = "workspaces")]
    Workspace(WorkspaceAsk),
    /// List, save and remove views: queries with names.
    View(View),
    /// Show the settings, and where each came from.
    Config(Config),
    /// Check that everything works: database, law, clocks, terminal.
    Doctor,
    /// Play back what the console recorded with ctrl-x d, without a database.
    Replay(Replay),
    /// Save what the console shows as a picture (SVG).
    Screenshot(Screenshot),
    /// Print completions for a shell.
    Completions {
        /// The shell: bash, zsh, fish, elvish or powershell.
        shell: clap_complete::Shell,
    },
    /// Print the man page of recourse or of a command, as roff.
    Man {
        /// The command.
        command: Option<String>,
        /// Write the pages of all commands into this folder instead.
        #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
        to: Option<PathBuf>,
    },
}

/// The order that a command is about.
#[derive(Debug, Clone, ClapArgs)]
pub struct OrderName {
    /// The order: its id, or provider:id.
    pub order: String,
}

/// Which actions to list.
#[derive(Debug, Clone, ClapArgs)]
pub struct Actions {
    /// The order: its id, or provider:id.
    pub order: String,
    /// Include actions that are not allowed now, and why.
    #[arg(long)]
    pub all: bool,
}

/// The party that an action is recorded for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum For {
    /// The buyer said so.
    Buyer,
    /// The seller said so.
    Seller,
    /// The courier said so.
    Courier,
    /// The provider did it.
    Provider,
}

/// An action on an order.
#[derive(Debug, Clone, ClapArgs)]
pub struct Act {
    /// The order: its id, or provider:id.
    pub order: String,
    /// The action, as `recourse actions` lists it.
    pub action: String,
    /// The amount, in major units.
    #[arg(long, value_name = "AMOUNT")]
    pub amount: Option<String>,
    /// The seller's share, in major units or as a percentage: 60%. The buyer gets the rest.
    #[arg(long, value_name = "AMOUNT")]
    pub to_seller: Option<String>,
    /// The buyer's share, in major units or as a percentage: 40%. The seller gets the rest.
    #[arg(long, value_name = "AMOUNT")]
    pub to_buyer: Option<String>,
    /// Record what this party said or did.
    #[arg(long = "for", value_enum)]
    pub party: Option<For>,
    /// How you know, or why.
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// The payment reference.
    #[arg(long, value_name = "TEXT")]
    pub reference: Option<String>,
    /// A reason code, without blanks: words belong into the note.
    #[arg(long, value_name = "CODE", value_parser = values::code)]
    pub reason: Option<String>,
    /// Act only if the order is still at this version.
    #[arg(long, value_name = "VERSION")]
    pub expect: Option<i32>,
    /// Identify this request, so that sending it twice acts once.
    #[arg(long, value_name = "UUID")]
    pub request_id: Option<Uuid>,
    /// Show what would happen, write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// What its provider needs.
    #[command(flatten)]
    pub carried: Carried,
}

/// What to import.
#[derive(Debug, Clone, ClapArgs)]
pub struct Import {
    /// A file, or - for standard input.
    #[arg(required_unless_present = "ids")]
    pub file: Option<PathBuf>,
    /// Read the orders with the ids in this file (one on each line) at their provider instead, with a running server.
    #[arg(long, value_name = "FILE", requires = "account", conflicts_with = "file")]
    pub ids: Option<PathBuf>,
    /// The account that reads them.
    #[arg(long, value_name = "NAME", requires = "ids")]
    pub account: Option<String>,
    /// Fail if a line is in quarantine.
    #[arg(long)]
    pub strict: bool,
    /// Write over so many connections at once: long files are read faster where the database has that many processors.
    #[arg(long, value_name = "N", default_value_t = values::processors(), value_parser = clap::value_parser!(u32).range(1..=32))]
    pub connections: u32,
}

/// Which facts in quarantine, and what to do with them.
#[derive(Debug, Clone, ClapArgs)]
pub struct Quarantine {
    /// Without it, lists the facts in quarantine.
    #[command(subcommand)]
    pub verb: Option<QuarantineVerb>,
    /// Only facts of this order.
    #[arg(long, value_name = "ORDER")]
    pub order: Option<String>,
    /// Only facts that are in quarantine for this reason, such as currency.
    #[arg(long, value_name = "KIND", value_parser = held_kind)]
    pub kind: Option<String>,
    /// Only facts with this word that is not known, such as QAR.
    #[arg(long, value_name = "WORD")]
    pub detail: Option<String>,
    /// Only facts of this merchant.
    #[arg(long, value_name = "NAME")]
    pub merchant: Option<String>,
    /// Only facts of this import, by its number.
    #[arg(long, value_name = "N")]
    pub import: Option<i64>,
}

/// A reason for which facts are in quarantine.
fn held_kind(word: &str) -> Result<String, String> {
    let name = word.to_lowercase().replace([' ', '-'], "_");
    let known: Vec<&str> = held_kinds().collect();
    if known.contains(&name.as_str()) { Ok(name) } else { Err(format!("use {}", known.join(", "))) }
}

/// The quarantine commands.
#[derive(Debug, Clone, Subcommand)]
pub enum QuarantineVerb {
    /// Count the facts by kind: the reason, and the word that is not known.
    Kinds,
    /// Print a fact as it came in, whole, with secrets blanked.
    Raw {
        /// The fact's number.
        id: i64,
    },
    /// Retry facts that only came too early.
    Retry,
    /// Apply one of the readings of a fact.
    Apply {
        /// The fact's number.
        id: i64,
        /// Which reading, from 1.
        #[arg(long, value_name = "N")]
        reading: usize,
        /// How you know.
        #[arg(long, value_name = "TEXT")]
        note: String,
    },
    /// Dismiss facts, or all of an import.
    Dismiss {
        /// The facts' numbers.
        #[arg(required_unless_present = "import", conflicts_with = "import")]
        ids: Vec<i64>,
        /// All facts of this import that need a decision, by its number.
        #[arg(long, value_name = "N")]
        import: Option<i64>,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        note: String,
    },
}

/// The format of the law.
#[derive(Debug, Clone, ClapArgs)]
#[group(multiple = false)]
pub struct Law {
    /// Print Mermaid state diagrams.
    #[arg(long)]
    pub mermaid: bool,
    /// Print Markdown tables.
    #[arg(long)]
    pub markdown: bool,
}

/// What to generate.
#[derive(Debug, Clone, ClapArgs)]
pub struct Sample {
    /// How many orders to generate.
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    pub orders: u64,
    /// Seed: the same seed gives the same output.
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub seed: u64,
    /// Generate no facts after this time.
    #[arg(long, default_value = "2026-11-18T12:00:00Z", value_name = "TIME")]
    pub until: DateTime<Utc>,
    /// The share of broken, repeated, late and contradictory lines, 0 to 1.
    #[arg(long, default_value_t = 0.0, value_name = "P", value_parser = values::share)]
    pub faults: f64,
    /// Include what was tried with orders stuck at Approved.
    #[arg(long)]
    pub evidence: bool,
}

/// What the demo shows.
#[derive(Debug, Clone, ClapArgs)]
pub struct Demo {
    /// How many orders to start with.
    #[arg(long, default_value_t = 2_000, value_name = "N")]
    pub orders: u64,
    /// Seed: the same seed gives the same orders.
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub seed: u64,
}

impl Args {
    /// The configuration file: the one that was given, or the one in the home directory.
    pub fn config_file(&self) -> Option<PathBuf> {
        let named = self.config.clone().filter(|path| !path.as_os_str().is_empty());
        let home = self.home.as_ref().map(|home| home.join(".config"));
        named.or_else(|| Some(absolute(&self.config_home).or(home)?.join("recourse/config.toml")))
    }

    /// The folders of this person's configuration and state.
    pub fn files(&self) -> Files {
        let home = self.home.as_ref().map(|home| home.join(".local/state"));
        let state = absolute(&self.state_home).or(home).map(|folder| folder.join("recourse"));
        Files { config: self.config_file(), state }
    }

    /// Whether colours are off (no-color.org).
    pub fn no_color(&self) -> bool {
        self.no_color.as_ref().is_some_and(|value| !value.is_empty())
    }

    /// The private database's settings.
    pub fn embedded(&self) -> embedded::Settings {
        let default = || embedded::default_dir(self.data_home.as_deref(), self.home.as_deref());
        embedded::Settings {
            dir: self.data_dir.clone().unwrap_or_else(default),
            binaries: self.pg_bin.clone().filter(|path| !path.as_os_str().is_empty()),
            cache: embedded::cache_dir(self.cache_home.as_deref(), self.home.as_deref()),
            program: std::env::current_exe().unwrap_or_else(|_| PathBuf::from("recourse")),
            keeping: if self.volatile { Keeping::Volatile } else { Keeping::Durable },
            ask: std::io::stdin().is_terminal().then_some(ask),
        }
    }
}

/// Ignores a relative path, as the base directory specification requires.
fn absolute(path: &Option<PathBuf>) -> Option<PathBuf> {
    path.clone().filter(|path| path.is_absolute())
}

/// Asks a yes-or-no question on the terminal; the default is no.
pub fn ask(question: &str) -> bool {
    let mut answer = String::new();
    let asked = write!(io::stderr(), "{question} [y/N] ").and_then(|()| io::stderr().flush());
    asked.is_ok() && io::stdin().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}
