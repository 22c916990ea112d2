//! Writes an allowed action: one event and what belongs to it. A decision and the last payout also move the order.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use super::command::{CaseCommand, Command, PayoutUpdate};
use super::fits::{Stop, repeats};
use crate::cases::file;
use crate::cases::law::Refusal;
use crate::domain::{Action, Actor, Ask, By, Parts, Roles, Source, Step, Why, atarapay, decide};
use crate::records::DecidedTexts;
use crate::records::{CaseEventKind, Message, Party, Payout, PayoutEventKind, PayoutState};
use crate::store::Store;
use crate::store::append::{self, Proof, Record};
use crate::store::cases::judge::Found;
use crate::store::cases::write::{NewEvent, NewPayoutEvent};
use crate::store::cases::{read, write};

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
    let event =
        |kind| NewEvent { expect: command.expect, request: Some((command.request, &digest)), ..NewEvent::new(kind) };
    let place = (found.case.order_id.as_str(), found.case.number);
    let next = match &command.what {
        CaseCommand::Take => event(CaseEventKind::Claimed),
        CaseCommand::TakeOver { why } => NewEvent { words: Some(why), ..event(CaseEventKind::Taken) },
        CaseCommand::Release { why } => NewEvent { words: why.as_deref(), ..event(CaseEventKind::Released) },
        CaseCommand::HandOver { to, note } => {
            NewEvent { person: Some(to), words: Some(note), ..event(CaseEventKind::HandedOver) }
        }
        CaseCommand::Reassign { to, note } => {
            NewEvent { person: Some(to), words: Some(note), ..event(CaseEventKind::Reassigned) }
        }
        CaseCommand::Snooze { until, why } => {
            NewEvent { until: Some(*until), words: why.as_deref(), ..event(CaseEventKind::Snoozed) }
        }
        CaseCommand::EndSnooze => event(CaseEventKind::Woken),
        CaseCommand::SetLanguage { party, language } => {
            NewEvent { party: Some(*party), item: Some(language.name()), ..event(CaseEventKind::Language) }
        }
        CaseCommand::SetReason { reason, claimed } => NewEvent {
            reason: reason.as_deref(),
            claimed: claimed.map(|it| it.minor),
            ..event(CaseEventKind::Classified)
        },
        CaseCommand::TickChecklist { line, done } => {
            let kind = if *done { CaseEventKind::Checked } else { CaseEventKind::Unchecked };
            NewEvent { item: Some(line), ..event(kind) }
        }
        CaseCommand::StopWaiting { why } => NewEvent { words: Some(why), ..event(CaseEventKind::Resumed) },
        CaseCommand::SendBack { why } => NewEvent { words: Some(why), ..event(CaseEventKind::Rejected) },
        CaseCommand::WithdrawProposal { why } => NewEvent { words: why.as_deref(), ..event(CaseEventKind::Retracted) },
        CaseCommand::Close { why } => NewEvent { words: why.as_deref(), ..event(CaseEventKind::Closed) },
        CaseCommand::AddNote { note } => {
            let seq = write::event(connection, &store.person, place, &event(CaseEventKind::Noted)).await?;
            return Ok(write::note(connection, (place.0, place.1, seq), note).await?);
        }
        CaseCommand::SendMessage { message, ask } => {
            let kind = if *ask { CaseEventKind::Asked } else { CaseEventKind::Messaged };
            return said(connection, store, place, message, event(kind)).await;
        }
        CaseCommand::RecordReply { message } => {
            return said(connection, store, place, message, event(CaseEventKind::Answered)).await;
        }
        CaseCommand::AttachFile { name, content, line } => {
            let (kind, digest) = (file::named(name, content), Sha256::digest(content));
            if let Some(seq) = read::attached(connection, place, &digest).await? {
                return Err(Stop::Same(seq));
            }
            let attached = NewEvent { item: line.as_deref(), ..event(CaseEventKind::Attached) };
            let seq = write::event(connection, &store.person, place, &attached).await?;
            let about = (name.as_str(), &kind, digest.as_slice());
            return Ok(write::file(connection, (place.0, place.1, seq), about, content).await?);
        }
        CaseCommand::Decide { parts, said, propose, without_answer } => {
            if let Some(why) = without_answer.as_deref().filter(|_| found.case.waiting.is_some()) {
                let resumed =
                    NewEvent { expect: command.expect, words: Some(why), ..NewEvent::new(CaseEventKind::Resumed) };
                write::event(connection, &store.person, place, &resumed).await?;
            }
            return settle(
                connection,
                store,
                roles,
                found,
                (*parts, said, *propose),
                NewEvent { expect: None, ..event(CaseEventKind::Proposed) },
                now,
            )
            .await;
        }
        CaseCommand::Approve { proposal } => {
            return approve(connection, store, roles, found, *proposal, command, now).await;
        }
        CaseCommand::RecordPayout { party, how } => {
            return pay(connection, store, roles, found, (*party, how), command, now).await;
        }
    };
    write::event(connection, &store.person, place, &next).await?;
    Ok(())
}

