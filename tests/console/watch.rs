//! Tests of the watch, with simulated answers of the store: causes of stuck orders, plans, alerts and runbooks.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use recourse::cases::duty::OnCall;
use recourse::console::app::message::{Effect, Message};
use recourse::console::app::session::Link;
use recourse::console::stuck::requests::{Ask, Explained, News};
use recourse::console::stuck::shown::{Cell, Column, PlanShown, Related, RowShown, StuckShown, WatchShown};
use recourse::domain::*;
use recourse::records::Evidence;
use recourse::records::OrderRecord;
use recourse::records::Plan;
use recourse::records::Tick;
use recourse::stuck::STUCK;
use recourse::stuck::alarm::{Standing, What};
use recourse::stuck::band::{Band, whole};
use recourse::stuck::figures::{Facts, Figures};
use recourse::stuck::grid::{Elsewhere, Hour, Moments, Piece};
use recourse::stuck::rule;
use recourse::stuck::why;
use recourse::stuck::why::{Attempt, Clues, Why};
use recourse::work::plan::run::{Ended, Progress};
use recourse::work::plan::{Answer, Totals};
use recourse::work::watcher::{Acknowledged, Looked};
use strum::VariantArray;

use super::desk::{Desk, Memory, now, session, small_book};
use super::harness::at;

fn clues() -> Clues {
    let tried = |hours| Attempt {
        action: Some(Action::Authorise),
        result: "401".to_owned(),
        detail: Some("{\"message\":\"Unauthenticated\"}".to_owned()),
        at: now() - TimeDelta::hours(hours),
    };
    Clues { attempts: vec![tried(50), tried(20)], ..Clues::default() }
}

fn why(stored: &OrderRecord) -> Option<Why> {
    (stored.order.status == STUCK).then(|| why::explain(&stored.order, Some(&clues()), now()))
}

/// What the console shows with an order's log.
pub fn related(memory: &Memory, stored: &OrderRecord) -> Related {
    let Some(why) = why(stored) else { return Related::default() };
    let evidence = Evidence {
        order_id: stored.order.key.to_string(),
        kind: "attempted".to_owned(),
        action: Some("authorise".to_owned()),
        result: Some("401".to_owned()),
        status: None,
        detail: Some("{\"message\":\"Unauthenticated\"}".to_owned()),
        happened_at: now() - TimeDelta::hours(20),
        recorder: "import".to_owned(),
    };
    Related {
        why: Some(why),
        evidence: vec![evidence],
        plans: Vec::new(),
        ticks: memory.ticks.clone(),
        ..Related::default()
    }
}

fn seen(memory: &Memory) -> WatchShown {
    let moments = Moments::new(now(), TimeDelta::zero());
    let (mut pieces, mut merchants) = (Vec::new(), BTreeMap::new());
    for stored in memory.orders.iter().map(|(stored, _)| stored).filter(|it| it.order.status == STUCK) {
        let (merchant, due) = (stored.merchant.clone().unwrap_or_default(), stored.order.due_at().unwrap());
        let Money { minor, currency } = stored.order.amount;
        let bucket = moments.list().iter().filter(|moment| **moment <= due).count();
        pieces.push(Piece { merchant: merchant.clone(), currency, bucket, orders: 1, amount: i128::from(minor) });
        let figures: &mut Figures = merchants.entry(merchant).or_default();
        figures.count += 1;
        figures.clearings = 1;
        figures.oldest = figures.oldest.into_iter().chain([due - whole()]).min();
    }
    let alarms = Facts { merchants, ..Facts::default() }.judge(&rule::shipped(), now());
    let standing = |alarm: &recourse::stuck::alarm::Alarm| Standing {
        alert: alarm.alert.clone(),
        seq: 1,
        what: What::Fired,
        severity: alarm.severity,
        since: now() - TimeDelta::hours(2),
        said: alarm.said.clone(),
        reason: None,
        until: None,
        at: now(),
        recorder: "ada".to_owned(),
        rule: alarm.rule.clone(),
        query: alarm.query.clone(),
        figure: alarm.figure,
    };
    let standings = alarms.iter().map(standing).collect();
    let hour = |back: i64| Hour {
        at: now() - TimeDelta::hours(47 - back),
        arrived: back % 7,
        cleared: back % 5,
        lost: i64::from(back == 30),
    };
    let flow = (0..48).map(hour).collect();
    let other = |(merchant, drift, expired): &(String, i64, i64)| Elsewhere {
        merchant: merchant.clone(),
        drift: *drift,
        expired: *expired,
        outlived: 0,
        unconfirmed: 0,
    };
    let elsewhere: Vec<Elsewhere> = memory.drift.iter().map(other).collect();
    let looked = Looked { alarms, standings, news: Vec::new() };
    let noura = OnCall { who: "Noura".to_owned(), until: now() + TimeDelta::hours(7) };
    WatchShown { grid: moments.grid(&pieces, &elsewhere), flow, looked, on_call: vec![noura] }
}

