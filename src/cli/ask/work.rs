//! What the commands that watch and work by themselves are asked, and the settings they share with the console.

use std::net::SocketAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args as ClapArgs, Subcommand, ValueEnum};
use strum::{EnumString, IntoStaticStr};

use crate::domain::Action;
use crate::work::clock::{Mode, Modes};

/// How a terminal is told to show something on the desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, IntoStaticStr, EnumString)]
#[strum(serialize_all = "lowercase")]
pub enum Desktop {
    /// Not at all.
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
    /// Let the console run the clocks and the watcher of alerts, too.
    #[arg(long, global = true, env = "RECOURSE_RUN_CLOCK", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", hide_default_value = true, hide_possible_values = true, action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub run_clock: bool,

    /// New orders 30 minutes after creation: apply the expiry, or only flag it.
    #[arg(long, global = true, env = "RECOURSE_EXPIRE_NEW", value_name = "HOW", default_value = "apply", value_parser = mode)]
    pub expire_new: Mode,

    /// Approved orders 72 hours after approval: apply the expiry, or only flag it.
    #[arg(long, global = true, env = "RECOURSE_EXPIRE_APPROVED", value_name = "HOW", default_value = "apply", value_parser = mode)]
    pub expire_approved: Mode,

    /// Authorised and updated orders 90 days after authorisation: apply the expiry, or only flag it.
    #[arg(long, global = true, env = "RECOURSE_EXPIRE_AUTHORISED", value_name = "HOW", default_value = "apply", value_parser = mode)]
    pub expire_authorised: Mode,

    /// Merchants whose orders the provider authorises by itself, with commas between.
    #[arg(
        long,
        global = true,
        env = "RECOURSE_AUTO_AUTHORISE",
        value_name = "MERCHANTS",
        default_value = "",
        hide_default_value = true
    )]
    pub auto_authorise: String,

    /// Where alerts are posted as JSON.
    #[arg(long, global = true, env = "RECOURSE_ALERT_WEBHOOK", value_name = "URL", hide_env_values = true)]
    pub alert_webhook: Option<String>,

    /// What is run for an alert, by sh; the alert is in its environment and, as JSON, on its standard input.
    #[arg(long, global = true, env = "RECOURSE_ALERT_COMMAND", value_name = "COMMAND", hide_env_values = true)]
    pub alert_command: Option<String>,

    /// Orders a second that a plan does; 0 is as fast as it goes.
    #[arg(long, global = true, env = "RECOURSE_PLAN_RATE", value_name = "N", default_value = "10", value_parser = rate)]
    pub plan_rate: i32,

    /// After so many orders that were refused a plan's run stops.
    #[arg(long, global = true, env = "RECOURSE_PLAN_STOP_AFTER", value_name = "N", default_value = "10", value_parser = stop_after)]
    pub plan_stop_after: i32,

    /// Another person has to approve every plan before it runs.
    #[arg(long, global = true, env = "RECOURSE_PLAN_APPROVAL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", hide_default_value = true, hide_possible_values = true, action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub plan_approval: bool,

    /// Ring the terminal's bell for a new alert, in the console.
    #[arg(long, global = true, env = "RECOURSE_ALERT_BELL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", hide_default_value = true, hide_possible_values = true, action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub alert_bell: bool,

    /// Show a new alert on the desktop, through the terminal: off, osc9 or osc777.
    #[arg(long, global = true, env = "RECOURSE_ALERT_DESKTOP", value_name = "HOW", default_value = "off", value_parser = desktop)]
    pub alert_desktop: Desktop,
}

impl Work {
    /// What each clock does.
    pub const fn modes(&self) -> Modes {
        Modes { new: self.expire_new, approved: self.expire_approved, authorised: self.expire_authorised }
    }

    /// The merchants whose orders the provider authorises by itself.
    pub fn automatic(&self) -> Vec<String> {
        let names = self.auto_authorise.split(',').map(str::trim);
        names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }
}

/// Orders a second.
pub fn rate(text: &str) -> Result<i32, String> {
    text.parse().ok().filter(|rate| (0..=10_000).contains(rate)).ok_or_else(|| "0 to 10000 orders a second".to_owned())
}

/// How many failures.
pub fn stop_after(text: &str) -> Result<i32, String> {
    text.parse().ok().filter(|many| (1..=1_000_000).contains(many)).ok_or_else(|| "1 to 1000000 orders".to_owned())
}

/// How a clock works.
pub fn mode(text: &str) -> Result<Mode, String> {
    text.parse().map_err(|_| "one of apply, flag".to_owned())
}

/// How a terminal shows an alert.
pub fn desktop(text: &str) -> Result<Desktop, String> {
    text.parse().map_err(|_| "one of off, osc9, osc777".to_owned())
}

/// The clocks.
#[derive(Debug, Clone, ClapArgs)]
pub struct Clock {
    /// Once, instead of until it is stopped.
    #[arg(long)]
    pub once: bool,
    /// As if it were this time.
    #[arg(long, value_name = "TIME", requires = "once", value_parser = moment)]
    pub at: Option<DateTime<Utc>>,
}

