//! Reads a query. Every error says where it is and how to fix it.

use chrono::TimeDelta;
use strsim::osa_distance as distance;
use strum::VariantArray;

use super::{Compare, Differs, Fault, Field, KEYS, Query, Term, Test};
use crate::domain::{Currency, Provider, Status, typed};
use crate::records::{Cause, DriftClass, Queue, held_kinds};

/// A piece of the query as typed: where it starts, and its letters with whether each was in quotes.
#[derive(Debug, Clone)]
struct Piece {
    from: usize,
    letters: Vec<(char, bool)>,
}

impl Piece {
    /// Its letters, without the quotes.
    fn plain(&self) -> String {
        self.letters.iter().map(|(letter, _)| *letter).filter(|letter| *letter != '\0').collect()
    }
}

/// Any text as a quoted value of the language.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}

/// The words that take no value.
const ALONE: [&str; 4] = ["expired", "mine", "unclaimed", "overdue"];

/// The operators, longer ones first.
const SIGNS: [(&str, Compare); 6] = [
    ("<=", Compare::AtMost),
    (">=", Compare::AtLeast),
    ("<", Compare::Less),
    (">", Compare::More),
    (":", Compare::Is),
    ("=", Compare::Is),
];

/// The most terms of a query: each is looked for, and a person types fewer.
const MOST: usize = 30;

/// Reads a query. An empty one finds every order.
///
/// # Errors
///
/// [`Fault`] at the first term that cannot be read: an open quote, an unknown key, a missing or wrong value, or a sign
/// that the key does not take.
///
/// # Examples
///
/// ```
/// use chrono::TimeDelta;
/// use recourse::query::{self, Compare, Test};
///
/// let found = query::parse("-status:approved age>48h").unwrap();
/// assert!(found.terms[0].not);
/// assert_eq!(found.terms[1].test, Test::Age(Compare::More, TimeDelta::hours(48)));
///
/// let fault = query::parse("colour:red").unwrap_err();
/// assert_eq!((fault.from, fault.to), (0, 6));
/// ```
pub fn parse(text: &str) -> Result<Query, Fault> {
    let pieces = pieces(text)?;
    if let Some(fault) = spaced(&pieces) {
        return Err(fault);
    }
    if let Some(first) = pieces.get(MOST) {
        let text = format!("at most {MOST} terms: narrow it with fewer of them");
        return Err(Fault { from: first.from, to: first.from + first.letters.len(), text });
    }
    let terms: Result<Vec<Term>, Fault> = pieces.into_iter().map(term).collect();
    Ok(Query { terms: joined(terms?) })
}

/// A term that was typed with spaces in it: `age > 1h`, `status: approved`.
fn spaced(pieces: &[Piece]) -> Option<Fault> {
    let words: Vec<String> = pieces.iter().map(Piece::plain).collect();
    let is_key = |word: &str| KEYS.iter().any(|key| key.name == word.trim_start_matches('-').to_lowercase());
    let sign = |word: &str| SIGNS.iter().map(|(sign, _)| *sign).find(|sign| word.starts_with(sign));
    let found = (0..pieces.len()).find_map(|at| {
        let next = words.get(at + 1)?;
        let closed = SIGNS.iter().any(|(sign, _)| words[at].strip_suffix(sign).is_some_and(is_key));
        let end = match sign(next) {
            _ if closed => at + 1,
            Some(sign) if is_key(&words[at]) => at + 1 + usize::from(next == sign),
            Some(_) | None => return None,
        };
        (end < pieces.len()).then_some((at, end))
    });
    let (at, end) = found?;
    let text = format!("leave out the spaces: {}", words[at..=end].concat());
    Some(Fault { from: pieces[at].from, to: pieces[end].from + pieces[end].letters.len(), text })
}

