//! The user's preferences: keys, look, time format. They are read from flags, environment and configuration. Some can
//! change while the console runs.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, Local, Offset, TimeDelta, Utc};
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

/// The time zone of the times on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Zone {
    /// UTC.
    #[default]
    Utc,
    /// The time zone of this machine.
    Local,
    /// A fixed offset from UTC.
    Fixed(FixedOffset),
}

impl Zone {
    fn at(self, at: DateTime<Utc>) -> DateTime<FixedOffset> {
        match self {
            Self::Utc => at.fixed_offset(),
            Self::Local => at.with_timezone(&Local.offset_from(at)),
            Self::Fixed(offset) => at.with_timezone(&offset),
        }
    }

    /// The offset from UTC at this time.
    pub fn offset(self, at: DateTime<Utc>) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.at(at).offset().local_minus_utc()))
    }

    /// A time in this zone, in a format of `chrono`.
    pub fn show(self, at: DateTime<Utc>, format: &str) -> String {
        self.at(at).format(format).to_string()
    }

    /// Month, day, hour and minute.
    pub fn short(self, at: DateTime<Utc>) -> String {
        self.show(at, "%m-%d %H:%M")
    }

    /// The name of the zone at this time: `UTC`, `+03:00`.
    pub fn name(self, at: DateTime<Utc>) -> String {
        match self {
            Self::Utc => "UTC".to_owned(),
            Self::Local | Self::Fixed(_) => self.show(at, "%:z"),
        }
    }
}

trait OffsetFrom {
    fn offset_from(self, at: DateTime<Utc>) -> FixedOffset;
}

impl OffsetFrom for Local {
    fn offset_from(self, at: DateTime<Utc>) -> FixedOffset {
        at.with_timezone(&self).offset().fix()
    }
}

impl std::str::FromStr for Zone {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.to_ascii_lowercase().as_str() {
            "utc" => Ok(Self::Utc),
            "local" => Ok(Self::Local),
            _ => text.parse().map(Self::Fixed).map_err(|_| ()),
        }
    }
}

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Utc => f.write_str("utc"),
            Self::Local => f.write_str("local"),
            Self::Fixed(offset) => write!(f, "{offset}"),
        }
    }
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

impl Default for Prefs {
    fn default() -> Self {
        Self {
            keys: Keymap::default(),
            themes: theme::shipped(),
            theme: 0,
            colour: true,
            ascii: false,
            plain: false,
            mask: false,
            mouse: false,
            bidi: Bidi::default(),
            times: Times::default(),
            zone: Zone::default(),
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
