//! Masks the dispute desk: an owner stays the same numbered person, and what people wrote is removed.

use super::mask::{MASKED, Masks, words};
use crate::console::app::load::Failure;
use crate::console::disputes::message::News;
use crate::console::disputes::shown::CaseShown;
use crate::desk::cases::{Answer, CaseCommand, Command, PayoutUpdate};
use crate::records::{Case, CaseEvent, Message, Note};
use crate::records::{CaseDetail, CaseEventKind, Hint};

impl Masks {
    pub(super) fn desk(&mut self, news: &mut News) {
        match news {
            News::Seen(_, _, Ok(seen)) => seen.cases.iter_mut().for_each(|case| self.case(case)),
            News::Case(_, Ok(Some(shown))) => self.case_shown(shown),
            News::Present(_, present) => present.iter_mut().for_each(|it| self.person(&mut it.person)),
            News::Acted(command, answer) => {
                self.case_command(command);
                answer.iter_mut().for_each(|answer| self.case_answer(answer));
            }
            News::Learnt(command, answer) => {
                self.case_command(command);
                answer.iter_mut().flatten().for_each(|answer| self.case_answer(answer));
            }
            News::Paper(_, lines) => *lines = Ok(vec![MASKED.to_owned()]),
            News::Saved(path) => *path = Ok(MASKED.to_owned()),
            News::Unread(text) => MASKED.clone_into(text),
            News::Seen(..) | News::Case(..) | News::Edit(..) | News::Next(_) | News::Drafted(_) => {}
        }
        failure(news);
    }

    fn case(&mut self, case: &mut Case) {
        self.person(&mut case.opened_by);
        self.maybe(&mut case.buyer);
        self.maybe(&mut case.seller);
        self.maybe(&mut case.owner);
    }

    fn happening(&mut self, event: &mut CaseEvent) {
        self.person(&mut event.recorder);
        self.maybe(&mut event.person);
        words(&mut event.words);
        if event.kind == CaseEventKind::Payout {
            words(&mut event.item);
        }
        if let Some(Note(body)) = &mut event.note {
            MASKED.clone_into(body);
        }
        if let Some(Message { body, .. }) = &mut event.message {
            MASKED.clone_into(body);
        }
        if let Some(file) = &mut event.file {
            MASKED.clone_into(&mut file.name);
        }
    }

    fn whole_case(&mut self, whole: &mut CaseDetail) {
        self.case(&mut whole.case);
        whole.events.iter_mut().for_each(|event| self.happening(event));
        if let Some(proposal) = &mut whole.proposal {
            self.person(&mut proposal.recorder);
            for text in [&mut proposal.rationale, &mut proposal.say_seller, &mut proposal.say_buyer] {
                MASKED.clone_into(text);
            }
        }
        if let Some(decision) = &mut whole.decision {
            self.person(&mut decision.decided_by);
            self.maybe(&mut decision.proposed_by);
            self.maybe(&mut decision.approved_by);
            for text in [&mut decision.rationale, &mut decision.say_seller, &mut decision.say_buyer] {
                words(text);
            }
        }
        whole.payouts.iter_mut().for_each(|payout| words(&mut payout.reference));
    }

    fn case_shown(&mut self, shown: &mut CaseShown) {
        self.whole_case(&mut shown.whole);
        self.stored(&mut shown.stored);
        shown.log.iter_mut().for_each(|entry| self.entry(entry));
        shown.others.iter_mut().for_each(|(_, event)| self.happening(event));
        shown.drafts.clear();
        shown.present.iter_mut().for_each(|it| self.person(&mut it.person));
        shown.hints.iter_mut().for_each(|hint: &mut Hint| words(&mut hint.reason));
    }

    fn case_command(&mut self, command: &mut Command) {
        match &mut command.what {
            CaseCommand::HandOver { to, note } => {
                self.person(to);
                MASKED.clone_into(note);
            }
            CaseCommand::TakeOver { why: text }
            | CaseCommand::StopWaiting { why: text }
            | CaseCommand::SendBack { why: text }
            | CaseCommand::AddNote { note: Note(text) }
            | CaseCommand::SendMessage { message: Message { body: text, .. }, .. }
            | CaseCommand::RecordReply { message: Message { body: text, .. } }
            | CaseCommand::RecordPayout {
                how: PayoutUpdate::Confirmed { reference: text } | PayoutUpdate::Failed { why: text },
                ..
            } => MASKED.clone_into(text),
            CaseCommand::Release { why } | CaseCommand::WithdrawProposal { why } | CaseCommand::Close { why } => {
                words(why)
            }
            CaseCommand::RecordPayout { how: PayoutUpdate::Sent { reference }, .. } => words(reference),
            CaseCommand::AttachFile { name, content } => {
                MASKED.clone_into(name);
                content.clear();
            }
            CaseCommand::Decide { said, .. } => {
                for text in [&mut said.rationale, &mut said.say_seller, &mut said.say_buyer] {
                    MASKED.clone_into(text);
                }
            }
            CaseCommand::Take
            | CaseCommand::SetReason { .. }
            | CaseCommand::TickChecklist { .. }
            | CaseCommand::Approve { .. }
            | CaseCommand::RecordPayout { how: PayoutUpdate::Reopened, .. } => {}
        }
    }

    fn case_answer(&mut self, answer: &mut Answer) {
        match answer {
            Answer::Done(whole) => self.whole_case(whole),
            Answer::Refused(refusal) => MASKED.clone_into(&mut refusal.words),
            Answer::Conflict(case, last, refusal) => {
                self.case(case);
                last.iter_mut().for_each(|event| self.happening(event));
                MASKED.clone_into(&mut refusal.words);
            }
            Answer::Missing => {}
        }
    }
}

/// Masks the text of an error: the database may repeat what it was given.
fn failure(news: &mut News) {
    let failed = match news {
        News::Seen(_, _, Err(failure))
        | News::Case(_, Err(failure))
        | News::Edit(_, Err(failure))
        | News::Next(Err(failure))
        | News::Acted(_, Err(failure))
        | News::Learnt(_, Err(failure))
        | News::Drafted(Err(failure)) => failure,
        _ => return,
    };
    if let Failure::Other(text) = failed {
        MASKED.clone_into(text);
    }
}
