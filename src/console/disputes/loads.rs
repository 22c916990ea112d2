//! What the dispute desk reads and saves, and what was read.

use chrono::TimeDelta;

use crate::cases::law::Refusal;
use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::pulse::Pulse;
use crate::console::app::session::Link;
use crate::console::app::state::App;
use crate::console::disputes::form::CaseForm;
use crate::console::disputes::layout::rows;
use crate::console::disputes::page::Desk;
use crate::console::disputes::requests::{Ask, DocumentKind, News};
use crate::console::disputes::shown::{CaseShown, Named, OPEN, QueueShown};
use crate::console::disputes::state::Focus;
use crate::console::disputes::{answers, documents, page, picker, presence};
use crate::console::kit::journal::Tone;
use crate::console::kit::scroll::follow;
use crate::records::{Case, CasePlace, Queue};

/// How old the backlog of the last days may be: it changes by the day.
const BACKLOG: TimeDelta = TimeDelta::minutes(10);

/// Asks for what the desk has to read or save now.
pub fn pump(app: &mut App) {
    let (live, now) = (app.link == Link::Live, app.now);
    let open = app.find::<Desk>().is_some();
    let disputes = &mut app.disputes;
    let mut asks = Vec::new();
    if live
        && disputes.saving.is_none()
        && !app.session.read_only
        && let Some((kept, body)) = disputes.unsaved.pop_first()
    {
        disputes.saving = Some(kept.clone());
        asks.push(Ask::Draft(kept.0, kept.1, body));
    }
    if open {
        if let Some(named) = disputes.selected.clone()
            && disputes.loads.case.start(live)
        {
            disputes.sits = true;
            asks.push(Ask::Case(named));
        }
        if disputes.selected.is_none() && std::mem::take(&mut disputes.sits) {
            asks.push(Ask::Leave);
        }
        if disputes.loads.queue.start(live) {
            asks.push(Ask::Look(disputes.queue, CasePlace::start()));
        }
        disputes.loads.backlog.due |= disputes.backlog_at.is_none_or(|at| now - at >= BACKLOG);
        if disputes.loads.backlog.start(live) {
            disputes.backlog_at = Some(now);
            asks.push(Ask::Backlog);
        }
    }
    asks.into_iter().for_each(|ask| app.ask(Effect::Disputes(ask)));
}

/// Reads everything again.
pub fn refresh(app: &mut App) {
    let disputes = &mut app.disputes;
    (disputes.loads.queue.due, disputes.loads.case.due) = (true, disputes.selected.is_some());
    disputes.loads.backlog.due = true;
}

/// Takes over what happened: a move may open a case, and a case shows its order.
pub fn pulse(app: &mut App, pulse: &Pulse) {
    let disputes = &mut app.disputes;
    disputes.loads.queue.due |= !pulse.moves.is_empty() || !pulse.cases.is_empty();
    let here = disputes.selected.as_ref().map(|(order, _)| order);
    disputes.loads.case.due |=
        here.is_some_and(|order| pulse.cases.contains(order) || pulse.moves.iter().any(|it| it.order == *order));
}

/// Keeps the selected case on the screen.
pub fn settle(app: &mut App) {
    let height = rows(app);
    let disputes = &mut app.disputes;
    if let Some(at) = disputes.at() {
        disputes.scroll = follow(disputes.scroll, at, height, disputes.cases().len());
    }
}

/// Handles an answer, or a change.
pub fn take(app: &mut App, news: News) {
    match news {
        News::Seen(queue, from, seen) => take_queue(app, queue, &from, seen),
        News::Backlog(days) => {
            let disputes = &mut app.disputes;
            disputes.loads.backlog.end(&days);
            // It is a picture next to the queues: without it nothing is missing.
            disputes.backlog = days.unwrap_or_default();
        }
        News::Case(named, shown) => take_case(app, &named, shown),
        News::Present(named, present) => presence::take(app, &named, present),
        News::Edit(named, may) => presence::take_edit(app, &named, may),
        News::Next(next) => take_next(app, next),
        News::Acted(command, answer) => answers::acted(app, command, answer),
        News::Learnt(command, answer) => answers::learnt(app, command, answer),
        News::Drafted(result) => drafted(app, &result),
        News::Document(kind, lines) => documents::take(app, &kind, lines),
        News::History(order, found) => documents::take_earlier(app, &DocumentKind::History(order), found),
        News::Behind(common, value, found) => {
            documents::take_earlier(app, &DocumentKind::Behind(common, value), found);
        }
        News::Report(found) => documents::take_report(app, found),
        News::Picture(kind, picture) => documents::take_picture(app, &kind, picture),
        News::Folder(path, entries) => picker::take(app, &path, entries),
        News::Saved(Ok(path)) => app.say(Tone::Good, format!("Saved as {path}.")),
        News::Saved(Err(fault)) | News::Unread(fault) => {
            app.disputes.writing = None;
            app.each::<CaseForm>().take(1).for_each(|form| form.fail(fault.clone()));
            app.say(Tone::Bad, fault);
        }
    }
}

