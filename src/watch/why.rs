//! Why an order is stuck: the likeliest cause, the line of evidence for it, and how sure that is.

use chrono::{DateTime, Utc};
use serde_json::Value;
use strum::{EnumMessage, EnumString, IntoStaticStr, VariantArray};

use super::STUCK;
use super::band::clock;
use crate::domain::{Action, Order, Status, tamara};
use crate::text;

/// Why an order is stuck. What each means for people is in its message; the steps are in [`super::runbook`].
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    VariantArray,
    IntoStaticStr,
    EnumString,
    EnumMessage,
    serde::Serialize,
    serde::Deserialize,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The provider is further: authorised or more there, not here.
    #[strum(message = "authorised there, not here")]
    ProviderAhead,
    /// The provider has ended it: expired, canceled or declined there.
    #[strum(message = "ended there, not here")]
    ProviderEnded,
    /// The provider is behind: we recorded what it does not have.
    #[strum(message = "recorded here, not there")]
    ProviderBehind,
    /// The provider's notification came and was put in quarantine.
    #[strum(message = "notification in quarantine")]
    Quarantined,
    /// Authorise was called: 409.
    #[strum(message = "authorise failed: conflict")]
    Conflict,
    /// Authorise was called: 401 or 403.
    #[strum(message = "authorise failed: not allowed")]
    NotAllowed,
    /// Authorise was called: 404.
    #[strum(message = "authorise failed: not found")]
    NotFound,
    /// Authorise was called: the provider failed.
    #[strum(message = "authorise failed: provider's error")]
    ServerError,
    /// Authorise was called: no answer came.
    #[strum(message = "authorise failed: timeout")]
    Timeout,
    /// Authorise was called: anything else.
    #[strum(message = "authorise failed")]
    AttemptFailed,
    /// The merchant has automatic authorisation, and it has not come.
    #[strum(message = "automatic authorisation expected")]
    AutomaticExpected,
    /// The approval is known by other means than a notification.
    #[strum(message = "notification never came")]
    NeverNotified,
    /// The approval was notified, and nobody called.
    #[strum(message = "nobody ever called")]
    NeverCalled,
}

impl Cause {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The words people read.
    pub fn title(self) -> &'static str {
        self.get_message().unwrap_or_default()
    }
}

/// How sure a cause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, serde::Serialize, serde::Deserialize)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Sure {
    /// The evidence says so.
    Certain,
    /// The evidence fits, and fits nothing else that is known.
    Likely,
    /// Nothing speaks against it.
    Guess,
}

impl Sure {
    /// The word on the wire, and the one people read.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// A cause, why it is believed, and how much.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Why {
    /// What.
    pub cause: Cause,
    /// How sure.
    pub sure: Sure,
    /// The line of evidence. It may repeat what came from outside.
    pub evidence: String,
}

/// A call that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// To do what.
    pub action: Option<Action>,
    /// What came of it.
    pub result: String,
    /// What came with it.
    pub detail: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A notification that waits in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Why it could not be taken.
    pub message: String,
    /// The actions it can be understood as.
    pub actions: Vec<Action>,
    /// When it came.
    pub at: DateTime<Utc>,
}

/// What is known about an order beside where it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clues {
    /// How the approval was learnt, and whether it was inferred.
    pub approval: Option<(String, bool)>,
    /// Calls that were made, oldest first.
    pub attempts: Vec<Attempt>,
    /// What the provider said when asked, oldest first.
    pub observed: Vec<(Status, DateTime<Utc>)>,
    /// What waits in quarantine.
    pub held: Vec<Held>,
    /// The provider authorises this merchant's orders by itself.
    pub automatic: bool,
}

/// Times in evidence are UTC: it is quoted to others.
fn time(at: DateTime<Utc>) -> String {
    at.format("%m-%d %H:%M UTC").to_string()
}

fn why(cause: Cause, sure: Sure, evidence: impl Into<String>) -> Why {
    Why { cause, sure, evidence: evidence.into() }
}

