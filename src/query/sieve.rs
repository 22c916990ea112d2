//! A query as sets and ranges for the database, so that every query uses the same statement.

use chrono::{DateTime, TimeDelta, Utc};
use strum::VariantArray;

use super::folded::phone;
use super::name_words::{begins, tokens};
use super::{Clauses, Compare, Field, Query, Term, Test};
use crate::domain::{Currency, Money, Provider, Status};
use crate::records::{Cause, OrderRecord};

/// The sets and ranges that an order must be in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sieve {
    /// In one of these statuses.
    pub statuses: Vec<Status>,
    /// In one of these currencies.
    pub currencies: Vec<Currency>,
    /// It entered its status at or after the first and before the second.
    pub entered: [DateTime<Utc>; 2],
    /// Its deadline is at or after the first and before the second, if given.
    pub due: [Option<DateTime<Utc>>; 2],
    /// Whether orders without a deadline match too: they do unless a term asks for a range of deadlines.
    pub undated: bool,
    /// The least and the most it was opened with, in minor units: of currencies with two decimals, then with three.
    pub amounts: [[i64; 2]; 2],
    /// Whether it must have an unconfirmed move or must not, if the query asks.
    pub unconfirmed: Option<bool>,
    /// Whether it must have facts in quarantine or must not, if the query asks.
    pub quarantined: Option<bool>,
    /// One of these merchants, if the query names any; empty: no merchant.
    pub merchants: Option<Vec<String>>,
    /// What a merchant's name must match besides, in the syntax of the database's text search. `words` has it, too, until the database
    /// has said which merchants these are.
    pub merchant_words: Vec<String>,
    /// Every word is about the merchant.
    pub only_merchants: bool,
    /// With one word that may be anything: the same filter with the word in the merchant's name, and with it anywhere else. What very many
    /// orders have in common is mostly their merchant, and those have an index.
    pub either: Option<Box<[Self; 2]>>,
    /// None of these merchants.
    pub other_merchants: Vec<String>,
    /// What its words must match, in the syntax of the database's text search; empty matches all. It finds the orders
    /// whose names match all of it.
    pub words: String,
    /// The parts of it that texts about the order may match, too: an order is also found by one of its texts.
    pub texts: Vec<String>,
    /// Further conditions.
    pub clauses: Clauses,
    /// It is stuck for one of these causes; or, if true, it is not. Judged after the orders were read.
    pub causes: Vec<(bool, Vec<Cause>)>,
    /// The merchants whose orders the provider authorises automatically: their orders have other causes.
    pub automatic: Vec<String>,
    /// The time of the query.
    pub now: DateTime<Utc>,
}

/// A range that contains every order, in seconds since 1970.
const EVER: [i64; 2] = [-10_000_000_000, 260_000_000_000];

impl Query {
    /// The filter of this query now, for this person. Leaves out hidden statuses, unless `hidden_too` or the
    /// query names a status.
    pub fn sieve(&self, person: &str, now: DateTime<Utc>, hidden_too: bool) -> Sieve {
        let mut sieve = self.sieve_in(Field::VARIANTS, person, now, hidden_too);
        let words = self.terms.iter().filter(|term| matches!(term.test, Test::Word(_)));
        if words.clone().count() == 1 && words.clone().all(|term| !term.not) {
            let elsewhere: Vec<Field> =
                Field::VARIANTS.iter().copied().filter(|field| *field != Field::Merchant).collect();
            let of = |fields: &[Field]| self.sieve_in(fields, person, now, hidden_too);
            sieve.either = Some(Box::new([of(&[Field::Merchant]), of(&elsewhere)]));
        }
        sieve
    }

    /// The filter where a word that may be anything is looked for in these fields.
    fn sieve_in(&self, fields: &[Field], person: &str, now: DateTime<Utc>, hidden_too: bool) -> Sieve {
        // What drifted or is unconfirmed may have ended here: it is listed as it was counted. An id finds its order.
        let is_id = |word: &str| word.bytes().any(|byte| byte.is_ascii_digit());
        let names = |test: &Test| {
            matches!(test, Test::Word(word) | Test::Named(Field::Order | Field::Reference, word) if is_id(word))
                || matches!(
                    test,
                    Test::Status(_) | Test::Drift(_) | Test::Cause(_) | Test::Unconfirmed | Test::UnconfirmedFor(..)
                )
        };
        let named = self.terms.iter().any(|term| !term.not && names(&term.test));
        let every = Provider::all().iter().flat_map(|provider| provider.statuses());
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
            merchants: None,
            merchant_words: Vec::new(),
            only_merchants: true,
            either: None,
            other_merchants: Vec::new(),
            words: String::new(),
            texts: Vec::new(),
            clauses: Clauses::default(),
            causes: Vec::new(),
            automatic: Vec::new(),
            now,
        };
        for Term { not, test } in &self.terms {
            if let Test::Cause(causes) = test {
                sieve.causes.push((*not, causes.clone()));
            }
            if !sieve.clauses.add(*not, test, person, now) {
                sieve.add(*not, test, fields, now);
            }
        }
        if !sieve.undated {
            // Nothing else has a deadline: a long list without any would be read to its end.
            sieve.statuses.retain(|status| status.wait().is_some());
        }
        sieve
    }

    /// The name that matched a word of the query, and its field: shown when the id alone does not explain the match.
    pub fn matched<'a>(&self, stored: &'a OrderRecord) -> Option<(Field, &'a str)> {
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
            | Test::Note(_)
            | Test::Since(_)
            | Test::Expired
            | Test::UnconfirmedFor(..)
            | Test::Drift(_)
            | Test::Held(_)
            | Test::Cause(_) => None,
        });
        let (fields, words) = wanted?;
        let name = |field: Field| match field {
            Field::Order => Some(stored.order.key.id.as_str()),
            Field::Merchant => stored.merchant.as_deref(),
            Field::Buyer => stored.buyer.as_deref(),
            Field::Seller => stored.seller.as_deref(),
            // The order does not have what is written about it.
            Field::Reference | Field::Message | Field::Rationale => None,
        };
        fields.into_iter().find_map(|field| Some((field, name(field).filter(|name| begins(name, words))?)))
    }
}

