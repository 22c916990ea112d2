//! Tests of the dispute desk, with simulated answers of the store.

use chrono::TimeDelta;
use recourse::cases::law::Refusal;
use recourse::cases::policy::{Policy, SHIPPED};
use recourse::console::app::load::Failure;
use recourse::console::app::message::{Effect, Message};
use recourse::console::app::pulse::Pulse;
use recourse::console::disputes::requests::{Ask, DocumentKind, News};
use recourse::console::disputes::shown::{CaseShown, Named, OPEN, QueueShown};
use recourse::desk::cases::{Answer, CaseCommand, Command};
use recourse::domain::*;
use recourse::records::OrderRecord;
use recourse::records::Queue;
use recourse::records::{
    Attachment, Case, CaseEvent, CasePlace, CaseStage, Clock, Decision, DecisionBasis, Message as Words, Note, Party,
    Payout, PayoutState, Proposal, RunningClock, Shared,
};
use recourse::records::{CaseDetail, Hint};
use recourse::store::cases::presence::Present;
use uuid::Uuid;

use super::desk::{Desk, Memory, disputed, now, small_book};

fn event(seq: i32, what: &str, hours: i64) -> CaseEvent {
    CaseEvent {
        seq,
        kind: what.parse().unwrap(),
        party: None,
        person: None,
        words: None,
        reason: None,
        claimed: None,
        item: None,
        until: None,
        clock: None,
        level: None,
        actor: None,
        recorder: "agent2".to_owned(),
        at: now() - TimeDelta::hours(hours),
        note: None,
        message: None,
        delivery: None,
        file: None,
    }
}

fn said(party: &str, theirs: bool, body: &str) -> Option<Words> {
    Some(Words { party: party.parse().unwrap(), theirs, body: body.to_owned() })
}

/// The log of a case: only ATP-20311 has more than its opening.
fn events(id: &str) -> Vec<CaseEvent> {
    let opened = CaseEvent { recorder: "import".to_owned(), ..event(1, "opened", 60) };
    if id != "ATP-20311" {
        return vec![opened];
    }
    let file = Attachment {
        name: "seal.png".to_owned(),
        kind: "image/png".to_owned(),
        facts: "1200 x 800".to_owned(),
        size: 48_211,
        digest: "9f86d081884c7d659a2feaa0c55ad015".to_owned(),
    };
    vec![
        opened,
        event(2, "claimed", 50),
        CaseEvent { reason: Some("damaged".to_owned()), claimed: Some(150_000), ..event(3, "classified", 49) },
        CaseEvent { note: Some(Note("the courier says the seal was broken".to_owned())), ..event(4, "noted", 48) },
        CaseEvent {
            party: Some(Party::Buyer),
            message: said("buyer", false, "Please send us photos."),
            ..event(5, "asked", 47)
        },
        CaseEvent {
            party: Some(Party::Buyer),
            message: said("buyer", true, "Here they are."),
            ..event(6, "answered", 30)
        },
        CaseEvent { file: Some(file), ..event(7, "attached", 29) },
        CaseEvent { item: Some("photos of the damage".to_owned()), ..event(8, "checked", 28) },
        CaseEvent {
            clock: Some(Clock::Decision),
            level: Some(1),
            recorder: "clock".to_owned(),
            ..event(9, "escalated", 3)
        },
    ]
}

fn case(stored: &OrderRecord) -> Option<Case> {
    let order = &stored.order;
    let stage = match order.status {
        resolved if resolved == atarapay::Status::DisputeResolved => CaseStage::Decided,
        other if !atarapay::in_dispute(other) => return None,
        _ if order.key.id == "ATP-20340" => CaseStage::Proposed,
        _ => CaseStage::Working,
    };
    let events = events(&order.key.id);
    let mine = order.key.id == "ATP-20298";
    let owner = match order.key.id.as_str() {
        "ATP-20298" => Some("agent1".to_owned()),
        "ATP-20311" => None,
        _ => Some("agent2".to_owned()),
    };
    let due = now() + TimeDelta::hours(i64::from(mine) * 30 - 3);
    Some(Case {
        order_id: order.key.to_string(),
        number: 1,
        currency: order.amount.currency.code().to_owned(),
        amount: order.amount.minor,
        merchant: stored.merchant.clone(),
        buyer: stored.buyer.clone(),
        seller: stored.seller.clone(),
        opened_at: now() - TimeDelta::hours(60),
        opened_by: "import".to_owned(),
        seq: events.len() as i32,
        material_event: 0,
        stage,
        waiting: None,
        queue: match stage {
            CaseStage::Working => Queue::Working,
            CaseStage::Proposed => Queue::Proposed,
            CaseStage::Decided => Queue::Unpaid,
            CaseStage::Closed => Queue::Closed,
        },
        reason: (order.key.id == "ATP-20311").then(|| "damaged".to_owned()),
        claimed: (order.key.id == "ATP-20311").then_some(150_000),
        owner,
        lease_until: mine.then(|| now() + TimeDelta::minutes(83)),
        clock: Some(if stage == CaseStage::Decided { Clock::Payout } else { Clock::Decision }),
        due_at: Some(due),
        rank: due.timestamp_micros(),
        level: i16::from(order.key.id == "ATP-20311"),
        reopened: false,
        answered_at: None,
        decided_at: (stage == CaseStage::Decided).then(|| now() - TimeDelta::hours(5)),
        closed_at: None,
        snoozed_until: None,
        buyer_language: None,
        seller_language: None,
        reply_event: 0,
        unread: false,
        status: order.status.name().to_owned(),
        version: order.version,
    })
}

