//! Arguments of the commands that watch and run automatically, and the settings they share with the console.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args as ClapArgs, Subcommand, ValueEnum};
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::domain::Action;
use crate::records::{Language, Party};
use crate::settings::values;
use crate::stuck::alarm::LONGEST_QUIET;
use crate::work::clock::{Mode, Modes};
use crate::work::tell::Tellers;

/// The escape sequence that makes a terminal show a desktop notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, IntoStaticStr, EnumString)]
#[strum(serialize_all = "lowercase")]
pub enum Desktop {
    /// No notifications.
    #[default]
    Off,
    /// OSC 9: iTerm2, WezTerm, Windows Terminal, ghostty.
    Osc9,
    /// OSC 777: urxvt, foot, ghostty, VTE.
    Osc777,
}

/// Settings of clocks and alerts.
#[derive(Debug, Clone, ClapArgs)]
#[command(next_help_heading = "Clocks and alerts")]
pub struct Work {
    /// Run the clocks and the alert watcher in the console, too.
    #[arg(long, global = true, env = "RECOURSE_RUN_CLOCK", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", hide_default_value = true, hide_possible_values = true, action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub run_clock: bool,

    /// For new orders, 30 minutes after creation: flag them as presumed expired, or apply the expiry.
    #[arg(long, global = true, env = "RECOURSE_EXPIRE_NEW", value_name = "HOW", default_value = "flag", value_parser = mode)]
    pub expire_new: Mode,

    /// For approved orders, 72 hours after approval: flag them as presumed expired, or apply the expiry.
    #[arg(long, global = true, env = "RECOURSE_EXPIRE_APPROVED", value_name = "HOW", default_value = "flag", value_parser = mode)]
    pub expire_approved: Mode,

    /// For authorised and updated orders, 90 days after authorisation: flag them as presumed expired, or apply the expiry.
    #[arg(long, global = true, env = "RECOURSE_EXPIRE_AUTHORISED", value_name = "HOW", default_value = "flag", value_parser = mode)]
    pub expire_authorised: Mode,

    /// Name the merchants whose orders the provider authorises automatically, separated by commas.
    #[arg(
        long,
        global = true,
        env = "RECOURSE_AUTO_AUTHORISE",
        value_name = "MERCHANTS",
        default_value = "",
        hide_default_value = true
    )]
    pub auto_authorise: String,

    /// Post alerts as JSON to this URL.
    #[arg(long, global = true, env = "RECOURSE_ALERT_WEBHOOK", value_name = "URL", hide_env_values = true)]
    pub alert_webhook: Option<String>,

    /// Run this command with sh for each alert; it gets the alert in its environment and, as JSON, on standard input.
    #[arg(long, global = true, env = "RECOURSE_ALERT_COMMAND", value_name = "COMMAND", hide_env_values = true)]
    pub alert_command: Option<String>,

    /// Post alerts to this URL, too, if no one acknowledges them in time.
    #[arg(long, global = true, env = "RECOURSE_ALERT_SECOND_WEBHOOK", value_name = "URL", hide_env_values = true)]
    pub alert_second_webhook: Option<String>,

    /// Run this command, too, for alerts that no one acknowledges in time.
    #[arg(long, global = true, env = "RECOURSE_ALERT_SECOND_COMMAND", value_name = "COMMAND", hide_env_values = true)]
    pub alert_second_command: Option<String>,

    /// Send an open alert that no one acknowledged to the second webhook and command after this time.
    #[arg(long, global = true, env = "RECOURSE_ALERT_ESCALATE", value_name = "LENGTH", default_value = "30m", value_parser = length)]
    pub alert_escalate: Duration,

    /// Send an open alert that no one acknowledged again after this time.
    #[arg(long, global = true, env = "RECOURSE_ALERT_REPEAT", value_name = "LENGTH", default_value = "1h", value_parser = length)]
    pub alert_repeat: Duration,

    /// Run a plan at this many orders per second; 0 is as fast as possible.
    #[arg(long, global = true, env = "RECOURSE_PLAN_RATE", value_name = "N", default_value = "10", value_parser = rate)]
    pub plan_rate: i32,

    /// Stop a plan's run after this many refused orders.
    #[arg(long, global = true, env = "RECOURSE_PLAN_STOP_AFTER", value_name = "N", default_value = "10", value_parser = stop_after)]
    pub plan_stop_after: i32,

    /// Have another person approve every plan before it runs.
    #[arg(long, global = true, env = "RECOURSE_PLAN_APPROVAL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", hide_default_value = true, hide_possible_values = true, action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub plan_approval: bool,

    /// Ring the terminal bell for new alerts, in the console.
    #[arg(long, global = true, env = "RECOURSE_ALERT_BELL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", hide_default_value = true, hide_possible_values = true, action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub alert_bell: bool,

    /// Show new alerts as desktop notifications, through the terminal: off, osc9 or osc777.
    #[arg(long, global = true, env = "RECOURSE_ALERT_DESKTOP", value_name = "HOW", default_value = "off", value_parser = desktop)]
    pub alert_desktop: Desktop,
}

