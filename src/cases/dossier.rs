//! Everything about one case for someone outside the desk: a regulator, a court, the other side. What only the team reads is in it only if
//! it is asked for by name.

use chrono::{DateTime, Utc};

use crate::cases::Policy;
use crate::records::{CaseDetail, CaseEvent, Message, OrderRecord, Transition, Zone};

/// What a dossier is made of.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The order.
    pub stored: &'a OrderRecord,
    /// What happened to the order, the oldest first.
    pub log: &'a [Transition],
    /// The case.
    pub whole: &'a CaseDetail,
    /// The policy that names its reasons.
    pub policy: &'a Policy,
    /// The zone of its times.
    pub zone: Zone,
    /// When it is made.
    pub now: DateTime<Utc>,
    /// Who makes it.
    pub by: &'a str,
    /// The last hash of the order's log, in hex.
    pub hash: &'a str,
    /// Whether it has the team's own notes and reasons.
    pub notes: bool,
}

/// A part of a dossier: its title, and its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The title.
    pub title: &'static str,
    /// The lines.
    pub lines: Vec<String>,
}

/// The parts of a dossier. The same facts give the same parts.
pub fn sections(about: About<'_>) -> Vec<Section> {
    let section = |title, lines| Section { title, lines };
    let all = vec![
        section("The order", order(about)),
        section("What happened to the order", about.log.iter().map(|entry| moved(about, entry)).collect()),
        section("What happened in the case", about.whole.events.iter().filter_map(|it| event(about, it)).collect()),
        section("What was said", about.whole.events.iter().flat_map(|it| said(about, it)).collect()),
        section("Evidence", about.whole.events.iter().filter_map(|it| file(about, it)).collect()),
        section("Decision and payouts", decision(about)),
        section("Notes of the team", notes(about)),
        section("How to check this", check(about)),
    ];
    all.into_iter().filter(|section| !section.lines.is_empty()).collect()
}

/// The title of a dossier.
pub fn title(about: About<'_>) -> String {
    let case = &about.whole.case;
    format!("Order {}, case {}: dossier", crate::text::clean(case.id()), case.number)
}

/// A dossier as lines of text: its title, who made it when, and its parts.
pub fn lines(about: About<'_>) -> Vec<String> {
    let by = format!("Made on {} by {}", about.zone.long(about.now), crate::text::clean(about.by));
    let notes = if about.notes { "It includes the notes of the team." } else { "It has no notes of the team." };
    let mut lines = vec![title(about), by, notes.to_owned()];
    for section in sections(about) {
        lines.extend([String::new(), section.title.to_uppercase(), String::new()]);
        lines.extend(section.lines.into_iter().map(|line| crate::text::clean(&line)));
    }
    lines
}