pub fn whole(stored: &OrderRecord) -> Option<CaseDetail> {
    let case = case(stored)?;
    let parts = stored.order.facts.parts.unwrap_or(Parts { to_seller: stored.order.amount.minor, to_buyer: 0 });
    let proposal = (case.stage == CaseStage::Proposed).then(|| Proposal {
        seq: case.seq,
        order_version: case.version,
        material_event: 0,
        to_seller: 0,
        to_buyer: case.amount,
        reason: "not_delivered".to_owned(),
        rationale: "no proof of delivery, and the tracking ends in Lagos".to_owned(),
        say_seller: "You receive nothing.".to_owned(),
        say_buyer: "You receive everything.".to_owned(),
        recorder: "agent2".to_owned(),
        at: now() - TimeDelta::hours(1),
    });
    let decision = (case.stage == CaseStage::Decided).then(|| Decision {
        number: 1,
        transition_seq: case.version,
        basis: DecisionBasis::Settled,
        to_seller: parts.to_seller,
        to_buyer: parts.to_buyer,
        proposal_seq: Some(1),
        reason: Some("damaged".to_owned()),
        rationale: Some("the seal was broken before".to_owned()),
        say_seller: None,
        say_buyer: None,
        decided_actor: Actor::DisputeManager,
        decided_by: "agent2".to_owned(),
        proposed_by: Some("agent2".to_owned()),
        approved_by: None,
        decided_at: now() - TimeDelta::hours(5),
    });
    let payout = |party, amount, state| Payout { party, amount, seq: 0, state, reference: None };
    let payouts = if case.stage == CaseStage::Decided {
        let seller = payout(Party::Seller, parts.to_seller, PayoutState::Pending);
        vec![seller, payout(Party::Buyer, parts.to_buyer, PayoutState::Sent)]
    } else {
        Vec::new()
    };
    let clock = RunningClock { name: case.clock.unwrap(), due_at: case.due_at, rest: None };
    let events = events(&stored.order.key.id);
    Some(CaseDetail { case, events, proposal, decision, payouts, clocks: vec![clock] })
}

/// A case with everything that its page shows.
pub fn shown(memory: &Memory, named: &Named) -> Option<CaseShown> {
    let (stored, log) = memory.orders.iter().find(|(stored, _)| stored.order.key.to_string() == named.0)?;
    let hint = Hint {
        same: Shared::Buyer,
        order_id: "atarapay:ATP-11007".to_owned(),
        number: 1,
        opened_at: now() - TimeDelta::days(90),
        reason: Some("damaged".to_owned()),
        stage: CaseStage::Closed,
        currency: "NGN".to_owned(),
        basis: Some(DecisionBasis::Settled),
        to_seller: Some(0),
        to_buyer: Some(90_000),
    };
    Some(CaseShown {
        colleagues: vec![("ben".to_owned(), 0), ("ada".to_owned(), 3)],
        whole: whole(stored)?,
        stored: stored.clone(),
        log: log.clone(),
        others: Vec::new(),
        hints: vec![hint],
        drafts: memory.drafts.clone(),
        present: memory.present.clone(),
        policy: Policy::parse(SHIPPED).unwrap(),
        carried: false,
        read_to: 0,
    })
}