async fn said(
    connection: &mut PgConnection,
    store: &Store,
    place: (&str, i32),
    message: &Message,
    event: NewEvent<'_>,
) -> Result<(), Stop> {
    let event = NewEvent { party: Some(message.party), ..event };
    let seq = write::event(connection, &store.person, place, &event).await?;
    Ok(write::message(connection, (place.0, place.1, seq), event.kind, message).await?)
}

/// Writes a proposal. If it needs no approval, the order is decided in the same transaction.
async fn settle(
    connection: &mut PgConnection,
    store: &Store,
    roles: Roles,
    found: &Found,
    (parts, said, propose): (Parts, &DecidedTexts, bool),
    event: NewEvent<'_>,
    now: DateTime<Utc>,
) -> Result<(), Stop> {
    // A decision that the law refuses cannot be proposed either.
    let step = settled(found, roles, parts, now)?;
    let place = (found.case.order_id.as_str(), found.case.number);
    let event = NewEvent { reason: Some(&said.reason), ..event };
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
    let ask = Ask { parts: Some(parts), ..Ask::new(Action::Settle, Actor::DisputeManager, now, By::Case(roles)) };
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
    (party, how): (Party, &PayoutUpdate),
    command: &Command,
    now: DateTime<Utc>,
) -> Result<(), Stop> {
    let payout = found.payouts.iter().find(|payout| payout.party == party);
    let Some(payout) = payout else { return Err(Refusal::because("not_yet", "nothing is decided yet").into()) };
    if repeats(found, &CaseCommand::RecordPayout { party, how: how.clone() }) {
        return Ok(());
    }
    payable(payout, how)?;
    let (kind, reference, words) = match how {
        PayoutUpdate::Sent { reference, .. } => (PayoutEventKind::Sent, reference.as_deref(), None),
        PayoutUpdate::Confirmed { reference, .. } => (PayoutEventKind::Confirmed, Some(reference.trim()), None),
        PayoutUpdate::Failed { why } if payout.state == PayoutState::Confirmed => {
            (PayoutEventKind::Returned, None, Some(why.as_str()))
        }
        PayoutUpdate::Failed { why } => (PayoutEventKind::Failed, None, Some(why.as_str())),
        PayoutUpdate::Reopened => (PayoutEventKind::Reopened, None, None),
    };
    let collective =
        matches!(how, PayoutUpdate::Confirmed { collective: true, .. } | PayoutUpdate::Sent { collective: true, .. });
    let (request, digest) = (command.request, command.digest(&store.person));
    let update =
        NewPayoutEvent { party, seq: payout.seq + 1, kind, reference, collective, words, request, digest: &digest };
    write::payout(connection, &store.person, &found.case.order_id, &update).await?;
    let mut others = found.payouts.iter().filter(|other| other.party != party);
    let is_open = found.stored.order.status == atarapay::Status::DisputeResolved.status();
    let is_last =
        is_open && kind == PayoutEventKind::Confirmed && others.all(|other| other.state == PayoutState::Confirmed);
    let Some(reference) = reference.filter(|_| is_last) else { return Ok(()) };
    let known = found.payouts.iter().filter(|other| other.party != party).filter_map(|other| other.reference.clone());
    let mut references: Vec<String> = known.chain([reference.to_owned()]).collect();
    references.dedup();
    let now = now.max(found.stored.order.moved_at);
    let ask = Ask { referenced: true, ..Ask::new(Action::Complete, Actor::Provider, now, By::Case(roles)) };
    let step = decide(&found.stored.order, &ask).map_err(|refusal| Stop::Refused(unlawful(&refusal)))?;
    append(connection, step, Proof { reference: Some(references.join(", ")), ..proof(store) }).await
}

/// Whether the payout's state allows this update.
fn payable(payout: &Payout, how: &PayoutUpdate) -> Result<(), Refusal> {
    let by = payout.reference.as_deref().map_or_else(String::new, |it| format!(" as {}", crate::text::clean(it)));
    match (payout.state, how) {
        (PayoutState::Confirmed, PayoutUpdate::Failed { .. }) => Ok(()),
        (PayoutState::Confirmed, _) => Err(Refusal::second("ended", format!("the payout is already confirmed{by}"))),
        (PayoutState::Sent, PayoutUpdate::Sent { .. }) => {
            Err(Refusal::second("ended", "the payout is already sent: confirm it, or record that it failed"))
        }
        (PayoutState::Failed | PayoutState::Returned, PayoutUpdate::Reopened)
        | (PayoutState::Pending, PayoutUpdate::Sent { .. })
        | (PayoutState::Pending | PayoutState::Sent, PayoutUpdate::Confirmed { .. } | PayoutUpdate::Failed { .. }) => {
            Ok(())
        }
        (PayoutState::Returned, _) => Err(Refusal::because("not_yet", "the payout came back: reopen it first")),
        (PayoutState::Failed, _) => Err(Refusal::because("not_yet", "the payout failed: reopen it first")),
        (PayoutState::Pending | PayoutState::Sent, PayoutUpdate::Reopened) => {
            Err(Refusal::because("not_yet", "the payout has not failed: there is nothing to reopen"))
        }
    }
}
