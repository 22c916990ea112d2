//! One line of an import: what it says, and the key by which a repeat is recognised.

use chrono::{DateTime, FixedOffset, NaiveDateTime, Utc};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::atarapay::words;
use super::evidence::Noted;
use super::object::Fault;
use super::texts::{code, name, reference, required, text};
use super::{Reading, Unreadable, fields, object, reader, secret};
use crate::domain::{Currency, Money, Order, OrderKey, Parts, Provider};

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// An order was opened.
    Opened(Opened),
    /// A neutral fact, taken as it is.
    Moved(Moved),
    /// A notification from the provider.
    Notice(Notice),
    /// An attempt or an observation; it moves nothing.
    Noted(Noted),
}

/// An order was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The order.
    pub key: OrderKey,
    /// When it was opened.
    pub at: DateTime<Utc>,
    /// The amount it was opened with.
    pub amount: Money,
    /// AtaraPay only: the cancellation fee.
    pub cancellation_fee: Option<Money>,
    /// The merchant's id.
    pub merchant: Option<String>,
    /// The buyer.
    pub buyer: Option<String>,
    /// The seller.
    pub seller: Option<String>,
}

/// A neutral fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The order.
    pub key: OrderKey,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    pub reading: Reading,
    /// The amount as written. The order's currency decides how many decimals it may have.
    pub amount: Option<String>,
    /// The seller's part and the buyer's part, as written.
    pub parts: Option<(String, String)>,
    /// The currency, if the line names one.
    pub currency: Option<Currency>,
}

/// A notification from a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The order.
    pub key: OrderKey,
    /// When it was sent or received.
    pub at: DateTime<Utc>,
    /// What it says.
    pub words: Words,
    /// The numbers under which the merchant knows the order.
    pub numbers: Vec<String>,
}

/// What a notification says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// It has one reading.
    One(Reading),
    /// AtaraPay sends up to two status words, which can contradict each other.
    Atarapay(words::Words),
}

impl Said {
    /// The order it is about.
    pub const fn key(&self) -> &OrderKey {
        match self {
            Self::Opened(Opened { key, .. })
            | Self::Moved(Moved { key, .. })
            | Self::Notice(Notice { key, .. })
            | Self::Noted(Noted { key, .. }) => key,
        }
    }

    /// When it happened.
    pub const fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Opened(Opened { at, .. })
            | Self::Moved(Moved { at, .. })
            | Self::Notice(Notice { at, .. })
            | Self::Noted(Noted { at, .. }) => *at,
        }
    }
}

impl Moved {
    /// The amount and parts in the order's currency.
    ///
    /// # Errors
    ///
    /// [`Unreadable::OtherCurrency`] if the line names a currency other than the order's; [`Unreadable::Shape`] if an
    /// amount cannot be read in that currency.
    pub fn money(&self, order: &Order) -> Result<(Option<Money>, Option<Parts>), Unreadable> {
        let currency = order.amount.currency;
        if self.currency.is_some_and(|named| named != currency) {
            return Err(Unreadable::OtherCurrency(currency));
        }
        let money = |text: &String| Money::parse(text, currency).map_err(|error| Unreadable::shape(error.to_string()));
        let amount = self.amount.as_ref().map(money).transpose()?;
        let parts = self
            .parts
            .as_ref()
            .map(|(seller, buyer)| Ok(Parts { to_seller: money(seller)?.minor, to_buyer: money(buyer)?.minor }));
        Ok((amount, parts.transpose()?))
    }
}

/// A line of an import. Its key recognises a repeat even if the line cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The key by which a repeat is recognised.
    pub key: Vec<u8>,
    /// What it says, or why it cannot be read.
    pub said: Result<Said, Unreadable>,
    /// The order it names, if that can be read.
    pub order: Option<OrderKey>,
    /// The provider it names, if that can be read.
    pub provider: Option<Provider>,
    /// When it happened, if that can be read.
    pub at: Option<DateTime<Utc>>,
    /// The merchant it names, if that can be read.
    pub merchant: Option<String>,
    /// The fields that it has and this program does not read.
    pub unread: Vec<String>,
    /// Why it is not judged although it can be read: a person looks at it.
    pub kept_back: Option<String>,
    /// It is what a reading at the provider shows.
    pub is_read: bool,
}

