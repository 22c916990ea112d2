//! What is read for the dispute desk: queues, and cases with everything that is shown with them.

use crate::cases::Policy;
use crate::records::{Case, CaseDetail, CaseEvent, Hint, OrderRecord, Transition};
use crate::store::cases::presence::Present;

/// A case: its order and its number.
pub type Named = (String, i32);

/// The most cases of a queue that are counted. Above this the screen says that there are more.
pub const MOST_COUNTED: i64 = 1_000;

/// In place of a case number: the open case of the order, or the latest.
pub const OPEN: i32 = 0;

/// What is in a queue now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct QueueShown {
    /// How many cases are in each queue, by its name.
    pub counts: Vec<(String, i64)>,
    /// The cases from a place on.
    pub cases: Vec<Case>,
    /// There are more cases after these.
    pub more: bool,
}

/// A case with everything that is shown with it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CaseShown {
    /// The case, its log, decision and payouts.
    pub whole: CaseDetail,
    /// Its order.
    pub stored: OrderRecord,
    /// The transitions of the order.
    pub log: Vec<Transition>,
    /// The events of other cases of the same order, with their case numbers.
    pub others: Vec<(i32, CaseEvent)>,
    /// Earlier cases of the same people.
    pub hints: Vec<Hint>,
    /// This person's drafts: kinds and texts.
    pub drafts: Vec<(String, String)>,
    /// Who is looking at the case or writing in it.
    pub present: Vec<Present>,
    /// The policy of the desk.
    pub policy: Policy,
    /// A server carries messages to parties.
    #[serde(default)]
    pub carried: bool,
    /// The last event that this person had read when the case was opened.
    #[serde(default)]
    pub read_to: i32,
    /// Who else may have the case, and how many open cases each has.
    #[serde(default)]
    pub colleagues: Vec<(String, i64)>,
}

impl CaseShown {
    /// The order and the number of the case.
    pub fn named(&self) -> Named {
        (self.whole.case.order_id.clone(), self.whole.case.number)
    }
}
