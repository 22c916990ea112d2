//! Arguments of the commands that reach the providers: the server, its accounts, and requests.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args as ClapArgs, Subcommand};
use strum::VariantArray;

use crate::records::{DriftClass, RequestState};
use crate::sandbox::fault::Faults;
use crate::serve::Part;
use crate::serve::accounts::span;
use crate::settings::values;

/// The server.
#[derive(Debug, Clone, ClapArgs)]
pub struct Serve {
    /// The file with the accounts; without it accounts.toml next to the configuration file.
    #[arg(long, env = "RECOURSE_ACCOUNTS", value_name = "FILE")]
    pub accounts: Option<PathBuf>,
    /// Take notifications on this address. TLS is the business of a proxy in front of it.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Run only these parts, separated by commas: receive, send, read, clock, watch.
    #[arg(long, value_name = "PARTS", value_parser = part, value_delimiter = ',')]
    pub only: Vec<Part>,
}

impl Serve {
    /// The parts that run.
    pub fn parts(&self) -> BTreeSet<Part> {
        if self.only.is_empty() {
            Part::VARIANTS.iter().copied().collect()
        } else {
            self.only.iter().copied().collect()
        }
    }
}

fn part(word: &str) -> Result<Part, String> {
    let names: Vec<&str> = Part::VARIANTS.iter().map(<&str>::from).collect();
    word.trim().parse().map_err(|_| format!("use {}", names.join(", ")))
}

/// A provider to practise on.
#[derive(Debug, Clone, ClapArgs)]
pub struct SandboxAsk {
    /// The file with the accounts whose tokens it accepts; without it accounts.toml next to the configuration file.
    #[arg(long, env = "RECOURSE_ACCOUNTS", value_name = "FILE")]
    pub accounts: Option<PathBuf>,
    /// Take calls on this address.
    #[arg(long, default_value = "127.0.0.1:9090", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Send notifications to the server at this address.
    #[arg(long, value_name = "URL")]
    pub notify: Option<String>,
    /// Let this go wrong, each with its share: timeout:0.05,cut:0.02,html:0.01,500:0.02,409:0.1,429:0.1,401:ACCOUNT.
    #[arg(long, value_name = "FAULTS", default_value = "", hide_default_value = true)]
    pub fault: Faults,
    /// Seed: the same seed gives the same faults.
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub seed: u64,
}

/// The accounts.
#[derive(Debug, Clone, ClapArgs)]
pub struct Accounts {
    /// Without it, lists the accounts that servers have.
    #[command(subcommand)]
    pub verb: Option<AccountsVerb>,
    /// The file with the accounts, for commands that need its secrets.
    #[arg(long, global = true, env = "RECOURSE_ACCOUNTS", value_name = "FILE")]
    pub accounts: Option<PathBuf>,
}

/// What is done with an account.
#[derive(Debug, Clone, Subcommand)]
pub enum AccountsVerb {
    /// Ask a running server whether the provider accepts the credentials.
    Check {
        /// The account.
        name: String,
    },
    /// Replace the account's token by the text on standard input (or in a file), and have the server read it. On the server's machine.
    Token {
        /// The account.
        name: String,
        /// Read the token from this file.
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
    },
    /// List, register or remove the provider's webhooks. On the server's machine.
    Webhooks {
        /// The account.
        name: String,
        /// Register this address.
        #[arg(long, value_name = "URL", conflicts_with = "remove")]
        url: Option<String>,
        /// Remove the webhook with this id.
        #[arg(long, value_name = "ID")]
        remove: Option<String>,
    },
}

/// Requests to the providers.
#[derive(Debug, Clone, ClapArgs)]
pub struct Requests {
    /// Without it, lists requests, the newest first.
    #[command(subcommand)]
    pub verb: Option<RequestsVerb>,
    /// Only those in this state: to_approve, queued, sending, unknown, done, refused, not_done or withdrawn.
    #[arg(long, value_name = "STATE")]
    pub state: Option<RequestState>,
    /// Only those of this order.
    #[arg(long, value_name = "ORDER")]
    pub order: Option<String>,
    /// List at most this many.
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub limit: u32,
    /// Continue with those before this number.
    #[arg(long, value_name = "ID")]
    pub before: Option<i64>,
}

