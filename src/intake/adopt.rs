//! What a reading of an order asks for here: nothing, moves that the provider made and we do not have, or a person.

use chrono::{DateTime, Utc};

use super::judge::judge;
use super::ledger::Ledger;
use super::verdict::{Confirmed, Verdict, reading};
use crate::domain::{Action, Actor, Money, Order, Status};
use crate::records::Sums;
use crate::store::Record;
use crate::wire::Reading;
use crate::wire::call::{Done, Seen};
use crate::wire::line::{Notice, Said, Words};

/// What a reading asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Both sides agree, or one lawful way leads there and the provider lists its moves: the records, and what they confirm.
    Way(Vec<Record>, Vec<Confirmed>),
    /// Ways that lead there, of which a person has to choose: the provider does not list their moves. None, if there are more than can be
    /// told apart: then a person records the steps.
    Ways(Vec<Vec<Reading>>),
    /// The provider does not show what was recorded here.
    Behind,
    /// The law has no way from here to there, in these words. The order stays.
    Unlawful(String),
}

/// A history that is tried: what is known, and what it adds.
#[derive(Clone)]
struct Trial<'a> {
    ledger: Ledger,
    records: Vec<Record>,
    confirmed: Vec<Confirmed>,
    recorder: &'a str,
    /// The time at the database.
    now: DateTime<Utc>,
}