fn take_queue(app: &mut App, queue: Queue, from: &CasePlace, seen: Result<Box<QueueShown>, Failure>) {
    let disputes = &mut app.disputes;
    disputes.loads.queue.end(&seen);
    if queue != disputes.queue {
        disputes.loads.queue.due = true;
        return;
    }
    let mut seen = match seen {
        Ok(seen) => seen,
        Err(failure) => return app.failed("the cases", &failure),
    };
    if *from != CasePlace::start()
        && let Some(before) = disputes.seen.take()
    {
        let mut cases = before.cases;
        cases.retain(|case| case.place() <= *from);
        cases.append(&mut seen.cases);
        seen.cases = cases;
    }
    // The selected case stays in the list, even if it has left the queue.
    let before = disputes.at().map(|at| (at, disputes.cases()[at].clone()));
    let is_there = |case: &Case| seen.cases.iter().any(|it| (&it.order_id, it.number) == (&case.order_id, case.number));
    disputes.gone = before.as_ref().is_some_and(|(_, case)| !is_there(case));
    if let Some((at, case)) = before.filter(|_| disputes.gone) {
        seen.cases.insert(at.min(seen.cases.len()), case);
    }
    // A case that is far down in its queue is listed in its place all the same: list and case always agree.
    let shown = disputes.shown.as_ref().filter(|shown| disputes.selected.as_ref() == Some(&shown.named()));
    if let Some(case) = shown.map(|shown| &shown.whole.case)
        && !seen.cases.iter().any(|it| (&it.order_id, it.number) == (&case.order_id, case.number))
    {
        let at = seen.cases.partition_point(|it| it.place() < case.place());
        seen.cases.insert(at, case.clone());
    }
    disputes.seen = Some(*seen);
    if disputes.selected.is_none() {
        let first = disputes.cases().first().map(|case| (case.order_id.clone(), case.number));
        disputes.select(first);
    }
}

fn take_case(app: &mut App, named: &Named, shown: Result<Option<Box<CaseShown>>, Failure>) {
    let disputes = &mut app.disputes;
    disputes.loads.case.end(&shown);
    let read = shown.as_ref().ok().and_then(|shown| Some(shown.as_ref()?.named()));
    if let Some(read) = read.as_ref().filter(|_| named.1 == OPEN && disputes.selected.as_ref() == Some(named)) {
        disputes.selected = Some(read.clone());
    }
    let named = &read.unwrap_or_else(|| named.clone());
    if disputes.selected.as_ref() != Some(named) {
        disputes.loads.case.due = disputes.selected.is_some();
        return;
    }
    match shown {
        Ok(Some(shown)) => {
            for (kind, body) in &shown.drafts {
                let kind = (named.clone(), kind.clone());
                if !disputes.sent.contains(&kind) {
                    // What is typed here is newer than the saved draft.
                    disputes.drafts.entry(kind).or_insert_with(|| body.clone());
                }
            }
            answers::moved(app, &shown);
            let mut shown = shown;
            // What was new when it was opened stays marked while it is open.
            if let Some(before) = app.disputes.shown.as_ref().filter(|before| before.named() == shown.named()) {
                shown.read_to = before.read_to.min(shown.read_to);
            }
            let queue = queue_of(&shown.whole.case, &app.session.person);
            app.disputes.shown = Some(shown);
            page::read(app);
            // The list is the one that the case is in.
            if app.disputes.at().is_none() && app.disputes.queue != queue {
                app.disputes.queue = queue;
                app.disputes.scroll = 0;
                app.disputes.loads.queue.due = true;
            }
        }
        Ok(None) => app.say(Tone::Bad, "This case does not exist."),
        Err(failure) => app.failed("the case", &failure),
    }
}

/// The queue in which a person finds a case.
fn queue_of(case: &Case, person: &str) -> Queue {
    match (case.queue, case.owner.as_deref()) {
        (Queue::Working, None) => Queue::Unclaimed,
        (Queue::Working, Some(owner)) if owner == person => Queue::Mine,
        (queue, _) => queue,
    }
}

fn take_next(app: &mut App, next: Result<Result<Option<Named>, Refusal>, Failure>) {
    app.disputes.taking = false;
    if !matches!(next, Ok(Ok(Some(_)))) {
        // What was typed ahead was meant for a case that does not come.
        app.keyboard.held.clear();
    }
    match next {
        Ok(Ok(Some(named))) => {
            let id = named.0.split_once(':').map_or(named.0.clone(), |(_, id)| id.to_owned());
            app.say(Tone::Good, format!("{id} is yours now."));
            app.disputes.queue = Queue::Mine;
            app.disputes.loads.queue.due = true;
            // If it was on the screen before, what is known of it is from before it was taken: keys wait for the new state.
            if app.disputes.selected.as_ref() == Some(&named) {
                app.disputes.shown = None;
                app.disputes.loads.case.due = true;
            }
            app.disputes.select(Some(named));
            app.disputes.focus = Focus::Case;
        }
        Ok(Ok(None)) => app.say(Tone::News, "There is no unclaimed case."),
        Ok(Err(refusal)) => app.say(Tone::Bad, refusal.words),
        Err(Failure::Other(text)) => app.say(Tone::Bad, text),
        Err(Failure::Lost | Failure::Unknown) => {
            app.say(Tone::Bad, "The database does not answer. Check Mine before you try again.");
        }
    }
}

fn drafted(app: &mut App, result: &Result<(), Failure>) {
    let disputes = &mut app.disputes;
    if let (Err(_), Some(kept)) = (result, disputes.saving.take()) {
        // Save it again later, with the text it has by then.
        let body = disputes.drafts.get(&kept).cloned();
        disputes.unsaved.entry(kept).or_insert(body);
    }
}