fn is_in(queue: Queue, case: &Case) -> bool {
    match queue {
        Queue::Mine => case.owner.as_deref() == Some("agent1"),
        Queue::Unclaimed => case.queue == Queue::Working && case.owner.is_none(),
        Queue::Working => case.queue == Queue::Working && case.owner.is_some(),
        Queue::Snoozed
        | Queue::WaitingBuyer
        | Queue::WaitingSeller
        | Queue::Failed
        | Queue::Returned
        | Queue::Closed => false,
        Queue::Proposed => case.queue == Queue::Proposed,
        Queue::Unpaid => case.queue == Queue::Unpaid,
        Queue::Overdue => case.due_at.is_some_and(|due| due < now()),
        Queue::Open => true,
    }
}

/// What the workers would answer. `None` for writes: they stay open.
pub fn answer(memory: &Memory, ask: &Ask) -> Option<News> {
    use strum::VariantArray;
    let all: Vec<Case> = memory.orders.iter().filter_map(|(stored, _)| case(stored)).collect();
    Some(match ask {
        Ask::Look(queue, from) => {
            let count =
                |queue: &Queue| (queue.name().to_owned(), all.iter().filter(|case| is_in(*queue, case)).count() as i64);
            let mut cases: Vec<Case> = all.iter().filter(|case| is_in(*queue, case)).cloned().collect();
            cases.sort_by_key(Case::place);
            let counts = Queue::VARIANTS.iter().map(count).collect();
            News::Seen(*queue, from.clone(), Ok(Box::new(QueueShown { counts, cases, more: false })))
        }
        Ask::Case(named) => News::Case(named.clone(), Ok(shown(memory, named).map(Box::new))),
        Ask::Edit(named, take) => {
            let free = *take || !memory.present.iter().any(|it| it.editing && it.session != Uuid::nil());
            News::Edit(named.clone(), Ok(free))
        }
        Ask::Draft(..) => News::Drafted(Ok(())),
        Ask::Preview(named, number) => {
            let kind = DocumentKind::File(named.clone(), *number);
            News::Document(kind, Ok(vec!["a photo".to_owned(), "of a seal".to_owned()]))
        }
        Ask::Folder(path) => super::papers::folder(path),
        Ask::History(order) => super::papers::history(order),
        Ask::Earlier(order, number) => {
            let kind = DocumentKind::Earlier(order.clone(), *number);
            News::Document(kind, Ok(vec![format!("Order {order}, case {number:?}: dossier")]))
        }
        Ask::Backlog => News::Backlog(Ok(vec![1, 1, 2, 4, 7, 6, 6, 5, 3, 4])),
        Ask::Many(..)
        | Ask::Behind(..)
        | Ask::View(..)
        | Ask::SaveLetters(_)
        | Ask::Leave
        | Ask::Next
        | Ask::Read(..)
        | Ask::Act(_)
        | Ask::Learn(_)
        | Ask::Save(..)
        | Ask::Attach(..)
        | Ask::Letter(..)
        | Ask::Report => {
            return None;
        }
    })
}

pub fn book() -> Memory {
    let mut memory = small_book();
    let resolved = atarapay::Status::DisputeResolved.status();
    memory.put("ATP-20500", Money::new(300_000, Currency::Ngn), resolved, 50);
    let large = memory.orders.iter_mut().find(|(stored, _)| stored.order.key.id == "ATP-20298").unwrap();
    large.0.order.amount.minor = 250_000_000;
    memory
}

pub fn desk(keys: &str) -> Desk {
    let mut desk = Desk::new(book(), 140, 36);
    desk.press("2").press(keys);
    desk
}

macro_rules! screen {
    ($name:literal, $desk:expr) => {
        insta::assert_snapshot!(concat!("desk_", $name), $desk.picture())
    };
}

/// The last case command that is still open.
pub fn acted(desk: &Desk) -> Command {
    let last = desk.open.iter().rev().find_map(|effect| match effect {
        Effect::Disputes(Ask::Act(command)) => Some((**command).clone()),
        _ => None,
    });
    last.expect("a case command")
}

#[test]
fn the_desk() {
    screen!("queues", desk("shift-tab"));
    screen!("unclaimed", desk(""));
    screen!("case", desk("enter"));
    screen!("mine", desk("shift-tab k tab enter"));
    screen!("to_approve", desk("shift-tab j j j j tab"));
    screen!("unpaid", desk("shift-tab j j j j j tab"));
    screen!("empty", desk("shift-tab j j"));
    for (name, size) in [("narrow", (90, 24)), ("small", (40, 12)), ("tiny", (20, 5))] {
        let mut it = Desk::new(book(), size.0, size.1);
        it.press("2 enter");
        insta::assert_snapshot!(format!("desk_{name}"), it.picture());
    }
}