/// Compares an order with what the provider shows of it.
pub fn found(ledger: &Ledger, seen: &Seen, recorder: &str, now: DateTime<Utc>) -> Found {
    let Some(order) = &ledger.order else { return Found::Unlawful("the order is not known here".to_owned()) };
    let Some(status) = seen.status else {
        return Found::Unlawful(format!("the provider's status {:?} is not known", crate::text::clean(&seen.word)));
    };
    if let Some(amount) = seen.amount.filter(|amount| *amount != order.amount) {
        return Found::Unlawful(format!("the provider has it with {amount}, here it has {}", order.amount));
    }
    let mut trial = Trial { ledger: ledger.clone(), records: Vec::new(), confirmed: Vec::new(), recorder, now };
    for done in seen.moves.iter().filter(|done| done.reference.is_some()) {
        let listed = listed(order, done);
        if let Err(words) = trial.takes(&listed, done.at.unwrap_or(now)) {
            return Found::Unlawful(format!("the provider lists {}: {words}", listed.words()));
        }
    }
    if trial.is_at(status, &seen.sums()) {
        return trial.way();
    }
    let mut last: Vec<(Trial<'_>, Vec<Reading>)> =
        trial.without_amount(status).into_iter().filter(|(ended, _)| ended.is_at(status, &seen.sums())).collect();
    if last.len() == 1 {
        return last.swap_remove(0).0.way();
    }
    if last.is_empty() {
        last.extend(trial.with_sums(status, seen));
    }
    // Without sums, the law says which statuses follow each other: there are ways, but none is the only one.
    let without_sums = seen.sums().named().iter().all(|(_, sum)| sum.is_none());
    match last.is_empty() {
        true if without_sums && trial.records.is_empty() && order.status.reaches(status) => Found::Ways(Vec::new()),
        false => Found::Ways(
            last.into_iter().map(|(_, way)| trial.records.iter().filter_map(reading).chain(way).collect()).collect(),
        ),
        true if trial.records.is_empty() && is_behind(order, status, &seen.sums()) => Found::Behind,
        true => {
            Found::Unlawful(format!("the law has no way from {} here to {} there", shown(order), theirs(status, seen)))
        }
    }
}

/// What the provider lists with an id before this move, as far as it is lawful here.
///
/// # Errors
///
/// Why the law does not follow, for people.
pub fn before(
    ledger: &Ledger,
    seen: &Seen,
    until: &Done,
    recorder: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Record>, String> {
    let Some(order) = &ledger.order else { return Err("the order is not known here".to_owned()) };
    let mut trial = Trial { ledger: ledger.clone(), records: Vec::new(), confirmed: Vec::new(), recorder, now };
    let earlier = seen.moves.iter().take_while(|done| done.reference != until.reference);
    for done in earlier.filter(|done| done.reference.is_some()) {
        trial.takes(&listed(order, done), done.at.unwrap_or(now))?;
    }
    Ok(trial.records)
}

/// The records of a way that a person chose.
///
/// # Errors
///
/// Why the law refuses it, for people.
pub fn chosen(ledger: &Ledger, way: &[Reading], recorder: &str, now: DateTime<Utc>) -> Result<Vec<Record>, String> {
    let mut ledger = ledger.clone();
    ledger.by_sums = true;
    let mut trial = Trial { ledger, records: Vec::new(), confirmed: Vec::new(), recorder, now };
    way.iter().try_for_each(|reading| trial.takes(reading, now))?;
    Ok(trial.records)
}

/// A move that the provider lists, as a reading. Who made it there is not said: we did, where only we can.
fn listed(order: &Order, done: &Done) -> Reading {
    Reading {
        amount: done.amount,
        reference: done.reference.clone(),
        of_capture: done.of_capture.clone(),
        ..Reading::new(done.action, actor_of(order.key.provider, done.action))
    }
}

/// Who does this at a provider, where a reading shows only that it was done: us, else the only one who can.
pub fn actor_of(provider: crate::domain::Provider, action: Action) -> Actor {
    let actors: Vec<Actor> =
        provider.moves().into_iter().filter(|(known, _)| *known == action).map(|(_, actor)| actor).collect();
    actors.iter().copied().find(|actor| actor.is_us()).or(actors.first().copied()).unwrap_or(Actor::Provider)
}

/// Whether the provider shows less than what was recorded here, and nothing more.
fn is_behind(order: &Order, theirs: Status, sums: &Sums) -> bool {
    let ours = Sums::of(order);
    let no_more = ours.named().into_iter().zip(sums.named()).all(|((_, ours), (_, theirs))| {
        theirs.is_none_or(|theirs| {
            ours.is_some_and(|ours| theirs.currency == ours.currency && theirs.minor <= ours.minor)
        })
    });
    no_more && (theirs == order.status || theirs.reaches(order.status))
}

fn shown(order: &Order) -> String {
    words(order.status, &Sums::of(order))
}

fn theirs(status: Status, seen: &Seen) -> String {
    words(status, &seen.sums())
}

/// As text: `authorised (captured SAR 230.00)`.
fn words(status: Status, sums: &Sums) -> String {
    let sums = sums.not_zero().words();
    if sums.is_empty() { status.title().to_owned() } else { format!("{} ({sums})", status.title()) }
}

impl Trial<'_> {
    /// Adds a move, with the steps that it implies; or says why it cannot be.
    fn takes(&mut self, reading: &Reading, at: DateTime<Utc>) -> Result<(), String> {
        let Some(order) = &self.ledger.order else { return Err("the order is not known here".to_owned()) };
        // The provider's clock may be behind ours: what it lists after a move of ours did not happen before it.
        let at = at.max(order.moved_at).min(self.now.max(order.moved_at));
        let key = order.key.clone();
        let notice = Notice { key, at, words: Words::One(reading.clone()), numbers: Vec::new() };
        let mut verdict = judge(&self.ledger, &Said::Notice(notice), self.recorder, self.now);
        verdict.was_read();
        self.ledger.note(&verdict);
        match verdict {
            Verdict::Applied(records) => self.records.extend(records),
            Verdict::Repeated(confirmed) => self.confirmed.extend(confirmed),
            Verdict::Held(held) => return Err(held.message),
            Verdict::Noted(..) => {}
        }
        Ok(())
    }

    /// Whether the order would be as the provider shows it.
    fn is_at(&self, status: Status, sums: &Sums) -> bool {
        let Some(order) = &self.ledger.order else { return false };
        let same = |((_, ours), (_, theirs)): ((_, Option<Money>), (_, Option<Money>))| {
            theirs.is_none_or(|theirs| ours == Some(theirs))
        };
        order.status == status && Sums::of(order).named().into_iter().zip(sums.named()).all(same)
    }

    /// The ways that end with one move without an amount.
    fn without_amount(&self, status: Status) -> Vec<(Self, Vec<Reading>)> {
        let mut ends: Vec<Reading> = Vec::new();
        for rule in status.provider().statuses().iter().flat_map(|from| from.rules()) {
            let end = Reading::new(rule.action, rule.actor);
            if rule.to == status && rule.guard.pot().is_none() && !ends.contains(&end) {
                ends.push(end);
            }
        }
        ends.into_iter().filter_map(|end| self.then(vec![end])).collect()
    }

    /// The way that moves what is missing of each sum at once, as no list says how it was moved.
    fn with_sums(&self, status: Status, seen: &Seen) -> Option<(Self, Vec<Reading>)> {
        let order = self.ledger.order.as_ref()?;
        let ours = Sums::of(order);
        let missing = |action, ours: Option<Money>, theirs: Option<Money>| {
            let (ours, theirs) = (ours?, theirs?);
            let amount = Money::new(theirs.minor.checked_sub(ours.minor)?, theirs.currency);
            let reading =
                Reading { amount: Some(amount), ..Reading::new(action, actor_of(order.key.provider, action)) };
            (amount.minor > 0).then_some(reading)
        };
        let way: Vec<Reading> = [
            missing(Action::Cancel, ours.canceled, seen.canceled),
            missing(Action::Capture, ours.captured, seen.captured),
            missing(Action::Refund, ours.refunded, seen.refunded),
        ]
        .into_iter()
        .flatten()
        .collect();
        let (ended, way) = self.then(way)?;
        ended.is_at(status, &seen.sums()).then_some((ended, way))
    }

    fn then(&self, way: Vec<Reading>) -> Option<(Self, Vec<Reading>)> {
        let mut ended = self.clone();
        ended.ledger.by_sums = true;
        way.iter().try_for_each(|reading| ended.takes(reading, self.now)).ok()?;
        Some((ended, way))
    }

    /// The way that was tried. The order is as the provider shows it, so all of our own moves are confirmed.
    fn way(mut self) -> Found {
        self.confirmed.extend(self.ledger.unconfirmed());
        self.confirmed.sort_by_key(|confirmed| (confirmed.seq, confirmed.reference.is_none()));
        self.confirmed.dedup_by_key(|confirmed| confirmed.seq);
        Found::Way(self.records, self.confirmed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::tamara::Status as T;
    use crate::domain::{Ask, By, Currency, OrderKey, TAMARA, decide};

    fn now() -> DateTime<Utc> {
        "2026-11-20T12:00:00Z".parse().unwrap()
    }

    fn money(minor: i64) -> Money {
        Money::new(minor, Currency::Sar)
    }

    /// An order of SAR 300.00 after these moves.
    fn ledger(moves: &[(Action, Option<i64>)]) -> Ledger {
        let opened = now() - chrono::TimeDelta::hours(2);
        let mut order = Order::open(OrderKey::new(TAMARA, "T-1").unwrap(), money(30_000), opened);
        for (action, minor) in moves {
            let actor = if *action == Action::Approve { Actor::Provider } else { Actor::Merchant };
            let ask = Ask { amount: minor.map(money), ..Ask::new(*action, actor, opened, By::Notice) };
            order = decide(&order, &ask).unwrap().into_order();
        }
        let mut ledger = Ledger::default();
        ledger.order = Some(order);
        ledger
    }

    /// What the provider shows: its status, the sums that it says, and the moves that it lists.
    fn seen(status: T, sums: [i64; 3], moves: &[(Action, i64, &str)]) -> Seen {
        seen_at(status.status(), sums, moves)
    }

    fn seen_at(status: Status, sums: [i64; 3], moves: &[(Action, i64, &str)]) -> Seen {
        let moves = moves.iter().map(|(action, minor, id)| Done {
            amount: Some(money(*minor)),
            reference: Some((*id).to_owned()),
            ..Done::new(*action)
        });
        let [captured, canceled, refunded] = sums.map(|minor| Some(money(minor)));
        Seen {
            status: Some(status),
            word: status.name().to_owned(),
            amount: Some(money(30_000)),
            captured,
            canceled,
            refunded,
            created_at: None,
            expires_at: None,
            buyer: None,
            numbers: Vec::new(),
            moves: moves.collect(),
        }
    }

    #[test]
    fn what_can_be_followed_is_followed_and_nothing_else() {
        use Action::{Approve, Authorise, Cancel, Capture, Refund};
        let check = |moves: &[(Action, Option<i64>)], seen: &Seen, expect: &str| {
            let told = match found(&ledger(moves), seen, "server", now()) {
                Found::Way(records, _) => {
                    let names = records.iter().filter_map(reading).map(|reading| reading.action.name());
                    format!("records {}", names.collect::<Vec<_>>().join(" "))
                }
                Found::Ways(ways) => format!("{} ways", ways.len()),
                Found::Behind => "behind".to_owned(),
                Found::Unlawful(_) => "unlawful".to_owned(),
            };
            assert_eq!(told, expect, "{seen:?}");
        };
        let approved = [(Approve, None)];
        let authorised = [(Approve, None), (Authorise, None)];
        let captured = [(Approve, None), (Authorise, None), (Capture, Some(10_000))];
        let none = [0, 0, 0];
        check(&[], &seen(T::Approved, none, &[]), "records approve");
        check(&[], &seen(T::Authorised, none, &[]), "records approve authorise");
        check(
            &[],
            &seen(T::FullyCaptured, [30_000, 0, 0], &[(Capture, 30_000, "c")]),
            "records approve authorise capture",
        );
        check(&approved, &seen(T::Approved, none, &[]), "records ");
        check(&approved, &seen(T::Expired, none, &[]), "records expire");
        check(&approved, &seen(T::Canceled, [0, 30_000, 0], &[(Cancel, 30_000, "x")]), "records authorise cancel");
        let parts = [(Capture, 10_000, "c1"), (Capture, 20_000, "c2"), (Refund, 5_000, "r")];
        check(&authorised, &seen(T::PartiallyRefunded, [30_000, 0, 5_000], &parts), "records capture capture refund");
        // Not listed: the sums say what is missing, and a person says how.
        check(&authorised, &seen(T::PartiallyCaptured, [10_000, 0, 0], &[]), "1 ways");
        check(&authorised, &seen(T::FullyRefunded, [30_000, 0, 30_000], &[]), "1 ways");
        check(&authorised, &seen(T::Approved, none, &[]), "behind");
        check(&captured, &seen(T::Authorised, none, &[]), "behind");
        check(&captured, &seen(T::Canceled, [0, 30_000, 0], &[(Cancel, 30_000, "x")]), "unlawful");
        check(&captured, &seen(T::Expired, [10_000, 0, 0], &[]), "unlawful");
        // A list that is not whole: the rest is offered, too.
        check(&captured, &seen(T::PartiallyCaptured, [20_000, 0, 0], &[(Capture, 5_000, "c")]), "1 ways");
        check(&captured, &seen(T::PartiallyCaptured, [12_000, 0, 0], &[(Capture, 5_000, "c")]), "unlawful");
        let mut other = seen(T::Approved, none, &[]);
        other.amount = Some(money(31_000));
        check(&approved, &other, "unlawful");
        other.status = None;
        check(&approved, &other, "unlawful");
    }

    /// Whatever it shows, what is recorded is lawful from where the order is, and ends where the provider has it.
    #[test]
    fn a_way_ends_where_the_provider_has_it() {
        use Action::{Approve, Authorise, Capture};
        let starts: [&[(Action, Option<i64>)]; 4] = [
            &[],
            &[(Approve, None)],
            &[(Approve, None), (Authorise, None)],
            &[(Approve, None), (Authorise, None), (Capture, Some(10_000))],
        ];
        let (mut followed, mut all) = (0, 0);
        for start in starts {
            for status in TAMARA.statuses() {
                for sums in
                    [[0, 0, 0], [10_000, 0, 0], [30_000, 0, 0], [30_000, 0, 30_000], [0, 30_000, 0], [10_000, 0, 5_000]]
                {
                    let seen = seen_at(status, sums, &[]);
                    all += 1;
                    if let Found::Way(records, _) = found(&ledger(start), &seen, "server", now()) {
                        let mut last = records.iter().filter_map(|record| match record {
                            Record::Step(step, _) => Some(step.order().clone()),
                            Record::Opening(..) => None,
                        });
                        let end = last.next_back().or(ledger(start).order).unwrap();
                        assert_eq!((end.status, Sums::of(&end)), (status, seen.sums()));
                        followed += 1;
                    }
                }
            }
        }
        assert!(followed > 10 && followed < all / 4, "{followed} of {all}");
    }
}
