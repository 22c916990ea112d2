//! The command line: flags, their environment variables, and what they mean.

use std::io::IsTerminal;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args as ClapArgs, Parser, Subcommand, ValueEnum};
use uuid::Uuid;

use super::ask::case::{Case, Export, LetterAsk, Next, PolicyAsk, ReportAsk};
use super::ask::work::{Clock, Metrics, Plan, Watch, Work};
use super::ask::{Config, Replay, Screenshot, View};
use crate::console::files::Files;
use crate::console::prefs::{Bidi, Times, Zone};
use crate::domain::{Provider, Role};
use crate::query::Sort;
use crate::settings as table;
use crate::store::embedded::Keeping;
use crate::store::{Access, Database, embedded};
use crate::text;

const ENDS: &str =
    "Exit codes: 0 done, 1 failed, 2 asked wrongly, 3 no database, 4 refused by the law, 5 somebody else was first.

Files: ~/.config/recourse/config.toml (recourse config --template begins one), ~/.config/recourse/themes/*.toml,
~/.local/state/recourse (what lists remember, recordings).";

/// A console for disputes in escrow and orders stuck between approval and capture.
///
/// Without a command it opens the console. Without --database-url it runs a private PostgreSQL of its own.
#[derive(Debug, Clone, Parser)]
#[command(name = "recourse", version, max_term_width = 100, after_long_help = ENDS)]
pub struct Args {
    /// What to do; without it the console opens.
    #[command(subcommand)]
    pub verb: Option<Verb>,

    /// The person to act as, where that is allowed.
    #[arg(long = "as", global = true, env = "RECOURSE_AS", value_name = "LOGIN", value_parser = login)]
    pub person: Option<String>,

    /// Act in this role only.
    #[arg(long, global = true, env = "RECOURSE_ROLE", value_parser = role)]
    pub role: Option<Role>,

    /// Write nothing; the database session refuses it, too.
    #[arg(long, global = true, env = "RECOURSE_READ_ONLY", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", hide_default_value = true, hide_possible_values = true, action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub read_only: bool,

    /// One JSON object a line.
    #[arg(long, global = true, env = "RECOURSE_JSON", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", hide_default_value = true, hide_possible_values = true, action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub json: bool,

    /// A PostgreSQL server, 14 or newer: postgres://login@host/database?sslmode=verify-full
    #[arg(long, global = true, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// Plain signs instead of drawn ones, in the console.
    #[arg(long, global = true, env = "RECOURSE_ASCII", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", hide_default_value = true, hide_possible_values = true, action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub ascii: bool,

    /// For screen readers and plain terminals: one pane at a time, plain signs, no colours, in the console.
    #[arg(long, global = true, env = "RECOURSE_PLAIN", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", hide_default_value = true, hide_possible_values = true, action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub plain: bool,

    /// ansi, light, mono, high-contrast, deuteranopia, tritanopia, or one of your own beside the configuration.
    #[arg(long, global = true, env = "RECOURSE_THEME", value_name = "NAME", default_value = "ansi")]
    pub theme: String,

    /// What this database is called on the screen; prod, production or live is shown as an alarm.
    #[arg(long, global = true, env = "RECOURSE_ENVIRONMENT", value_name = "NAME")]
    pub environment: Option<String>,

    /// Hide people's names and words from the beginning, in the console.
    #[arg(long, global = true, env = "RECOURSE_MASK", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", hide_default_value = true, hide_possible_values = true, action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub mask: bool,

    /// Use the mouse from the beginning, in the console.
    #[arg(long, global = true, env = "RECOURSE_MOUSE", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", hide_default_value = true, hide_possible_values = true, action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub mouse: bool,

    /// Who turns right-to-left text around: terminal, application, or off.
    #[arg(long, global = true, env = "RECOURSE_BIDI", value_name = "WHO", default_value = "terminal", value_parser = table::bidi)]
    pub bidi: Bidi,

    /// Ages or moments on the screen: relative or absolute.
    #[arg(long, global = true, env = "RECOURSE_TIMES", value_name = "HOW", default_value = "relative", value_parser = table::times)]
    pub times: Times,

    /// The time zone of moments on the screen: utc, local, or a difference like +03:00.
    #[arg(long, global = true, env = "RECOURSE_ZONE", value_name = "ZONE", default_value = "utc", value_parser = table::zone, allow_hyphen_values = true)]
    pub zone: Zone,

    /// The configuration file, instead of the one in your home.
    #[arg(long, global = true, env = "RECOURSE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Clocks and alerts.
    #[command(flatten)]
    pub work: Work,

    #[arg(long, global = true, env = "XDG_CONFIG_HOME", hide = true)]
    config_home: Option<PathBuf>,

    #[arg(long, global = true, env = "XDG_STATE_HOME", hide = true)]
    state_home: Option<PathBuf>,

    /// Where the private database lives.
    #[arg(long, global = true, env = "RECOURSE_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// The folder with PostgreSQL's own binaries, for the private database.
    #[arg(long, global = true, env = "RECOURSE_PG_BIN", value_name = "DIR", hide = true)]
    pub pg_bin: Option<PathBuf>,

    #[arg(long, global = true, env = "XDG_DATA_HOME", hide = true)]
    data_home: Option<PathBuf>,

    #[arg(long, global = true, env = "NO_COLOR", hide = true)]
    no_color: Option<String>,

    #[arg(long, global = true, env = "HOME", hide = true)]
    home: Option<PathBuf>,

    /// The private database need not survive a crash: for tests.
    #[arg(long, global = true, env = "RECOURSE_VOLATILE", hide = true, value_parser = BoolishValueParser::new())]
    volatile: bool,
}

/// The commands.
#[derive(Debug, Clone, Subcommand)]
pub enum Verb {
    /// Counts and money by provider and status.
    Board,
    /// Orders, oldest first or sorted otherwise.
    #[command(after_long_help = crate::query::help())]
    Orders(Orders),
    /// One order: facts and timeline.
    Show(OrderName),
    /// What may be done to an order now.
    Actions(Actions),
    /// Do something to an order.
    Act(Act),
    /// The desk of disputes: who has which case, what was said and shown, decisions and payouts.
    Case(Case),
    /// Take the most urgent case that nobody has.
    Next(Next),
    /// The letter that tells a party what was decided: text, or PDF.
    Letter(LetterAsk),
    /// Orders with what became of their disputes, for spreadsheets and programs.
    #[command(after_long_help = crate::query::help())]
    Export(Export),
    /// What the desk did in a period: backlog, times, outcomes, agents, merchants.
    Report(ReportAsk),
    /// How this desk works: reasons, clocks, hours, limits, canned texts.
    Policy(PolicyAsk),
    /// Take in facts, one JSON object a line.
    Import(Import),
    /// What came in and could not be taken.
    Quarantine(Quarantine),
    /// The law: who may do what, when, and what the order becomes.
    Law(Law),
    /// A stream of made-up lives, for import.
    Sample(Sample),
    /// The console on a throw-away database filled from the sample, with new facts arriving.
    Demo(Demo),
    /// Who may do what here.
    People(People),
    /// Let what is over its deadline expire, until it is stopped.
    Clock(Clock),
    /// Orders stuck at Approved: how long, why, what to do; and the alerts.
    #[command(after_long_help = crate::watch::rule::help())]
    Watch(Watch),
    /// One thing done to many orders: planned, approved, run.
    Plan(Plan),
    /// Figures for Prometheus, on this machine only.
    Metrics(Metrics),
    /// Prove the log, the projection and the tallies.
    Verify,
    /// Queries with names, for everybody.
    View(View),
    /// The settings, and where each came from.
    Config(Config),
    /// Look whether everything works: database, law, clocks, terminal.
    Doctor,
    /// Play back what a console recorded with ctrl-x d, without a database.
    Replay(Replay),
    /// Write what the console shows as a picture (SVG).
    Screenshot(Screenshot),
    /// Completions for a shell.
    Completions {
        /// bash, zsh, fish, elvish or powershell.
        shell: clap_complete::Shell,
    },
    /// The man page, as roff; or that of a command.
    Man {
        /// The command.
        command: Option<String>,
    },
}

/// An order's name.
#[derive(Debug, Clone, ClapArgs)]
pub struct OrderName {
    /// The order: its id, or provider:id.
    pub order: String,
}

/// Which orders.
#[derive(Debug, Clone, ClapArgs)]
pub struct Orders {
    /// Only this provider's.
    #[arg(long, value_parser = provider)]
    pub provider: Option<Provider>,
    /// Only in these statuses, by their wire words.
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    pub status: Vec<String>,
    /// Only those of a view with this name: yours, or a shared one.
    #[arg(long, value_name = "NAME", conflicts_with = "query")]
    pub view: Option<String>,
    /// Only those that pass this query, like 'age>48h currency:SAR merchant:m-7'; --help lists the language.
    #[arg(long = "where", value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// age, amount, deadline or urgency.
    #[arg(long, default_value = "age", value_name = "ORDER", value_parser = sort)]
    pub sort: Sort,
    /// Declined and expired ones too.
    #[arg(long)]
    pub all: bool,
    /// How many at the most.
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub limit: u64,
    /// Go on after the cursor of an earlier line.
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true)]
    pub after: Option<String>,
}

/// Which actions.
#[derive(Debug, Clone, ClapArgs)]
pub struct Actions {
    /// The order: its id, or provider:id.
    pub order: String,
    /// Those that may not be done too, and why not.
    #[arg(long)]
    pub all: bool,
}

/// For whom a thing is recorded.
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

/// What to do.
#[derive(Debug, Clone, ClapArgs)]
pub struct Act {
    /// The order: its id, or provider:id.
    pub order: String,
    /// The action, as `recourse actions` names it.
    pub action: String,
    /// How much, in major units.
    #[arg(long, value_name = "AMOUNT")]
    pub amount: Option<String>,
    /// What the seller gets, in major units, or a percentage: 60%.
    #[arg(long, value_name = "AMOUNT", requires = "to_buyer")]
    pub to_seller: Option<String>,
    /// What the buyer gets, in major units, or a percentage: 40%.
    #[arg(long, value_name = "AMOUNT", requires = "to_seller")]
    pub to_buyer: Option<String>,
    /// For whom it is recorded.
    #[arg(long = "for", value_enum)]
    pub party: Option<For>,
    /// How you know, or why.
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// The payment's reference.
    #[arg(long, value_name = "TEXT")]
    pub reference: Option<String>,
    /// A reason code.
    #[arg(long, value_name = "CODE")]
    pub reason: Option<String>,
    /// Only if the order still is at this version.
    #[arg(long, value_name = "VERSION")]
    pub expect: Option<i32>,
    /// By which the same request is known again: sent twice, done once.
    #[arg(long, value_name = "UUID")]
    pub request_id: Option<Uuid>,
    /// Judge it, write nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// What to take in.
#[derive(Debug, Clone, ClapArgs)]
pub struct Import {
    /// A file, or - for standard input.
    pub file: PathBuf,
    /// Fail where a line was quarantined.
    #[arg(long)]
    pub strict: bool,
}

/// What to do with quarantined facts.
#[derive(Debug, Clone, ClapArgs)]
pub struct Quarantine {
    /// Without it, what waits is listed.
    #[command(subcommand)]
    pub verb: Option<QuarantineVerb>,
    /// Only this order's.
    #[arg(long, value_name = "ORDER")]
    pub order: Option<String>,
}

/// What to do with a quarantined fact.
#[derive(Debug, Clone, Subcommand)]
pub enum QuarantineVerb {
    /// Try again what merely came early.
    Retry,
    /// Take a fact as one of its readings.
    Apply {
        /// Its number.
        id: i64,
        /// Which reading, from 1.
        #[arg(long, value_name = "N")]
        reading: usize,
        /// How you know.
        #[arg(long, value_name = "TEXT")]
        note: String,
    },
    /// Put a fact away.
    Dismiss {
        /// Its number.
        id: i64,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        note: String,
    },
}

/// In which form the law is told.
#[derive(Debug, Clone, ClapArgs)]
#[group(multiple = false)]
pub struct Law {
    /// As Mermaid state diagrams.
    #[arg(long)]
    pub mermaid: bool,
    /// As Markdown tables.
    #[arg(long)]
    pub markdown: bool,
}

/// What to make up.
#[derive(Debug, Clone, ClapArgs)]
pub struct Sample {
    /// How many orders.
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    pub orders: u64,
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub seed: u64,
    /// When the lives are cut off.
    #[arg(long, default_value = "2026-11-18T12:00:00Z", value_name = "TIME")]
    pub until: DateTime<Utc>,
    /// The share of broken, repeated, late and contradictory lines, 0 to 1.
    #[arg(long, default_value_t = 0.0, value_name = "P", value_parser = share)]
    pub faults: f64,
    /// With what was tried with orders that got stuck at Approved.
    #[arg(long)]
    pub evidence: bool,
}

/// What the demo shows.
#[derive(Debug, Clone, ClapArgs)]
pub struct Demo {
    /// How many orders it starts with.
    #[arg(long, default_value_t = 2_000, value_name = "N")]
    pub orders: u64,
    /// The same seed gives the same lives.
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub seed: u64,
}

/// Who may do what.
#[derive(Debug, Clone, ClapArgs)]
pub struct People {
    /// Without it, everybody is listed.
    #[command(subcommand)]
    pub verb: Option<PeopleVerb>,
}

/// Changes to who may do what.
#[derive(Debug, Clone, Subcommand)]
pub enum PeopleVerb {
    /// Give a person roles. The first person of all has to be an admin.
    Add {
        /// The database login, or the name given with --as.
        login: String,
        /// viewer, agent, lead, ops, admin.
        #[arg(required = true, value_parser = role)]
        roles: Vec<Role>,
    },
    /// Take roles from a person.
    Remove {
        /// The database login, or the name given with --as.
        login: String,
        /// viewer, agent, lead, ops, admin.
        #[arg(required = true, value_parser = role)]
        roles: Vec<Role>,
    },
}

impl Args {
    /// The configuration file: the one that was named, or the one in the person's home.
    pub fn config_file(&self) -> Option<PathBuf> {
        let named = self.config.clone().filter(|path| !path.as_os_str().is_empty());
        let home = self.home.as_ref().map(|home| home.join(".config"));
        named.or_else(|| Some(absolute(&self.config_home).or(home)?.join("recourse/config.toml")))
    }

    /// Where this person's own things are.
    pub fn files(&self) -> Files {
        let home = self.home.as_ref().map(|home| home.join(".local/state"));
        let state = absolute(&self.state_home).or(home).map(|folder| folder.join("recourse"));
        Files { config: self.config_file(), state }
    }

    /// How to come into the database.
    pub fn access(&self, connections: u32) -> Access {
        let url = self.database_url.clone().filter(|url| !url.trim().is_empty());
        let database = url.map_or_else(|| Database::Embedded(self.embedded()), Database::Url);
        Access { database, person: self.person.clone(), read_only: self.read_only, connections }
    }

    /// Whether colours are unwanted (no-color.org).
    pub fn no_color(&self) -> bool {
        self.no_color.as_ref().is_some_and(|value| !value.is_empty())
    }

    /// The private database's settings.
    pub fn embedded(&self) -> embedded::Settings {
        let default = || embedded::default_dir(self.data_home.as_deref(), self.home.as_deref());
        embedded::Settings {
            dir: self.data_dir.clone().unwrap_or_else(default),
            binaries: self.pg_bin.clone().filter(|path| !path.as_os_str().is_empty()),
            program: std::env::current_exe().unwrap_or_else(|_| PathBuf::from("recourse")),
            keeping: if self.volatile { Keeping::Volatile } else { Keeping::Durable },
            ask: std::io::stdin().is_terminal().then_some(super::ask),
        }
    }
}

/// The base directory specification has relative ones ignored.
fn absolute(path: &Option<PathBuf>) -> Option<PathBuf> {
    path.clone().filter(|path| path.is_absolute())
}

fn role(name: &str) -> Result<Role, String> {
    name.parse().map_err(|_| "one of viewer, agent, lead, ops, admin".to_owned())
}

/// A login stands in the log and on other people's screens: one printable line.
pub fn login(name: &str) -> Result<String, String> {
    let is_one = text::clean(name) == name && name.trim() == name;
    is_one.then(|| name.to_owned()).ok_or_else(|| "a login is one line of printable letters".to_owned())
}

fn sort(name: &str) -> Result<Sort, String> {
    name.parse().map_err(|_| "one of age, amount, deadline, urgency".to_owned())
}

pub(super) fn provider(name: &str) -> Result<Provider, String> {
    name.parse().map_err(|_| "one of tamara, atarapay".to_owned())
}

fn share(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|share| (0.0..=1.0).contains(share)).ok_or_else(|| "a share from 0 to 1".to_owned())
}
