//! What must hold for any lifecycle, and the full matrix that people review.

use std::fmt::Write;

use chrono::TimeDelta;
use recourse::domain::*;
use strum::VariantArray;

use super::story::opened_at;

fn statuses() -> Vec<Status> {
    Provider::all().iter().flat_map(|provider| provider.statuses()).collect()
}

/// Orders in this status, with every combination of facts that makes a difference.
fn orders(status: Status) -> Vec<Order> {
    let provider = status.provider();
    let amount = Money::new(1000, provider.currencies()[0]);
    let mut orders = Vec::new();
    for (authorised, canceled, captured, refunded) in
        [(0, 0, 0, 0), (1000, 0, 0, 0), (1000, 300, 0, 0), (1000, 0, 400, 0), (1000, 0, 1000, 0), (1000, 0, 400, 100)]
    {
        for (attempt, rejection_pending) in [(1, false), (1, true), (2, false), (2, true)] {
            let facts = Facts {
                authorised,
                canceled,
                captured,
                refunded,
                attempt,
                rejection_pending,
                clock_from: status.wait().map(|_| opened_at()),
                ..Facts::OPENED
            };
            let key = OrderKey::new(provider, "M-1").unwrap();
            orders.push(Order { status, facts, ..Order::open(key, amount, opened_at()) });
        }
    }
    orders
}

#[test]
fn every_status_is_reached_and_can_end() {
    for status in statuses() {
        let start = status.provider().start();
        assert!(status == start || start.reaches(status), "{status} is never reached");
        let ends = status.provider().statuses().into_iter().any(|end| end.is_final() && status.reaches(end));
        assert!(status.is_final() || ends, "{status} never ends");
        assert_eq!(Status::parse_all(&status.full_name()), [status]);
        assert!(Status::parse_all(status.name()).contains(&status));
        assert!(!status.definition().is_empty() && !status.title().is_empty());
    }
}

#[test]
fn no_two_rows_hold_at_once() {
    for status in statuses() {
        let rules = status.rules();
        for (at, one) in rules.iter().enumerate() {
            for other in &rules[at + 1..] {
                let same = (one.action, one.actor) == (other.action, other.actor);
                assert!(!same || exclusive(one.guard, other.guard), "{status}: {one:?} and {other:?} may both hold");
            }
        }
    }
}

/// Whether no facts and amount satisfy both guards.
fn exclusive(one: Guard, other: Guard) -> bool {
    matches!(
        (one, other),
        (Guard::Part(a), Guard::All(b)) | (Guard::All(a), Guard::Part(b)) if a == b
    ) || matches!((one, other), (Guard::RefundLeavesSome, Guard::RefundLeavesNone))
}

#[test]
fn every_time_guard_has_its_deadline() {
    for status in statuses() {
        let timed = status.rules().iter().any(|rule| matches!(rule.guard, Guard::After(_)));
        assert_eq!(orders(status)[0].due_at().is_some(), timed, "{status}");
        assert_eq!(timed, status.rules().iter().any(|rule| rule.actor == Actor::Clock), "{status}");
    }
}

#[test]
fn every_move_has_a_letter_of_its_own() {
    for provider in Provider::all() {
        let mut letters = Vec::new();
        for (action, actor) in provider.moves() {
            let letter = provider.letter(action, actor);
            assert!(letter.is_ascii_lowercase() && !"jkq".contains(letter), "{action:?} {actor:?}: {letter}");
            assert!(!letters.contains(&letter), "{letter} means two things");
            letters.push(letter);
        }
    }
}

#[test]
fn actions_that_may_be_implied_bear_no_money() {
    for (from, rule) in Provider::all().iter().flat_map(|provider| provider.rules()) {
        let named = matches!(
            rule.action,
            Action::Approve | Action::Authorise | Action::Deliver | Action::Reject | Action::ReportBadCondition
        );
        let second = from == atarapay::Status::PendingIi.status();
        assert_eq!(rule.implied, named && !second, "{from} {rule:?}");
        assert!(!rule.implied || rule.guard.pot().is_none());
    }
}

/// Status x action x actor, with every verdict that the facts can lead to.
#[test]
fn the_matrix() {
    for &provider in Provider::all() {
        let mut text = String::new();
        for status in provider.statuses() {
            _ = writeln!(text, "{}", status.name());
            for &action in Action::VARIANTS {
                for &actor in Actor::VARIANTS {
                    let mut verdicts: Vec<String> = Vec::new();
                    for order in orders(status) {
                        for amount in [1, 400, 1000] {
                            verdicts.push(verdict(&order, action, actor, amount));
                        }
                    }
                    verdicts.sort();
                    verdicts.dedup();
                    _ = writeln!(text, "    {:<22} {:<15} {}", action.name(), actor.name(), verdicts.join(" | "));
                }
            }
        }
        insta::assert_snapshot!(format!("matrix_{}", provider.name()), text);
    }
}

fn verdict(order: &Order, action: Action, actor: Actor, amount: i64) -> String {
    let bears = order.status.rules().iter().any(|rule| rule.action == action && rule.guard.pot().is_some());
    let ask = Ask {
        amount: bears.then(|| order.money(amount)),
        parts: (action == Action::Settle).then_some(Parts { to_seller: 999, to_buyer: amount }),
        ..Ask::new(action, actor, opened_at() + TimeDelta::days(90), By::Fact)
    };
    match decide(order, &ask) {
        Ok(step) => format!("-> {}", step.order().status.name()),
        Err(refusal) => match refusal.why() {
            Why::NotYet | Why::NotYours => format!("{} ({})", refusal.why().name(), refusal.needs().join(", ")),
            why => why.name().to_owned(),
        },
    }
}
