//! Making a plan: which orders it is for, and the keys that change its rows.

use std::collections::HashMap;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tui_input::Input;

use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::kit::confirmation::{Answer, Confirmation};
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::draw::Drawn;
use crate::console::kit::input::{insert, type_key};
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::orders::marked::marks::MOST;
use crate::console::orders::window::Listing;
use crate::console::stuck::plans::editor_view;
use crate::console::stuck::plans::planning::{Planning, Stage};
use crate::console::stuck::requests::{Ask, Explained};
use crate::console::stuck::shown::Cell;
use crate::domain::{Action, Money, Task};
use crate::query;
use crate::records::{OrderRecord, PlannedAction};
use crate::settings::keys::{Command, Scope};
use crate::stuck::STUCK;
use crate::text::sentence;
use crate::work::plan::Totals;

/// How many orders of a plan are explained while it is made.
const EXPLAINED: usize = 1_000;

/// Whether this person may plan; otherwise it says why not.
fn may_plan(app: &mut App) -> bool {
    if !app.may_write() {
        return false;
    }
    let refused = app.session.roles.may(Task::Plan).err();
    if let Some(refused) = &refused {
        app.say(Tone::Bad, sentence(&refused.to_string()));
    }
    refused.is_none()
}

/// Plans the marked orders, or everything listed if none are marked.
pub fn open(app: &mut App) {
    if !may_plan(app) {
        return;
    }
    if app.orders.marks.is_empty() {
        return of_list(app, app.orders.listing());
    }
    let orders = app.orders.marks.orders().to_vec();
    make(app, orders, true);
}

/// Plans the orders of a cell of the grid. A cell that no query describes is never taken for all orders.
pub fn of_cell(app: &mut App, cell: &Cell) {
    if !may_plan(app) {
        return;
    }
    match query::parse(&cell.query()) {
        Ok(query) => of_list(app, Listing::Found(query)),
        Err(fault) => app.say(Tone::Bad, format!("These orders cannot be found by a query: {fault}")),
    }
}

/// Plans the orders of a list once it is read.
fn of_list(app: &mut App, of: Listing) {
    app.plans.awaits = Some(of.clone());
    app.ask(Effect::LoadAll(of));
}

/// Plans a list that was read, if a plan waits for it. Returns what was read, if none does.
pub fn take_all(app: &mut App, of: &Listing, all: Read) -> Option<Read> {
    if app.plans.awaits.take_if(|it| it == of).is_none() {
        return Some(all);
    }
    let quiet = app.top().is_none_or(|top| top.scope() == Scope::Watch);
    match all {
        // Something else was opened meanwhile: it keeps the focus.
        Ok(_) if !quiet => {}
        Ok((_, true)) => app.say(Tone::Bad, format!("More than {MOST} orders. Narrow the list first.")),
        Ok((orders, _)) => make(app, orders, false),
        Err(failure @ Failure::Other(_)) => app.failed("the list", &failure),
        Err(Failure::Lost | Failure::Unknown) => {
            app.say(Tone::Bad, "The database does not answer. Nothing was planned.");
        }
    }
    None
}

/// A whole list, and whether there are more orders than can be marked.
pub type Read = Result<(Vec<OrderRecord>, bool), Failure>;