impl Work {
    /// The mode of each clock.
    pub const fn modes(&self) -> Modes {
        Modes { new: self.expire_new, approved: self.expire_approved, authorised: self.expire_authorised }
    }

    /// Where alerts are sent.
    pub fn tellers(&self) -> Tellers {
        Tellers {
            webhook: self.alert_webhook.clone(),
            command: self.alert_command.clone(),
            second_webhook: self.alert_second_webhook.clone(),
            second_command: self.alert_second_command.clone(),
            repeat: self.alert_repeat,
            escalate: self.alert_escalate,
        }
    }

    /// The merchants whose orders the provider authorises automatically.
    pub fn automatic(&self) -> Vec<String> {
        let names = self.auto_authorise.split(',').map(str::trim);
        names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }
}

/// Reads a rate in orders per second.
///
/// # Errors
///
/// What to use instead, if it is not a whole number from 0 to 10000.
pub fn rate(text: &str) -> Result<i32, String> {
    text.parse()
        .ok()
        .filter(|rate| (0..=10_000).contains(rate))
        .ok_or_else(|| "use 0 to 10000 orders per second".to_owned())
}

/// Reads after how many refused orders a plan stops.
///
/// # Errors
///
/// What to use instead, if it is not a whole number from 1 to 1000000.
pub fn stop_after(text: &str) -> Result<i32, String> {
    text.parse().ok().filter(|many| (1..=1_000_000).contains(many)).ok_or_else(|| "use 1 to 1000000 orders".to_owned())
}

/// Reads the mode of a clock.
///
/// # Errors
///
/// What to use instead, if it is neither `apply` nor `flag`.
pub fn mode(text: &str) -> Result<Mode, String> {
    text.parse().map_err(|_| "use apply or flag".to_owned())
}

/// Reads how a terminal shows an alert.
///
/// # Errors
///
/// What to use instead, if it is not `off`, `osc9` or `osc777`.
pub fn desktop(text: &str) -> Result<Desktop, String> {
    text.parse().map_err(|_| "use off, osc9 or osc777".to_owned())
}

/// The clocks.
#[derive(Debug, Clone, ClapArgs)]
pub struct Clock {
    /// Run once, instead of until stopped.
    #[arg(long)]
    pub once: bool,
    /// Act as if it were this time.
    #[arg(long, value_name = "TIME", requires = "once", value_parser = moment)]
    pub at: Option<DateTime<Utc>>,
}

/// What to watch.
#[derive(Debug, Clone, ClapArgs)]
pub struct Watch {
    /// Without it, lists every order at Approved, least time left first.
    #[command(subcommand)]
    pub verb: Option<WatchVerb>,
    /// Check the alerts once, and exit with the worst: 0 none, 1 warning, 2 critical, 3 unknown.
    #[arg(long)]
    pub once: bool,
    /// Check the alerts until stopped, and report each when it starts and ends.
    #[arg(long, conflicts_with_all = ["once", "at"])]
    pub follow: bool,
    /// Act as if it were this time.
    #[arg(long, value_name = "TIME", global = true, value_parser = moment)]
    pub at: Option<DateTime<Utc>>,
    /// List at most this many orders, or events of alerts.
    #[arg(long, global = true, value_name = "N")]
    pub limit: Option<u64>,
    /// Only orders and alerts of this merchant.
    #[arg(long, global = true, value_name = "NAME")]
    pub merchant: Option<String>,
}

