//! Describes the law for people: tables and diagrams, made from its rows.

use std::fmt::{self, Write};

use super::law::{Guard, Milestone, Pot, Rule, Wait};
use super::{Provider, Status};

impl fmt::Display for Pot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Uncaptured => "uncaptured",
            Self::Refundable => "refundable",
        })
    }
}

impl fmt::Display for Milestone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Creation => "creation",
            Self::Approval => "approval",
            Self::Authorisation => "authorisation",
        })
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hours = self.minutes / 60;
        match (hours, self.minutes % 60) {
            (0, minutes) => write!(f, "{minutes} minutes")?,
            (..=72, _) => write!(f, "{hours} hours")?,
            _ => write!(f, "{} days", hours / 24)?,
        }
        write!(f, " after {}", self.since)
    }
}

/// The condition in words; empty if there is none.
impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => Ok(()),
            Self::After(wait) => wait.fmt(f),
            Self::Part(pot) => write!(f, "part of the {pot}"),
            Self::All(pot) => write!(f, "all of the {pot}"),
            Self::Any(pot) => write!(f, "any of the {pot}"),
            Self::RefundLeavesSome => f.write_str("part, or all while something stays uncaptured"),
            Self::RefundLeavesNone => f.write_str("all, nothing uncaptured"),
            Self::NoRejectionPending => f.write_str("no rejection pending"),
            Self::RejectionPending => f.write_str("rejection pending"),
            Self::FirstRejectionPending => f.write_str("rejection pending, attempt 1"),
            Self::PartsSumToHeld => f.write_str("outcome given, parts sum exactly to held"),
        }
    }
}

/// The seven columns of the law's table.
pub const COLUMNS: [&str; 7] = ["from", "actor", "action", "when", "to", "basis", "remark"];

/// One rule as the cells of [`COLUMNS`].
pub fn cells(from: Status, rule: &Rule) -> [String; 7] {
    [
        from.title().to_owned(),
        rule.actor.title().to_owned(),
        rule.action.name().to_owned(),
        rule.guard.to_string(),
        rule.to.title().to_owned(),
        rule.basis.name().to_owned(),
        rule.remark.to_owned(),
    ]
}

/// A provider's law as a Markdown table, followed by the definitions of its statuses.
pub fn markdown(provider: Provider) -> String {
    let mut text = format!("| {} |\n|{}\n", COLUMNS.join(" | "), " --- |".repeat(COLUMNS.len()));
    for (from, rule) in provider.rules() {
        _ = writeln!(text, "| {} |", cells(from, rule).join(" | "));
    }
    text.push_str("\n| status | on the wire | definition |\n| --- | --- | --- |\n");
    for status in provider.statuses() {
        _ = writeln!(text, "| {} | `{}` | {} |", status.title(), status.name(), status.definition());
    }
    text
}

/// A provider's law as a Mermaid state diagram.
pub fn mermaid(provider: Provider) -> String {
    let mut text = String::from("stateDiagram-v2\n");
    for status in provider.statuses() {
        _ = writeln!(text, "    {}: {}", status.name(), status.title());
    }
    _ = writeln!(text, "    [*] --> {}", provider.start().name());
    for (from, rule) in provider.rules() {
        let guard = rule.guard.to_string();
        let when = if guard.is_empty() { guard } else { format!(" ({guard})") };
        let (actor, action) = (rule.actor.title(), rule.action.title().to_lowercase());
        _ = writeln!(text, "    {} --> {}: {actor} {action}{when}", from.name(), rule.to.name());
    }
    for status in provider.statuses().into_iter().filter(|status| status.is_final()) {
        _ = writeln!(text, "    {} --> [*]", status.name());
    }
    text
}
