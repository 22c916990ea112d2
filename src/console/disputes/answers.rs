//! What became of a case action, and what others did to the case meanwhile.

use crate::cases::law::Refusal;
use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::disputes::entries::CaseEntries;
use crate::console::disputes::form::{CaseForm, Stage};
use crate::console::disputes::menu::CaseMenu;
use crate::console::disputes::requests::Ask;
use crate::console::disputes::shown::{CaseShown, Named};
use crate::console::disputes::state::Focus;
use crate::console::kit::journal::Tone;
use crate::desk::cases::{Answer, Command};
use crate::domain::CaseAction;
use crate::records::{Case, CaseEvent, PayoutState, Queue, Zone};
use crate::text;

/// What is true of a case after an action, for the message.
const fn became(case: &Case) -> &'static str {
    match case.queue {
        Queue::Snoozed => " Snoozed.",
        Queue::WaitingBuyer => " Waiting for the buyer.",
        Queue::WaitingSeller => " Waiting for the seller.",
        Queue::Proposed => " Another person has to approve it.",
        Queue::Unpaid => " Decided, not yet paid.",
        Queue::Failed => " The payout failed: reopen it to send it again.",
        Queue::Returned => " The payout came back: reopen it to send it again.",
        Queue::Closed => " The case is closed.",
        Queue::Mine | Queue::Unclaimed | Queue::Working | Queue::Overdue | Queue::Open => "",
    }
}

/// The form that a command came from, if it is still open.
fn form_of<'a>(app: &'a mut App, command: &Command) -> Option<&'a mut CaseForm> {
    app.each::<CaseForm>().find(|form| form.sent(command))
}

/// Handles the answer to a command.
pub fn acted(app: &mut App, command: Box<Command>, answer: Result<Answer, Failure>) {
    match answer {
        Ok(answer) => answered(app, &command, answer),
        Err(Failure::Unknown) => {
            if let Some(form) = form_of(app, &command) {
                form.stage = Stage::Unknown;
            }
            app.say(Tone::Bad, format!("{}: outcome unknown. Checking.", title(&command)));
            app.ask(Effect::Disputes(Ask::Learn(command)));
        }
        Err(Failure::Lost) => {
            failed(app, &command, "the database does not answer, nothing was recorded; try again".to_owned());
        }
        Err(Failure::Other(text)) => failed(app, &command, text),
    }
}

/// Handles the answer to a command whose outcome was unknown.
pub fn learnt(app: &mut App, command: Box<Command>, answer: Result<Option<Answer>, Failure>) {
    match answer {
        Ok(Some(answer)) => answered(app, &command, answer),
        Ok(None) => failed(app, &command, "nothing was recorded; check the case, then try again".to_owned()),
        Err(_) => app.ask(Effect::Disputes(Ask::Learn(command))),
    }
}

fn failed(app: &mut App, command: &Command, what: String) {
    app.disputes.writing = None;
    app.disputes.loads.case.due = true;
    if let Some(form) = form_of(app, command) {
        form.fail(what.clone());
    }
    app.say(Tone::Bad, format!("{}: {what}", title(command)));
}