/// What a person says of a request.
#[derive(Debug, Clone, Subcommand)]
pub enum RequestsVerb {
    /// Withdraw a request before it is sent.
    Withdraw {
        /// The request's number.
        id: i64,
    },
    /// Let money go out that is above the policy's limit.
    Approve {
        /// The request's number.
        id: i64,
    },
    /// Say what became of a request that no one knows about.
    Settle {
        /// The request's number.
        id: i64,
        /// The provider did it, under this id.
        #[arg(long, value_name = "REFERENCE", conflicts_with = "not_done", required_unless_present = "not_done")]
        done: Option<String>,
        /// The provider did not do it.
        #[arg(long)]
        not_done: bool,
        /// How you know.
        #[arg(long, value_name = "TEXT")]
        note: String,
    },
}

/// Settlement statements.
#[derive(Debug, Clone, ClapArgs)]
pub struct Statement {
    /// Keep this spreadsheet, as Tamara sends it; without it, lists the statements that are kept.
    #[arg(value_name = "FILE.xlsx")]
    pub file: Option<PathBuf>,
    /// Keep it in the place of the one that has its id.
    #[arg(long, requires = "file")]
    pub replace: bool,
    /// Show the kept one with this id or number.
    #[arg(long, value_name = "ID", conflicts_with = "file")]
    pub id: Option<String>,
    /// Print CSV.
    #[arg(long)]
    pub csv: bool,
}

/// A day's captures and refunds.
#[derive(Debug, Clone, ClapArgs)]
pub struct Reconcile {
    /// The day in Riyadh, like 2026-11-20.
    #[arg(long, value_name = "DAY")]
    pub day: NaiveDate,
    /// Only those of this merchant.
    #[arg(long, value_name = "NAME")]
    pub merchant: Option<String>,
    /// Print CSV.
    #[arg(long)]
    pub csv: bool,
}

/// Orders that differ from what their provider shows.
#[derive(Debug, Clone, ClapArgs)]
pub struct Drift {
    /// Without it, lists them, those that differ longest first.
    #[command(subcommand)]
    pub verb: Option<DriftVerb>,
    /// Only those that differ in this way: ahead, behind, conflict or absent.
    #[arg(long, value_name = "CLASS", value_parser = class)]
    pub class: Option<DriftClass>,
    /// List at most this many.
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pub limit: u32,
}

fn class(word: &str) -> Result<DriftClass, String> {
    word.parse().map_err(|_| "use ahead, behind, conflict or absent".to_owned())
}

/// What is done about orders that differ.
#[derive(Debug, Clone, Subcommand)]
pub enum DriftVerb {
    /// Have a running server read orders at their provider now; without a query those that differ. Exit 0 if all agree, 1 if not.
    Check {
        /// The orders, in the syntax of `orders --where`.
        #[arg(long = "where", value_name = "QUERY", allow_hyphen_values = true)]
        query: Option<String>,
    },
    /// Record what the provider did with an order and we do not have.
    Adopt {
        /// The order.
        order: String,
        /// Which way, counted from 1, if there are several.
        #[arg(long, value_name = "N")]
        way: Option<usize>,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        note: String,
    },
}

/// What an action needs that is asked of its provider.
#[derive(Debug, Clone, Default, ClapArgs)]
#[command(next_help_heading = "For orders that are asked of their provider")]
pub struct Carried {
    /// Wait so long for the provider's answer (10, 10s); 0 does not wait.
    #[arg(long, value_name = "LENGTH", default_value = "15s", value_parser = wait)]
    pub wait: Duration,
    /// Who carries what is captured, instead of the account's company.
    #[arg(long, value_name = "NAME")]
    pub shipping_company: Option<String>,
    /// When it was shipped, instead of now.
    #[arg(long, value_name = "TIME")]
    pub shipped_at: Option<DateTime<Utc>>,
    /// The number under which the shipment can be followed.
    #[arg(long, value_name = "NUMBER")]
    pub tracking_number: Option<String>,
    /// Where the shipment can be followed.
    #[arg(long, value_name = "URL")]
    pub tracking_url: Option<String>,
    /// The buyer's phone number, for a delivery at AtaraPay.
    #[arg(long, value_name = "NUMBER", value_parser = values::login)]
    pub phone: Option<String>,
}

fn wait(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().map(Duration::from_secs);
    seconds.or_else(|| span(text)).ok_or_else(|| "write a length of time, like 10s, or 0".to_owned())
}