/// Opens a plan of these orders as they are: of a list, those at Approved; of marked ones, all that the provider of the
/// plan has.
fn make(app: &mut App, mut listed: Vec<OrderRecord>, marked: bool) {
    let (provider, all) = (STUCK.provider(), listed.len());
    if all == 0 {
        return app.say(Tone::News, "The list is empty: there is nothing to plan.");
    }
    listed.retain(|stored| if marked { stored.order.provider() == provider } else { stored.order.status == STUCK });
    if listed.is_empty() {
        let words = match marked {
            true => format!("A plan authorises orders of {} only.", provider.title()),
            false => format!("None of these orders is at {}. Mark orders with space to plan others.", STUCK.title()),
        };
        return app.say(Tone::Bad, words);
    }
    if listed.len() < all {
        let words = if marked { provider.title() } else { STUCK.title() };
        let left = all - listed.len();
        let were = if left == 1 { "1 order is" } else { &format!("{left} orders are") };
        app.say(Tone::News, format!("{were} not at {words} and left out of the plan."));
    }
    // Earlier choices apply again, and orders left out before stay out, until all marks are removed.
    let (mut orders, mut dropped) = (Vec::new(), Vec::new());
    for stored in listed {
        match app.plans.planned.get(&stored.order.key) {
            Some(None) => dropped.push(stored.order.key),
            Some(Some(doing)) => orders.push((stored, *doing)),
            None => orders.push((stored, PlannedAction { follow: None })),
        }
    }
    if !dropped.is_empty() {
        app.say(Tone::News, format!("{} left out as before. Press u in the list to include them.", dropped.len()));
    }
    if orders.is_empty() {
        return;
    }
    let (judged, totals, stage) = (Vec::new(), Totals::default(), Stage::Editing);
    let (pace, needs_approval) = (app.prefs.plan, app.prefs.plan_approval);
    let explained = orders.iter().take(EXPLAINED).map(|(stored, _)| stored.clone()).collect();
    let (whys, carriers) = (HashMap::new(), HashMap::new());
    let mut planning =
        Planning { orders, judged, whys, carriers, totals, at: 0, marked, dropped, pace, needs_approval, stage };
    planning.judge(app.session.roles, app.now);
    app.open(planning);
    app.ask(Effect::Stuck(Ask::Explain(explained)));
}

/// Takes why the orders of the plan are stuck. A question that is open is asked again with it.
pub fn explained(app: &mut App, explained: Result<Explained, Failure>) {
    let explained = match explained {
        Ok(explained) => explained,
        Err(failure) => return app.failed("the causes", &failure),
    };
    let (roles, now) = (app.session.roles, app.now);
    for planning in app.each::<Planning>() {
        planning.whys.extend(explained.whys.iter().cloned());
        planning.carriers.extend(explained.carriers.iter().cloned());
        planning.judge(roles, now);
        if let Stage::Asking(confirmation) = &mut planning.stage {
            confirmation.covered();
        }
    }
}

impl Planning {
    fn edit(&mut self, app: &mut App, command: Command) -> Then {
        let page = usize::from(app.size.1 / 2).max(1);
        let last = self.orders.len().saturating_sub(1);
        match command {
            Command::Down => self.at = (self.at + 1).min(last),
            Command::Up => self.at = self.at.saturating_sub(1),
            Command::PageDown => self.at = (self.at + page).min(last),
            Command::PageUp => self.at = self.at.saturating_sub(page),
            Command::ThenNothing => self.follow(None, false),
            Command::ThenCapture => self.follow(Some(Action::Capture), false),
            Command::ThenCancel => self.follow(Some(Action::Cancel), false),
            Command::AllNothing => {
                self.follow(None, true);
                app.say(Tone::News, "All of them: authorise only.");
            }
            Command::AllCapture => {
                self.follow(Some(Action::Capture), true);
                app.say(Tone::News, "All of them: authorise, then capture. 1 takes that back.");
            }
            Command::AllCancel => {
                self.follow(Some(Action::Cancel), true);
                app.say(Tone::Bad, "All of them: authorise, then cancel. 1 takes that back.");
            }
            Command::Amount => match self.orders.get(self.at).and_then(|(_, doing)| doing.follow) {
                Some(_) => self.stage = Stage::Amount(Input::default()),
                None => app.say(Tone::News, "An amount needs a capture (c) or a cancel (x) first."),
            },
            Command::Drop => {
                self.drop_row();
                if self.orders.is_empty() {
                    self.put_away(app);
                    return Then::Close;
                }
            }
            Command::Approval if app.prefs.plan_approval => {
                app.say(Tone::News, "The configuration requires another person to approve every plan.");
            }
            Command::Approval => self.needs_approval = !self.needs_approval,
            Command::Save => self.save(app, false),
            Command::Go => self.ask(app),
            _ => {
                self.put_away(app);
                return Then::Close;
            }
        }
        self.judge(app.session.roles, app.now);
        Then::Stay
    }