/// What is watched.
#[derive(Debug, Clone, ClapArgs)]
pub struct Watch {
    /// Without it, every order that stands at Approved is listed, the one with the least time left first.
    #[command(subcommand)]
    pub verb: Option<WatchVerb>,
    /// Judge the alerts once, and exit by the worst of them: 0 none, 1 warning, 2 critical, 3 not known.
    #[arg(long)]
    pub once: bool,
    /// Judge the alerts until it is stopped, and tell of each as it comes and goes.
    #[arg(long, conflicts_with_all = ["once", "at"])]
    pub follow: bool,
    /// As if it were this time.
    #[arg(long, value_name = "TIME", global = true, value_parser = moment)]
    pub at: Option<DateTime<Utc>>,
    /// How many orders at the most.
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// Only this merchant's.
    #[arg(long, value_name = "NAME")]
    pub merchant: Option<String>,
}

/// More about what is watched.
#[derive(Debug, Clone, Subcommand)]
pub enum WatchVerb {
    /// How many and how much, by merchant and age.
    Grid,
    /// What came to Approved and left it, by the hour.
    Flow {
        /// How many hours back.
        #[arg(long, default_value_t = 24, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=2_160))]
        hours: u32,
    },
    /// Why an order is stuck, and what to do about it.
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
        /// Take the tick off again.
        #[arg(long)]
        undo: bool,
    },
    /// Every alert that is known, and how it stands.
    Alerts {
        /// Only those that were acknowledged, oldest first.
        #[arg(long)]
        acknowledged: bool,
    },
    /// Say that an alert is over whose rule is not there any more.
    Forget {
        /// The alert, by its name.
        alert: String,
    },
    /// Acknowledge an alert, for a while.
    Ack {
        /// The alert, by its name.
        alert: String,
        /// Why nobody has to be told for now.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// For how long: 90m, 4h, 2d.
        #[arg(long = "for", value_name = "LENGTH", value_parser = length)]
        length: Duration,
    },
}

/// A moment in which orders can move: with room for a deadline after it.
fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let at: DateTime<Utc> = text.parse().map_err(|_| "a time like 2026-11-20T08:00:00Z".to_owned())?;
    let ours = (0..253_000_000_000).contains(&at.timestamp());
    if ours { Ok(at) } else { Err("a time between 1970 and 9987".to_owned()) }
}

/// A length of time as people write it.
fn length(text: &str) -> Result<Duration, String> {
    let length = crate::query::length_of(text)?;
    length.to_std().ok().filter(|length| !length.is_zero()).ok_or_else(|| "longer than nothing".to_owned())
}

/// Metrics.
#[derive(Debug, Clone, ClapArgs)]
pub struct Metrics {
    /// Where they are served: an address of this machine only.
    #[arg(long, default_value = "127.0.0.1:9464", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Print them once instead.
    #[arg(long)]
    pub once: bool,
}

/// What follows an authorisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Then {
    /// Nothing: authorise only.
    Nothing,
    /// Capture all of it, or --amount.
    Capture,
    /// Cancel all of it, or --amount.
    Cancel,
}

impl Then {
    /// The action, where there is one.
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
    /// Without it, all are listed, the newest first.
    #[command(subcommand)]
    pub verb: Option<PlanVerb>,
}

/// What to do with plans.
#[derive(Debug, Clone, Subcommand)]
pub enum PlanVerb {
    /// Fix what is to be done to many orders: authorise them, and what follows.
    Make(PlanMake),
    /// One plan: every row, what it would do now or did, and the totals.
    Show {
        /// Its number.
        number: i64,
    },
    /// Approve a plan that somebody else made.
    Approve {
        /// Its number.
        number: i64,
    },
    /// Run it, or go on where it was.
    Run {
        /// Its number.
        number: i64,
        /// Orders a second, instead of the plan's own rate; 0 is as fast as it goes.
        #[arg(long, value_name = "N", value_parser = rate)]
        rate: Option<i32>,
    },
    /// Stop after the order under way; `run` goes on.
    Pause {
        /// Its number.
        number: i64,
    },
    /// Put it away for good; what it did stays done.
    Withdraw {
        /// Its number.
        number: i64,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

/// What to plan.
#[derive(Debug, Clone, ClapArgs)]
pub struct PlanMake {
    /// The orders, by id or provider:id; ID=nothing, ID=capture:AMOUNT or ID=cancel says otherwise for one.
    #[arg(value_name = "ORDER", required_unless_present = "query")]
    pub orders: Vec<String>,
    /// All orders that pass this query.
    #[arg(long = "where", value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// What follows the authorisation of each.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub then: Option<Then>,
    /// How much of it, in major units; all of it where nothing is said.
    #[arg(long, value_name = "AMOUNT", requires = "then")]
    pub amount: Option<String>,
    /// What it is for.
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Somebody else has to approve it before it runs.
    #[arg(long)]
    pub needs_approval: bool,
    /// Orders a second, instead of the setting's; 0 is as fast as it goes.
    #[arg(long, value_name = "N", value_parser = rate)]
    pub rate: Option<i32>,
    /// Stop after so many orders that were refused, instead of the setting's.
    #[arg(long, value_name = "N", value_parser = stop_after)]
    pub stop_after: Option<i32>,
    /// Show what it would do, and keep nothing.
    #[arg(long)]
    pub dry_run: bool,
}