#[test]
fn what_may_be_done() {
    screen!("menu", desk("a"));
    screen!("menu_reasons", desk("a ?"));
    screen!("menu_why_not", desk("a v"));
    screen!("hints", desk("e"));
    screen!("files", desk("f"));
    screen!("file", desk("f enter"));
}

#[test]
fn forms() {
    screen!("note", desk("a n \"the seller rang\""));
    screen!("message", desk("a m right"));
    screen!("message_lines", desk("a w right enter \"Dear Ngozi,\" enter enter \"please send us photos\""));
    screen!("decide", desk("a s"));
    screen!("decide_split", desk("a s right right right tab tab tab tab \"broken before\""));
    screen!("decide_by_hand", desk("a s tab \"60%\""));
    screen!("decide_too_much", desk("a s tab \"99999999\" ctrl-s"));
    screen!("decide_question", desk("a s right tab tab tab tab \"broken before\" ctrl-s"));
    screen!("decide_large", desk("shift-tab k tab a s right tab tab tab right tab \"no proof\" ctrl-s"));
    screen!("approve", desk("shift-tab j j j j tab a v"));
    screen!("pay", desk("shift-tab j j j j j tab a p \"bank-1\" ctrl-s"));
    screen!("classify", desk("a r right tab \"1500\""));
    screen!("checklist", desk("a l"));
}

#[test]
fn a_decision_is_what_was_asked() {
    let mut it = desk("a s right right right tab tab tab tab \"broken before\" ctrl-s y");
    let command = acted(&it);
    let CaseCommand::Decide { parts, said, .. } = &command.what else { panic!("{command:?}") };
    let held = 450_000 + 20_311 * 100;
    assert_eq!((parts.to_seller, parts.to_buyer), (held / 2, held - held / 2));
    assert_eq!((said.reason.as_str(), said.rationale.as_str()), ("damaged", "broken before"));
    assert_eq!(command.expect, Some(9), "the command is not for the case as it was shown");
    // The outcome is unknown at first, then it is learned.
    it.tell(Message::Disputes(News::Acted(Box::new(command.clone()), Err(Failure::Unknown))));
    screen!("unknown", it);
    let stored = it.memory.orders.iter().find(|(stored, _)| stored.order.key.id == "ATP-20311").unwrap().0.clone();
    let done = Answer::Done(Box::new(whole(&stored).unwrap()));
    it.tell(Message::Disputes(News::Learnt(Box::new(command), Ok(Some(done)))));
    screen!("done", it);
}

#[test]
fn who_comes_second_is_told_and_keeps_what_was_typed() {
    let mut it = desk("a s right tab tab tab tab \"broken before\" ctrl-s y");
    let command = acted(&it);
    let stored = it.memory.orders.iter().find(|(stored, _)| stored.order.key.id == "ATP-20311").unwrap().0.clone();
    let case = Case { stage: CaseStage::Decided, ..case(&stored).unwrap() };
    let last = CaseEvent { recorder: "agent2".to_owned(), ..event(10, "decided", 0) };
    let refusal = Refusal::second("ended", "the case is already decided; refresh");
    let answer = Answer::Conflict(Box::new(case), Some(Box::new(last)), refusal);
    it.tell(Message::Disputes(News::Acted(Box::new(command), Ok(answer))));
    screen!("conflict", it);
    it.press("esc esc");
    assert!(it.press("a s").picture().contains("broken before"), "{}", it.picture());
}

/// Drafts survive closing the form and a refresh. Drafts from the database are loaded.
#[test]
fn drafts_survive() {
    let mut it = desk("a n \"half a th\" esc esc r");
    it.tell(Message::Pulse(Pulse { cases: vec!["atarapay:ATP-20311".to_owned()], rang: true, ..Pulse::default() }));
    assert!(it.press("a n").picture().contains("half a th"), "{}", it.picture());
    let mut book = book();
    book.drafts = vec![("note".to_owned(), "{\"body\":\"from yesterday\"}".to_owned())];
    let mut later = Desk::new(book, 140, 36);
    assert!(later.press("2 a n").picture().contains("from yesterday"), "{}", later.picture());
}

