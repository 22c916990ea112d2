//! A console without a terminal or database: tests press keys, read the picture and answer the effects.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use recourse::console::app::message::{Effect, Message};
use recourse::console::app::pulse::{Move, Pulse};
use recourse::console::app::session::{Link, Session};
use recourse::console::app::state::App;
use recourse::console::inbox::state::{Ask, News};
use recourse::console::orders::shown::Shown;
use recourse::console::orders::window::{Land, Listing, Page, PageAsk, Want};
use recourse::console::quarantine::state::{Waiting, WaitingAsk};
use recourse::console::runtime::screen;
use recourse::console::runtime::update::update;
use recourse::domain::*;
use recourse::query::{self, Compare, Cursor, Field, Sort, Test};
use recourse::records::{Count, FactState, InboxItem, OrderRecord, QuarantineKind, Quarantined, Tick, Transition};
use recourse::settings::keys;
use recourse::settings::prefs::Prefs;
use uuid::Uuid;

use super::harness::{at, way_to};

/// The time of every picture.
pub fn now() -> DateTime<Utc> {
    at("2026-11-20T12:00:00Z")
}

/// An order book in memory that answers like the store.
#[derive(Clone, Default)]
pub struct Memory {
    pub orders: Vec<(OrderRecord, Vec<Transition>)>,
    pub held: Vec<Quarantined>,
    pub views: Vec<(String, String)>,
    pub ticks: Vec<Tick>,
    pub drift: Vec<(String, i64, i64)>,
    pub inbox: Vec<InboxItem>,
    pub drafts: Vec<(String, String)>,
    pub present: Vec<recourse::store::cases::presence::Present>,
}

impl Memory {
    /// Adds an order with this status that was opened this many hours ago.
    pub fn put(&mut self, id: &str, amount: Money, goal: Status, hours: i64) -> &mut OrderRecord {
        let key = OrderKey::new(goal.provider(), id).unwrap();
        let opened = Order::open(key, amount, now() - TimeDelta::hours(hours));
        let mut log = vec![entry(&opened, None, 0)];
        let mut order = opened.clone();
        for (place, step) in way_to(&opened, goal).into_iter().enumerate() {
            log.push(entry(step.order(), Some(&step), place));
            order = step.into_order();
        }
        let unconfirmed = log.iter().filter(|entry| !entry.confirmed).count() as i64;
        let stored = OrderRecord {
            order,
            cancellation_fee: (goal.provider() == ATARAPAY).then_some(20_000),
            merchant: Some("riyadh-home".to_owned()),
            buyer: Some("Ngozi Eze".to_owned()),
            seller: (goal.provider() == ATARAPAY).then(|| "Aba Leather".to_owned()),
            changed_at: now(),
            unconfirmed,
            quarantined: 0,
            owner: None,
            case_due: None,
            numbers: Vec::new(),
            outlived: false,
        };
        self.orders.push((stored, log));
        &mut self.orders.last_mut().unwrap().0
    }

    /// Applies a step that someone else recorded.
    pub fn step(&mut self, id: &str, step: Step, recorder: &str) {
        let (stored, log) = self.orders.iter_mut().find(|(stored, _)| stored.order.key.id == id).unwrap();
        let mut written = entry(step.order(), Some(&step), 0);
        written.recorder = recorder.to_owned();
        stored.order = step.into_order();
        log.push(written);
    }

    pub fn order(&self, id: &str) -> &Order {
        &self.orders.iter().find(|(stored, _)| stored.order.key.id == id).unwrap().0.order
    }

    fn board(&self) -> Vec<Count> {
        let mut counts: Vec<Count> = Vec::new();
        for (stored, _) in &self.orders {
            let Order { status, amount, .. } = stored.order;
            match counts.iter_mut().find(|count| count.status == status && count.amount.currency == amount.currency) {
                Some(count) => {
                    (count.orders, count.amount.minor) =
                        (count.orders + 1, count.amount.minor + i128::from(amount.minor))
                }
                None => counts.push(Count { status, orders: 1, amount: amount.into() }),
            }
        }
        counts
    }