impl Clues {
    /// `stands` is where we have it, `since` when it came there.
    fn explain(&self, stands: Status, since: DateTime<Utc>) -> Why {
        let attempt = self.attempts.iter().rev().find(|attempt| attempt.action == Some(Action::Authorise));
        // What it said before the order came to where it stands says nothing of it.
        let observed = self.observed.last().filter(|(_, at)| *at >= since);
        let newer = observed.is_some_and(|(_, at)| attempt.is_none_or(|attempt| attempt.at <= *at));
        if let Some((said, at)) = observed.filter(|(said, _)| *said != stands && newer) {
            return disagreement(stands, *said, *at);
        }
        let authorised = |held: &&Held| held.actions.contains(&Action::Authorise);
        if let Some(held) = self.held.iter().rev().find(authorised) {
            let said = format!("order_authorised came {} and waits in quarantine: {}", time(held.at), held.message);
            return why(Cause::Quarantined, Sure::Certain, said);
        }
        if let Some(attempt) = attempt {
            return self.failed(attempt, observed.filter(|_| newer));
        }
        if let Some(held) = self.held.last() {
            let said = format!("something came {} and waits in quarantine: {}", time(held.at), held.message);
            return why(Cause::Quarantined, Sure::Likely, said);
        }
        if self.automatic {
            let said = format!("the merchant has automatic authorisation, and none came since {}", time(since));
            return why(Cause::AutomaticExpected, Sure::Likely, said);
        }
        match &self.approval {
            Some((source, _)) if source != "notification" => {
                let said =
                    format!("the approval is known by {source} only, no notification came since {}", time(since));
                why(Cause::NeverNotified, Sure::Likely, said)
            }
            Some((_, true)) => {
                let said = "the approval was inferred from a later notification, its own never came";
                why(Cause::NeverNotified, Sure::Certain, said)
            }
            Some(_) => {
                let said = format!("approval notified {}, and no call is known", time(since));
                why(Cause::NeverCalled, Sure::Likely, said)
            }
            None => why(Cause::NeverCalled, Sure::Guess, "no call is known, nor how the approval was learnt"),
        }
    }

    fn failed(&self, attempt: &Attempt, agreed: Option<&(Status, DateTime<Utc>)>) -> Why {
        let tried = self.attempts.iter().filter(|other| other.action == Some(Action::Authorise)).count();
        let times = if tried > 1 { format!(", attempt {tried}") } else { String::new() };
        let detail = attempt.detail.as_deref().map(|detail| format!(": {}", text::cut(detail, 120)));
        let mut said = format!(
            "authorise answered {} at {}{times}{}",
            attempt.result,
            time(attempt.at),
            detail.unwrap_or_default()
        );
        if let Some((status, at)) = agreed {
            said += &format!("; the provider said {} at {}", status.title(), time(*at));
        }
        let (cause, sure) = match attempt.result.as_str() {
            result if result.starts_with('2') && agreed.is_some() => (Cause::AttemptFailed, Sure::Likely),
            result if result.starts_with('2') || result == "ok" => (Cause::ProviderAhead, Sure::Likely),
            "409" if already_done(attempt.detail.as_deref()) => (Cause::ProviderAhead, Sure::Certain),
            "409" => (Cause::Conflict, Sure::Certain),
            "401" | "403" => (Cause::NotAllowed, Sure::Certain),
            "404" => (Cause::NotFound, Sure::Certain),
            "timeout" | "408" | "504" => (Cause::Timeout, Sure::Certain),
            result if result.starts_with('5') => (Cause::ServerError, Sure::Certain),
            _ => (Cause::AttemptFailed, Sure::Certain),
        };
        why(cause, sure, said)
    }
}

/// The provider said another status than ours when it was asked.
fn disagreement(stands: Status, said: Status, at: DateTime<Utc>) -> Why {
    use tamara::Status::{Canceled, Declined, Expired};
    let line = format!("the provider said {} at {} when asked, here it is {}", said.title(), time(at), stands.title());
    let cause = match said {
        Status::Tamara(Canceled | Declined | Expired) => Cause::ProviderEnded,
        said if stands.reaches(said) => Cause::ProviderAhead,
        Status::Tamara(_) | Status::Atarapay(_) => Cause::ProviderBehind,
    };
    why(cause, Sure::Certain, line)
}

/// A 409 whose body says that old and new state are the same: it was already done.
fn already_done(detail: Option<&str>) -> bool {
    let value: Option<Value> = detail.and_then(|detail| serde_json::from_str(detail).ok());
    let Some(value) = value else { return false };
    let data = [&value, &value["errors"][0]["data"]];
    let state = |data: &Value, name: &str| data[name].as_str().map(str::to_owned);
    data.iter().any(|data| state(data, "old_state").is_some_and(|old| state(data, "new_state") == Some(old)))
}

/// Why an order is stuck, by what is known of it.
pub fn explain(order: &Order, clues: Option<&Clues>) -> Why {
    let since = clock(order).map_or(order.entered_at, |(approved, _)| approved);
    let none = Clues::default();
    clues.unwrap_or(&none).explain(order.status, since)
}