/// When an order can move, in seconds since 1970. A deadline after the end still has a year of four digits.
const TIMES: std::ops::Range<i64> = 0..253_000_000_000;

/// Reads one line, without the secrets in it: nothing is made of them, and a fact with another token is the same fact.
pub fn read(bytes: &[u8]) -> Line {
    let bytes = secret::blanked(bytes);
    read_plain(&bytes)
}

fn read_plain(bytes: &[u8]) -> Line {
    let fields = match object::read(bytes) {
        Ok(fields) => fields,
        Err(fault) => return unreadable(bytes, fault),
    };
    let said = said(&fields);
    let key = match &said {
        Ok(Said::Notice(notice)) => notice_key(notice, &fields),
        Ok(Said::Moved(moved)) => moved_key(moved),
        Ok(Said::Noted(noted)) => digest(&noted.parts().each_ref().map(|part| part.as_bytes())),
        Ok(Said::Opened(_)) | Err(_) => digest(&[canonical(&fields).as_bytes()]),
    };
    let unread = if said.is_ok() { fields::unread(&fields).cloned().collect() } else { Vec::new() };
    let provider = provider(&fields);
    let order = said.as_ref().map(|said| said.key().clone()).ok().or_else(|| named(&fields, provider?));
    let merchant = text(&fields, "merchant").ok().flatten().filter(|name| name.len() <= 200);
    Line { key, order, provider, at: at(&fields).ok(), merchant, said, unread, kept_back: None, is_read: false }
}

/// What came from a provider and is no line: bytes that are not text, or not JSON.
pub fn unread(bytes: &[u8], provider: Option<Provider>, at: DateTime<Utc>) -> Line {
    let said = object::read(bytes).err().map_or_else(|| "not a notification".to_owned(), |fault| fault.said);
    Line {
        key: digest(&[b"bytes", bytes.trim_ascii()]),
        said: Err(Unreadable::Shape(said)),
        order: None,
        provider,
        at: Some(at),
        merchant: None,
        unread: Vec::new(),
        kept_back: None,
        is_read: false,
    }
}

fn unreadable(bytes: &[u8], Fault { said, rest }: Fault) -> Line {
    let key = digest(&[b"bytes", bytes.trim_ascii()]);
    let provider = provider(&rest);
    let order = provider.and_then(|provider| named(&rest, provider));
    let merchant = text(&rest, "merchant").ok().flatten().filter(|name| name.len() <= 200);
    let (said, at) = (Err(Unreadable::Shape(said)), at(&rest).ok());
    Line { key, said, order, provider, at, merchant, unread: Vec::new(), kept_back: None, is_read: false }
}

fn provider(fields: &Map<String, Value>) -> Option<Provider> {
    text(fields, "provider").ok().flatten().and_then(|name| name.parse().ok())
}

impl Line {
    /// Keeps a line back that came to the account of another merchant. A copy in the right account is another fact.
    pub fn keep_back(&mut self, account: &str, words: String) {
        self.key = digest(&[b"account", account.as_bytes(), &self.key]);
        self.kept_back = Some(words);
    }

    /// The key of the same line while it is dated ahead of the clock.
    pub fn key_ahead(&self, at: DateTime<Utc>) -> Vec<u8> {
        digest(&[b"ahead", &self.key, at.timestamp_micros().to_string().as_bytes()])
    }
}