/// Text that was sent is no longer a draft, even if an older read still returns it.
#[test]
fn what_was_sent_is_no_draft() {
    let mut it = desk("a n \"done with\" ctrl-s");
    let command = acted(&it);
    let stored = it.memory.orders.iter().find(|(stored, _)| stored.order.key.id == "ATP-20311").unwrap().0.clone();
    it.memory.drafts = vec![("note".to_owned(), "{\"body\":\"done with\"}".to_owned())];
    it.tell(Message::Disputes(News::Acted(Box::new(command), Ok(Answer::Done(Box::new(whole(&stored).unwrap()))))));
    assert!(!it.picture().contains("Draft not sent"), "{}", it.picture());
    assert!(!it.press("a n").picture().contains("done with"), "{}", it.picture());
}

/// A second editor is read-only until it takes over.
#[test]
fn one_writes_at_a_time() {
    let mut book = book();
    let other = |editing| Present { session: Uuid::from_u128(7), person: "agent2".to_owned(), editing, seen_at: now() };
    book.present = vec![other(true)];
    let mut it = Desk::new(book, 140, 36);
    it.press("2 a n \"mine\" ctrl-s");
    screen!("second_editor", it);
    assert!(!it.open.iter().any(|effect| matches!(effect, Effect::Disputes(Ask::Act(_)))));
    it.memory.present = vec![other(false)];
    it.press("ctrl-t ctrl-s");
    assert!(matches!(acted(&it).what, CaseCommand::AddNote { note: Note(body) } if body == "mine"));
}

#[test]
fn nothing_is_written_without_a_connection_or_a_right() {
    let mut it = Desk::new(book(), 140, 36);
    it.press("2 a n \"x\"");
    it.tell(Message::Link(recourse::console::app::session::Link::Lost { since: now(), retry_at: now() }));
    it.press("ctrl-s");
    assert!(it.picture().contains("Not connected"), "{}", it.picture());
    let session = recourse::console::app::session::Session { read_only: true, ..super::desk::session() };
    let mut it = Desk::sit(session, book(), 140, 36);
    it.press("2 N");
    assert!(it.picture().contains("read-only"), "{}", it.picture());
    assert!(!it.open.iter().any(|effect| matches!(effect, Effect::Disputes(_))), "{:?}", it.open);
}

#[test]
fn masked_nobody_is_named() {
    let mut it = desk("p enter");
    let picture = it.press("").picture();
    for words in ["Ngozi", "Aba Leather", "seal was broken", "Please send", "seal.png"] {
        assert!(!picture.contains(words), "{words}:\n{picture}");
    }
    screen!("masked", it);
    let mut it = desk("p enter f enter");
    assert!(it.picture().contains("Hidden while names are masked."), "{}", it.picture());
    assert!(!it.press("").picture().contains("a photo"));
}

/// A question that does not fit the screen is confirmed once it was read to its end, or fits.
#[test]
fn what_cannot_be_read_is_not_agreed_to() {
    let mut it = Desk::new(book(), 60, 14);
    it.press("2 a s right tab tab tab tab \"r\" ctrl-s y");
    assert!(it.picture().contains("Read it to its end first"), "{}", it.picture());
    it.press("pgdn enter");
    assert!(it.picture().contains("Read it to its end first"), "{}", it.picture());
    it.tell(Message::Resize(140, 40));
    it.press("enter");
    assert!(matches!(acted(&it).what, CaseCommand::Decide { .. }));
    let mut it = Desk::new(book(), 60, 14);
    it.press("2 a s right tab tab tab tab \"r\" ctrl-s right pgdn pgdn pgdn enter");
    assert!(matches!(acted(&it).what, CaseCommand::Decide { .. }));
}

/// One key opens the case of a disputed order.
#[test]
fn an_order_leads_to_its_case() {
    let mut it = Desk::new(book(), 140, 36);
    it.press("enter j d");
    let named = it.app.disputes.selected.clone().unwrap();
    assert_eq!(named.0, "atarapay:ATP-20311");
    assert!(named.1 != OPEN && it.app.disputes.shown.is_some());
    assert_eq!(it.app.orders.shown.as_ref().unwrap().stored.order.status, disputed());
}

#[test]
fn every_size_draws() {
    for keys in ["", "a", "a s", "a s right tab tab tab tab \"r\" ctrl-s", "e", "f"] {
        for (width, height) in [(1, 1), (20, 5), (31, 9), (60, 15), (76, 20), (119, 30), (200, 60)] {
            let mut it = Desk::new(book(), width, height);
            it.press("2").press(keys).buffer();
        }
    }
    let start = CasePlace::start();
    assert_eq!(CasePlace::parse(&start.text()), Some(start));
}
