//! Why an order is stuck: the likeliest cause, the evidence for it in one line, and how sure it is.

use chrono::{DateTime, TimeDelta, Utc};
use strum::IntoStaticStr;

use crate::domain::{Action, Order, Status};
use crate::records::{Cause, Zone};
use crate::stuck::STUCK;
use crate::stuck::answer::code;
use crate::stuck::band::clock;
use crate::text;

/// How sure a cause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, serde::Serialize, serde::Deserialize)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Sure {
    /// The evidence says so.
    Certain,
    /// The evidence fits this cause and no other known one.
    Likely,
    /// Nothing contradicts it.
    Guess,
}

impl Sure {
    /// The word on the wire, and the one people read.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// A cause, its evidence, and how sure it is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Why {
    /// The cause.
    pub cause: Cause,
    /// How sure it is.
    pub sure: Sure,
    /// The evidence in one line. It may quote text from outside.
    pub evidence: String,
    /// The status that the provider last answered, if the cause is that it differs from ours.
    #[serde(default)]
    pub theirs: Option<Status>,
}

impl Why {
    /// The cause, how sure it is, and what it blocks.
    pub fn line(&self) -> String {
        let blocks = self.cause.blocks().map(|blocks| format!(", {blocks}")).unwrap_or_default();
        format!("{} ({}){blocks}", self.cause.title(), self.sure.name())
    }
}

/// A call to the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The action that it asked for.
    pub action: Option<Action>,
    /// Its result.
    pub result: String,
    /// Details of the result, such as its body.
    pub detail: Option<String>,
    /// When it was made.
    pub at: DateTime<Utc>,
}

/// A notification in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Why it was not applied.
    pub message: String,
    /// The actions that it can be read as.
    pub actions: Vec<Action>,
    /// When it arrived.
    pub at: DateTime<Utc>,
}

/// A call for another order of the same merchant that was refused for its token, which nothing shows to work again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The order that it was made for.
    pub order: String,
    /// Its result.
    pub result: String,
    /// When it was made.
    pub at: DateTime<Utc>,
}

/// What is known about an order in addition to its status.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clues {
    /// The source of the approval, and whether it was inferred.
    pub approval: Option<(String, bool)>,
    /// Calls to the provider, oldest first.
    pub attempts: Vec<Attempt>,
    /// The statuses that the provider answered, oldest first.
    pub observed: Vec<(Status, DateTime<Utc>)>,
    /// How it differs from the provider's last answer, if it does: the status there, if the provider has it, and when it answered.
    pub drift: Option<(Cause, Option<Status>, DateTime<Utc>)>,
    /// Its facts in quarantine.
    pub held: Vec<Held>,
    /// The provider authorises this merchant's orders automatically.
    pub automatic: bool,
    /// The merchant's last call was refused for its token.
    pub refused: Option<Refused>,
    /// When the merchant's token was last accepted, if it was not refused since.
    pub works: Option<DateTime<Utc>>,
}

/// Times in evidence are UTC, because evidence is quoted to others; of another year than now, with the year.
fn time(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    format!("{} UTC", Zone::Utc.minute(at, now))
}

fn why(cause: Cause, sure: Sure, evidence: impl Into<String>) -> Why {
    Why { cause, sure, evidence: evidence.into(), theirs: None }
}

/// How far two clocks may differ.
const SKEW: TimeDelta = TimeDelta::minutes(5);

impl Clues {
    /// The provider's last answer between two moments.
    fn said(&self, since: DateTime<Utc>, now: DateTime<Utc>) -> Option<&(Status, DateTime<Utc>)> {
        self.observed.iter().rev().find(|(_, at)| *at >= since && *at <= now + SKEW)
    }

