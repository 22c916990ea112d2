//! The user's preferences: keys, look, time format. They are read from flags, environment and configuration. Some can
//! change while the console runs.

use crate::cases::Policy;
use crate::records::Zone;
use std::collections::BTreeMap;

use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::domain::{OrderKey, Provider};
use crate::settings::keys::Keymap;
use crate::settings::theme;
use crate::settings::theme::Named;
use crate::settings::view::Kept;
use crate::settings::view::View;

/// What reorders right-to-left text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum Bidi {
    /// The terminal.
    #[default]
    Terminal,
    /// This program. It switches the terminal's own reordering off.
    Application,
    /// No one: letters are drawn in logical order.
    Off,
}

/// The least important events that a command that runs unattended logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum LogLevel {
    /// Only what made it stop.
    Error,
    /// Also what went wrong and is tried again.
    #[default]
    Warn,
    /// Also what it did.
    Info,
    /// Also every look that found nothing to do.
    Debug,
}

/// How a log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum LogFormat {
    /// A line of text for each event.
    #[default]
    Text,
    /// A line of JSON for each event.
    Json,
}

/// How times are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum Times {
    /// As an age: `2d 21h`.
    #[default]
    Relative,
    /// As a date and time: `11-17 14:02`.
    Absolute,
}

/// All preferences.
#[derive(Debug, Clone)]
pub struct Prefs {
    /// The key bindings.
    pub keys: Keymap,
    /// All themes.
    pub themes: Vec<Named>,
    /// The index of the current theme.
    pub theme: usize,
    /// The theme follows the terminal's background, until the person chooses one.
    pub follows: bool,
    /// Use colours.
    pub colour: bool,
    /// Use ASCII glyphs only.
    pub ascii: bool,
    /// One pane at a time, ASCII glyphs, no colours, no frames.
    pub plain: bool,
    /// Hide the names and words of people.
    pub mask: bool,
    /// Use the mouse.
    pub mouse: bool,
    /// What reorders right-to-left text.
    pub bidi: Bidi,
    /// Show ages or dates.
    pub times: Times,
    /// The time zone.
    pub zone: Zone,
    /// Whether the person chose it. If not, the desk shows the zone of its own hours.
    pub zone_chosen: bool,
    /// Link templates per provider; `{id}` is replaced with the order id.
    pub links: BTreeMap<String, String>,
    /// How many orders a plan changes per second, and after how many failures it stops.
    pub plan: (i32, i32),
    /// Every plan needs the approval of another person.
    pub plan_approval: bool,
    /// The user's own views.
    pub views: Vec<View>,
    /// The saved sort order and columns of lists.
    pub kept: BTreeMap<String, Kept>,
}

impl Prefs {
    /// The zone of the moments of cases: the person's own if they chose one, else that of the desk's hours.
    pub fn desk_zone(&self, policy: &Policy) -> Zone {
        if self.zone_chosen { self.zone } else { policy.zone() }
    }
}

impl Default for Prefs {
    fn default() -> Self {
        Self {
            keys: Keymap::default(),
            themes: theme::shipped(),
            theme: 0,
            follows: false,
            colour: true,
            ascii: false,
            plain: false,
            mask: false,
            mouse: false,
            bidi: Bidi::default(),
            times: Times::default(),
            zone: Zone::default(),
            zone_chosen: false,
            links: BTreeMap::new(),
            plan: (10, 10),
            plan_approval: false,
            views: View::shipped(),
            kept: BTreeMap::new(),
        }
    }
}

impl Prefs {
    /// A link to an order: from the configured template, or one that `recourse show` accepts.
    pub fn link(&self, key: &OrderKey) -> String {
        match self.links.get(key.provider.name()) {
            Some(template) => template.replace("{id}", &key.id),
            None => format!("recourse:{key}"),
        }
    }

    /// The providers that can have a link template.
    pub fn providers() -> impl Iterator<Item = &'static str> {
        Provider::all().iter().map(|provider| provider.name())
    }
}