fn cell(memory: &Memory, cell: &Cell) -> Vec<StuckShown> {
    let is_there = |stored: &OrderRecord| {
        cell.merchant.as_ref().is_none_or(|name| stored.merchant.as_ref() == Some(name))
            && match cell.column {
                Column::Band(band) => Band::of(stored.order.due_at().unwrap(), now()) == band,
                Column::All => true,
                Column::Unconfirmed | Column::Drift | Column::Expired => false,
            }
    };
    let stuck = memory.orders.iter().map(|(stored, _)| stored).filter(|it| it.order.status == STUCK && is_there(it));
    stuck.map(|stored| StuckShown { stored: stored.clone(), why: why(stored).unwrap() }).collect()
}

/// A plan as the store lists it.
fn plan(number: i64, what: Option<&str>, orders: i64, accepted: i64) -> Plan {
    Plan {
        number,
        title: format!("authorise and capture {orders} orders of jeddah-phones"),
        needs_approval: number == 2,
        rate: 10,
        stop_after: 10,
        made_by: "ada".to_owned(),
        made_at: now() - TimeDelta::hours(3),
        what: what.map(|what| what.parse().unwrap()),
        why: None,
        seq: what.map(|_| 1),
        by: what.map(|_| "ada".to_owned()),
        at: what.map(|_| now() - TimeDelta::hours(2)),
        approved_by: None,
        orders,
        accepted,
        refused: 0,
        changed: 0,
        unknown: 0,
        held: false,
    }
}

/// What the workers would answer. `None` for writes: they stay open.
pub fn answer(memory: &Memory, ask: &Ask) -> Option<News> {
    Some(match ask {
        Ask::Look => News::Seen(Ok(Box::new(seen(memory)))),
        Ask::Cell(of) => News::Cell(of.clone(), Ok(cell(memory, of))),
        Ask::Paper(paper) => super::papers::told(paper),
        Ask::Plans => News::Plans(Ok(vec![plan(2, None, 12, 0), plan(1, Some("paused"), 40, 17)])),
        Ask::PlanRows(number) => {
            let row = |id: &str, comes_to: &str| RowShown {
                order: id.to_owned(),
                doing: "authorise, then capture SAR 310.01".to_owned(),
                comes_to: comes_to.to_owned(),
            };
            let rows = vec![row("T-1001", "recorded"), row("T-1002", "Authorised, Fully Captured")];
            News::PlanRows(*number, Ok(PlanShown { rows, confirmed: 3 }))
        }
        Ask::Explain(orders) => {
            let whys = orders.iter().filter_map(|stored| Some((stored.order.key.clone(), why(stored)?)));
            News::Explained(Ok(Explained { whys: whys.collect(), carriers: Vec::new() }))
        }
        Ask::PlanTotals(number) => {
            let rest = if *number == 2 { 12 } else { 23 };
            News::PlanTotals(*number, Ok(Totals { would: rest, ..Totals::default() }))
        }
        Ask::SaveTable(..)
        | Ask::Acknowledge { .. }
        | Ask::Tick(..)
        | Ask::MakePlan(..)
        | Ask::RunPlan(_)
        | Ask::PausePlan(_)
        | Ask::ApprovePlan(_)
        | Ask::WithdrawPlan(_) => return None,
    })
}