/// Puts the pieces of a phone number together, as people write them: `+966 55 123`, `(055) 1234567`. Other numbers are looked for in the
/// same way together as apart.
fn joined(terms: Vec<Term>) -> Vec<Term> {
    let digits = |text: &str| {
        let looks = |letter: char| letter.is_numeric() || "()-./".contains(letter);
        text.chars().all(looks) && text.chars().any(char::is_numeric)
    };
    let mut joined: Vec<Term> = Vec::with_capacity(terms.len());
    for term in terms {
        if let (Some(Term { not: false, test: Test::Word(before) }), Term { not: false, test: Test::Word(next) }) =
            (joined.last_mut(), &term)
            && digits(&before.trim_start_matches('+').replace(' ', ""))
            && digits(next)
        {
            before.push(' ');
            before.push_str(next);
        } else {
            joined.push(term);
        }
    }
    joined
}

/// Splits the query at spaces outside quotes. A backslash in quotes takes the next letter as it is.
fn pieces(text: &str) -> Result<Vec<Piece>, Fault> {
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut quoted, mut escaped, mut open) = (None, false, false);
    for (at, letter) in text.chars().enumerate() {
        if letter.is_whitespace() && quoted.is_none() {
            open = false;
            continue;
        }
        if !open {
            pieces.push(Piece { from: at, letters: Vec::new() });
            open = true;
        }
        let Some(piece) = pieces.last_mut() else { continue };
        match (letter, quoted) {
            _ if escaped => {
                piece.letters.push((letter, true));
                escaped = false;
            }
            ('\\', Some(_)) => escaped = true,
            ('"', None) => {
                quoted = Some(at);
                // Empty quotes are a value too.
                piece.letters.push(('\0', true));
            }
            ('"', Some(_)) => quoted = None,
            (letter, inside) => piece.letters.push((letter, inside.is_some())),
        }
    }
    match quoted {
        Some(from) => Err(Fault { from, to: text.chars().count(), text: "the quote is not closed; add \"".to_owned() }),
        None => Ok(pieces),
    }
}

fn term(piece: Piece) -> Result<Term, Fault> {
    let not = piece.letters.first() == Some(&('-', false)) && piece.letters.len() > 1;
    let letters = &piece.letters[usize::from(not)..];
    let from = piece.from + usize::from(not);
    let to = from + letters.len();
    let plain: String = letters.iter().map(|(letter, quoted)| if *quoted { '\0' } else { *letter }).collect();
    let all = |letters: &[(char, bool)]| {
        letters.iter().map(|(letter, _)| *letter).filter(|it| *it != '\0').collect::<String>()
    };
    let sign = SIGNS.iter().filter_map(|(sign, compare)| Some((plain.find(sign)?, sign.len(), *compare)));
    let Some((byte, length, compare)) = sign.min_by_key(|(at, length, _)| (*at, usize::MAX - length)) else {
        return Ok(Term { not, test: alone(all(letters)) });
    };
    let at = plain[..byte].chars().count();
    let (name, value) = (all(&letters[..at]).to_lowercase(), all(&letters[at + length..]));
    let fault = |from: usize, to: usize, text: String| Fault { from, to, text };
    let said = |text: String| fault(from + at + length, to.max(from + at + length + 1), text);
    let exactly = name == "merchant" && plain[byte..].starts_with('=');
    let named = !value.trim().is_empty() || (exactly && letters[at + length..].iter().any(|(_, quoted)| *quoted));
    if !named {
        return Err(said(format!("{name} needs a value; write something like {}", example(&name))));
    }
    if ALONE.contains(&name.as_str()) || KEYS.iter().all(|key| key.name != name) {
        return Err(fault(from, from + at.max(1), no_key(&name)));
    }
    sign_fits(&name, compare).map_err(|text| fault(from + at, from + at + length, text))?;
    let test = if exactly { Test::Merchant(value) } else { valued(&name, compare, value).map_err(said)? };
    if not && matches!(test, Test::Amount(Compare::Is, _)) {
        return Err(fault(from, to, "one amount cannot be excluded; write amount<100 or amount>100".to_owned()));
    }
    Ok(Term { not, test })
}

