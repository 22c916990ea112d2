//! Writes an allowed action: one event and what belongs to it. A decision and the last payout also move the order.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use super::doing::{Command, Doing, Paying};
use super::judge::{Found, Stop, repeats};
use crate::case::file;
use crate::case::law::Refusal;
use crate::domain::{Action, Actor, Ask, By, Parts, Roles, Source, Step, Why, decide};
use crate::store::Store;
use crate::store::append::{self, Proof, Record};
use crate::store::cases::write::{self, Happening, Paid, Reasons};
use crate::store::cases::{Message, Payout};

/// Writes the action: one event and what belongs to it. A decision and the last payout also move the order.
pub(super) async fn write(
    connection: &mut PgConnection,
    store: &Store,
    roles: Roles,
    command: &Command,
    found: &Found,
    now: DateTime<Utc>,
) -> Result<(), Stop> {
    let digest = command.digest(&store.person);
    let base = Happening { expect: command.expect, request: Some((command.request, &digest)), ..Happening::default() };
    let place = (found.case.order_id.as_str(), found.case.number);
    let event = match &command.doing {
        Doing::Claim => Happening { what: "claimed", ..base },
        Doing::Take { why } => Happening { what: "taken", words: Some(why), ..base },
        Doing::Release { why } => Happening { what: "released", words: why.as_deref(), ..base },
        Doing::HandOver { to, note } => Happening { what: "handed_over", person: Some(to), words: Some(note), ..base },
        Doing::Classify { reason, claimed } => {
            Happening { what: "classified", reason: reason.as_deref(), claimed: claimed.map(|it| it.minor), ..base }
        }
        Doing::Check { line, done } => {
            Happening { what: if *done { "checked" } else { "unchecked" }, item: Some(line), ..base }
        }
        Doing::Resume { why } => Happening { what: "resumed", words: Some(why), ..base },
        Doing::Reject { why } => Happening { what: "rejected", words: Some(why), ..base },
        Doing::Retract { why } => Happening { what: "retracted", words: why.as_deref(), ..base },
        Doing::Close { why } => Happening { what: "closed", words: why.as_deref(), ..base },
        Doing::Note { note } => {
            let seq = write::event(connection, &store.person, place, &Happening { what: "noted", ..base }).await?;
            return Ok(write::note(connection, (place.0, place.1, seq), note).await?);
        }
        Doing::Message { message, ask } => {
            return said(connection, store, place, if *ask { "asked" } else { "messaged" }, message, base).await;
        }
        Doing::Answer { message } => return said(connection, store, place, "answered", message, base).await,
        Doing::Attach { name, content } => {
            let seq = write::event(connection, &store.person, place, &Happening { what: "attached", ..base }).await?;
            let (kind, digest) = (file::kind(content), Sha256::digest(content));
            let about = (name.as_str(), &kind, digest.as_slice());
            return Ok(write::file(connection, (place.0, place.1, seq), about, content).await?);
        }
        Doing::Decide { parts, said, propose } => {
            return settle(connection, store, roles, found, (*parts, said, *propose), base, now).await;
        }
        Doing::Approve { proposal } => return approve(connection, store, roles, found, *proposal, command, now).await,
        Doing::Pay { party, how } => return pay(connection, store, roles, found, (party, how), command, now).await,
    };
    write::event(connection, &store.person, place, &event).await?;
    Ok(())
}

async fn said(
    connection: &mut PgConnection,
    store: &Store,
    place: (&str, i32),
    what: &'static str,
    message: &Message,
    base: Happening<'_>,
) -> Result<(), Stop> {
    let event = Happening { what, party: Some(&message.party), ..base };
    let seq = write::event(connection, &store.person, place, &event).await?;
    Ok(write::message(connection, (place.0, place.1, seq), what, message).await?)
}

/// Writes a proposal. If it needs no approval, the order is decided in the same transaction.
async fn settle(
    connection: &mut PgConnection,
    store: &Store,
    roles: Roles,
    found: &Found,
    (parts, said, propose): (Parts, &Reasons, bool),
    base: Happening<'_>,
    now: DateTime<Utc>,
) -> Result<(), Stop> {
    // A decision that the law refuses cannot be proposed either.
    let step = settled(found, roles, parts, now)?;
    let place = (found.case.order_id.as_str(), found.case.number);
    let event = Happening { what: "proposed", reason: Some(&said.reason), ..base };
    let seq = write::event(connection, &store.person, place, &event).await?;
    write::proposal(connection, (&found.stored.order, place.1, seq), parts, said).await?;
    if propose || found.policy.needs_approval(found.stored.order.amount) {
        return Ok(());
    }
    let proof = Proof { note: Some(said.rationale.clone()), reason: Some(said.reason.clone()), ..proof(store) };
    append(connection, step, proof).await
}

fn proof(store: &Store) -> Proof {
    Proof::new(Source::Console, &store.person)
}