fn opens(desk: &mut Desk) -> Vec<Ask> {
    let open = std::mem::take(&mut desk.open);
    open.into_iter().filter_map(|effect| if let Effect::Stuck(ask) = effect { Some(ask) } else { None }).collect()
}

/// The first screen shows the broken merchant, and two keys show the cause.
#[test]
fn found_in_one_look_and_explained_in_two_keys() {
    let mut desk = Desk::new(small_book(), 130, 40);
    assert!(desk.picture().contains("3 Stuck 4!"), "{}", desk.picture());
    desk.press("3");
    let look = desk.picture();
    let first = look.lines().find(|line| line.contains("jeddah-phones")).expect("the merchant");
    assert!(first.contains('▌'), "the worst merchant is not selected: {first}");
    assert!(look.contains("authorise failed: not allowed (certain)"), "{look}");
    desk.press("enter");
    let list = desk.picture();
    assert!(list.contains("merchant=\"jeddah-phones\"") && list.contains("1 / 2"), "{list}");
    assert!(list.contains("Why it is stuck (i)") && list.contains("Check the merchant's API token"), "{list}");
}

/// A cell lists the orders that the grid counted in it.
#[test]
fn every_cell_opens_its_own_list() {
    let mut desk = Desk::new(small_book(), 130, 40);
    desk.press("3 j j j");
    let grid = desk.app.stuck.seen.clone().unwrap().grid;
    for band in (0..Band::VARIANTS.len()).rev() {
        desk.press("left");
        assert_eq!(desk.app.stuck.column, band);
        let many = grid.all.cells[band].orders as usize;
        let mut copy = Desk::new(small_book(), 130, 40);
        copy.press("3 j j j").press(&"left ".repeat(Band::VARIANTS.len() - band)).press("enter");
        let rows = copy.app.orders.list.rows.iter().filter(|row| !row.gone).count();
        assert_eq!(rows, many, "{:?}: {}", Band::VARIANTS[band], copy.picture());
    }
}

/// A plan contains what was on the screen: orders with their versions and actions. You type a word to run it.
#[test]
fn a_plan_runs_what_was_shown() {
    let mut desk = Desk::new(small_book(), 130, 40);
    desk.press("3 P 2 j x");
    let sheet = desk.picture();
    assert!(
        sheet.contains("2 would be recorded here; this does not call Tamara")
            && sheet.contains("2 of them blocked at the provider")
            && sheet.contains("blocked until the merchant's API token works")
            && sheet.contains("then capture SAR")
            && sheet.contains("then cancel SAR"),
        "{sheet}"
    );
    desk.press("enter enter \"run 3\" enter");
    assert_eq!(opens(&mut desk), Vec::new(), "a wrong word made a plan");
    desk.press("backspace \"2\" enter");
    let asked = opens(&mut desk);
    let [Ask::MakePlan(made, true)] = asked.as_slice() else { panic!("{asked:?}") };
    let rows: Vec<String> = made
        .1
        .iter()
        .map(|(stored, doing)| format!("{} v{} {}", stored.order.key.id, stored.order.version, doing.words()))
        .collect();
    assert_eq!(rows, ["T-1005 v2 authorise, then capture SAR 305.00", "T-1001 v2 authorise, then cancel SAR 310.01"]);
    desk.tell(Message::Stuck(News::MadePlan(true, Ok(7))));
    assert_eq!(opens(&mut desk), [Ask::RunPlan(7)]);
    desk.tell(Message::Stuck(News::PlanProgress(7, Progress { accepted: 1, rest: 1, ..Progress::default() })));
    assert!(desk.picture().contains("plan 7: 1 of 2"), "{}", desk.picture());
    // Quit asks first, as during every write.
    desk.press("esc q");
    assert!(!desk.open.contains(&Effect::Quit) && desk.picture().contains("Press q again"), "{}", desk.picture());
    desk.press("k");
    desk.tell(Message::Stuck(News::PlanEnded(7, Ok(Ended::Finished(Progress { accepted: 2, ..Progress::default() })))));
    assert!(desk.picture().contains("Plan 7 is finished: 2 accepted"), "{}", desk.picture());
    assert!(desk.app.orders.marks.is_empty());
}

