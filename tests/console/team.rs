//! People and policy in the console: who has which role, and the forms that change it.

use chrono::TimeDelta;
use recourse::cases::policy::{Policy, SHIPPED};
use recourse::console::app::message::{Effect, Message};
use recourse::console::team::state::{Ask, Member, News, TeamShown};
use recourse::store::cases::policy::InForce;

use super::desk::{Desk, now, small_book};

/// What the workers would answer. `None` for changes: they stay open.
pub fn answer(ask: &Ask) -> Option<News> {
    let Ask::Look = ask else { return None };
    let member = |login: &str, roles: &[&str], cases, plans| Member {
        login: login.to_owned(),
        roles: roles.iter().map(|&role| role.to_owned()).collect(),
        cases,
        plans,
    };
    let people = vec![
        member("ada", &["agent"], 12, 0),
        member("ben", &["agent", "lead"], 3, 1),
        member("root", &["admin"], 0, 0),
    ];
    let policy = InForce {
        number: 4,
        policy: Policy::parse(SHIPPED).unwrap(),
        source: SHIPPED.to_owned(),
        recorder: "root".to_owned(),
        at: now() - TimeDelta::days(2),
        why: Some("limits of the new year".to_owned()),
    };
    Some(News::Shown(Ok(Box::new(TeamShown { people, policy }))))
}

fn sent(desk: &Desk) -> Option<Ask> {
    desk.open.iter().rev().find_map(|effect| match effect {
        Effect::Team(ask) => Some(ask.clone()),
        _ => None,
    })
}

#[test]
fn people_and_policy_are_shown() {
    for (name, size) in [("team", (120, 40)), ("team_small", (80, 24))] {
        let mut desk = Desk::new(small_book(), size.0, size.1);
        desk.press("A");
        insta::assert_snapshot!(name, desk.picture());
    }
}

#[test]
fn roles_change_with_a_reason() {
    let mut desk = Desk::new(small_book(), 120, 40);
    desk.press("A j a t tab 3 ctrl-s");
    assert!(sent(&desk).is_none() && desk.picture().contains("Say why"), "{}", desk.picture());
    desk.press("\"she works nights now\" ctrl-s");
    let expect = Ask::Role {
        login: "ben".to_owned(),
        role: recourse::domain::Role::Lead,
        granted: false,
        why: "she works nights now".to_owned(),
    };
    assert_eq!(sent(&desk), Some(expect));
    // A refusal goes back to the form, and what was typed is still there.
    desk.tell(Message::Team(News::Changed(Ok(Err("Only an admin can change people.".to_owned())))));
    assert!(
        desk.picture().contains("Only an admin") && desk.picture().contains("she works nights"),
        "{}",
        desk.picture()
    );
    desk.press("ctrl-s");
    desk.tell(Message::Team(News::Changed(Ok(Ok("ben no longer has the role lead.".to_owned())))));
    assert!(!desk.picture().contains("she works nights"), "{}", desk.picture());
}

#[test]
fn all_cases_of_a_person_are_moved() {
    let mut desk = Desk::new(small_book(), 120, 40);
    desk.press("A a m tab 1 \"she is ill\" ctrl-s");
    let expect = Ask::Move { from: "ada".to_owned(), to: "ben".to_owned(), note: "she is ill".to_owned() };
    assert_eq!(sent(&desk), Some(expect));
}

#[test]
fn a_policy_is_checked_before_it_is_sent() {
    let mut desk = Desk::new(small_book(), 120, 40);
    desk.press("A a p enter \"nonsense\" ctrl-s");
    assert!(sent(&desk).is_none(), "{}", desk.picture());
    insta::assert_snapshot!("policy_fault", desk.picture());
    desk.press(&"backspace ".repeat("nonsense".len())).press("tab \"a new clock\" ctrl-s");
    assert!(matches!(sent(&desk), Some(Ask::Policy { why, .. }) if why == "a new clock"), "{}", desk.picture());
}
