//! A query as what the database is asked: sets and ranges, so that every query is one and the same statement.

use chrono::{DateTime, TimeDelta, Utc};
use strum::VariantArray;

use super::words::{begins, tokens};
use super::{Cases, Compare, Field, Query, Term, Test};
use crate::domain::{Currency, Money, Provider, Status};
use crate::store::Stored;

/// What an order has to be in, and between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sieve {
    /// In one of these statuses.
    pub statuses: Vec<Status>,
    /// In one of these currencies.
    pub currencies: Vec<Currency>,
    /// It came to its status at or after the first and before the second.
    pub entered: [DateTime<Utc>; 2],
    /// Its deadline is at or after the first and before the second, where either is given.
    pub due: [Option<DateTime<Utc>>; 2],
    /// Those without a deadline pass, too: everything but a range is asked for.
    pub undated: bool,
    /// Opened with at least and at most so many minor units: of currencies with two decimals, then of those with three.
    pub amounts: [[i64; 2]; 2],
    /// Whether something is to be confirmed, where that is asked.
    pub unconfirmed: Option<bool>,
    /// Whether facts wait in quarantine, where that is asked.
    pub quarantined: Option<bool>,
    /// Of exactly this merchant, where one is asked for; empty is none.
    pub merchant: Option<String>,
    /// Of none of these.
    pub other_merchants: Vec<String>,
    /// What its names have to match, as the database's text search reads it; empty where they may be anything.
    pub words: String,
    /// What its case has to be like.
    pub cases: Cases,
}

/// The years in which anything happens.
const EVER: [i64; 2] = [-10_000_000_000, 260_000_000_000];

impl Query {
    /// The sieve of this query now, for this person. Statuses nobody asked for by name are left out where they are hidden.
    pub fn sieve(&self, person: &str, now: DateTime<Utc>, hidden_too: bool) -> Sieve {
        let named = self.terms.iter().any(|term| !term.not && matches!(term.test, Test::Status(_)));
        let every = Provider::VARIANTS.iter().flat_map(|provider| provider.statuses());
        let statuses = every.filter(|status| hidden_too || named || !status.is_hidden()).collect();
        let ever = EVER.map(|at| DateTime::from_timestamp(at, 0).unwrap_or(now));
        let mut sieve = Sieve {
            statuses,
            currencies: Currency::VARIANTS.to_vec(),
            entered: ever,
            due: [None, None],
            undated: true,
            amounts: [[0, i64::MAX]; 2],
            unconfirmed: None,
            quarantined: None,
            merchant: None,
            other_merchants: Vec::new(),
            words: String::new(),
            cases: Cases::default(),
        };
        for Term { not, test } in &self.terms {
            if !sieve.cases.add(*not, test, person) {
                sieve.add(*not, test, now);
            }
        }
        sieve
    }

    /// The name that a word of the query begins, with whose it is: what to show where the id alone does not tell.
    pub fn matched<'a>(&self, stored: &'a Stored) -> Option<(Field, &'a str)> {
        let wanted = self.terms.iter().filter(|term| !term.not).find_map(|term| match &term.test {
            Test::Named(field, words) => Some((vec![*field], words)),
            Test::Word(words) => Some((Field::VARIANTS.to_vec(), words)),
            Test::Status(_)
            | Test::Provider(_)
            | Test::Currency(_)
            | Test::Age(..)
            | Test::Due(..)
            | Test::Amount(..)
            | Test::Merchant(_)
            | Test::Unconfirmed
            | Test::Quarantined
            | Test::Mine
            | Test::Unclaimed
            | Test::Overdue
            | Test::Owner(_)
            | Test::Reason(_)
            | Test::Queue(_)
            | Test::Note(_) => None,
        });
        let (fields, words) = wanted?;
        let name = |field: Field| match field {
            Field::Order => Some(stored.order.key.id.as_str()),
            Field::Merchant => stored.merchant.as_deref(),
            Field::Buyer => stored.buyer.as_deref(),
            Field::Seller => stored.seller.as_deref(),
        };
        fields.into_iter().find_map(|field| Some((field, name(field).filter(|name| begins(name, words))?)))
    }
}

/// A word as the text search reads it.
fn quoted(word: &str) -> String {
    word.replace('\\', r"\\").replace('\'', "''")
}

impl Sieve {
    /// What the names of the one merchant's orders hold: few have it, whatever else they are.
    pub fn merchant_words(&self) -> String {
        let name = self.merchant.as_deref().unwrap_or_default();
        let words = tokens(name).map(|word| format!("'{}:{}'", Field::Merchant.letter(), quoted(&word)));
        words.collect::<Vec<_>>().join(" & ")
    }

