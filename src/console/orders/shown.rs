//! What is known of the shown order.

use crate::console::stuck::shown::Related;
use crate::records::{OrderRecord, Quarantined, Transition};

/// An order with everything shown next to it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Shown {
    /// The order.
    pub stored: OrderRecord,
    /// The latest entries of its log; none while they are read.
    pub log: Option<Vec<Transition>>,
    /// Its facts in quarantine.
    pub held: Vec<Quarantined>,
    /// What is shown next to its log.
    #[serde(default)]
    pub related: Related,
}

impl Shown {
    /// An order of which only this is known yet.
    pub fn of(stored: OrderRecord) -> Self {
        Self { stored, log: None, held: Vec::new(), related: Related::default() }
    }
}
