//! The columns of an export. The same names have the same types in every format, and in `orders --json`.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::super::json::{PayoutLine, time};
use crate::domain::Flag;
use crate::records::{OrderRecord, Payout};
use crate::store::cases::export;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text; an id or a name stays a text, even if it looks like a number.
    Text(String),
    /// A count.
    Number(i64),
    /// An amount as digits.
    Amount(String),
    /// A moment.
    At(DateTime<Utc>),
    /// Several texts.
    List(Vec<String>),
    /// Payouts.
    Payouts(Vec<PayoutLine>),
}

impl Cell {
    /// As text.
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Amount(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::At(at) => time(*at),
            Self::List(texts) => texts.join(", "),
            Self::Payouts(payouts) => payouts.iter().map(PayoutLine::words).collect::<Vec<_>>().join(", "),
        }
    }

    /// As JSON.
    pub fn json(self) -> Value {
        match self {
            Self::Empty => Value::Null,
            Self::Text(text) | Self::Amount(text) => text.into(),
            Self::Number(number) => number.into(),
            Self::At(at) => time(at).into(),
            Self::List(texts) => texts.into(),
            Self::Payouts(payouts) => payouts.iter().map(PayoutLine::json).collect(),
        }
    }
}

fn text(text: Option<String>) -> Cell {
    text.map_or(Cell::Empty, Cell::Text)
}

fn moment(at: Option<DateTime<Utc>>) -> Cell {
    at.map_or(Cell::Empty, Cell::At)
}

/// An order with everything that an export has of it.
pub struct Told<'a> {
    /// The order.
    pub stored: &'a OrderRecord,
    /// Its latest case.
    pub case: Option<&'a export::Line>,
    /// Its payouts.
    pub payouts: Vec<Payout>,
    /// When it reached some statuses, and its references.
    pub moments: Option<&'a export::Moments>,
    /// Why it is stuck at Approved.
    pub cause: Option<&'static str>,
}

/// A column: its name, and its cell of an order.
pub struct Column {
    /// The heading.
    pub name: &'static str,
    cell: fn(&Told<'_>) -> Cell,
}

const fn column(name: &'static str, cell: fn(&Told<'_>) -> Cell) -> Column {
    Column { name, cell }
}

impl Told<'_> {
    fn digits(&self, minor: Option<i64>) -> Cell {
        minor.map_or(Cell::Empty, |minor| Cell::Amount(self.stored.order.money(minor).digits()))
    }

    fn gathered(&self, minor: i64) -> Cell {
        let gathers = self.stored.order.provider().kind() == crate::domain::Kind::Capture;
        self.digits(Some(minor).filter(|_| gathers))
    }

    /// The row of this order.
    pub fn row(&self) -> Row {
        COLUMNS.each_ref().map(|column| (column.cell)(self))
    }
}

/// A row: a cell for each column.
pub type Row = [Cell; 37];

/// The columns. None of them has what only the desk reads.
pub static COLUMNS: [Column; 37] = [
    column("order", |it| Cell::Text(it.stored.order.key.id.clone())),
    column("provider", |it| Cell::Text(it.stored.order.provider().name().to_owned())),
    column("numbers", |it| Cell::List(it.stored.numbers.clone())),
    column("status", |it| Cell::Text(it.stored.order.status.name().to_owned())),
    column("version", |it| Cell::Number(it.stored.order.version.into())),
    column("currency", |it| Cell::Text(it.stored.order.amount.currency.code().to_owned())),
    column("amount", |it| Cell::Amount(it.stored.order.amount.digits())),
    column("captured", |it| it.gathered(it.stored.order.facts.captured)),
    column("refunded", |it| it.gathered(it.stored.order.facts.refunded)),
    column("canceled", |it| it.gathered(it.stored.order.facts.canceled)),
    column("merchant", |it| text(it.stored.merchant.clone())),
    column("buyer", |it| text(it.stored.buyer.clone())),
    column("seller", |it| text(it.stored.seller.clone())),
    column("references", |it| Cell::List(it.moments.map_or_else(Vec::new, |it| it.refs.clone()))),
    column("opened_at", |it| Cell::At(it.stored.order.opened_at)),
    column("approved_at", |it| moment(it.moments.and_then(|it| it.approved_at))),
    column("authorised_at", |it| moment(it.moments.and_then(|it| it.authorised_at))),
    column("entered_at", |it| Cell::At(it.stored.order.entered_at)),
    column("due_at", |it| moment(it.stored.order.due_at())),
    column("seconds_left", |it| {
        it.stored.order.due_at().map_or(Cell::Empty, |due| Cell::Number((due - Utc::now()).num_seconds()))
    }),
    column("flags", |it| {
        Cell::List(it.stored.flags(Utc::now()).into_iter().map(|flag| Flag::name(flag).to_owned()).collect())
    }),
    column("cause", |it| text(it.cause.map(str::to_owned))),
    column("case", |it| it.case.map_or(Cell::Empty, |case| Cell::Number(case.number.into()))),
    column("case_stage", |it| text(it.case.map(|case| case.stage.clone()))),
    column("case_owner", |it| text(it.case.and_then(|case| case.owner.clone()))),
    column("case_reason", |it| text(it.case.and_then(|case| case.reason.clone()))),
    column("case_opened_at", |it| moment(it.case.map(|case| case.opened_at))),
    column("claimed", |it| it.digits(it.case.and_then(|case| case.claimed))),
    column("basis", |it| text(it.case.and_then(|case| case.basis.clone()))),
    column("to_seller", |it| it.digits(it.stored.order.facts.parts.map(|parts| parts.to_seller))),
    column("to_buyer", |it| it.digits(it.stored.order.facts.parts.map(|parts| parts.to_buyer))),
    column("decided_at", |it| moment(it.case.and_then(|case| case.decided_at))),
    column("decided_by", |it| text(it.case.and_then(|case| case.decided_by.clone()))),
    column("approved_by", |it| text(it.case.and_then(|case| case.approved_by.clone()))),
    column("payouts", |it| {
        Cell::Payouts(it.payouts.iter().map(|payout| PayoutLine::of(&it.stored.order, payout)).collect())
    }),
    column("paid_out", |it| it.digits(it.case.and_then(|case| case.paid))),
    column("case_closed_at", |it| moment(it.case.and_then(|case| case.closed_at))),
];
