//! What is private in commands and their answers.

use crate::console::mask::{Hide, Mask, masked};
use crate::desk::cases::{self, CaseCommand, PayoutUpdate};
use crate::desk::providers::Settled;
use crate::desk::{Answer, Command};
use crate::work::plan;
use crate::work::plan::run::Ended;
use crate::work::watcher::{Acknowledged, Looked};

masked!(Command {
    order: open,
    action: open,
    actor: open,
    amount: open,
    parts: open,
    note: words,
    reference: code,
    reason: code,
    expect: open,
    request: open,
});

impl Mask for Answer {
    fn mask(&mut self, hide: &mut dyn Hide) {
        match self {
            Self::Done(entry) => entry.mask(hide),
            Self::Conflict(stored, entry) => {
                stored.mask(hide);
                entry.mask(hide);
            }
            Self::Pending(request) | Self::Asking(request) => request.mask(hide),
            Self::Would(_) | Self::Refused(_) | Self::Incomplete(_) | Self::Missing => {}
        }
    }
}

impl Mask for Settled {
    fn mask(&mut self, hide: &mut dyn Hide) {
        match self {
            Self::Done(request) | Self::Elsewhere(request) => request.mask(hide),
            Self::Missing | Self::NotPermitted(_) | Self::NoNote | Self::Refused(_) => {}
        }
    }
}

masked!(cases::Command { order: open, what: deep, expect: open, request: open });

impl Mask for CaseCommand {
    fn mask(&mut self, hide: &mut dyn Hide) {
        match self {
            Self::HandOver { to, note } | Self::Reassign { to, note } => {
                hide.staff(to);
                hide.words(note);
            }
            Self::TakeOver { why } | Self::StopWaiting { why } | Self::SendBack { why } => hide.words(why),
            Self::Release { why }
            | Self::WithdrawProposal { why }
            | Self::Close { why }
            | Self::Snooze { until: _, why } => {
                why.iter_mut().for_each(|why| hide.words(why));
            }
            Self::AddNote { note } => note.mask(hide),
            Self::SendMessage { message, ask: _ } | Self::RecordReply { message } => message.mask(hide),
            Self::AttachFile { name, content, line: _ } => {
                hide.words(name);
                content.clear();
            }
            Self::Decide { parts: _, said, propose: _, without_answer } => {
                said.mask(hide);
                without_answer.iter_mut().for_each(|why| hide.words(why));
            }
            Self::RecordPayout { party: _, how } => how.mask(hide),
            Self::Take
            | Self::EndSnooze
            | Self::SetLanguage { party: _, language: _ }
            | Self::SetReason { reason: _, claimed: _ }
            | Self::TickChecklist { line: _, done: _ }
            | Self::Approve { proposal: _ } => {}
        }
    }
}

impl Mask for PayoutUpdate {
    fn mask(&mut self, hide: &mut dyn Hide) {
        match self {
            Self::Sent { reference, collective: _ } => reference.iter_mut().for_each(|reference| hide.words(reference)),
            Self::Confirmed { reference, collective: _ } => hide.words(reference),
            Self::Failed { why } => hide.words(why),
            Self::Reopened => {}
        }
    }
}

impl Mask for cases::Answer {
    fn mask(&mut self, hide: &mut dyn Hide) {
        match self {
            Self::Done(whole) => whole.mask(hide),
            Self::Refused(refusal) => refusal.mask(hide),
            Self::Conflict(case, last, refusal) => {
                case.mask(hide);
                last.mask(hide);
                refusal.mask(hide);
            }
            Self::Same(_) | Self::Missing => {}
        }
    }
}

impl Mask for plan::Answer {
    fn mask(&mut self, hide: &mut dyn Hide) {
        match self {
            Self::Done(plan) | Self::Over(plan) => plan.mask(hide),
            Self::Approved(by) => hide.staff(by),
            Self::Missing | Self::NotNeeded | Self::NotPermitted(_) | Self::YourOwn | Self::Conflict => {}
        }
    }
}

impl Mask for Ended {
    fn mask(&mut self, hide: &mut dyn Hide) {
        match self {
            Self::Stopped(_, why) => hide.words(why),
            Self::Not(answer) => answer.mask(hide),
            Self::Finished(_) | Self::Paused(_) | Self::Lost(_) | Self::Busy | Self::NotApproved => {}
        }
    }
}

impl Mask for Acknowledged {
    fn mask(&mut self, hide: &mut dyn Hide) {
        match self {
            Self::Done(standing) => standing.mask(hide),
            Self::NotOpen(_) | Self::NotPermitted(_) | Self::NoReason | Self::Conflict => {}
        }
    }
}

masked!(Looked { alarms: deep, standings: deep, news: deep });