    /// `stands` is the status here, `since` when the order entered it; anything after `now` is ignored.
    fn explain(&self, stands: Status, since: DateTime<Utc>, now: DateTime<Utc>) -> Why {
        // Clocks differ a little; a much older attempt says nothing about this status.
        let tried = |attempt: &&Attempt| {
            attempt.action == Some(Action::Authorise) && attempt.at >= since - SKEW && attempt.at <= now + SKEW
        };
        let attempt = self.attempts.iter().rev().find(tried);
        // An answer from before the order entered its status says nothing about it.
        let observed = self.said(since, now);
        let newer = observed.is_some_and(|(_, at)| attempt.is_none_or(|attempt| attempt.at <= *at));
        let known = self.drift.filter(|(.., at)| *at <= now + SKEW && attempt.is_none_or(|attempt| attempt.at <= *at));
        if let Some((cause, said, at)) = known {
            let call = attempt.filter(|attempt| attempt.at == at).map(|attempt| self.answered(attempt, now));
            let line = call.unwrap_or_else(|| match said {
                Some(said) => format!("the provider said {} at {}", said.title(), time(at, now)),
                None if cause == Cause::Absent => {
                    format!("the provider said at {} that it has no such order", time(at, now))
                }
                None => format!("the provider answered at {} with a status that is not known here", time(at, now)),
            });
            let line = format!("{line}; here it is {}", stands.title());
            return Why { theirs: said, ..why(cause, Sure::Certain, line) };
        }
        let authorised = |held: &&Held| held.actions.contains(&Action::Authorise);
        if let Some(held) = self.held.iter().rev().find(authorised) {
            let said =
                format!("order_authorised arrived {} and is in quarantine: {}", time(held.at, now), held.message);
            return why(Cause::Quarantined, Sure::Certain, said);
        }
        if let Some(attempt) = attempt {
            return self.failed(attempt, observed.filter(|_| newer), now);
        }
        if let Some(held) = self.held.last() {
            let said = format!("a fact arrived {} and is in quarantine: {}", time(held.at, now), held.message);
            return why(Cause::Quarantined, Sure::Likely, said);
        }
        if let Some(refused) = self.refused.as_ref().filter(|refused| refused.at <= now + SKEW) {
            let order = refused.order.split_once(':').map_or(refused.order.as_str(), |(_, id)| id);
            let said = format!(
                "no call for it is known; the merchant's last call, for {order}, answered {} at {}",
                refused.result,
                time(refused.at, now)
            );
            return why(Cause::NotAllowed, Sure::Likely, said);
        }
        if self.automatic {
            let said = format!("the merchant has automatic authorisation; none arrived since {}", time(since, now));
            return why(Cause::AutomaticExpected, Sure::Likely, said);
        }
        match &self.approval {
            Some((source, _)) if source != "notification" => {
                let said =
                    format!("the approval is known from {source} only; no notification since {}", time(since, now));
                why(Cause::NeverNotified, Sure::Likely, said)
            }
            Some((_, true)) => {
                let said = "the approval was inferred from a later notification; its own never arrived";
                why(Cause::NeverNotified, Sure::Certain, said)
            }
            Some(_) => {
                let said = format!("approval notified {}; no call to authorise it is known", time(since, now));
                why(Cause::NeverCalled, Sure::Likely, said)
            }
            None => why(
                Cause::NeverCalled,
                Sure::Guess,
                "no call to authorise it is known, and the source of the approval is unknown",
            ),
        }
    }

    fn answered(&self, attempt: &Attempt, now: DateTime<Utc>) -> String {
        let tried = self.attempts.iter().filter(|other| other.action == Some(Action::Authorise)).count();
        let times = if tried > 1 { format!(", attempt {tried}") } else { String::new() };
        let detail = attempt.detail.as_deref().map(|detail| format!(": {}", text::cut(detail, 120)));
        format!(
            "authorise answered {} at {}{times}{}",
            attempt.result,
            time(attempt.at, now),
            detail.unwrap_or_default()
        )
    }

