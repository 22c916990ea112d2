//! The five screens: what lies at the bottom, and which one a key goes to. Each keeps its place while another is shown.

use strum::VariantArray;

use crate::console::app::state::App;
use crate::console::kit::journal::Tone;
use crate::settings::keys::{Command, Scope};
use crate::text;

/// A screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray)]
pub enum Screen {
    /// Statuses, orders, one order.
    Orders,
    /// Queues, cases, one case.
    Disputes,
    /// Orders stuck at Approved, and alerts.
    Stuck,
    /// Requests to the providers.
    Requests,
    /// Facts that need a decision.
    Quarantine,
}

impl Screen {
    /// Its name in the first line.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Orders => "Orders",
            Self::Disputes => "Disputes",
            Self::Stuck => "Stuck",
            Self::Requests => "Requests",
            Self::Quarantine => "Quarantine",
        }
    }

    /// Its name where there is less room.
    pub const fn short(self) -> &'static str {
        match self {
            Self::Orders => "Ord",
            Self::Disputes => "Disp",
            Self::Stuck => "Stuck",
            Self::Requests => "Req",
            Self::Quarantine => "Quar",
        }
    }

    /// The command that goes to it.
    pub const fn command(self) -> Command {
        match self {
            Self::Orders => Command::Orders,
            Self::Disputes => Command::Desk,
            Self::Stuck => Command::Watch,
            Self::Requests => Command::Requests,
            Self::Quarantine => Command::Quarantine,
        }
    }

    /// The screen that a command goes to.
    pub fn of(command: Command) -> Option<Self> {
        Self::VARIANTS.iter().copied().find(|screen| screen.command() == command)
    }

    /// The keys that it takes.
    const fn scope(self) -> Scope {
        match self {
            Self::Orders => Scope::Panes,
            Self::Disputes => Scope::Desk,
            Self::Stuck => Scope::Watch,
            Self::Requests => Scope::Requests,
            Self::Quarantine => Scope::Quarantine,
        }
    }

    /// What is said of it next to its name: how much waits there. Empty if nothing does.
    pub fn count(self, app: &App) -> (String, bool) {
        let many = |count: i64| if count >= MOST { format!("{}+", text::grouped(MOST)) } else { text::grouped(count) };
        let (count, sign, urgent) = match self {
            Self::Orders => (0, "", false),
            Self::Disputes => (app.waiting.cases, "", false),
            Self::Stuck => {
                let (alarms, critical) = app.stuck.alarms(app.now);
                (alarms as i64, if critical { "!" } else { "" }, critical)
            }
            Self::Requests => (app.waiting.requests, "?", false),
            Self::Quarantine => (app.quarantine.waiting, "", false),
        };
        if count == 0 { (String::new(), false) } else { (format!("{}{sign}", many(count)), urgent) }
    }
}

/// Counts end here.
const MOST: i64 = 1_000;

impl App {
    /// The screen at the bottom.
    pub fn screen(&self) -> Screen {
        let scopes = || self.layers.iter().map(|layer| layer.scope());
        let here = |screen: &&Screen| scopes().any(|scope| scope == screen.scope());
        Screen::VARIANTS.iter().find(here).copied().unwrap_or(Screen::Orders)
    }

    /// Says that there is nothing to go back to: a screen is not left by going back.
    pub fn stay_here(&mut self) {
        self.say(Tone::News, "There is nothing to go back to. 1 to 5 go to the screens, q quits.");
    }
}
