//! A plan that is being made: one action on many orders, with a dry run of each row and of all rows together.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use tui_input::Input;

use crate::console::kit::confirmation::Confirmation;
use crate::domain::{Action, Flag, OrderKey, Roles};
use crate::records::{OrderRecord, PlanHead, PlannedAction};
use crate::stuck::why::Why;
use crate::work::plan::{Carrier, Judged, Totals, Verdict, draft, judge};

/// The stage of a plan that is being made.
#[derive(Debug)]
pub enum Stage {
    /// Its rows are being edited.
    Editing,
    /// An amount for one row is being typed.
    Amount(Input),
    /// The question before it is saved and run.
    Asking(Confirmation),
    /// It is being saved.
    Keeping,
}

/// A plan that is being made.
#[derive(Debug)]
pub struct Planning {
    /// The orders as they were, and the action on each.
    pub orders: Vec<(OrderRecord, PlannedAction)>,
    /// The dry run of each row.
    pub judged: Vec<Judged>,
    /// Why its orders are stuck, as far as that was read.
    pub whys: HashMap<OrderKey, Why>,
    /// Which of its orders a provider is asked for, as far as that was read.
    pub carriers: HashMap<OrderKey, Carrier>,
    /// The totals of the dry run.
    pub totals: Totals,
    /// The selected row.
    pub at: usize,
    /// The orders were marked, and are unmarked once the plan is saved.
    pub marked: bool,
    /// The orders that were left out.
    pub dropped: Vec<OrderKey>,
    /// Orders per second, and the number of failures after which it stops.
    pub pace: (i32, i32),
    /// Someone else has to approve it.
    pub needs_approval: bool,
    /// Its stage.
    pub stage: Stage,
}

impl Planning {
    /// Sets what the selected row does, or, with `all`, what every row does.
    pub fn follow(&mut self, follow: Option<Action>, all: bool) {
        let at = self.at;
        let rows = self.orders.iter_mut().enumerate().filter(|(place, _)| all || *place == at);
        rows.for_each(|(_, (stored, doing))| *doing = PlannedAction::all(&stored.order, follow));
    }

    /// Leaves the selected row out.
    pub fn drop_row(&mut self) {
        let (stored, _) = self.orders.remove(self.at);
        self.dropped.push(stored.order.key);
        self.at = self.at.min(self.orders.len().saturating_sub(1));
    }

    /// Makes the dry run: the same check that the run makes of each row at its turn.
    pub fn judge(&mut self, roles: Roles, now: DateTime<Utc>) {
        let orders = self.orders.iter().map(|(stored, _)| stored.clone()).collect();
        self.judged = judge(&draft(&self.orders), orders, roles, now);
        for judged in &mut self.judged {
            let Some(key) = judged.stored.as_ref().map(|stored| &stored.order.key) else { continue };
            (judged.why, judged.carrier) = (self.whys.get(key).cloned(), self.carriers.get(key).cloned());
        }
        self.totals = Totals::of(&self.judged);
    }

    /// What is saved of it, apart from its rows.
    pub fn head(&self) -> PlanHead {
        PlanHead {
            title: title(&self.judged),
            needs_approval: self.needs_approval,
            rate: self.pace.0,
            stop_after: self.pace.1,
        }
    }
}

/// The title of a plan: what it does, and to how many orders.
fn title(judged: &[Judged]) -> String {
    let all = judged.len();
    let does = |action: Option<Action>| {
        judged.iter().filter(|it| it.row.follow.map(|(action, _)| action) == action).count() == all
    };
    let words = match () {
        () if does(None) => "authorise",
        () if does(Some(Action::Capture)) => "authorise and capture",
        () if does(Some(Action::Cancel)) => "authorise and cancel",
        () => "authorise, capture or cancel",
    };
    let merchants: Vec<&str> =
        judged.iter().filter_map(|it| it.stored.as_ref().and_then(|stored| stored.merchant.as_deref())).collect();
    let of = match merchants.first() {
        Some(first) if merchants.len() == all && merchants.iter().all(|name| name == first) => format!(" of {first}"),
        Some(_) | None => String::new(),
    };
    format!("{words} {all} {}{of}", if all == 1 { "order" } else { "orders" })
}

/// The expected or recorded outcome of a row, in words.
pub fn comes_to(judged: &Judged) -> String {
    match (&judged.row.outcome, &judged.verdict) {
        (Some(outcome), _) => {
            let why = judged.row.message.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
            format!("{outcome}{why}")
        }
        (None, Verdict::Would(steps)) => {
            let to = steps.last().map_or_else(String::new, |step| step.order().status.title().to_owned());
            let expired =
                if judged.presumed_expired { format!(" ({})", Flag::PresumedExpired.title()) } else { String::new() };
            let why = judged.cause().map(|cause| format!(", cause: {cause}")).unwrap_or_default();
            format!("{to}{expired}{why}")
        }
        (None, Verdict::Refused(refusal)) => format!("refused. {refusal}"),
        (None, Verdict::Changed(words)) => format!("changed: {words}"),
        (None, Verdict::UnderWay(words, _)) => words.clone(),
    }
}