fn order(about: About<'_>) -> Vec<String> {
    let (stored, case) = (about.stored, &about.whole.case);
    let order = &stored.order;
    let named = |what: &str, name: &Option<String>| name.as_ref().map(|name| format!("{what}: {name}"));
    let reason = case.reason.as_deref().map_or("none", |code| about.policy.title(code));
    let claimed = case.claimed.map(|minor| format!("claimed: {}", order.money(minor)));
    [
        Some(format!("order: {} at {}", order.key.id, order.provider().title())),
        Some(format!("amount: {}", order.amount)),
        named("merchant", &stored.merchant),
        named("buyer", &stored.buyer),
        named("seller", &stored.seller),
        Some(format!("status: {}", order.status.title())),
        Some(format!("reason of the complaint: {reason}")),
        claimed,
        Some(format!("dispute since: {}", about.zone.long(case.opened_at))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn moved(about: About<'_>, entry: &Transition) -> String {
    let from = entry.from.map_or_else(String::new, |from| format!("{} to ", from.title()));
    let amount = entry.amount.map_or_else(String::new, |minor| format!(", {}", about.stored.order.money(minor)));
    let reference = entry.reference.as_ref().map_or_else(String::new, |it| format!(", reference {it}"));
    let note = entry.note.as_ref().filter(|_| about.notes).map_or_else(String::new, |it| format!(", note: {it}"));
    let by = if entry.recorder.is_empty() { "automatically".to_owned() } else { format!("by {}", entry.recorder) };
    format!(
        "{}  {}: {from}{}{amount}; from the {}, recorded {by}{reference}{note}",
        about.zone.long(entry.happened_at),
        entry.action_title(),
        entry.to.title(),
        entry.actor.title(),
    )
}

/// What a person or the clock did in the case; messages, files and notes have parts of their own.
fn event(about: About<'_>, event: &CaseEvent) -> Option<String> {
    if event.message.is_some() || event.note.is_some() {
        return None;
    }
    let reason = event.reason.as_deref().map(|code| about.policy.title(code).to_owned());
    let claimed = event.claimed.map(|minor| format!("claimed {}", about.stored.order.money(minor)));
    let clock = event.clock.map(|clock| format!("{clock}, level {}", event.level.unwrap_or_default()));
    let until = event.until.map(|until| format!("until {}", about.zone.long(until)));
    let person = event.person.as_ref().map(|person| format!("to {person}"));
    let words = event.words.clone().filter(|_| about.notes);
    let rest = [person, reason, claimed, event.item.clone(), clock, until, words];
    let rest: Vec<String> = rest.into_iter().flatten().collect();
    let rest = if rest.is_empty() { String::new() } else { format!(": {}", rest.join(", ")) };
    let by = event.by();
    let by = if by.is_empty() { "automatically".to_owned() } else { format!("by {by}") };
    Some(format!("{}  {}{rest}; {by}", about.zone.long(event.at), event.kind))
}

fn said(about: About<'_>, event: &CaseEvent) -> Vec<String> {
    let Some(Message { party, theirs, body }) = &event.message else { return Vec::new() };
    let who = if *theirs { format!("from the {party}") } else { format!("to the {party}") };
    let carried = event.carried().map_or_else(String::new, |words| format!(" ({words})"));
    let head = format!("{}  {who}, recorded by {}{carried}:", about.zone.long(event.at), event.recorder);
    [head].into_iter().chain(body.lines().map(|line| format!("    {line}"))).collect()
}

fn file(about: About<'_>, event: &CaseEvent) -> Option<String> {
    let file = event.file.as_ref()?;
    let line = event.item.as_ref().map_or_else(String::new, |line| format!(", about: {line}"));
    let facts = if file.facts.is_empty() { String::new() } else { format!(", {}", file.facts) };
    Some(format!(
        "{}  no. {} {} ({}{facts}, {} bytes), attached by {}{line}, SHA-256 {}",
        about.zone.long(event.at),
        event.seq,
        file.name,
        file.kind,
        file.size,
        event.recorder,
        file.digest
    ))
}

fn decision(about: About<'_>) -> Vec<String> {
    let Some(decision) = &about.whole.decision else { return vec!["Nothing is decided yet.".to_owned()] };
    let money = |minor| about.stored.order.money(minor);
    let (seller, buyer) = (money(decision.to_seller), money(decision.to_buyer));
    let reason = decision.reason.as_deref().map(|code| format!("reason: {}", about.policy.title(code)));
    let sent = |party: &str, said: &Option<String>| said.as_ref().map(|said| format!("told the {party}: {said}"));
    let mut lines = vec![format!(
        "{}  {} by {}: the seller gets {seller}, the buyer gets {buyer}",
        about.zone.long(decision.decided_at),
        decision.basis,
        decision.by()
    )];
    let more = [
        decision.proposed_by.as_ref().map(|who| format!("proposed by {who}")),
        decision.approved_by.as_ref().map(|who| format!("approved by {who}")),
        reason,
        sent("seller", &decision.say_seller),
        sent("buyer", &decision.say_buyer),
        decision.rationale.as_ref().filter(|_| about.notes).map(|why| format!("why, for the team: {why}")),
    ];
    lines.extend(more.into_iter().flatten());
    for payout in &about.whole.payouts {
        let reference = payout.reference.as_ref().map_or_else(String::new, |it| format!(", reference {it}"));
        lines.push(format!("payout to the {}: {}, {}{reference}", payout.party, money(payout.amount), payout.state));
    }
    lines
}

fn notes(about: About<'_>) -> Vec<String> {
    let note = |event: &CaseEvent| {
        let note = event.note.as_ref().filter(|_| about.notes)?;
        Some(format!("{}  {}: {}", about.zone.long(event.at), event.recorder, note.0))
    };
    about.whole.events.iter().filter_map(note).collect()
}

fn check(about: About<'_>) -> Vec<String> {
    let case = &about.whole.case;
    vec![
        format!("The order's log has {} entries, and its last hash is {}.", about.stored.order.version, about.hash),
        format!("The case has {} events.", case.seq),
        "recourse verify recomputes the hashes of every log from its entries, and names what was changed past them."
            .to_owned(),
        format!(
            "recourse show {0} --json and recourse case show {0} --json print the same facts for programs.",
            case.id()
        ),
        "SHA256SUMS has the digests of the files next to this one: sha256sum --check SHA256SUMS.".to_owned(),
    ]
}