/// The key of a notification: its body, and its time if it has one of its own. Money without a reference may come a second time with
/// the same body, so that its time counts, too.
fn notice_key(notice: &Notice, fields: &Map<String, Value>) -> Vec<u8> {
    let body = match fields.get("body") {
        Some(Value::Object(body)) => canonical(body),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let at = notice.at.timestamp_micros().to_string();
    let name = notice.key.provider.name().as_bytes();
    let has_time = reader(notice.key.provider).is_some_and(|reader| reader.has_time)
        || matches!(&notice.words, Words::One(way) if way.amount.is_some() && way.reference.is_none());
    if has_time { digest(&[name, body.as_bytes(), at.as_bytes()]) } else { digest(&[name, body.as_bytes()]) }
}

/// The key of a neutral fact: what it says, with its currency. Spelling does not matter, nor do fields that are not read.
fn moved_key(moved: &Moved) -> Vec<u8> {
    let plain = |digits: &str| {
        let trimmed = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
        trimmed.trim_start_matches('0').to_owned()
    };
    let said = |text: &Option<String>| text.as_deref().map(str::trim).unwrap_or_default().to_owned();
    let reading = &moved.reading;
    let (to_seller, to_buyer) =
        moved.parts.as_ref().map_or_else(Default::default, |(seller, buyer)| (plain(seller), plain(buyer)));
    let parts = [
        "moved".to_owned(),
        moved.key.to_string(),
        moved.at.timestamp_micros().to_string(),
        reading.action.name().to_owned(),
        reading.actor.name().to_owned(),
        moved.amount.as_deref().map(plain).unwrap_or_default(),
        moved.currency.map(|currency| currency.code().to_owned()).unwrap_or_default(),
        to_seller,
        to_buyer,
        said(&reading.note),
        said(&reading.reason),
        said(&reading.reference),
    ];
    digest(&parts.each_ref().map(|part| part.as_bytes()))
}

/// An object as text, the same for every spelling of it: keys sorted, no spaces, numbers as written.
fn canonical(fields: &Map<String, Value>) -> String {
    serde_json::to_string(fields).unwrap_or_default()
}

pub(super) fn digest(parts: &[&[u8]]) -> Vec<u8> {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().to_vec()
}

fn said(fields: &Map<String, Value>) -> Result<Said, Unreadable> {
    let kind = required(fields, "type")?;
    let provider = required(fields, "provider")?;
    let provider: Provider = provider.parse().map_err(|_| Unreadable::word("the provider", &provider))?;
    fields::without_slips(fields, &kind)?;
    match kind.as_str() {
        "opened" => opened(fields, provider).map(Said::Opened),
        "moved" => moved(fields, provider).map(Said::Moved),
        "attempted" => Noted::attempted(fields, key(fields, provider)?, at(fields)?).map(Said::Noted),
        "observed" => Noted::observed(fields, key(fields, provider)?, at(fields)?).map(Said::Noted),
        "absent" => Ok(Said::Noted(Noted::absent(fields, key(fields, provider)?, at(fields)?))),
        "notification" => {
            let body = fields.get("body").ok_or_else(|| Unreadable::shape("body is missing"))?;
            let at = at(fields)?;
            let reader = reader(provider).ok_or_else(|| Unreadable::word("the provider", provider.name()))?;
            (reader.said)(body, at)
        }
        other => Err(Unreadable::word("the type", other)),
    }
}

fn opened(fields: &Map<String, Value>, provider: Provider) -> Result<Opened, Unreadable> {
    let code = required(fields, "currency")?;
    let currency = Currency::parse(&code).map_err(|error| Unreadable::currency(&code, error.to_string()))?;
    if !provider.currencies().contains(&currency) {
        return Err(Unreadable::currency(&code, format!("{} does not support {currency}", provider.title())));
    }
    let money = |text: String| Money::parse(&text, currency).map_err(|error| Unreadable::shape(error.to_string()));
    let amount = money(text(fields, "amount")?.ok_or_else(|| Unreadable::shape("amount is missing"))?)?;
    if amount.minor == 0 {
        return Err(Unreadable::shape("the amount must be more than zero"));
    }
    Ok(Opened {
        key: key(fields, provider)?,
        at: at(fields)?,
        amount,
        cancellation_fee: text(fields, "cancellation_fee")?.map(money).transpose()?,
        merchant: name(fields, "merchant")?,
        buyer: name(fields, "buyer")?,
        seller: name(fields, "seller")?,
    })
}

fn moved(fields: &Map<String, Value>, provider: Provider) -> Result<Moved, Unreadable> {
    let (action, actor) = (required(fields, "action")?, required(fields, "actor")?);
    let reading = Reading {
        reference: reference(fields, "reference")?,
        note: text(fields, "note")?,
        reason: code(fields, "reason")?,
        ..Reading::new(
            action.parse().map_err(|_| Unreadable::word("the action", &action))?,
            actor.parse().map_err(|_| Unreadable::word("the actor", &actor))?,
        )
    };
    let parts = match (text(fields, "to_seller")?, text(fields, "to_buyer")?) {
        (Some(seller), Some(buyer)) => Some((seller, buyer)),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return Err(Unreadable::shape("give both to_seller and to_buyer")),
    };
    let currency = text(fields, "currency")?.map(|code| Currency::parse(&code)).transpose();
    Ok(Moved {
        key: key(fields, provider)?,
        at: at(fields)?,
        reading,
        amount: text(fields, "amount")?,
        parts,
        currency: currency.map_err(|error| Unreadable::shape(error.to_string()))?,
    })
}

/// The order that a line names, when the rest of the line cannot be read.
fn named(fields: &Map<String, Value>, provider: Provider) -> Option<OrderKey> {
    let id = text(fields, "order").ok().flatten().or_else(|| match fields.get("body")? {
        Value::Object(body) => (reader(provider)?.order_id)(body),
        _ => None,
    })?;
    OrderKey::new(provider, &id)
}

fn key(fields: &Map<String, Value>, provider: Provider) -> Result<OrderKey, Unreadable> {
    order_key(provider, &required(fields, "order")?)
}

/// The key of an order, if the id is valid.
pub(super) fn order_key(provider: Provider, id: &str) -> Result<OrderKey, Unreadable> {
    match OrderKey::fault(id) {
        Some(fault) => Err(Unreadable::shape(fault)),
        None => Ok(OrderKey { provider, id: id.to_owned() }),
    }
}

/// The time of a line, to the microsecond, as the database stores it.
fn at(fields: &Map<String, Value>) -> Result<DateTime<Utc>, Unreadable> {
    let text = required(fields, "at")?;
    let at = moment(&text)
        .map_err(|fault| Unreadable::shape(format!("at {text:?} {fault}: write it like 2026-11-20T09:00:00Z")))?;
    // In microseconds a leap second becomes the second after it, as in the database.
    let at = DateTime::from_timestamp_micros(at.timestamp_micros()).filter(|at| TIMES.contains(&at.timestamp()));
    at.ok_or_else(|| Unreadable::shape(format!("at {text:?} is outside the years 1970 to 9987")))
}

/// A time with its zone, also in the spellings `+0300` and `+03`. An error says what is wrong with it.
fn moment(text: &str) -> Result<DateTime<FixedOffset>, &'static str> {
    let spelt = |form: &str| DateTime::parse_from_str(text, &format!("%Y-%m-%dT%H:%M:%S%.f{form}")).ok();
    if let Some(at) = DateTime::parse_from_rfc3339(text).ok().or_else(|| spelt("%z")).or_else(|| spelt("%#z")) {
        return Ok(at);
    }
    let bare = |form: &str| NaiveDateTime::parse_from_str(text, form).is_ok();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    Err(match text.len() {
        10 if is_number => "looks like seconds since 1970",
        13 if is_number => "looks like milliseconds since 1970",
        _ if bare("%Y-%m-%dT%H:%M:%S%.f") || bare("%Y-%m-%d %H:%M:%S%.f") || bare("%Y-%m-%dT%H:%M") => "has no zone",
        _ => "is not a time",
    })
}
