//! How a desk works: reasons, clocks, hours, limits, canned texts. Written as TOML, kept in the database.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Timelike, Utc};
use serde::{Deserialize, Serialize};

use super::duty::{Duty, OnCall, on_call};
use super::letters::{Ending, Letters};
use super::reason::{Macro, Reason};
use super::requests::{self, Requests, WrittenLimits};
use crate::domain::{ATARAPAY, Currency, Money};
use crate::query::length_of;
use crate::records::zone::{ADVICE, Zone};
use crate::records::{Case, Clock, Language, Party};

/// The policy that comes with the program.
pub const SHIPPED: &str = include_str!("../../assets/default_policy.toml");

/// The kinds of what people leave with orders. Names are erased last: by them a person is found.
pub const KINDS: [&str; 5] = ["messages", "notes", "files", "decisions", "names"];

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// How this desk works, as the database reads it: lengths are seconds, amounts minor units of their currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Seconds after which an untouched case returns to the queue.
    pub lease: i64,
    /// The largest file, in bytes.
    pub file_limit: usize,
    /// Seconds after a deadline at which each level of escalation is recorded.
    pub escalate: Vec<i64>,
    /// The seller's percentages that the editor offers for a split.
    pub presets: Vec<u8>,
    /// By currency, the minor units above which another person has to approve; `None` if no one else has to. A currency that is
    /// missing always needs approval.
    pub limits: BTreeMap<String, Option<i64>>,
    /// Whether another person has to approve every plan.
    pub plans_need_approval: bool,
    /// By action that is asked of Tamara, and by currency, the minor units above which a lead has to approve; `None` if no one has to.
    #[serde(default)]
    pub requests: Requests,
    /// By kind, the seconds for which what people left is kept after an order ended; `None` for ever.
    pub retention: BTreeMap<String, Option<i64>>,
    /// Business hours; `None` means every hour of every day.
    pub hours: Option<Hours>,
    /// The clocks of a case, by name.
    pub clocks: BTreeMap<Clock, ClockRule>,
    /// Why a buyer rejects.
    pub reasons: Vec<Reason>,
    /// Canned texts.
    pub macros: Vec<Macro>,
    /// The language of letters, and how they end.
    #[serde(default)]
    pub letters: Letters,
    /// Who is on call.
    #[serde(default)]
    pub on_call: Vec<Duty>,
}

/// Business hours, in minutes of the day. Day 1 is Monday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// The name of the time zone, like `Africa/Lagos`.
    pub zone: String,
    /// The business days.
    pub days: Vec<u8>,
    /// The minute they start.
    pub from: u32,
    /// The minute they end.
    pub to: u32,
    /// The days without business hours.
    pub holidays: Vec<NaiveDate>,
}

/// How long a clock runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockRule {
    /// Its length in seconds.
    pub seconds: i64,
    /// Whether it runs in business hours only.
    pub business: bool,
    /// What happens when it runs out.
    pub then: String,
}