    fn page(&self, ask: &PageAsk) -> Page {
        let passes = |it: &OrderRecord| match &ask.of {
            Listing::Status(status) => it.order.status == *status,
            Listing::Found(query) => query.terms.iter().all(|term| holds(&term.test, it) != term.not),
        };
        let mut rows: Vec<OrderRecord> = self.orders.iter().map(|(stored, _)| stored.clone()).filter(passes).collect();
        let of = |stored: &OrderRecord| Cursor::of(stored, ask.sort);
        rows.sort_by_key(of);
        let top = match &ask.want {
            Want::After(place) => place.clone(),
            Want::Around(place) => {
                let before: Vec<Cursor> = rows.iter().map(of).filter(|it| it < place).collect();
                before.iter().rev().nth(ask.limit / 2).cloned().unwrap_or_else(Cursor::start)
            }
        };
        rows.retain(|stored| of(stored) > top);
        let more = rows.len() > ask.limit;
        rows.truncate(ask.limit);
        Page { top, rows, more }
    }

    /// What the workers would answer. `None` for writes and all other effects: they stay open.
    pub fn answer(&self, effect: &Effect) -> Option<Message> {
        Some(match effect {
            Effect::LoadBoard => Message::Board(Ok(self.board())),
            Effect::LoadPage(ask) => Message::Page(Box::new(ask.clone()), Ok(self.page(ask))),
            Effect::LoadOrder(key) => {
                let found = self.orders.iter().find(|(stored, _)| stored.order.key == *key);
                let held = |key: &OrderKey| {
                    self.held.iter().filter(|fact| fact.order_id == Some(key.to_string())).cloned().collect()
                };
                let shown = found.map(|(stored, log)| {
                    let related = super::watch::related(self, stored);
                    Box::new(Shown { stored: stored.clone(), log: Some(log.clone()), held: held(key), related })
                });
                Message::Order(key.clone(), Ok(shown))
            }
            Effect::LoadWaiting(ask) => Message::Waiting(ask.clone(), Ok(self.waiting(ask))),
            Effect::LoadAll(of) => {
                let ask = PageAsk {
                    of: of.clone(),
                    sort: Sort::Age,
                    want: Want::After(Cursor::start()),
                    limit: 20_000,
                    land: Land::Stay,
                };
                let page = self.page(&ask);
                Message::All(of.clone(), Ok((page.rows, page.more)))
            }
            Effect::Disputes(ask) => Message::Disputes(super::cases::answer(self, ask)?),
            Effect::Stuck(ask) => Message::Stuck(super::watch::answer(self, ask)?),
            Effect::Requests(ask) => Message::Requests(super::requests::answer(self, ask)?),
            Effect::Drift(ask) => Message::Drift(super::drift::answer(self, ask)?),
            Effect::Statements(ask) => Message::Statements(super::statements::answer(self, ask)),
            Effect::Inbox(Ask::Look) => Message::Inbox(News::Items(Ok(self.inbox.clone()))),
            Effect::Team(ask) => Message::Team(super::team::answer(ask)?),
            Effect::LoadViews => Message::Views(Ok(self.views.clone())),
            Effect::SaveView(view, keep) => Message::SavedView(view.clone(), *keep, Ok(())),
            Effect::Seek(name) => {
                let called = |it: &OrderRecord| it.order.key.id == *name || it.order.key.to_string() == *name;
                let all = self.orders.iter().map(|(stored, _)| stored.clone());
                Message::Sought(name.clone(), Ok(all.filter(called).collect()))
            }
            Effect::Remember(_)
            | Effect::Copy(..)
            | Effect::Mouse(_)
            | Effect::Dump
            | Effect::Alert(_)
            | Effect::LoadRoles
            | Effect::Write(_)
            | Effect::WriteOne(_)
            | Effect::Learn(_)
            | Effect::Consider(..)
            | Effect::Settle(..)
            | Effect::Redraw
            | Effect::Suspend
            | Effect::Inbox(Ask::Read(_))
            | Effect::Quit => return None,
        })
    }
}