/// The term of a key, whose value is read as that key needs it.
fn valued(name: &str, compare: Compare, value: String) -> Result<Test, String> {
    let codes = |value: String| value.split(',').map(|code| code.trim().to_owned()).collect();
    Ok(match name {
        "status" => {
            let known = Provider::all().iter().flat_map(|provider| provider.statuses()).map(Status::name);
            Test::Status(list(&value, statuses).map_err(nearest(known))?)
        }
        "provider" => Test::Provider(
            list(&value, |word| word.parse().ok().map(|it| vec![it]))
                .map_err(|word| format!("{word:?} is not known; use {}", Provider::names()))?,
        ),
        "currency" => {
            let read = |word: &str| Currency::parse(&word.to_uppercase()).ok().map(|it| vec![it]);
            Test::Currency(list(&value, read).map_err(nearest(Currency::VARIANTS.iter().map(|known| known.code())))?)
        }
        "age" => Test::Age(compare, length_of(&value)?),
        "due" => Test::Due(compare, length_of(&value)?),
        "unconfirmed" => Test::UnconfirmedFor(compare, length_of(&value)?),
        "since" => Test::Since(length_of(&value)?),
        "amount" => Test::Amount(compare, amount(&value)?),
        "order" => Test::Named(Field::Order, value),
        "merchant" => Test::Named(Field::Merchant, value),
        "buyer" => Test::Named(Field::Buyer, value),
        "seller" => Test::Named(Field::Seller, value),
        "message" => Test::Named(Field::Message, value),
        "rationale" => Test::Named(Field::Rationale, value),
        "reference" => Test::Named(Field::Reference, value),
        "note" => Test::Note(value),
        "owner" => Test::Owner(codes(value)),
        "reason" => Test::Reason(codes(value)),
        "quarantined" => Test::Held(list(&value, held).map_err(nearest(held_kinds()))?),
        "queue" => Test::Queue(list(&value, queues).map_err(|word| format!("{word:?} is not known; {QUEUES}"))?),
        "drift" => Test::Drift(list(&value, drifts).map_err(|word| {
            format!("{word:?} is not known; use ahead, behind, conflict, absent, {}", words(&Cause::DRIFT))
        })?),
        "cause" => Test::Cause(
            list(&value, causes).map_err(|word| format!("{word:?} is not known; use {}", words(Cause::VARIANTS)))?,
        ),
        _ => return Err(no_key(name)),
    })
}

/// A term without a value: a keyword, or a word to find.
fn alone(word: String) -> Test {
    match word.as_str() {
        "unconfirmed" => Test::Unconfirmed,
        "quarantined" => Test::Quarantined,
        "mine" => Test::Mine,
        "unclaimed" => Test::Unclaimed,
        "overdue" => Test::Overdue,
        "expired" => Test::Expired,
        "drift" => Test::Drift(Vec::new()),
        _ => Test::Word(word),
    }
}

fn no_key(name: &str) -> String {
    if ALONE.contains(&name) {
        return format!("{name} takes no value; write {name}, or -{name} for the opposite");
    }
    let nearest = KEYS.iter().min_by_key(|key| distance(key.name, name)).map_or("status", |key| key.name);
    format!("{name:?} is not a key; the nearest is {nearest:?}")
}

fn example(name: &str) -> &'static str {
    KEYS.iter().find(|key| key.name == name).map_or("status:disputed", |key| key.example)
}

/// A duration is longer or shorter, never equal; an amount takes every sign; all else only `:` or `=`.
fn sign_fits(name: &str, compare: Compare) -> Result<(), String> {
    let measured = matches!(name, "age" | "due" | "unconfirmed");
    match (measured, compare == Compare::Is) {
        (true, true) => Err(format!("{name} needs < or >; write {}", example(name))),
        (false, false) if name != "amount" => Err(format!("{name} does not take < or >; write {}", example(name))),
        _ => Ok(()),
    }
}

/// What to say of a word that is not one of these.
fn nearest<'a>(known: impl Iterator<Item = &'a str>) -> impl FnOnce(String) -> String {
    move |word| {
        let nearest = known.min_by_key(|known| distance(known, &word.to_lowercase())).unwrap_or_default();
        format!("{word:?} is not known; the nearest is {nearest:?}")
    }
}

/// The values of a list; fails with the first word that is not one.
fn list<T>(value: &str, read: impl Fn(&str) -> Option<Vec<T>>) -> Result<Vec<T>, String> {
    let read = |word: &str| read(word.trim()).ok_or_else(|| word.trim().to_owned());
    let lists: Result<Vec<Vec<T>>, String> = value.split(',').map(read).collect();
    Ok(lists?.into_iter().flatten().collect())
}