fn answered(app: &mut App, command: &Command, answer: Answer) {
    app.disputes.writing = None;
    (app.disputes.loads.case.due, app.disputes.loads.queue.due) = (true, true);
    (app.orders.loads.board.due, app.orders.loads.list.due) = (true, true);
    match answer {
        Answer::Done(whole) => {
            let action = command.what.action();
            let named: Named = (whole.case.order_id.clone(), whole.case.number);
            forget_draft(app, (named.clone(), action.name().to_owned()));
            let attached = whole.events.last().and_then(|event| event.file.as_ref());
            let attached = attached.filter(|file| action == CaseAction::AttachFile && file.facts.contains("although"));
            let doubt = attached.map(|file| format!(" It is {}, {}.", file.kind, text::clean(&file.facts)));
            let shown = app.disputes.shown.as_mut().filter(|shown| shown.named() == named);
            let carried = shown.as_ref().is_some_and(|shown| shown.carried);
            let now = shown.map(|shown| {
                shown.whole = *whole;
                became(&shown.whole.case)
            });
            if action == CaseAction::TickChecklist {
                // The next line can be ticked.
                again(app, command);
            } else {
                close(app, command);
            }
            let now = now.filter(|_| moves(action)).unwrap_or_default();
            // The screen goes on to another case: the message says which one it is about.
            let of = if ends(action) { format!("{}: ", text::clean(&command.order.id)) } else { String::new() };
            app.say(
                if doubt.is_some() { Tone::Bad } else { Tone::Good },
                format!("{of}{}{now}{}", done(action, carried), doubt.unwrap_or_default()),
            );
            if action != CaseAction::TickChecklist {
                // The action is done: let others write in the case.
                app.ask(Effect::Disputes(Ask::Leave));
            }
            if ends(action) {
                go_on(app, &named, action);
            }
        }
        Answer::Refused(refusal) => failed(app, command, refusal.words),
        Answer::Conflict(case, last, refusal) => {
            let words = rival(app, &case, last.as_deref(), &refusal);
            failed(app, command, words);
        }
        Answer::Same(file) => failed(app, command, format!("this file is attached already, as no. {file}")),
        Answer::Missing => failed(app, command, "the case no longer exists".to_owned()),
    }
}

/// Whether a person's work on a case is done for now: the next one comes.
const fn ends(action: CaseAction) -> bool {
    matches!(
        action,
        CaseAction::Decide
            | CaseAction::Approve
            | CaseAction::RecordPayout
            | CaseAction::AskAndWait
            | CaseAction::HandOver
            | CaseAction::Reassign
            | CaseAction::Snooze
    )
}

/// Where the next case for the same work stands.
const fn work(action: CaseAction) -> &'static [Queue] {
    if matches!(action, CaseAction::Approve) {
        &[Queue::Proposed]
    } else if matches!(action, CaseAction::RecordPayout) {
        &[Queue::Unpaid, Queue::Failed, Queue::Returned]
    } else {
        &[Queue::Working]
    }
}

/// Selects the next case of the queue for the same work, or a neighbour if there is none, unless this one has another payout to record.
fn go_on(app: &mut App, named: &Named, action: CaseAction) {
    let disputes = &mut app.disputes;
    let shown = disputes.shown.as_ref().filter(|shown| shown.named() == *named);
    let owes = |shown: &CaseShown| shown.whole.payouts.iter().any(|payout| payout.state == PayoutState::Pending);
    if action == CaseAction::RecordPayout && shown.is_some_and(|shown| owes(shown)) {
        return;
    }
    let named_of = |case: &Case| (case.order_id.clone(), case.number);
    let cases: Vec<Named> = disputes.cases().iter().map(named_of).collect();
    let Some(at) = cases.iter().position(|case| case == named) else { return };
    let same = |(place, case): &(usize, &Case)| *place != at && work(action).contains(&case.queue);
    let listed = || disputes.cases().iter().enumerate();
    let after = listed().skip(at).find(same).or_else(|| listed().find(same)).map(|(place, _)| place);
    let next = after.and_then(|place| cases.get(place));
    let next = next.or_else(|| cases.get(at + 1)).or_else(|| cases.get(at.checked_sub(1)?));
    if let Some(next) = next {
        disputes.select(Some(next.clone()));
        disputes.focus = Focus::Cases;
    }
}