async fn append(connection: &mut PgConnection, step: Step, proof: Proof) -> Result<(), Stop> {
    append::append(connection, &[Record::Step(step, proof)]).await?;
    Ok(())
}

fn settled(found: &Found, roles: Roles, parts: Parts, now: DateTime<Utc>) -> Result<Step, Stop> {
    let now = now.max(found.stored.order.moved_at);
    let ask = Ask { parts: Some(parts), ..Ask::new(Action::Settle, Actor::DisputeManager, now, By::Person(roles)) };
    decide(&found.stored.order, &ask).map_err(|refusal| Stop::Refused(unlawful(&refusal)))
}

/// Translates a refusal of the law. If the order has moved on meanwhile, someone else was first.
fn unlawful(refusal: &crate::domain::Refusal) -> Refusal {
    let second = matches!(refusal.why(), Why::TooLate | Why::Ended);
    Refusal { second, ..Refusal::because(refusal.why().name(), refusal.to_string()) }
}

async fn approve(
    connection: &mut PgConnection,
    store: &Store,
    roles: Roles,
    found: &Found,
    seen: Option<i32>,
    command: &Command,
    now: DateTime<Utc>,
) -> Result<(), Stop> {
    let Some(proposal) = &found.proposal else { return Err(Refusal::because("not_yet", "nothing is proposed").into()) };
    let moved =
        proposal.order_version != found.stored.order.version || proposal.material_event != found.case.material_event;
    if moved || seen.is_some_and(|seq| seq != proposal.seq) {
        let words = "the order or the case has changed since this was proposed; nothing was approved. Refresh and ask for a new proposal";
        return Err(Refusal::second("out_of_date", words).into());
    }
    let parts = Parts { to_seller: proposal.to_seller, to_buyer: proposal.to_buyer };
    let step = settled(found, roles, parts, now)?;
    let proof = Proof {
        note: Some(proposal.rationale.clone()),
        reason: Some(proposal.reason.clone()),
        request: Some((command.request, command.digest(&store.person))),
        ..proof(store)
    };
    append(connection, step, proof).await
}

/// Records what happened to a payout. The last one that arrives also completes the order, in the same transaction.
async fn pay(
    connection: &mut PgConnection,
    store: &Store,
    roles: Roles,
    found: &Found,
    (party, how): (&str, &Paying),
    command: &Command,
    now: DateTime<Utc>,
) -> Result<(), Stop> {
    let payout = found.payouts.iter().find(|payout| payout.party == party);
    let Some(payout) = payout else { return Err(Refusal::because("not_yet", "nothing is decided yet").into()) };
    if repeats(found, &Doing::Pay { party: party.to_owned(), how: how.clone() }) {
        return Ok(());
    }
    payable(payout, how)?;
    let (what, reference, words) = match how {
        Paying::Sent { reference } => ("sent", reference.as_deref(), None),
        Paying::Confirmed { reference } => ("confirmed", Some(reference.trim()), None),
        Paying::Failed { why } => ("failed", None, Some(why.as_str())),
        Paying::Reopened => ("reopened", None, None),
    };
    let it = Paid { party, seq: payout.seq + 1, what, reference, words, request: command.request };
    write::payout(connection, &store.person, &found.case.order_id, &it).await?;
    let others = found.payouts.iter().filter(|other| other.party != party).all(|other| other.state == "confirmed");
    let Some(reference) = reference.filter(|_| what == "confirmed" && others) else { return Ok(()) };
    let known = found.payouts.iter().filter(|other| other.party != party).filter_map(|other| other.reference.clone());
    let mut references: Vec<String> = known.chain([reference.to_owned()]).collect();
    references.dedup();
    let now = now.max(found.stored.order.moved_at);
    let ask = Ask { referenced: true, ..Ask::new(Action::Complete, Actor::Provider, now, By::Person(roles)) };
    let step = decide(&found.stored.order, &ask).map_err(|refusal| Stop::Refused(unlawful(&refusal)))?;
    append(connection, step, Proof { reference: Some(references.join(", ")), ..proof(store) }).await
}

/// Whether the payout's state allows this update.
fn payable(payout: &Payout, how: &Paying) -> Result<(), Refusal> {
    let by = payout.reference.as_deref().map_or_else(String::new, |it| format!(" as {}", crate::text::clean(it)));
    match (payout.state.as_str(), how) {
        ("confirmed", _) => Err(Refusal::second("ended", format!("the payout is already confirmed{by}"))),
        ("sent", Paying::Sent { .. }) => {
            Err(Refusal::second("ended", "the payout is already sent: confirm it, or record that it failed"))
        }
        ("failed", Paying::Reopened)
        | ("pending", Paying::Sent { .. })
        | ("pending" | "sent", Paying::Confirmed { .. } | Paying::Failed { .. }) => Ok(()),
        ("failed", _) => Err(Refusal::because("not_yet", "the payout failed: reopen it first")),
        (_, _) => Err(Refusal::because("not_yet", "the payout has not failed: there is nothing to reopen")),
    }
}
