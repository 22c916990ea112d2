//! How one person wants the console: keys, look, words for times. From flags, environment and configuration; some of it
//! changes while it runs.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, Local, Offset, TimeDelta, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::app::views::{Kept, View};
use super::keys::Keymap;
use super::look::Look;
use super::theme::{self, Named, Theme};
use crate::domain::{OrderKey, Provider};

/// Who turns right-to-left text around.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum Bidi {
    /// The terminal, as it does with everything else.
    #[default]
    Terminal,
    /// This program; the terminal is told not to.
    Application,
    /// Nobody: letters stand in the order they were written.
    Off,
}

/// What a time is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum Times {
    /// How long ago: `2d 21h`.
    #[default]
    Relative,
    /// When: `11-17 14:02`.
    Absolute,
}

/// In which time zone moments are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Zone {
    /// Universal time.
    #[default]
    Utc,
    /// The machine's.
    Local,
    /// So far from universal time.
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

    /// How far its clocks are from UTC at a moment.
    pub fn offset(self, at: DateTime<Utc>) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.at(at).offset().local_minus_utc()))
    }

    /// A moment in this zone, in `chrono`'s format.
    pub fn show(self, at: DateTime<Utc>, format: &str) -> String {
        self.at(at).format(format).to_string()
    }

    /// Month, day, hour and minute.
    pub fn short(self, at: DateTime<Utc>) -> String {
        self.show(at, "%m-%d %H:%M")
    }

    /// What the zone is called at a moment: `UTC`, `+03:00`.
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

/// All of it.
#[derive(Debug, Clone)]
pub struct Prefs {
    /// Which keys mean what.
    pub keys: Keymap,
    /// All themes.
    pub themes: Vec<Named>,
    /// Which of them is on.
    pub theme: usize,
    /// Whether there are colours at all.
    pub colour: bool,
    /// Plain signs.
    pub ascii: bool,
    /// One pane at a time, plain signs, no colours, no frames.
    pub plain: bool,
    /// Hide people's names and words.
    pub mask: bool,
    /// Use the mouse.
    pub mouse: bool,
    /// Who turns right-to-left text around.
    pub bidi: Bidi,
    /// Ages or moments.
    pub times: Times,
    /// In which zone.
    pub zone: Zone,
    /// How links to orders are made; `{id}` is the order's.
    pub links: BTreeMap<String, String>,
    /// Orders a second that a plan does, and after how many failures it stops.
    pub plan: (i32, i32),
    /// Another person has to approve every plan.
    pub plan_approval: bool,
    /// The person's own views.
    pub views: Vec<View>,
    /// How lists were sorted, and their columns, the last time.
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
    /// How the screen looks with them.
    pub fn look(&self) -> Look {
        let theme = self.themes.get(self.theme).map_or(Theme::NONE, |named| named.theme);
        let theme = if self.colour && !self.plain { theme } else { theme.without_colour() };
        Look::new(theme, self.ascii || self.plain)
    }

    /// A link to an order: as the configuration says, or one that `recourse show` understands.
    pub fn link(&self, key: &OrderKey) -> String {
        match self.links.get(key.provider.name()) {
            Some(template) => template.replace("{id}", &key.id),
            None => format!("recourse:{key}"),
        }
    }

    /// The providers a link may be given for.
    pub fn providers() -> impl Iterator<Item = &'static str> {
        Provider::VARIANTS.iter().map(|provider| provider.name())
    }
}