    fn take_amount(&mut self, app: &mut App) {
        let Stage::Amount(input) = &self.stage else { return };
        let Some((stored, doing)) = self.orders.get_mut(self.at) else { return };
        match Money::typed(input.value(), stored.order.amount.currency) {
            Ok(amount) if amount.minor > stored.order.amount.minor => {
                app.say(Tone::Bad, format!("At most {}.", stored.order.amount));
            }
            Ok(amount) if amount.minor > 0 => {
                doing.follow = doing.follow.map(|(action, _)| (action, amount));
                self.stage = Stage::Editing;
                self.judge(app.session.roles, app.now);
            }
            Ok(_) => app.say(Tone::Bad, "The amount must be more than zero."),
            Err(error) => app.say(Tone::Bad, error.to_string()),
        }
    }

    fn ask(&mut self, app: &mut App) {
        if self.needs_approval {
            return app.say(Tone::News, "Someone else has to approve it first. Press s to save it.");
        }
        if self.totals.would == 0 {
            return app.say(Tone::Bad, "The law refuses all of them: nothing would be done.");
        }
        self.stage = Stage::Asking(Confirmation::word(format!("run {}", self.totals.would)));
    }

    /// Saves the plan, and then runs it if that was confirmed.
    fn save(&mut self, app: &mut App, run: bool) {
        if !app.can_write() {
            return;
        }
        if run && app.plans.running.is_some() {
            let words = "Another plan is still running here. Press Esc, then s to save this one for later.";
            return app.say(Tone::Bad, words);
        }
        self.stage = Stage::Keeping;
        app.ask(Effect::Stuck(Ask::MakePlan(Box::new((self.head(), self.orders.clone())), run)));
    }
}

impl Dialog<App> for Planning {
    fn scope(&self) -> Scope {
        match self.stage {
            Stage::Editing => Scope::Plan,
            Stage::Amount(_) => Scope::Prompt,
            Stage::Asking(_) | Stage::Keeping => Scope::Word,
        }
    }

    fn page(&self) -> Option<&'static str> {
        Some("Plan")
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        match (&self.stage, command) {
            (Stage::Editing, _) => return self.edit(app, command),
            (Stage::Amount(_), Command::Go) => self.take_amount(app),
            (Stage::Asking(confirmation), Command::Go) => match confirmation.answer() {
                Answer::Yes => self.save(app, true),
                Answer::No => {}
                Answer::NotYet(why) => why.into_iter().for_each(|why| app.say(Tone::Bad, why)),
            },
            (Stage::Amount(_) | Stage::Asking(_), _) => self.stage = Stage::Editing,
            (Stage::Keeping, _) => {}
        }
        Then::Stay
    }

    fn typed(&mut self, _app: &mut App, key: KeyEvent) -> Then {
        match &mut self.stage {
            Stage::Amount(input) => type_key(input, key),
            Stage::Asking(confirmation) => confirmation.type_key(key),
            Stage::Editing | Stage::Keeping => {}
        }
        Then::Stay
    }

    fn paste(&mut self, _app: &mut App, text: &str) {
        if let Stage::Amount(input) = &mut self.stage {
            insert(input, text);
        }
    }

    fn confirmation(&mut self) -> Option<&mut Confirmation> {
        match &mut self.stage {
            Stage::Asking(confirmation) => Some(confirmation),
            Stage::Editing | Stage::Amount(_) | Stage::Keeping => None,
        }
    }

    /// The choice for each order is there again next time.
    fn put_away(&mut self, app: &mut App) {
        let chosen = self.orders.iter().map(|(stored, doing)| (stored.order.key.clone(), Some(*doing)));
        app.plans.planned = chosen.chain(self.dropped.iter().map(|key| (key.clone(), None))).collect();
    }

    fn is_of_use(&self, _app: &App, command: Command) -> bool {
        match command {
            Command::NextField => false,
            Command::Go => !self.needs_approval,
            _ => true,
        }
    }

    fn draw(&self, _app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        editor_view::draw(self, look, area, buf)
    }
}