/// A policy as it is written in TOML.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    lease: String,
    largest_file: u8,
    escalate: Vec<String>,
    #[serde(default)]
    presets: Vec<u8>,
    #[serde(default)]
    approve_above: BTreeMap<String, String>,
    #[serde(default)]
    plans_need_approval: bool,
    #[serde(default)]
    requests_above: BTreeMap<String, WrittenLimits>,
    #[serde(default)]
    retention: BTreeMap<String, String>,
    hours: Option<WrittenHours>,
    clocks: BTreeMap<String, WrittenClock>,
    reasons: Vec<Reason>,
    #[serde(default)]
    macros: Vec<Macro>,
    #[serde(default)]
    letters: Letters,
    #[serde(default)]
    on_call: Vec<WrittenDuty>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDuty {
    who: String,
    days: Vec<String>,
    from: String,
    to: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenHours {
    zone: String,
    days: Vec<String>,
    from: String,
    to: String,
    #[serde(default)]
    holidays: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenClock {
    length: String,
    business: bool,
    then: String,
}

impl Policy {
    /// The zone of the desk's hours.
    pub fn zone(&self) -> Zone {
        self.hours.as_ref().and_then(|hours| hours.zone.parse().ok()).unwrap_or_default()
    }

    /// Reads a policy. The error says what is wrong with it and what would be right.
    ///
    /// # Errors
    ///
    /// A sentence about the first mistake: not TOML, an unknown or missing key, a length, amount or hour that cannot be
    /// read, or parts that contradict each other.
    pub fn parse(text: &str) -> Result<Self, String> {
        let written: Written = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        let policy = Self {
            lease: seconds("lease", &written.lease)?,
            file_limit: usize::from(within("largest_file", written.largest_file, 1, 25)?) << 20,
            escalate: written.escalate.iter().map(|text| seconds("escalate", text)).collect::<Result<_, _>>()?,
            presets: written.presets,
            limits: limits(&written.approve_above)?,
            plans_need_approval: written.plans_need_approval,
            requests: requests::read(&written.requests_above)?,
            retention: retention(&written.retention)?,
            hours: written.hours.map(hours).transpose()?,
            clocks: written.clocks.into_iter().map(clock).collect::<Result<_, _>>()?,
            reasons: written.reasons,
            macros: written.macros,
            letters: written.letters,
            on_call: written.on_call.into_iter().map(duty).collect::<Result<_, _>>()?,
        };
        policy.fault().map_or(Ok(policy), Err)
    }

    /// An empty policy.
    pub const fn empty() -> Self {
        Self {
            lease: 0,
            file_limit: 0,
            escalate: Vec::new(),
            presets: Vec::new(),
            limits: BTreeMap::new(),
            plans_need_approval: false,
            requests: BTreeMap::new(),
            retention: BTreeMap::new(),
            hours: None,
            clocks: BTreeMap::new(),
            reasons: Vec::new(),
            macros: Vec::new(),
            letters: Letters { language: None, en: Ending::none(), ar: Ending::none() },
            on_call: Vec::new(),
        }
    }

    /// The first thing that is inconsistent, in words.
    fn fault(&self) -> Option<String> {
        let is_code = |code: &str| {
            !code.is_empty() && code.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_')
        };
        let code = self.reasons.iter().find(|reason| !is_code(&reason.code));
        let twice =
            (1..self.reasons.len()).find(|&at| self.reasons[..at].iter().any(|it| it.code == self.reasons[at].code));
        let preset = self.presets.iter().find(|preset| **preset > 100);
        let order = self.escalate.windows(2).any(|pair| pair[0] >= pair[1]);
        code.map(|it| format!("reasons: {:?} is not a code; use small letters, digits and _", it.code))
            .or_else(|| twice.map(|at| format!("reasons: {:?} is listed twice", self.reasons[at].code)))
            .or_else(|| preset.map(|it| format!("presets: {it} is more than 100 percent")))
            .or_else(|| order.then(|| "escalate: each level must be later than the one before".to_owned()))
            .or_else(|| (self.lease < 1).then(|| "lease: must be longer than zero".to_owned()))
    }

    /// A reason by its code, including retired ones.
    pub fn reason(&self, code: &str) -> Option<&Reason> {
        self.reasons.iter().find(|reason| reason.code == code)
    }

    /// The title for a code; the code itself if the policy no longer has it.
    pub fn title<'a>(&'a self, code: &'a str) -> &'a str {
        self.reason(code).map_or(code, |reason| &reason.title)
    }

    /// The title for a code in a language; the English one if it has no other.
    pub fn title_in<'a>(&'a self, code: &'a str, language: Language) -> &'a str {
        let arabic = self.reason(code).and_then(|reason| reason.ar.as_ref()?.title.as_deref());
        arabic.filter(|_| language == Language::Arabic).unwrap_or_else(|| self.title(code))
    }

    /// The language of a party of a case.
    pub fn language(&self, case: &Case, party: Party) -> Language {
        case.language(party).or(self.letters.language).unwrap_or(Language::English)
    }

    /// Who is on call at a time.
    pub fn on_call(&self, now: DateTime<Utc>) -> Vec<OnCall> {
        on_call(&self.on_call, self.zone(), now)
    }

    /// The reasons that may be chosen now.
    pub fn offered(&self) -> impl Iterator<Item = &Reason> {
        self.reasons.iter().filter(|reason| !reason.retired)
    }

    /// The amount above which another person has to approve; zero if the policy does not name the currency.
    pub fn limit(&self, currency: Currency) -> Option<Money> {
        self.limits.get(currency.code()).copied().unwrap_or(Some(0)).map(|minor| Money::new(minor, currency))
    }

    /// Whether a decision about this amount needs another person.
    pub fn needs_approval(&self, held: Money) -> bool {
        self.limit(held.currency).is_some_and(|limit| held.minor > limit.minor)
    }

    /// The lines of the reason's checklist that are not among the checked ones.
    pub fn missing<'a>(&'a self, reason: Option<&str>, checked: &'a [String]) -> impl Iterator<Item = &'a str> {
        let lines = reason.and_then(|code| self.reason(code)).map_or(&[][..], |reason| &reason.checklist);
        lines.iter().map(String::as_str).filter(|line| !checked.iter().any(|it| it == line))
    }
}

fn seconds(name: &str, text: &str) -> Result<i64, String> {
    length_of(text).map(|length| length.num_seconds()).map_err(|fault| format!("{name}: {fault}"))
}

fn within(name: &str, number: u8, least: u8, most: u8) -> Result<u8, String> {
    let inside = (least..=most).contains(&number);
    if inside { Ok(number) } else { Err(format!("{name}: must be {least} to {most}")) }
}

/// Reads the limits. Every escrow currency must be listed, so that none is left without a limit by accident.
fn limits(written: &BTreeMap<String, String>) -> Result<BTreeMap<String, Option<i64>>, String> {
    let forgotten = ATARAPAY.currencies().iter().find(|currency| !written.contains_key(currency.code()));
    if let Some(currency) = forgotten {
        let code = currency.code();
        return Err(format!(
            "approve_above.{code} is missing: write an amount, or \"none\" if no one else has to approve"
        ));
    }
    written.iter().map(limit).collect()
}

/// Reads how long each kind is kept. What is not listed is kept for ever: nothing is erased because a line was forgotten.
fn retention(written: &BTreeMap<String, String>) -> Result<BTreeMap<String, Option<i64>>, String> {
    if let Some(kind) = written.keys().find(|kind| !KINDS.contains(&kind.as_str())) {
        return Err(format!("retention: {kind:?} is not a kind; use {}", KINDS.join(", ")));
    }
    let length = |kind: &str| match written.get(kind).map(String::as_str) {
        None | Some("none") => Ok(None),
        Some(text) => seconds(&format!("retention.{kind}"), text).map(Some),
    };
    KINDS.iter().map(|&kind| Ok((kind.to_owned(), length(kind)?))).collect()
}

fn known(code: &str) -> Result<Currency, String> {
    let ours = Currency::parse(code).ok().filter(|it| ATARAPAY.currencies().contains(it));
    ours.ok_or_else(|| format!("approve_above: {code} is not an escrow currency; use NGN or USD"))
}

fn limit((currency, digits): (&String, &String)) -> Result<(String, Option<i64>), String> {
    let known = known(currency)?;
    if digits == "none" {
        return Ok((currency.clone(), None));
    }
    let money = Money::typed(digits, known).map_err(|error| format!("approve_above.{currency}: {error}"))?;
    Ok((currency.clone(), Some(money.minor)))
}

/// A time of day, in minutes.
fn minute(name: &str, text: &str) -> Result<u32, String> {
    let whole = (text == "24:00").then_some(24 * 60);
    let time = || NaiveTime::parse_from_str(text, "%H:%M").ok().map(|time| time.hour() * 60 + time.minute());
    whole.or_else(time).ok_or_else(|| format!("{name}: {text:?} is not a time of day; write it like 08:00"))
}

/// The numbers of days of the week.
fn days(name: &str, written: &[String]) -> Result<Vec<u8>, String> {
    let day = |text: &String| {
        let at = DAYS.iter().position(|day| day == text).and_then(|at| u8::try_from(at + 1).ok());
        at.ok_or_else(|| format!("{name}: {text:?} is not a day; use {}", DAYS.join(", ")))
    };
    written.iter().map(day).collect()
}

fn duty(written: WrittenDuty) -> Result<Duty, String> {
    let duty = Duty {
        from: minute("on_call.from", &written.from)?,
        to: minute("on_call.to", &written.to)?,
        days: days("on_call.days", &written.days)?,
        who: written.who,
    };
    if crate::text::width(duty.who.trim()) == 0 || duty.days.is_empty() || duty.from == duty.to {
        return Err("on_call: say who, on at least one day of the week, and from when to when".to_owned());
    }
    Ok(duty)
}

fn hours(written: WrittenHours) -> Result<Hours, String> {
    let holiday = |text: &String| {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .map_err(|_| format!("hours.holidays: {text:?} is not a date; write it like 2026-12-25"))
    };
    let hours = Hours {
        from: minute("hours.from", &written.from)?,
        to: minute("hours.to", &written.to)?,
        days: days("hours.days", &written.days)?,
        holidays: written.holidays.iter().map(holiday).collect::<Result<_, _>>()?,
        zone: zone(&written.zone)?,
    };
    if hours.from >= hours.to || hours.days.is_empty() {
        return Err("hours: they must end after they start, on at least one day of the week".to_owned());
    }
    Ok(hours)
}

/// The name of a zone that the program and the database know.
fn zone(text: &str) -> Result<String, String> {
    match text.parse() {
        Ok(Zone::Local) | Err(()) => Err(format!("hours.zone: {text:?} is not a time zone; {ADVICE}")),
        Ok(Zone::Utc) => Ok("UTC".to_owned()),
        Ok(Zone::Fixed(_) | Zone::Region(_)) => Ok(text.to_owned()),
    }
}

fn clock((name, written): (String, WrittenClock)) -> Result<(Clock, ClockRule), String> {
    let clock = name.parse().map_err(|_| format!("clocks.{name} is not a clock; use {}", Clock::names()))?;
    let seconds = seconds(&format!("clocks.{name}.length"), &written.length)?;
    Ok((clock, ClockRule { seconds, business: written.business, then: written.then }))
}

#[cfg(test)]
mod tests {
    use crate::cases::policy::*;

    #[test]
    fn the_shipped_policy_is_one() {
        let policy = Policy::parse(SHIPPED).unwrap();
        assert_eq!(policy.clocks.len(), 6);
        assert_eq!(policy.reasons.len(), 7);
        let again: Policy = serde_json::from_str(&serde_json::to_string(&policy).unwrap()).unwrap();
        assert_eq!(again, policy);
    }

    #[test]
    fn faults_say_what_would_be_right() {
        let check = |from: &str, to: &str, expect: &str| {
            assert!(SHIPPED.contains(from), "{from}");
            let fault = Policy::parse(&SHIPPED.replacen(from, to, 1)).unwrap_err();
            assert!(fault.contains(expect), "{fault}");
        };
        check("lease = \"2h\"", "lease = \"soon\"", "not a length of time");
        check("lease = ", "leese = ", "leese");
        check("NGN = \"1000000\"", "NGN = \"1\"\nSAR = \"1\"", "use NGN or USD");
        check("NGN = \"1000000\"", "", "is missing");
        check("largest_file = 5", "largest_file = 200", "1 to 25");
        check("[clocks.payout]", "[clocks.pay]", "first_answer");
        check("\"mon\"", "\"Monday\"", "use mon");
        check("from = \"08:00\"", "from = \"19:00\"", "end after they start");
        check("zone = \"Africa/Lagos\"", "zone = \"UTC+3\"", "use a name like Asia/Riyadh");
        check("code = \"damaged\"", "code = \"other\"", "twice");
        check("to = \"buyer\"", "to = \"courier\"", "use buyer, seller");
    }

    #[test]
    fn what_is_large_needs_another_person() {
        let policy = Policy::parse(SHIPPED).unwrap();
        let check = |minor, currency, expect| assert_eq!(policy.needs_approval(Money::new(minor, currency)), expect);
        check(100_000_000, Currency::Ngn, false);
        check(100_000_001, Currency::Ngn, true);
        check(100_001, Currency::Usd, true);
    }
}