/// Whether an order that does not stand at Approved here is stuck there: we recorded what the provider does not have.
pub fn is_behind(stands: Status, observed: Status) -> bool {
    observed == STUCK && observed.reaches(stands) && !stands.is_final()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::minutes(minute)
    }

    fn tried(result: &str, detail: Option<&str>, minute: i64) -> Attempt {
        let detail = detail.map(str::to_owned);
        Attempt { action: Some(Action::Authorise), result: result.to_owned(), detail, at: at(minute) }
    }

    #[test]
    fn causes_follow_from_clues() {
        use tamara::Status::{Approved, Authorised, Canceled, New};
        let clues = |attempts: Vec<Attempt>, observed: &[(tamara::Status, i64)]| Clues {
            approval: Some(("notification".to_owned(), false)),
            attempts,
            observed: observed.iter().map(|(status, minute)| (Status::Tamara(*status), at(*minute))).collect(),
            ..Clues::default()
        };
        let check = |clues: Clues, cause, sure| {
            let why = clues.explain(STUCK, at(0));
            assert_eq!((why.cause, why.sure), (cause, sure), "{clues:?}: {}", why.evidence);
        };
        let same = r#"{"errors":[{"data":{"old_state":"authorised","new_state":"authorised"}}]}"#;
        let other = r#"{"errors":[{"data":{"old_state":"approved","new_state":"authorised"}}]}"#;
        check(clues(vec![], &[]), Cause::NeverCalled, Sure::Likely);
        check(clues(vec![tried("409", Some(other), 1)], &[]), Cause::Conflict, Sure::Certain);
        check(clues(vec![tried("409", Some(same), 1)], &[]), Cause::ProviderAhead, Sure::Certain);
        check(clues(vec![tried("401", None, 1)], &[]), Cause::NotAllowed, Sure::Certain);
        check(clues(vec![tried("403", None, 1)], &[]), Cause::NotAllowed, Sure::Certain);
        check(clues(vec![tried("404", None, 1)], &[]), Cause::NotFound, Sure::Certain);
        check(clues(vec![tried("502", None, 1)], &[]), Cause::ServerError, Sure::Certain);
        check(clues(vec![tried("timeout", None, 1)], &[]), Cause::Timeout, Sure::Certain);
        check(clues(vec![tried("418", None, 1)], &[]), Cause::AttemptFailed, Sure::Certain);
        check(clues(vec![tried("200", None, 1)], &[]), Cause::ProviderAhead, Sure::Likely);
        check(clues(vec![tried("200", None, 1)], &[(Approved, 2)]), Cause::AttemptFailed, Sure::Likely);
        check(clues(vec![tried("500", None, 1), tried("404", None, 2)], &[]), Cause::NotFound, Sure::Certain);
        check(clues(vec![], &[(Authorised, 1)]), Cause::ProviderAhead, Sure::Certain);
        check(clues(vec![], &[(Canceled, 1)]), Cause::ProviderEnded, Sure::Certain);
        check(clues(vec![], &[(New, 1)]), Cause::ProviderBehind, Sure::Certain);
        // What came later counts.
        check(clues(vec![tried("500", None, 2)], &[(New, 1)]), Cause::ServerError, Sure::Certain);
        check(clues(vec![tried("500", None, 1)], &[(Authorised, 2)]), Cause::ProviderAhead, Sure::Certain);
        check(clues(vec![tried("500", None, 1)], &[(Approved, 2)]), Cause::ServerError, Sure::Certain);
        let held = |actions| Held { message: "it contradicts itself".to_owned(), actions, at: at(1) };
        let with = |held, tries| Clues { held: vec![held], ..clues(tries, &[]) };
        check(with(held(vec![Action::Authorise]), vec![tried("500", None, 2)]), Cause::Quarantined, Sure::Certain);
        check(with(held(vec![]), vec![tried("500", None, 2)]), Cause::ServerError, Sure::Certain);
        check(with(held(vec![]), vec![]), Cause::Quarantined, Sure::Likely);
        check(Clues { automatic: true, ..clues(vec![], &[]) }, Cause::AutomaticExpected, Sure::Likely);
        let known =
            |source: &str, inferred| Clues { approval: Some((source.to_owned(), inferred)), ..Clues::default() };
        check(known("import", false), Cause::NeverNotified, Sure::Likely);
        check(known("notification", true), Cause::NeverNotified, Sure::Certain);
        check(Clues::default(), Cause::NeverCalled, Sure::Guess);
    }
}