    fn failed(&self, attempt: &Attempt, agreed: Option<&(Status, DateTime<Utc>)>, now: DateTime<Utc>) -> Why {
        let mut said = self.answered(attempt, now);
        if let Some((status, at)) = agreed {
            said += &format!("; the provider said {} at {}", status.title(), time(*at, now));
        }
        let works = self.works.filter(|works| *works > attempt.at && matches!(code(&attempt.result), Some(401 | 403)));
        if let Some(works) = works {
            said += &format!("; the merchant's token was accepted at {}, so try again", time(works, now));
        }
        let timed_out = ["timeout", "timed out"].iter().any(|words| attempt.result.contains(words));
        let (cause, sure) = match code(&attempt.result) {
            Some(200..=299) if agreed.is_some() => (Cause::AttemptFailed, Sure::Likely),
            Some(200..=299) => (Cause::ProviderAhead, Sure::Likely),
            Some(401 | 403) if works.is_some() => (Cause::AttemptFailed, Sure::Likely),
            Some(409) => (Cause::Conflict, Sure::Certain),
            Some(401 | 403) => (Cause::NotAllowed, Sure::Certain),
            Some(404) => (Cause::NotFound, Sure::Certain),
            Some(408 | 504) => (Cause::Timeout, Sure::Certain),
            Some(500..=599) => (Cause::ServerError, Sure::Certain),
            _ if timed_out => (Cause::Timeout, Sure::Certain),
            _ if attempt.result == "ok" => (Cause::ProviderAhead, Sure::Likely),
            _ => (Cause::AttemptFailed, Sure::Certain),
        };
        why(cause, sure, said)
    }
}

/// Explains why an order is stuck, from what is known about it.
pub fn explain(order: &Order, clues: Option<&Clues>, now: DateTime<Utc>) -> Why {
    let since = clock(order).map_or(order.entered_at, |(approved, _)| approved);
    let none = Clues::default();
    clues.unwrap_or(&none).explain(order.status, since, now)
}

/// Why an order is stuck; `None` if it is not.
pub fn of_stuck(order: &Order, clues: Option<&Clues>, now: DateTime<Utc>) -> Option<Why> {
    is_stuck(order, clues, now).then(|| explain(order, clues, now))
}

/// Whether an order is stuck: it is at Approved here, or its status differs from the provider's last answer.
fn is_stuck(order: &Order, clues: Option<&Clues>, now: DateTime<Utc>) -> bool {
    let drift = clues.and_then(|clues| clues.drift).filter(|(.., at)| *at <= now + SKEW);
    order.status == STUCK || drift.is_some()
}