/// Whether an order matches a term, as in the database. Supports only the terms that the screens need.
impl Memory {
    /// A page of the quarantine.
    fn waiting(&self, ask: &WaitingAsk) -> Waiting {
        let kind = |fact: &Quarantined| (fact.why.clone(), fact.detail.clone());
        let mut kinds: Vec<QuarantineKind> = Vec::new();
        for fact in &self.held {
            match kinds.iter_mut().find(|it| (&it.kind, &it.detail) == (&fact.why, &fact.detail)) {
                Some(known) => known.facts += 1,
                None => kinds.push(QuarantineKind {
                    kind: fact.why.clone(),
                    detail: fact.detail.clone(),
                    facts: 1,
                    merchants: Vec::new(),
                    oldest: fact.received_at,
                }),
            }
        }
        let facts = self.held.iter().filter(|fact| fact.id > ask.after);
        let facts = facts.filter(|fact| ask.kind.as_ref().is_none_or(|of| *of == kind(fact)));
        Waiting { facts: facts.take(100).cloned().collect(), kinds }
    }
}

fn holds(test: &Test, it: &OrderRecord) -> bool {
    let begins = |name: &Option<String>, words: &str| {
        query::tokens(words)
            .all(|word| query::pieces(name.as_deref().unwrap_or("")).any(|piece| piece.starts_with(&word)))
    };
    match test {
        Test::Status(these) => these.contains(&it.order.status),
        Test::Provider(these) => these.contains(&it.order.provider()),
        Test::Currency(these) => these.contains(&it.order.amount.currency),
        Test::Merchant(name) => it.merchant.as_deref().unwrap_or_default() == name,
        Test::Unconfirmed => it.unconfirmed > 0,
        Test::Quarantined => it.quarantined > 0,
        Test::Mine
        | Test::Unclaimed
        | Test::Overdue
        | Test::Owner(_)
        | Test::Reason(_)
        | Test::Queue(_)
        | Test::Note(_)
        | Test::Since(_)
        | Test::Expired
        | Test::UnconfirmedFor(..)
        | Test::Drift(_)
        | Test::Held(_)
        | Test::Cause(_) => false,
        Test::Word(words) => {
            [&Some(it.order.key.id.clone()), &it.merchant, &it.buyer, &it.seller].iter().any(|name| begins(name, words))
        }
        Test::Named(field, words) => {
            let id = Some(it.order.key.id.clone());
            begins(
                match field {
                    Field::Order => &id,
                    Field::Merchant => &it.merchant,
                    Field::Buyer => &it.buyer,
                    Field::Seller => &it.seller,
                    Field::Reference | Field::Message | Field::Rationale => &None,
                },
                words,
            )
        }
        Test::Age(compare, length) => compares(*compare, now() - it.order.entered_at, *length),
        Test::Due(compare, length) => it.order.due_at().is_some_and(|due| compares(*compare, due - now(), *length)),
        Test::Amount(compare, digits) => Money::parse(digits, it.order.amount.currency)
            .is_ok_and(|amount| compares(*compare, it.order.amount.minor, amount.minor)),
    }
}

fn compares<T: PartialOrd>(compare: Compare, it: T, other: T) -> bool {
    match compare {
        Compare::Less => it < other,
        Compare::AtMost => it <= other,
        Compare::More => it > other,
        Compare::AtLeast => it >= other,
        Compare::Is => it == other,
    }
}

/// A row of the log as the store returns it.
pub fn entry(order: &Order, step: Option<&Step>, place: usize) -> Transition {
    let actor = step.map_or(Actor::Buyer, Step::actor);
    let console = actor.is_us();
    Transition {
        order: order.key.clone(),
        seq: order.version,
        happened_at: order.moved_at,
        recorded_at: order.moved_at,
        actor,
        action: step.map(Step::action),
        from: step.map(Step::from),
        to: order.status,
        amount: step.map_or(Some(order.amount.minor), |step| step.amount().map(|amount| amount.minor)),
        to_seller: order.facts.parts.map(|parts| parts.to_seller),
        to_buyer: order.facts.parts.map(|parts| parts.to_buyer),
        outcome: order.facts.outcome,
        rejection_pending: order.facts.rejection_pending,
        source: if console { Source::Console } else { Source::Notification },
        recorder: if console { "agent2" } else { "import" }.to_owned(),
        reason: None,
        note: (place == 1).then(|| "reported by phone".to_owned()),
        reference: None,
        inferred: false,
        contradictory: false,
        confirmed: !console,
        confirmed_reference: None,
        of_capture: None,
        doubt: None,
    }
}

