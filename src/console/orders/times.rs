//! Ages and deadlines, as they are shown.

use chrono::{DateTime, TimeDelta, Utc};
use ratatui::style::Style;

use crate::console::kit::look::Look;
use crate::records::OrderRecord;
use crate::text;

/// An age in minutes or larger units, so that an idle screen does not change every second. A time that is a little ahead of the
/// clock is now.
pub fn age(since: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let age = now - since;
    if age < TimeDelta::minutes(1) { "now".to_owned() } else { text::age(age) }
}

/// The time left until the deadline, in the style of its urgency.
pub fn left(stored: &OrderRecord, now: DateTime<Utc>, look: Look) -> Option<(String, Style)> {
    let order = &stored.order;
    // If the law gives no deadline, the deadline of the case counts.
    let own = order.due_at().zip(order.status.wait().map(|wait| wait.length()));
    let (due, whole) = own.or_else(|| Some((stored.case_due?, TimeDelta::hours(16))))?;
    let left = due - now;
    Some(if left <= TimeDelta::minutes(-1) {
        (format!("{} late", text::span(left)), look.bad())
    } else if left <= TimeDelta::zero() {
        ("<1m late".to_owned(), look.bad())
    } else if left < TimeDelta::minutes(1) {
        ("<1m left".to_owned(), look.bad())
    } else {
        (format!("{} left", text::span(left)), if left * 4 < whole { look.warn() } else { Style::new() })
    })
}