#[cfg(test)]
mod tests {
    use crate::domain::tamara;
    use crate::stuck::drift::drift;
    use crate::stuck::why::*;

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
        let clues = |attempts: Vec<Attempt>, observed: &[(tamara::Status, i64)]| {
            let observed: Vec<_> = observed.iter().map(|(status, minute)| (status.status(), at(*minute))).collect();
            let drift = |(said, at): &(Status, _)| Some((drift(STUCK, *said, true)?, Some(*said), *at));
            let approval = Some(("notification".to_owned(), false));
            Clues { approval, attempts, drift: observed.last().and_then(drift), observed, ..Clues::default() }
        };
        let check = |clues: Clues, cause, sure| {
            let why = clues.explain(STUCK, at(0), at(60));
            assert_eq!((why.cause, why.sure), (cause, sure), "{clues:?}: {}", why.evidence);
        };
        let other = r#"{"errors":[{"data":{"old_state":"approved","new_state":"authorised"}}]}"#;
        check(clues(vec![], &[]), Cause::NeverCalled, Sure::Likely);
        check(clues(vec![tried("409", Some(other), 1)], &[]), Cause::Conflict, Sure::Certain);
        check(clues(vec![tried("401", None, 1)], &[]), Cause::NotAllowed, Sure::Certain);
        check(clues(vec![tried("403", None, 1)], &[]), Cause::NotAllowed, Sure::Certain);
        check(clues(vec![tried("404", None, 1)], &[]), Cause::NotFound, Sure::Certain);
        check(clues(vec![tried("502", None, 1)], &[]), Cause::ServerError, Sure::Certain);
        check(clues(vec![tried("timeout", None, 1)], &[]), Cause::Timeout, Sure::Certain);
        check(clues(vec![tried("418", None, 1)], &[]), Cause::AttemptFailed, Sure::Certain);
        check(clues(vec![tried("200", None, 1)], &[]), Cause::ProviderAhead, Sure::Likely);
        check(clues(vec![tried("409 conflict", None, 1)], &[]), Cause::Conflict, Sure::Certain);
        check(clues(vec![tried("25s timeout", None, 1)], &[]), Cause::Timeout, Sure::Certain);
        check(clues(vec![tried("2 retries", None, 1)], &[]), Cause::AttemptFailed, Sure::Certain);
        check(clues(vec![tried("200", None, 1)], &[(Approved, 2)]), Cause::AttemptFailed, Sure::Likely);
        check(clues(vec![tried("500", None, 1), tried("404", None, 2)], &[]), Cause::NotFound, Sure::Certain);
        check(clues(vec![], &[(Authorised, 1)]), Cause::ProviderAhead, Sure::Certain);
        check(clues(vec![], &[(Canceled, 1)]), Cause::ProviderEnded, Sure::Certain);
        check(clues(vec![], &[(New, 1)]), Cause::ProviderBehind, Sure::Certain);
        // Clues from later than now or from long before do not count.
        check(clues(vec![], &[(Authorised, 90)]), Cause::NeverCalled, Sure::Likely);
        check(clues(vec![tried("409", None, -90)], &[]), Cause::NeverCalled, Sure::Likely);
        // The later clue counts.
        check(clues(vec![tried("500", None, 2)], &[(New, 1)]), Cause::ServerError, Sure::Certain);
        check(clues(vec![tried("500", None, 1)], &[(Authorised, 2)]), Cause::ProviderAhead, Sure::Certain);
        check(clues(vec![tried("500", None, 1)], &[(Approved, 2)]), Cause::ServerError, Sure::Certain);
        let held = |actions| Held { message: "it contradicts itself".to_owned(), actions, at: at(1) };
        let with = |held, tries| Clues { held: vec![held], ..clues(tries, &[]) };
        check(with(held(vec![Action::Authorise]), vec![tried("500", None, 2)]), Cause::Quarantined, Sure::Certain);
        check(with(held(vec![]), vec![tried("500", None, 2)]), Cause::ServerError, Sure::Certain);
        check(with(held(vec![]), vec![]), Cause::Quarantined, Sure::Likely);
        check(Clues { automatic: true, ..clues(vec![], &[]) }, Cause::AutomaticExpected, Sure::Likely);
        let refused = || Some(Refused { order: "tamara:T-9".to_owned(), result: "401".to_owned(), at: at(-600) });
        check(Clues { refused: refused(), ..clues(vec![], &[]) }, Cause::NotAllowed, Sure::Likely);
        check(Clues { refused: refused(), ..clues(vec![tried("404", None, 1)], &[]) }, Cause::NotFound, Sure::Certain);
        let works = |minute| Clues { works: Some(at(minute)), ..clues(vec![tried("401", None, 5)], &[]) };
        check(works(6), Cause::AttemptFailed, Sure::Likely);
        check(works(4), Cause::NotAllowed, Sure::Certain);
        let known =
            |source: &str, inferred| Clues { approval: Some((source.to_owned(), inferred)), ..Clues::default() };
        check(known("import", false), Cause::NeverNotified, Sure::Likely);
        check(known("notification", true), Cause::NeverNotified, Sure::Certain);
        check(Clues::default(), Cause::NeverCalled, Sure::Guess);
    }
}
