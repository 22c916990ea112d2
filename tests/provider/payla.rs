//! Payla, a provider that only the tests know, and orders of it. Its words and letters are Tamara's, and most of them mean
//! something else.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use recourse::domain::provider::{Definition, StatusRow};
use recourse::domain::*;
use recourse::intake::import;
use recourse::wire::line::{Notice, Said, Words};
use recourse::wire::{self, Reader, Reading, Unreadable};
use serde_json::{Map, Value, json};

use super::harness::{self, Book, at, way_to};

pub const PAYLA: Provider = Provider::new(&DEFINITION);

const NEW: usize = 0;
const APPROVED: usize = 1;
const CAPTURED: usize = 2;
const DISPUTED: usize = 3;
const CANCELED: usize = 4;
const EXPIRED: usize = 5;

static DEFINITION: Definition = Definition {
    name: "payla",
    title: "Payla",
    kind: Kind::Capture,
    own_actor: Actor::Merchant,
    currencies: &[Currency::Sar, Currency::Usd],
    statuses: &[
        StatusRow::new("new", "New", Sign::Waits, 1),
        StatusRow::new("approved", "Approved", Sign::Ours, 0),
        StatusRow::new("captured", "Captured", Sign::Done, 2),
        // AtaraPay's word: there, a case has to be open.
        StatusRow::new("disputed", "Disputed", Sign::Done, 3),
        StatusRow::new("canceled", "Canceled", Sign::Nothing, 4),
        // Tamara hides its expired orders.
        StatusRow::new("expired", "Expired", Sign::Nothing, 5),
    ],
    rules,
    // At Tamara these letters are Decline, Authorise, Capture, Approve and Cancel.
    letters: &[
        (Action::Approve, Actor::Provider, 'n'),
        (Action::Capture, Actor::Merchant, 'a'),
        (Action::Cancel, Actor::Merchant, 'c'),
        (Action::Expire, Actor::Clock, 'v'),
        (Action::Refund, Actor::Merchant, 'x'),
    ],
    // At Tamara no reference is needed.
    permissions: &[(Role::Ops, Actor::Merchant, None, Proof::Reference)],
    through_case: &[],
};

/// Tamara waits 72 hours.
const HOURS_24: Guard = Guard::After(Wait { minutes: 24 * 60, since: Milestone::Approval });

const fn rule(actor: Actor, action: Action, guard: Guard, to: usize, effect: Effect) -> Rule {
    let implied = matches!(action, Action::Approve);
    Rule { actor, action, guard, to: PAYLA.status(to), effect, basis: Basis::Seed, remark: "", implied }
}

/// Approval authorises the whole order too, so a merchant captures an approved order at once.
#[rustfmt::skip]
fn rules(row: usize) -> &'static [Rule] {
    use Action::{Approve, Cancel, Capture, Expire, Refund};
    use Actor::{Clock, Merchant};
    match row {
        NEW => const { &[
            rule(Actor::Provider, Approve, Guard::Always,        APPROVED, Effect::Authorise),
        ] },
        APPROVED => const { &[
            rule(Merchant, Capture, Guard::All(Pot::Uncaptured), CAPTURED, Effect::Capture),
            rule(Merchant, Cancel,  Guard::All(Pot::Uncaptured), CANCELED, Effect::Cancel),
            rule(Clock,    Expire,  HOURS_24,                    EXPIRED,  Effect::Nothing),
        ] },
        CAPTURED => const { &[
            rule(Merchant, Refund,  Guard::All(Pot::Refundable), DISPUTED, Effect::Refund),
        ] },
        _ => &[],
    }
}

static READER: Reader = Reader { provider: PAYLA, said: read, order_id, has_time: false, connector: None };

/// The events, in words of Tamara: there, `order_authorised` is what the merchant does.
const EVENTS: [(&str, Action, Actor); 3] = [
    ("order_authorised", Action::Approve, Actor::Provider),
    ("order_captured", Action::Capture, Actor::Merchant),
    ("order_refunded", Action::Refund, Actor::Merchant),
];