/// The choices for each order are kept when you close the plan. The law checks an amount at once.
#[test]
fn a_plan_that_was_put_away_is_there_again() {
    let mut desk = Desk::new(small_book(), 130, 40);
    desk.press(": \"status approved\" enter space P c e \"100\" enter");
    assert!(desk.picture().contains("then capture 100.00"), "{}", desk.picture());
    desk.press("esc P");
    assert!(desk.picture().contains("then capture 100.00"), "{}", desk.picture());
    desk.press("e \"999\" enter");
    assert!(desk.picture().contains("! At most SAR"), "{}", desk.picture());
    desk.press("esc n enter");
    assert_eq!(opens(&mut desk), Vec::new(), "a plan that needs approval was run");
}

/// If the law refuses every order of a plan, the console does not ask to run it.
#[test]
fn a_plan_of_nothing_is_not_run() {
    let mut desk = Desk::new(small_book(), 130, 40);
    desk.press(": \"status authorised\" enter space P");
    assert!(desk.picture().contains("1 would be refused"), "{}", desk.picture());
    desk.press("enter");
    assert!(desk.picture().contains("The law refuses all of them"), "{}", desk.picture());
}

/// A list is planned as far as it is at Approved; all disputes never are. Other orders have to be marked.
#[test]
fn a_plan_takes_orders_at_approved() {
    let mut desk = Desk::new(small_book(), 130, 40);
    desk.press("enter P");
    let picture = desk.picture();
    assert!(picture.contains("None of these orders is at Approved"), "{picture}");
    desk.press("space P");
    assert!(desk.picture().contains("A plan authorises orders of Tamara only"), "{}", desk.picture());
    desk.press("u / \"currency:SAR\" enter P");
    let picture = desk.picture();
    assert!(
        picture.contains("Plan of 5 orders") && picture.contains("1 order is not at Approved and left out"),
        "{picture}"
    );
}

#[test]
fn who_may_not_plan_is_told_so() {
    let viewer = recourse::console::app::session::Session { roles: [Role::Agent].into_iter().collect(), ..session() };
    let mut desk = Desk::sit(viewer, small_book(), 130, 40);
    let rung = desk.open.iter().any(|effect| matches!(effect, Effect::Alert(_)));
    assert!(
        !rung && desk.picture().contains("3 Stuck 4!"),
        "an agent sees the count, and nothing rings: {}",
        desk.picture()
    );
    desk.press(": \"status approved\" enter space P");
    assert!(desk.picture().contains("Only ops can do this"), "{}", desk.picture());
    let only = recourse::console::app::session::Session { read_only: true, ..session() };
    let mut desk = Desk::sit(only, small_book(), 130, 40);
    desk.press("3 P a");
    assert!(desk.picture().contains("Read-only: nothing") && opens(&mut desk).is_empty(), "{}", desk.picture());
}