/// The watch commands.
#[derive(Debug, Clone, Subcommand)]
pub enum WatchVerb {
    /// Show counts and money by merchant and age.
    Grid,
    /// Show how many orders reached and left Approved, by hour.
    Flow {
        /// Go back this many hours.
        #[arg(long, default_value_t = 24, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=2_160))]
        hours: u32,
    },
    /// Explain why an order is stuck, and what to do about it.
    Why {
        /// The order: its id, or provider:id.
        order: String,
    },
    /// Tick a step of an order's runbook.
    Tick {
        /// The order: its id, or provider:id.
        order: String,
        /// The step, by its name.
        step: String,
        /// Untick it.
        #[arg(long)]
        undo: bool,
    },
    /// List the open alerts.
    Alerts {
        /// Only acknowledged alerts, the oldest first.
        #[arg(long)]
        acknowledged: bool,
        /// Instead, show what happened to alerts and what was sent of it, the latest first.
        #[arg(long, conflicts_with = "acknowledged")]
        history: bool,
        /// Only this alert, by its name.
        #[arg(long, value_name = "ALERT", requires = "history")]
        of: Option<String>,
    },
    /// Write a message for a merchant about its stuck orders: numbers, causes, and deadlines in its zone.
    Message {
        /// The merchant.
        name: String,
        /// The language: en or ar.
        #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = crate::settings::ask::case::language)]
        language: Language,
        /// Print the table of its orders as CSV instead.
        #[arg(long)]
        csv: bool,
    },
    /// Tell the next shift what is open: alerts, acknowledgements that end, plans, what expires, ticked steps, who is on call.
    HandOver,
    /// End an alert whose rule no longer exists.
    Forget {
        /// The alert, by its name.
        alert: String,
    },
    /// Acknowledge an alert, for a while.
    Ack {
        /// The alert, by its name.
        alert: String,
        /// Why the alert can wait.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// For how long: 90m, 4h, 2d; at most 30d.
        #[arg(long = "for", value_name = "LENGTH", value_parser = quiet_for)]
        length: Duration,
    },
}

/// A time that leaves room for a deadline after it.
fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let at: DateTime<Utc> = text.parse().map_err(|_| "use a time like 2026-11-20T08:00:00Z".to_owned())?;
    let ours = (0..253_000_000_000).contains(&at.timestamp());
    if ours { Ok(at) } else { Err("use a time between 1970 and 9987".to_owned()) }
}

/// Reads a length of time as people write it, like 4h.
///
/// # Errors
///
/// What to use instead, if it is not a length of time, or is zero.
pub fn length(text: &str) -> Result<Duration, String> {
    let length = crate::query::length_of(text)?;
    length.to_std().ok().filter(|length| !length.is_zero()).ok_or_else(|| "use a time longer than zero".to_owned())
}

/// Reads for how long an alert is acknowledged.
///
/// # Errors
///
/// What to use instead, if it is not a length of time, is zero, or is longer than 30 days.
pub fn quiet_for(text: &str) -> Result<Duration, String> {
    length(text).and_then(|length| {
        let fits = TimeDelta::from_std(length).is_ok_and(|length| length <= LONGEST_QUIET);
        if fits { Ok(length) } else { Err("use at most 30d: then it is shown again".to_owned()) }
    })
}

/// A length of time as it is written in the configuration.
pub fn in_words(length: Duration) -> String {
    let minutes = length.as_secs() / 60;
    if minutes.is_multiple_of(60) { format!("{}h", minutes / 60) } else { format!("{minutes}m") }
}

/// Metrics.
#[derive(Debug, Clone, ClapArgs)]
pub struct Metrics {
    /// Serve on this address, of this machine only.
    #[arg(long, default_value = "127.0.0.1:9464", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Print the metrics once instead.
    #[arg(long)]
    pub once: bool,
}

/// What to do after an authorisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Then {
    /// Authorise only.
    Nothing,
    /// Capture all of it, or --amount.
    Capture,
    /// Cancel all of it, or --amount.
    Cancel,
}