/// What is true after an action, in a sentence.
const fn done(action: CaseAction, carried: bool) -> &'static str {
    match action {
        CaseAction::SendMessage | CaseAction::AskAndWait if carried => "Recorded: a server sends it now.",
        CaseAction::Take | CaseAction::TakeOver => "You have this case.",
        CaseAction::Release => "Released: the case is unclaimed.",
        CaseAction::HandOver => "Handed over.",
        CaseAction::Reassign => "Moved.",
        CaseAction::Snooze => "Snoozed: it comes back when its time has come.",
        CaseAction::EndSnooze => "The case is back.",
        CaseAction::SetLanguage => "The language is set.",
        CaseAction::SetReason => "The reason is set.",
        CaseAction::TickChecklist => "The checklist is changed.",
        CaseAction::AddNote => "The note is added.",
        CaseAction::SendMessage | CaseAction::AskAndWait => "Recorded. No server sends messages: send it yourself.",
        CaseAction::RecordReply => "The reply is recorded.",
        CaseAction::StopWaiting => "The decision clock runs again.",
        CaseAction::AttachFile => "The file is attached.",
        CaseAction::Decide => "Your decision is recorded.",
        CaseAction::Approve => "Approved.",
        CaseAction::SendBack => "Sent back.",
        CaseAction::WithdrawProposal => "The proposal is withdrawn.",
        CaseAction::RecordPayout => "The payout is recorded.",
        CaseAction::Close => "Closed.",
    }
}

/// Whether an action can bring the case to another queue, which is worth saying.
const fn moves(action: CaseAction) -> bool {
    matches!(
        action,
        CaseAction::AskAndWait
            | CaseAction::RecordReply
            | CaseAction::Decide
            | CaseAction::Approve
            | CaseAction::RecordPayout
    )
}

/// Lets the form of a command take input again, about the case as it is now.
fn again(app: &mut App, command: &Command) {
    let fresh = app.disputes.shown.as_deref().map(|shown| CaseEntries::new(command.what.action(), shown));
    if let (Some(fresh), Some(form)) = (fresh, form_of(app, command)) {
        form.again(fresh);
    }
}

fn close(app: &mut App, command: &Command) {
    app.close::<CaseForm>(|form| form.sent(command));
    if app.on_top::<CaseMenu>().is_some() {
        app.put_away();
    }
    app.disputes.may_write = None;
}

fn forget_draft(app: &mut App, kind: (Named, String)) {
    let disputes = &mut app.disputes;
    disputes.sent.insert(kind.clone());
    if disputes.drafts.remove(&kind).is_some() || disputes.unsaved.contains_key(&kind) {
        disputes.unsaved.insert(kind, None);
    }
}

/// Updates the open menu and forms after the case has changed, and says what happened.
pub fn moved(app: &mut App, shown: &CaseShown) {
    let (named, seq, version) = (shown.named(), shown.whole.case.seq, shown.whole.case.version);
    let known = app.disputes.shown.as_ref().filter(|it| it.named() == named).map(|it| it.whole.case.version);
    let moved = known.is_some_and(|known| known < version);
    let last = shown.whole.events.last().filter(|last| last.recorder != app.session.person || moved);
    let Some(last) = last.filter(|_| known.is_some()) else { return };
    let words = happened(last, app.prefs.desk_zone(&shown.policy));
    if moved {
        app.each::<CaseMenu>().for_each(|menu| *menu = menu.moved(words.clone()));
    }
    let forms = app.each::<CaseForm>().filter(|form| form.entries.named == named);
    forms.for_each(|form| form.moved(seq, words.clone()));
}

/// Says who did what to a case, and when.
fn happened(event: &CaseEvent, zone: Zone) -> String {
    let who = text::clean(&event.by());
    format!("{who}: {} at {}", event.kind, zone.show(event.at, "%H:%M:%S"))
}

fn rival(app: &App, case: &Case, last: Option<&CaseEvent>, refusal: &Refusal) -> String {
    let shown = app.disputes.shown.as_ref();
    let zone = shown.map_or(app.prefs.zone, |shown| app.prefs.desk_zone(&shown.policy));
    let id = text::clean(case.id());
    let last = last.map(|event| format!(" ({id}: {})", happened(event, zone))).unwrap_or_default();
    format!("{}{last}", refusal.words)
}

fn title(command: &Command) -> String {
    format!("{}: {}", text::clean(&command.order.id), command.what.action().title())
}
