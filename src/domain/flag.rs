//! Flags: why an order needs a look, whatever its status. Computed from the order and the time, never stored.

use chrono::{DateTime, Utc};
use strum::{EnumMessage, IntoStaticStr, VariantArray};

use super::Order;

/// A reason to look at an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray, IntoStaticStr, EnumMessage)]
#[strum(serialize_all = "snake_case")]
pub enum Flag {
    /// Its deadline has passed and no one recorded the expiry: the provider has presumably expired it.
    #[strum(message = "presumed expired, verify")]
    PresumedExpired,
    /// Its deadline has passed, and the provider was read since: it still has it at this status.
    #[strum(message = "past its deadline, and the provider still has it there")]
    PastDeadline,
    /// From 18 days after authorisation: the provider's newer pages say that it captures automatically after 21.
    #[strum(message = "the provider may capture it automatically")]
    MayBeCaptured,
}

impl Flag {
    /// The name used on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The words for people.
    pub fn title(self) -> &'static str {
        self.get_message().unwrap_or_default()
    }
}

impl Order {
    /// Its flags at this time. `outlived` says that the provider, read after the order's deadline, still had it at this status.
    pub fn flags(&self, outlived: bool, now: DateTime<Utc>) -> Vec<Flag> {
        let past = self.due_at().is_some_and(|due| due <= now);
        let raised = |flag: &Flag| match flag {
            Flag::PresumedExpired => past && !outlived,
            Flag::PastDeadline => past && outlived,
            Flag::MayBeCaptured => self.auto_capture_from().is_some_and(|from| from <= now),
        };
        Flag::VARIANTS.iter().copied().filter(raised).collect()
    }
}