fn words(causes: &[Cause]) -> String {
    causes.iter().map(|cause| cause.name()).collect::<Vec<_>>().join(", ")
}

fn causes(word: &str) -> Option<Vec<Cause>> {
    word.to_lowercase().replace('-', "_").parse().ok().map(|cause| vec![cause])
}

fn held(word: &str) -> Option<Vec<String>> {
    let name = word.to_lowercase().replace([' ', '-'], "_");
    held_kinds().any(|kind| kind == name).then(|| vec![name])
}

fn drifts(word: &str) -> Option<Vec<Differs>> {
    let class: Option<DriftClass> = word.to_lowercase().parse().ok();
    let cause = || causes(word)?.pop().filter(|cause| Cause::DRIFT.contains(cause));
    class.map(Differs::Class).or_else(|| cause().map(Differs::Cause)).map(|found| vec![found])
}

/// The queues that a query can name.
const QUEUES: &str =
    "use working, snoozed, waiting_buyer, waiting_seller, proposed, unpaid, failed, returned or closed";

fn queues(word: &str) -> Option<Vec<Queue>> {
    let queue: Queue = word.to_lowercase().replace('-', "_").parse().ok()?;
    match queue {
        Queue::Working
        | Queue::Snoozed
        | Queue::WaitingBuyer
        | Queue::WaitingSeller
        | Queue::Proposed
        | Queue::Unpaid
        | Queue::Failed
        | Queue::Returned
        | Queue::Closed => Some(vec![queue]),
        // The first three are keywords of their own.
        Queue::Mine | Queue::Unclaimed | Queue::Overdue | Queue::Open => None,
    }
}

/// The statuses with this wire word or title, of every provider; or the one that `tamara/approved` names.
fn statuses(word: &str) -> Option<Vec<Status>> {
    let name = word.to_lowercase().replace([' ', '-'], "_");
    Some(Status::parse_all(&name)).filter(|found| !found.is_empty())
}

/// Reads a duration: `90m`, `48h`, `3d`, `2w`, or several of them: `1d12h`. Fails with what is wrong and how to fix it.
///
/// # Errors
///
/// A sentence for people if the text is empty, a number or its unit is missing, or the length is 400,000 days or more.
pub fn length_of(value: &str) -> Result<TimeDelta, String> {
    let wrong = || format!("{value:?} is not a length of time; write 90m, 48h, 3d or 2w");
    let value = typed::latin(value);
    let (mut whole, mut number) = (TimeDelta::zero(), String::new());
    for letter in value.chars() {
        if letter.is_ascii_digit() {
            number.push(letter);
            continue;
        }
        let minutes = match letter {
            'm' => 1,
            'h' => 60,
            'd' => 24 * 60,
            'w' => 7 * 24 * 60,
            _ => return Err(wrong()),
        };
        let count: i64 = std::mem::take(&mut number).parse().map_err(|_| wrong())?;
        let length = count.checked_mul(minutes).and_then(TimeDelta::try_minutes).ok_or_else(wrong)?;
        whole = whole.checked_add(&length).filter(|whole| whole.num_days() < 400_000).ok_or_else(wrong)?;
    }
    if number.is_empty() && !value.is_empty() { Ok(whole) } else { Err(wrong()) }
}

