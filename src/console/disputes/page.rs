//! The keys of the dispute desk.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use strum::VariantArray;

use crate::console::app::message::Effect;
use crate::console::app::session::Link;
use crate::console::app::state::App;
use crate::console::disputes::requests::{Ask, DocumentKind};
use crate::console::disputes::shown::OPEN;
use crate::console::disputes::state::Focus;
use crate::console::disputes::view::page;
use crate::console::disputes::{documents, marked, menu};
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::draw::Drawn;
use crate::console::kit::look::Look;
use crate::console::kit::scroll::moved;
use crate::domain::{CaseAction, OrderKey};
use crate::records::{Case, Party, Queue};
use crate::settings::keys::{Command, Scope};

/// The page.
#[derive(Debug)]
pub struct Desk;

/// Opens the disputes where they were left.
pub fn open(app: &mut App) {
    app.disputes.loads.queue.due = true;
    app.disputes.loads.case.due = app.disputes.selected.is_some();
    if app.find::<Desk>().is_none() {
        app.open(Desk);
    }
}

/// Opens the case of an order.
pub fn open_case(app: &mut App, order: &OrderKey) {
    open(app);
    // The case number is known once the case is read.
    app.disputes.select(Some((order.to_string(), OPEN)));
    app.disputes.focus = Focus::Case;
}

/// Takes the most urgent case that no one has, from any screen.
pub fn take_next(app: &mut App) {
    if !app.can_write() {
        return;
    }
    if app.find::<Desk>().is_none() {
        app.put_all_away();
        open(app);
    }
    app.disputes.taking = true;
    app.ask(Effect::Disputes(Ask::Next));
}

/// Records that this person reads the conversation, if there is something new in it.
pub fn read(app: &mut App) {
    let disputes = &app.disputes;
    let Some(shown) = disputes.shown.as_deref().filter(|_| disputes.focus == Focus::Case) else { return };
    let case = &shown.whole.case;
    if case.reply_event <= shown.read_to || app.session.read_only {
        return;
    }
    let named = shown.named();
    let seq = case.reply_event;
    let unread = |it: &&mut Case| (&it.order_id, it.number) == (&named.0, named.1);
    let seen = app.disputes.seen.as_mut();
    seen.into_iter().flat_map(|seen| seen.cases.iter_mut().filter(unread)).for_each(|it| it.unread = false);
    app.ask(Effect::Disputes(Ask::Read(named, seq)));
}

fn step(app: &mut App, by: isize) {
    match app.disputes.focus {
        Focus::Queues => step_queue(app, by),
        Focus::Cases => step_case(app, by),
        Focus::Case => app.disputes.case_scroll.by(by),
    }
}

fn step_queue(app: &mut App, by: isize) {
    let at = Queue::VARIANTS.iter().position(|queue| *queue == app.disputes.queue).unwrap_or(0);
    list(app, Queue::VARIANTS[moved(at, by, Queue::VARIANTS.len())]);
}

/// Lists the cases of a queue.
pub fn list(app: &mut App, queue: Queue) {
    let disputes = &mut app.disputes;
    if queue != disputes.queue {
        disputes.queue = queue;
        disputes.select(None);
        disputes.seen.as_mut().into_iter().for_each(|seen| seen.cases.clear());
        disputes.scroll = 0;
        disputes.loads.queue.due = true;
    }
}

fn step_case(app: &mut App, by: isize) {
    let live = app.link == Link::Live;
    let disputes = &mut app.disputes;
    let cases = disputes.cases();
    // If no listed case is selected, go to the first case on the screen.
    let here = disputes.at();
    let at = here.map_or(disputes.scroll.min(cases.len().saturating_sub(1)), |at| moved(at, by, cases.len()));
    let named = cases.get(at).map(|case| (case.order_id.clone(), case.number));
    let more = at + 1 >= cases.len() && disputes.seen.as_ref().is_some_and(|seen| seen.more);
    let place = cases.last().map(Case::place).filter(|_| more);
    disputes.select(named);
    let queue = disputes.queue;
    if let Some(place) = place.filter(|_| disputes.loads.queue.start_more(live)) {
        app.ask(Effect::Disputes(Ask::Look(queue, place)));
    }
}

impl Dialog<App> for Desk {
    fn scope(&self) -> Scope {
        Scope::Desk
    }

    fn page(&self) -> Option<&'static str> {
        Some("Disputes")
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        let page = isize::from(i16::try_from(app.size.1).unwrap_or(24)).max(4) - 4;
        let focus = app.disputes.focus;
        match command {
            Command::Down => step(app, 1),
            Command::Up => step(app, -1),
            Command::PageDown => step(app, page),
            Command::PageUp => step(app, -page),
            Command::First => step(app, isize::MIN / 2),
            Command::Last => step(app, isize::MAX / 2),
            Command::NextPane | Command::Open => {
                app.disputes.focus = focus.next(command == Command::NextPane);
                read(app);
            }
            Command::PreviousPane => app.disputes.focus = focus.next(true).next(true),
            Command::Actions if !app.disputes.marks.is_empty() => marked::open(app),
            Command::Actions => menu::open(app),
            Command::Mark => {
                marked::mark(app, command);
                step(app, 1);
            }
            Command::MarkAll | Command::Unmark => marked::mark(app, command),
            Command::Hints => documents::open_history(app),
            // What is marked is meant, not the case under the cursor.
            Command::Write | Command::HandOver if !app.disputes.marks.is_empty() => marked::open(app),
            Command::Write => menu::open_now(app, CaseAction::SendMessage),
            Command::HandOver => menu::open_now(app, CaseAction::HandOver),
            Command::Thread => {
                let next = match app.disputes.thread {
                    None => Some(Party::Buyer),
                    Some(Party::Buyer) => Some(Party::Seller),
                    Some(Party::Seller) => None,
                };
                app.disputes.thread = next;
            }
            Command::Files => documents::open_files(app),
            Command::Report => documents::open(app, DocumentKind::Report, Ask::Report),
            Command::Letter => documents::open_letters(app),
            Command::Back if focus != Focus::Queues => app.disputes.focus = focus.back(),
            Command::Back => app.stay_here(),
            _ => {}
        }
        Then::Stay
    }

    fn scrolls(&self) -> bool {
        true
    }

    fn drawn(&mut self, app: &mut App, drawn: Drawn) {
        drawn.lines.into_iter().for_each(|lines| app.disputes.case_scroll.drawn(lines));
    }

    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        page::draw(app, look, area, buf)
    }
}