/// A console under test.
pub struct Desk {
    pub app: App,
    pub memory: Memory,
    /// Effects without an answer.
    pub open: Vec<Effect>,
    /// Whether reads wait until the test lets them arrive.
    pub slow: bool,
    waiting: Vec<Effect>,
    pub now: DateTime<Utc>,
}

pub fn session() -> Session {
    Session {
        person: "agent1".to_owned(),
        roles: Roles::UNREGISTERED,
        read_only: false,
        place: "private".to_owned(),
        production: false,
        id: Uuid::nil(),
    }
}

impl Desk {
    /// Opens a console on this book, connected and loaded.
    pub fn new(memory: Memory, width: u16, height: u16) -> Self {
        Self::sit(session(), memory, width, height)
    }

    pub fn sit(session: Session, memory: Memory, width: u16, height: u16) -> Self {
        Self::with(session, Prefs::default(), memory, width, height)
    }

    pub fn with(session: Session, prefs: Prefs, memory: Memory, width: u16, height: u16) -> Self {
        let app = App::new(session, prefs, (width, height), now());
        let mut desk = Self { app, memory, open: Vec::new(), slow: false, waiting: Vec::new(), now: now() };
        let quarantined = desk.memory.held.len() as i64;
        desk.tell(Message::Link(Link::Live));
        desk.tell(Message::Pulse(Pulse { quarantined, rang: true, ..Pulse::default() }));
        // The notifications of the first load are over.
        desk.open.retain(|effect| !matches!(effect, Effect::Alert(_)));
        desk
    }

    /// Handles a message, and then the store's answers to the effects that follow.
    pub fn tell(&mut self, message: Message) {
        let mut messages = VecDeque::from([message]);
        while let Some(message) = messages.pop_front() {
            for effect in update(&mut self.app, message, self.now) {
                match self.memory.answer(&effect) {
                    Some(_) if self.slow => self.waiting.push(effect),
                    Some(answer) => messages.push_back(answer),
                    None => self.open.push(effect),
                }
            }
        }
        screen::measure(&mut self.app);
    }

    /// Answers one of the waiting reads with the current state of the book.
    pub fn arrive(&mut self, which: usize) {
        if !self.waiting.is_empty() {
            let effect = self.waiting.remove(which % self.waiting.len());
            let answer = self.memory.answer(&effect).expect("a read");
            self.tell(answer);
        }
    }

    /// Reports that someone else moved these orders.
    pub fn moved(&mut self, ids: &[&str]) {
        let orders = self.memory.orders.iter().filter(|(stored, _)| ids.contains(&stored.order.key.id.as_str()));
        let moves = orders.map(|(stored, log)| {
            let last = log.last().unwrap();
            let (action, to, recorder) = (last.action, Some(last.to), last.recorder.clone());
            Move { order: stored.order.key.to_string(), seq: last.seq, action, to, recorder, old: false }
        });
        let moves = moves.collect();
        let statuses = TAMARA.statuses().into_iter().chain(ATARAPAY.statuses()).collect();
        let quarantined = self.memory.held.len() as i64;
        self.tell(Message::Pulse(Pulse { moves, statuses, quarantined, ..Pulse::default() }));
    }

    /// Presses keys: names from the table of keys, separated by spaces. Text in quotes is typed letter by letter.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for (at, part) in keys.split('"').enumerate() {
            if at % 2 == 1 {
                part.chars().for_each(|letter| {
                    self.tell(Message::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE)))
                });
            } else {
                part.split_whitespace().for_each(|name| self.tell(Message::Key(key(name))));
            }
        }
        self
    }

    pub fn buffer(&self) -> Buffer {
        let picture = screen::draw(&self.app);
        if let Some(cursor) = picture.seen.dialog.cursor {
            assert!(picture.buffer.area.contains(cursor), "the cursor is off the screen");
        }
        picture.buffer
    }

    /// The screen as text, without trailing blanks.
    pub fn picture(&self) -> String {
        let buffer = self.buffer();
        let area = buffer.area;
        let row = |y| (0..area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
        (0..area.height).map(row).collect::<Vec<_>>().join("\n")
    }
}