    fn add(&mut self, not: bool, test: &Test, now: DateTime<Utc>) {
        match test {
            Test::Status(these) => self.statuses.retain(|status| these.contains(status) != not),
            Test::Provider(these) => self.statuses.retain(|status| these.contains(&status.provider()) != not),
            Test::Currency(these) => self.currencies.retain(|currency| these.contains(currency) != not),
            Test::Age(compare, length) => self.age(towards(*compare, not), now - *length),
            Test::Due(compare, length) => {
                self.undated &= not;
                self.due(towards(*compare, not), now + *length);
            }
            Test::Amount(compare, digits) => self.amount(*compare, not, digits),
            Test::Unconfirmed => self.unconfirmed = Some(!not),
            Test::Quarantined => self.quarantined = Some(!not),
            // What is asked of cases is theirs.
            Test::Mine
            | Test::Unclaimed
            | Test::Overdue
            | Test::Owner(_)
            | Test::Reason(_)
            | Test::Queue(_)
            | Test::Note(_) => {}
            Test::Merchant(name) if not => self.other_merchants.push(name.clone()),
            Test::Merchant(name) => match &self.merchant {
                // Nobody is two.
                Some(other) if other != name => self.statuses.clear(),
                Some(_) | None => self.merchant = Some(name.clone()),
            },
            Test::Named(field, words) => self.word(not, &[*field], words),
            Test::Word(words) => self.word(not, Field::VARIANTS, words),
        }
    }

    /// Older means that it came earlier.
    fn age(&mut self, compare: Compare, at: DateTime<Utc>) {
        match compare {
            Compare::More | Compare::AtLeast | Compare::Is => {
                self.entered[1] = self.entered[1].min(after(compare == Compare::More, at))
            }
            Compare::Less | Compare::AtMost => {
                self.entered[0] = self.entered[0].max(after(compare == Compare::AtMost, at))
            }
        }
    }

    fn due(&mut self, compare: Compare, at: DateTime<Utc>) {
        let [from, to] = &mut self.due;
        match compare {
            Compare::Less => *to = Some(to.map_or(at, |to| to.min(at))),
            Compare::AtMost => *to = Some(to.map_or(next(at), |to| to.min(next(at)))),
            Compare::More => *from = Some(from.map_or(next(at), |from| from.max(next(at)))),
            Compare::AtLeast | Compare::Is => *from = Some(from.map_or(at, |from| from.max(at))),
        }
    }

    /// In each kind of currency by itself: amounts are compared as they are written, never converted.
    fn amount(&mut self, compare: Compare, not: bool, digits: &str) {
        for (range, currency) in self.amounts.iter_mut().zip([Currency::Ngn, Currency::Kwd]) {
            // More decimals than the currency has lie between two of its amounts.
            let (digits, between) = match digits.split_once('.') {
                Some((whole, decimals)) if decimals.len() > currency.exponent() as usize => {
                    let (kept, rest) = decimals.split_at(currency.exponent() as usize);
                    (format!("{whole}.{kept}"), rest.bytes().any(|byte| byte != b'0'))
                }
                Some(_) | None => (digits.to_owned(), false),
            };
            let minor = Money::parse(&digits, currency).map_or(i64::MAX, |money| money.minor);
            let [least, most] = match compare {
                Compare::Is if between => [1, 0],
                Compare::Is => [minor, minor],
                Compare::Less => [0, if between { minor } else { minor.saturating_sub(1) }],
                Compare::AtMost => [0, minor],
                Compare::More => [minor.saturating_add(1), i64::MAX],
                Compare::AtLeast => [if between { minor.saturating_add(1) } else { minor }, i64::MAX],
            };
            let [least, most] = match (not, compare) {
                (false, _) => [least, most],
                // Everything but one amount is not a range: it is left as wide as it was, but for the ends.
                (true, Compare::Is) => [0, i64::MAX],
                (true, Compare::Less | Compare::AtMost) => [most.saturating_add(1), i64::MAX],
                (true, Compare::More | Compare::AtLeast) => [0, least.saturating_sub(1)],
            };
            *range = [range[0].max(least), range[1].min(most)];
        }
    }

    /// Every word has to begin one of the field's, or of any of the fields'.
    fn word(&mut self, not: bool, fields: &[Field], words: &str) {
        let one = |word: String| {
            let quoted = quoted(&word);
            let ways: Vec<String> = fields.iter().map(|field| format!("'{}:{quoted}':*", field.letter())).collect();
            format!("({})", ways.join(" | "))
        };
        let all: Vec<String> = tokens(words).map(one).collect();
        if all.is_empty() {
            return;
        }
        let and = if self.words.is_empty() { "" } else { " & " };
        let not = if not { "!" } else { "" };
        self.words.push_str(&format!("{and}{not}({})", all.join(" & ")));
    }
}

fn towards(compare: Compare, not: bool) -> Compare {
    if not { compare.opposite().unwrap_or(compare) } else { compare }
}

fn next(at: DateTime<Utc>) -> DateTime<Utc> {
    at + TimeDelta::microseconds(1)
}

/// Ranges begin with their first instant and end before their last.
fn after(exclusive: bool, at: DateTime<Utc>) -> DateTime<Utc> {
    if exclusive { at } else { next(at) }
}