impl Then {
    /// The action, if any.
    pub const fn action(self) -> Option<Action> {
        match self {
            Self::Nothing => None,
            Self::Capture => Some(Action::Capture),
            Self::Cancel => Some(Action::Cancel),
        }
    }
}

/// Plans.
#[derive(Debug, Clone, ClapArgs)]
pub struct Plan {
    /// Without it, lists all plans, the newest first.
    #[command(subcommand)]
    pub verb: Option<PlanVerb>,
}

/// The plan commands.
#[derive(Debug, Clone, Subcommand)]
pub enum PlanVerb {
    /// Make a plan: authorise many orders, then capture or cancel them.
    Make(PlanMake),
    /// Show a plan: what every row would do now or did, and the totals.
    Show {
        /// The plan's number.
        number: i64,
    },
    /// Approve a plan that someone else made.
    Approve {
        /// The plan's number.
        number: i64,
    },
    /// Run a plan, or continue it.
    Run {
        /// The plan's number.
        number: i64,
        /// Run this many orders per second, instead of the plan's rate; 0 is as fast as possible.
        #[arg(long, value_name = "N", value_parser = rate)]
        rate: Option<i32>,
    },
    /// Pause a plan after the current order; `run` continues it.
    Pause {
        /// The plan's number.
        number: i64,
    },
    /// Withdraw a plan for good; what it did stays done.
    Withdraw {
        /// The plan's number.
        number: i64,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

/// What to plan.
#[derive(Debug, Clone, ClapArgs)]
pub struct PlanMake {
    /// The orders, by id or provider:id; ID=nothing, ID=capture:AMOUNT or ID=cancel overrides --then for one.
    #[arg(value_name = "ORDER", required_unless_present = "query")]
    pub orders: Vec<String>,
    /// All orders that match this query.
    #[arg(long = "where", value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// Plan what the query finds in every status; otherwise only orders at Approved, unless the query names statuses.
    #[arg(long, requires = "query")]
    pub any_status: bool,
    /// What to do after authorising each order.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub then: Option<Then>,
    /// How much to capture or cancel of each, in major units (default: all).
    #[arg(long, value_name = "AMOUNT", requires = "then")]
    pub amount: Option<String>,
    /// A title that says what the plan is for.
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Have another person approve it before it runs.
    #[arg(long)]
    pub needs_approval: bool,
    /// Run this many orders per second, instead of --plan-rate; 0 is as fast as possible.
    #[arg(long, value_name = "N", value_parser = rate)]
    pub rate: Option<i32>,
    /// Stop after this many refused orders, instead of --plan-stop-after.
    #[arg(long, value_name = "N", value_parser = stop_after)]
    pub stop_after: Option<i32>,
    /// Show what the plan would do, without saving it.
    #[arg(long)]
    pub dry_run: bool,
    /// Identify this request, so that sending it twice makes one plan.
    #[arg(long, value_name = "UUID")]
    pub request_id: Option<Uuid>,
}

/// What is erased.
#[derive(Debug, Clone, ClapArgs)]
pub struct Erase {
    /// The person: the whole name or a phone number, as it is in the orders.
    #[arg(value_name = "PERSON", required_unless_present = "party")]
    pub who: Option<String>,
    /// Only in this order.
    #[arg(long, value_name = "ORDER")]
    pub order: Option<String>,
    /// In place of a name: this party of the order, also where the name is erased already and something was written later.
    #[arg(long, value_enum, requires = "order", conflicts_with = "who")]
    pub party: Option<Party>,
    /// Why, and who asked for it. This text is kept: leave the name out.
    #[arg(long, value_name = "TEXT")]
    pub note: String,
    /// Show what would be erased and what is kept until when, erase nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// What is verified.
#[derive(Debug, Clone, ClapArgs)]
pub struct Verify {
    /// Check only what grew in this time (2d, 12h) or since this moment. Sums over all orders are left out.
    #[arg(long, value_name = "TIME", value_parser = values::since)]
    pub since: Option<DateTime<Utc>>,
    /// Compare with the days that this file keeps, and add the days that are over since. Keep it where no one who can change the
    /// database can change it.
    #[arg(long, value_name = "FILE")]
    pub anchor: Option<PathBuf>,
}