fn order_id(body: &Map<String, Value>) -> Option<String> {
    body.get("order_id")?.as_str().map(str::to_owned)
}

/// Reads `{"order_id", "event_type", "amount", "currency"}`; the approval has no amount.
fn read(body: &Value, at: DateTime<Utc>) -> Result<Said, Unreadable> {
    let missing = |name: &str| Unreadable::Shape(format!("{name} is missing"));
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let id = text("order_id").ok_or_else(|| missing("order_id"))?;
    let key = OrderKey::new(PAYLA, id).ok_or_else(|| missing("order_id"))?;
    let word = text("event_type").ok_or_else(|| missing("event_type"))?;
    let event = EVENTS.iter().find(|event| event.0 == word);
    let &(_, action, actor) = event.ok_or_else(|| Unreadable::Word { what: "the event", word: word.to_owned() })?;
    let shape = |error: MoneyError| Unreadable::Shape(error.to_string());
    let amount = match (text("amount"), text("currency")) {
        (Some(digits), Some(code)) => Some(Money::parse(digits, Currency::parse(code).map_err(shape)?).map_err(shape)?),
        _ => None,
    };
    let words = Words::One(Reading { amount, ..Reading::new(action, actor) });
    Ok(Said::Notice(Notice { key, at, words, numbers: Vec::new() }))
}

/// Payla's status with this word.
pub fn status(word: &str) -> Status {
    Status::read(PAYLA, word).unwrap()
}

/// When the orders of these tests were opened.
pub fn begun() -> DateTime<Utc> {
    at("2026-10-01T00:00:00Z")
}

/// An order of Payla that was led to this status.
pub fn led_to(word: &str) -> Order {
    let opened = Order::open(OrderKey::new(PAYLA, word).unwrap(), Money::new(30_000, Currency::Sar), begun());
    let last = way_to(&opened, status(word)).pop();
    last.map_or(opened, Step::into_order)
}

/// A line of an import about an order of 300.00 riyals, opened on the first of October.
pub fn opened(provider: &str, order: &str) -> Value {
    json!({"type": "opened", "provider": provider, "order": order, "at": "2026-10-01T00:00:00Z", "currency": "SAR",
        "amount": "300.00"})
}

/// A notification of this event. Both providers read the fields that they know.
pub fn said(provider: &str, order: &str, hour: u32, event: &str) -> Value {
    let mut body = json!({"order_id": order, "event_type": event});
    if event == "order_captured" {
        body["amount"] = "300.00".into();
        body["currency"] = "SAR".into();
        body["data"] = json!({"captured_amount": {"amount": "300.00", "currency": "SAR"}});
    }
    json!({"type": "notification", "provider": provider, "at": format!("2026-10-01T{hour:02}:00:00Z"), "body": body})
}

/// Imports these lines: how many were applied, inferred, repeated and quarantined.
pub async fn imported(book: &Book, lines: &[Value]) -> [u64; 4] {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let it = import::import(&book.store, text.as_bytes(), |_, _| {}).await.unwrap();
    [it.applied, it.inferred, it.repeated, it.quarantined]
}

/// A book in which both providers have an approved order, with the same id, and Payla has a captured one.
pub async fn book() -> Book {
    ready();
    let book = harness::book().await;
    let lines = [
        opened("payla", "P-1"),
        said("payla", "P-1", 1, "order_authorised"),
        opened("payla", "P-2"),
        said("payla", "P-2", 1, "order_authorised"),
        said("payla", "P-2", 2, "order_captured"),
        opened("tamara", "P-1"),
        said("tamara", "P-1", 1, "order_approved"),
    ];
    assert_eq!(imported(&book, &lines).await, [7, 0, 0, 0]);
    book
}

/// Adds Payla to the providers. Every test calls it first: later the list of providers is in use.
pub fn ready() {
    static READY: LazyLock<()> = LazyLock::new(|| {
        Provider::register(&[PAYLA]).expect("no test uses the providers before");
        wire::register(&[&READER]).expect("no test reads a line before");
    });
    LazyLock::force(&READY);
}