/// For how long first, then why; what is missing is said in the form.
#[test]
fn an_alert_is_acknowledged_with_a_reason_and_an_end() {
    let mut desk = Desk::new(small_book(), 130, 40);
    desk.press("3 shift-tab a \"soon\" ctrl-s");
    assert!(desk.picture().contains("Say for how long") && opens(&mut desk).is_empty());
    desk.press("ctrl-u \"4h\" enter enter");
    assert!(desk.picture().contains("Add a reason") && opens(&mut desk).is_empty());
    desk.press("\"the token is changed\" enter");
    let until = now() + TimeDelta::hours(4);
    let asked = opens(&mut desk);
    let expect = Ask::Acknowledge { alert: "over 72 h".to_owned(), reason: "the token is changed".to_owned(), until };
    assert_eq!(asked, [expect]);
    let standing = desk.app.stuck.open(now())[0].clone();
    let standing = Standing { what: What::Acknowledged, until: Some(until), ..standing };
    desk.tell(Message::Stuck(News::Acknowledged("over 72 h".to_owned(), Ok(Acknowledged::Done(Box::new(standing))))));
    assert!(desk.picture().contains("is acknowledged until 11-20 16:00"), "{}", desk.picture());
}

/// Enter on an alert lists the orders that it counted.
#[test]
fn an_alert_leads_to_its_orders() {
    let mut desk = Desk::new(small_book(), 130, 40);
    desk.press("3 tab tab enter");
    let list = desk.picture();
    assert!(list.contains("status:approved age>=4320m") && list.contains("1 / 1") && list.contains("T-1005"), "{list}");
}

/// The header and the watch count the same alerts, whatever the person's roles.
#[test]
fn alerts_are_counted_in_one_way() {
    let mut desk = Desk::new(small_book(), 130, 40);
    desk.app.session.roles = Roles::UNREGISTERED.narrowed(Role::Agent);
    desk.press("3");
    let alarms = |desk: &Desk| desk.app.stuck.alarms(now()).0;
    assert_eq!(alarms(&desk), 4);
    assert!(desk.picture().contains("3 Stuck 4!") && desk.picture().contains("Alerts · 4"), "{}", desk.picture());
    let mut seen = desk.app.stuck.seen.clone().unwrap();
    let quiet = &mut seen.looked.standings[0];
    (quiet.what, quiet.until) = (What::Acknowledged, Some(now() + TimeDelta::hours(1)));
    desk.tell(Message::Stuck(News::Seen(Ok(Box::new(seen)))));
    let picture = desk.picture();
    assert!(picture.contains("3 Stuck 3 ") && picture.contains("Alerts · 3, 1 acknowledged"), "{picture}");
}

/// A merchant that has only drift has a line, and Enter lists its drift.
#[test]
fn drift_has_its_column() {
    let mut book = small_book();
    book.drift = vec![("riyadh-books".to_owned(), 3, 0)];
    let mut desk = Desk::new(book, 130, 40);
    desk.press("3 j j");
    let picture = desk.picture();
    let line = picture.lines().find(|line| line.contains("riyadh-books")).expect("the merchant");
    assert!(line.contains('▌') && picture.contains("drift"), "{picture}");
    desk.press("right");
    assert!(desk.picture().contains("riyadh-books not confirmed by the provider"), "{}", desk.picture());
    desk.press("right enter");
    assert!(desk.picture().contains("drift merchant=\"riyadh-books\""), "{}", desk.picture());
}

/// So has one whose orders at other statuses are presumed expired.
#[test]
fn what_is_past_its_deadline_elsewhere_has_its_column() {
    let mut book = small_book();
    book.drift = vec![("riyadh-books".to_owned(), 0, 3)];
    let mut desk = Desk::new(book, 130, 40);
    desk.press("3 j j right right right");
    let picture = desk.picture();
    assert!(picture.contains("[3]") && picture.contains("past their deadline, not at Approved"), "{picture}");
    desk.press("enter");
    let picture = desk.picture();
    assert!(picture.contains("expired -status:approved merchant="), "{picture}");
}

/// Where a list is longer than its place, it scrolls and says where it is.
#[test]
fn long_lists_scroll_and_say_where_they_are() {
    let mut book = small_book();
    book.drift = (0..74).map(|number| (format!("shop-{number:02}"), 1, 0)).collect();
    let mut desk = Desk::new(book, 130, 30);
    desk.press("3 G k k");
    let picture = desk.picture();
    assert!(picture.contains("75 of 76") && picture.contains("shop-72"), "{picture}");
    desk.press("G tab j");
    assert!(desk.picture().contains("all merchants · least time left first · 2 of 5"), "{}", desk.picture());
    desk.press("enter");
    assert_eq!(desk.app.orders.shown.as_ref().map(|it| it.stored.order.key.id.clone()).as_deref(), Some("T-1002"));
}