pub fn key(name: &str) -> KeyEvent {
    keys::event(name).unwrap_or_else(|| panic!("no key {name:?}"))
}

pub fn disputed() -> Status {
    atarapay::Status::Disputed.status()
}

pub fn tamara(status: tamara::Status) -> Status {
    status.status()
}

/// A small book: orders in many statuses, one right-to-left name, two facts in quarantine.
pub fn small_book() -> Memory {
    use Currency::{Kwd, Ngn, Sar, Usd};
    let mut memory = Memory::default();
    for (number, hours) in [(20_298, 200), (20_311, 190), (20_340, 170)] {
        memory.put(&format!("ATP-{number}"), Money::new(450_000 + number * 100, Ngn), disputed(), hours);
    }
    memory.put("ATP-20401", Money::new(12_000, Usd), atarapay::Status::Dispute.status(), 90);
    memory.put("ATP-20402", Money::new(90_000, Ngn), atarapay::Status::AwaitingBuyerResponse.status(), 30);
    memory.put("ATP-20403", Money::new(90_000, Ngn), atarapay::Status::Completed.status(), 400);
    for (number, hours) in [(1_001, 71), (1_002, 60), (1_003, 20), (1_004, 1)] {
        let stored = memory.put(
            &format!("T-{number}"),
            Money::new(30_000 + number, Sar),
            tamara(tamara::Status::Approved),
            hours,
        );
        stored.buyer = Some("سارة العتيبي".to_owned());
        if number == 1_001 {
            stored.merchant = Some("jeddah-phones".to_owned());
        }
    }
    let stored = memory.put("T-1005", Money::new(30_500, Sar), tamara(tamara::Status::Approved), 75);
    stored.merchant = Some("jeddah-phones".to_owned());
    memory.put("T-2001", Money::new(125_500, Kwd), tamara(tamara::Status::Authorised), 480);
    memory.put("T-2002", Money::new(30_000, Sar), tamara(tamara::Status::PartiallyCaptured), 100);
    memory.held = vec![
        fact(
            1,
            None,
            "unreadable",
            "cannot be read: not JSON from character 1 on; write one object on each line",
            b"not json at all \x1b[31m",
            "[]",
        ),
        fact(
            2,
            Some("atarapay:ATP-20311"),
            "contradictory",
            "outer status Delivered, inner status Canceled: both are lawful now",
            br#"{"status":"Delivered","data":{"id":"ATP-20311"}}"#,
            "[]",
        ),
    ];
    let held = memory.orders.iter_mut().find(|(stored, _)| stored.order.key.id == "ATP-20311").unwrap();
    held.0.quarantined = 1;
    memory
}

fn fact(id: i64, order: Option<&str>, why: &str, message: &str, raw: &[u8], readings: &str) -> Quarantined {
    Quarantined {
        id,
        order_id: order.map(str::to_owned),
        provider: order.map(|_| "atarapay".to_owned()),
        happened_at: None,
        received_at: now() - TimeDelta::hours(5),
        raw: raw.to_vec(),
        size: raw.len() as i32,
        why: why.to_owned(),
        detail: String::new(),
        merchant: String::new(),
        import: None,
        message: message.to_owned(),
        readings: readings.to_owned(),
        early: false,
        state: FactState::Waiting,
        note: None,
        settled_by: None,
    }
}

/// The lawful step with this action. Panics if there is none.
pub fn way(order: &Order, action: Action, at: DateTime<Utc>) -> Step {
    let steps = super::harness::moves(order, at);
    steps.into_iter().find(|step| step.action() == action).unwrap_or_else(|| panic!("no lawful step for {action:?}"))
}