/// Escapes a word for the text search.
fn quoted(word: &str) -> String {
    word.replace('\\', r"\\").replace('\'', "''")
}

impl Sieve {
    /// Takes over which merchants have a name with all of `merchant_words`.
    pub fn resolve(&mut self, named: Vec<String>) {
        self.merchant_words.clear();
        match &mut self.merchants {
            Some(merchants) => merchants.retain(|merchant| named.contains(merchant)),
            None => self.merchants = Some(named),
        }
    }

    /// Whether an order that is stuck for this cause matches; one that is not stuck has none.
    pub fn has_cause(&self, cause: Option<Cause>) -> bool {
        self.causes.iter().all(|(not, causes)| cause.is_some_and(|cause| causes.contains(&cause)) != *not)
    }

    fn add(&mut self, not: bool, test: &Test, fields: &[Field], now: DateTime<Utc>) {
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
            // These have clauses.
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
            | Test::Cause(_) => {}
            Test::Merchant(name) if not => self.other_merchants.push(name.clone()),
            Test::Merchant(name) => match &self.merchants {
                // No order has two merchants.
                Some(others) if !others.contains(name) => self.statuses.clear(),
                Some(_) | None => self.merchants = Some(vec![name.clone()]),
            },
            Test::Named(field, words) => self.word(not, &[*field], words),
            Test::Word(words) => self.word(not, fields, words),
        }
    }

    /// Older means that it entered its status earlier.
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

    /// For two and three decimals separately. Amounts are compared as written, never converted.
    fn amount(&mut self, compare: Compare, not: bool, digits: &str) {
        for (range, currency) in self.amounts.iter_mut().zip([Currency::Ngn, Currency::Kwd]) {
            // A value with more decimals than the currency has is between two of its amounts.
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
                // Excluding one amount gives no range, so the range stays as it was.
                (true, Compare::Is) => [0, i64::MAX],
                (true, Compare::Less | Compare::AtMost) => [most.saturating_add(1), i64::MAX],
                (true, Compare::More | Compare::AtLeast) => [0, least.saturating_sub(1)],
            };
            *range = [range[0].max(least), range[1].min(most)];
        }
    }

    /// Every word must start a word in one of the fields.
    fn word(&mut self, not: bool, fields: &[Field], words: &str) {
        let mut letters: Vec<char> = fields.iter().map(|field| field.letter()).collect();
        if fields.len() > 1 {
            letters.push(NOTES);
        }
        let one = |word: String| {
            let quoted = quoted(&word);
            let ways: Vec<String> = letters.iter().map(|letter| format!("'{letter}:{quoted}':*")).collect();
            format!("({})", ways.join(" | "))
        };
        let mut all: Vec<String> = tokens(words).map(one).collect();
        if all.is_empty() {
            return;
        }
        let has_phones = fields.iter().any(|field| matches!(field, Field::Buyer | Field::Seller));
        if let Some(digits) = phone(words).filter(|_| has_phones) {
            all = vec![format!("(({}) | 'p:{digits}':*)", all.join(" & "))];
        }
        let all = all.join(" & ");
        if not {
            return self.clauses.unnamed(&all);
        }
        if fields == [Field::Merchant] {
            self.merchant_words.push(all.clone());
        } else {
            self.only_merchants = false;
        }
        let in_texts = fields.iter().any(|field| field.is_of_texts());
        self.clauses.named(&all, in_texts);
        let and = if self.words.is_empty() { "" } else { " & " };
        self.words.push_str(&format!("{and}({all})"));
        if in_texts {
            self.texts.push(all);
        }
    }
}

/// The letter of notes in the database's text search. They have a key of their own for phrases.
const NOTES: char = 'n';

fn towards(compare: Compare, not: bool) -> Compare {
    if not { compare.opposite().unwrap_or(compare) } else { compare }
}

fn next(at: DateTime<Utc>) -> DateTime<Utc> {
    at + TimeDelta::microseconds(1)
}

/// Ranges include their start and exclude their end.
fn after(exclusive: bool, at: DateTime<Utc>) -> DateTime<Utc> {
    if exclusive { at } else { next(at) }
}