/// You tick steps by name, and Enter opens the place where a step is done.
#[test]
fn a_runbook_is_walked_with_keys() {
    let mut desk = Desk::new(small_book(), 130, 40);
    desk.press(": \"status approved\" enter i space");
    let key = desk.app.orders.shown.as_ref().unwrap().stored.order.key.clone();
    assert_eq!(opens(&mut desk), [Ask::Tick(key.clone(), "check-token".to_owned(), true)]);
    desk.memory.ticks =
        vec![Tick { step: "check-token".to_owned(), recorder: "ada".to_owned(), at: at("2026-11-20T11:00:00Z") }];
    desk.tell(Message::Stuck(News::Ticked(Ok(()))));
    assert!(desk.picture().contains("✓"), "{}", desk.picture());
    desk.press("space");
    assert_eq!(opens(&mut desk), [Ask::Tick(key, "check-token".to_owned(), false)]);
    desk.press("enter");
    assert!(desk.picture().contains("This step is done elsewhere"), "{}", desk.picture());
    desk.press("j j enter");
    assert!(desk.app.on_top::<recourse::console::orders::action::menu::Menu>().is_some(), "{}", desk.picture());
}

/// A new alert notifies once. Alerts from before the session do not. Without a connection nothing is written.
#[test]
fn a_new_alert_rings_once() {
    let mut desk = Desk::new(Memory::default(), 130, 40);
    desk.open.clear();
    desk.memory = small_book();
    let news = || Message::Stuck(News::Seen(Ok(Box::new(seen(&small_book())))));
    desk.tell(news());
    let rung: Vec<Effect> = std::mem::take(&mut desk.open);
    assert!(matches!(rung.as_slice(), [Effect::Alert(words)] if words.starts_with("critical: over 72 h")), "{rung:?}");
    desk.tell(news());
    assert_eq!(std::mem::take(&mut desk.open), Vec::new());
    desk.tell(Message::Link(Link::Lost { since: now(), retry_at: now() }));
    desk.press("3 a \"4h\" enter \"why\" enter");
    assert!(opens(&mut desk).is_empty() && desk.picture().contains("Not connected"), "{}", desk.picture());
}

#[test]
fn plans_are_approved_paused_and_gone_on_with() {
    let mut desk = Desk::new(small_book(), 130, 40);
    desk.press("ctrl-p");
    assert!(desk.picture().contains("waits for approval") && desk.picture().contains("17 of 40"), "{}", desk.picture());
    desk.press("enter");
    assert!(desk.picture().contains("Another person has to approve it first"), "{}", desk.picture());
    desk.press("v \"approve 1\" enter");
    assert_eq!(opens(&mut desk), Vec::new(), "a wrong number approved a plan");
    desk.press("ctrl-u \"approve 2\" enter");
    assert_eq!(opens(&mut desk), [Ask::ApprovePlan(2)]);
    desk.tell(Message::Stuck(News::PlanTold(2, Ok(Answer::YourOwn))));
    assert!(desk.picture().contains("You made this plan"), "{}", desk.picture());
    desk.press("j enter \"run 23\" enter");
    assert_eq!(opens(&mut desk), [Ask::RunPlan(1)]);
    desk.press("p");
    assert_eq!(opens(&mut desk), [Ask::PausePlan(1)]);
    assert!(desk.picture().contains("pausing"), "{}", desk.picture());
    let lost = recourse::console::app::load::Failure::Lost;
    desk.tell(Message::Stuck(News::PlanEnded(1, Err(lost))));
    assert!(desk.picture().contains("continue where it stopped"), "{}", desk.picture());
}