/// Reads an amount in major units of any currency, as people type it.
fn amount(value: &str) -> Result<String, String> {
    if Currency::parse(value).is_ok() {
        return Err(format!("{value} alone is no amount: write both in quotes, like amount>\"{value} 4,500.00\""));
    }
    let digits = typed::digits(value).map_err(|error| format!("{value:?} is not an amount: {error}"))?;
    let (whole, decimals) = digits.split_once('.').unwrap_or((&digits, ""));
    // Zeros beyond the decimals of any currency are nothing.
    let (kept, beyond) = decimals.split_at(decimals.len().min(3));
    if whole.len() <= 15 && beyond.bytes().all(|digit| digit == b'0') {
        return Ok(if kept.is_empty() { whole.to_owned() } else { format!("{whole}.{kept}") });
    }
    Err(format!("{value:?} is not an amount; write digits with at most three decimals, like 10000 or 230.50"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ATARAPAY;
    use crate::domain::TAMARA;

    fn fault(query: &str, from: usize, to: usize, words: &str) {
        let fault = parse(query).expect_err(query);
        assert_eq!((fault.from, fault.to), (from, to), "{}", fault.pointing(query));
        assert!(fault.text.contains(words), "{}", fault.text);
    }

    #[test]
    fn queries_are_read() {
        let check = |query: &str, expect: &[(bool, Test)]| {
            let terms = expect.iter().map(|(not, test)| Term { not: *not, test: test.clone() }).collect();
            assert_eq!(parse(query), Ok(Query { terms }), "{query}");
        };
        let disputed = crate::domain::atarapay::Status::Disputed.status();
        let dispute = crate::domain::atarapay::Status::Dispute.status();
        check("", &[]);
        check("status:disputed,Dispute", &[(false, Test::Status(vec![disputed, dispute]))]);
        check("age>48h", &[(false, Test::Age(Compare::More, TimeDelta::hours(48)))]);
        check(
            "age>=1d12h -due<2h",
            &[
                (false, Test::Age(Compare::AtLeast, TimeDelta::hours(36))),
                (true, Test::Due(Compare::Less, TimeDelta::hours(2))),
            ],
        );
        check(
            "amount>10,000.50 currency:ngn",
            &[
                (false, Test::Amount(Compare::More, "10000.50".to_owned())),
                (false, Test::Currency(vec![Currency::Ngn])),
            ],
        );
        check(
            r#"buyer:"Ngozi \"N\" Eze" -merchant:m-7"#,
            &[
                (false, Test::Named(Field::Buyer, "Ngozi \"N\" Eze".to_owned())),
                (true, Test::Named(Field::Merchant, "m-7".to_owned())),
            ],
        );
        check("merchant=m-7", &[(false, Test::Merchant("m-7".to_owned()))]);
        check("-merchant=\"\"", &[(true, Test::Merchant(String::new()))]);
        check("unconfirmed -quarantined", &[(false, Test::Unconfirmed), (true, Test::Quarantined)]);
        check(
            r#"سارة "a:b" -"unconfirmed""#,
            &[(false, Test::Word("سارة".to_owned())), (false, Test::Word("a:b".to_owned())), (true, Test::Unconfirmed)],
        );
        check(
            r#"mine -unclaimed overdue owner:ben reason:damaged,other queue:unpaid note:"broken seal""#,
            &[
                (false, Test::Mine),
                (true, Test::Unclaimed),
                (false, Test::Overdue),
                (false, Test::Owner(vec!["ben".to_owned()])),
                (false, Test::Reason(vec!["damaged".to_owned(), "other".to_owned()])),
                (false, Test::Queue(vec![Queue::Unpaid])),
                (false, Test::Note("broken seal".to_owned())),
            ],
        );
        check("provider:tamara,atarapay", &[(false, Test::Provider(vec![TAMARA, ATARAPAY]))]);
    }

    #[test]
    fn faults_point_at_the_place() {
        fault("status:dispute colour:red", 15, 21, "\"order\"");
        fault("statsu:x", 0, 6, "\"status\"");
        fault("status:lost", 7, 11, "\"lost\" is not known");
        fault("status:approved,nope", 7, 20, "\"nope\" is not known; the nearest is");
        fault("quarantined:tmie", 12, 16, "the nearest is \"time\"");
        fault("x age >1h", 2, 9, "leave out the spaces: age>1h");
        fault("due < 2h", 0, 8, "leave out the spaces: due<2h");
        fault("-status: approved", 0, 17, "leave out the spaces: -status:approved");
        fault("queue:mine", 6, 10, "use working");
        fault("mine:yes", 0, 4, "takes no value");
        fault("age>soon", 4, 8, "not a length of time");
        fault("age:48h", 3, 4, "age>48h");
        fault("x amount>ten", 9, 12, "not an amount");
        fault("buyer:\"Ngozi", 6, 12, "not closed");
        fault("merchant>m", 8, 9, "merchant:m-7");
        fault("due<", 4, 5, "due<2h");
        fault("merchant=", 9, 10, "merchant:m-7");
    }
}
