//! The menu of case actions: those you can do now, and on demand the others with the reasons why not.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use strum::VariantArray;

use crate::cases::law::{Refusal, Standing, rule_of};
use crate::console::app::state::App;
use crate::console::disputes::form;
use crate::console::disputes::shown::CaseShown;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::draw::Drawn;
use crate::console::kit::form::digit;
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::domain::CaseAction;
use crate::settings::keys::{self, Command, Scope};
use crate::text;

/// The menu of case actions.
#[derive(Debug, Clone, Default)]
pub struct CaseMenu {
    /// Show all actions, with the reasons against them; otherwise only the allowed ones.
    reasons: bool,
    /// The selected line.
    at: usize,
    /// Why the last letter did nothing, or what happened to the case meanwhile.
    note: Option<String>,
    /// The last letter was refused.
    refused: bool,
}

/// A line of the menu: an action, and why it is refused if it is.
type Choice = (CaseAction, Result<(), Refusal>);

fn standing(app: &App, shown: &CaseShown) -> Option<Standing> {
    let proposer = shown.whole.proposal.as_ref().map(|proposal| proposal.recorder.as_str());
    Standing::of(&shown.whole.case, proposer, &shown.whole.payouts, app.prefs.desk_zone(&shown.policy)).ok()
}

/// The actions this person can take on the shown case; with `reasons`, the refused ones too.
pub fn choices(app: &App, reasons: bool) -> Vec<Choice> {
    let Some(standing) = app.disputes.shown.as_deref().and_then(|shown| standing(app, shown)) else {
        return Vec::new();
    };
    let judge =
        |action: &CaseAction| (*action, standing.judge(*action, &app.session.person, app.session.roles, app.now));
    CaseAction::VARIANTS.iter().map(judge).filter(|(_, verdict)| reasons || verdict.is_ok()).collect()
}

/// Opens the menu of the shown case.
pub fn open(app: &mut App) {
    if app.disputes.shown.is_none() {
        return app.say(Tone::News, "No case is selected.");
    }
    app.open(CaseMenu::default());
}

/// Opens the form of an action from its own key, or says why it is not possible now.
pub fn open_now(app: &mut App, action: CaseAction) {
    match choices(app, true).into_iter().find(|choice| choice.0 == action) {
        None => app.say(Tone::News, "No case is selected."),
        Some((_, Err(refusal))) => app.say(Tone::Bad, format!("{}: {}", action.title(), refusal.words)),
        Some((_, Ok(()))) if app.may_write() => form::open(app, action),
        Some((_, Ok(()))) => {}
    }
}

impl CaseMenu {
    /// The menu after someone changed the case.
    pub fn moved(&self, words: String) -> Self {
        Self { reasons: self.reasons, at: 0, note: Some(words), refused: false }
    }

    fn pick(&mut self, app: &mut App, (action, verdict): Choice) {
        self.refused = verdict.is_err();
        match verdict {
            Err(refusal) => self.note = Some(format!("{}: {}", action.title(), refusal.words)),
            Ok(()) if app.may_write() => form::open(app, action),
            Ok(()) => {}
        }
    }
}

impl Dialog<App> for CaseMenu {
    fn scope(&self) -> Scope {
        Scope::Menu
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        let mut choices = choices(app, self.reasons);
        let at = self.at;
        match command {
            Command::Down => {
                *self = Self { at: (at + 1).min(choices.len().saturating_sub(1)), note: None, refused: false, ..*self }
            }
            Command::Up => *self = Self { at: at.saturating_sub(1), note: None, refused: false, ..*self },
            Command::Reasons => *self = Self { reasons: !self.reasons, ..Self::default() },
            Command::Choose if at < choices.len() => self.pick(app, choices.swap_remove(at)),
            Command::Choose | Command::Copy => {}
            _ => return Then::Close,
        }
        Then::Stay
    }

    /// A letter picks its action, allowed or not; a digit picks a line of the menu.
    fn typed(&mut self, app: &mut App, key: KeyEvent) -> Then {
        // After a refusal, a digit was meant for the form that did not open.
        if self.refused && digit(&key).is_some() {
            return Then::Stay;
        }
        let letter = keys::name(&key).and_then(|name| name.chars().next()).unwrap_or(' ');
        let allowed = choices(app, false);
        let by_digit = letter.to_digit(10).and_then(|digit| allowed.get(digit.checked_sub(1)? as usize).cloned());
        let by_letter = || choices(app, true).into_iter().find(|(action, _)| rule_of(*action).letter == letter);
        if let Some(choice) = by_digit.or_else(by_letter) {
            self.pick(app, choice);
        }
        Then::Stay
    }

    fn is_of_use(&self, _app: &App, command: Command) -> bool {
        command != Command::Copy
    }

    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        let Some(shown) = &app.disputes.shown else { return Drawn::default() };
        let title = format!("{} {} case actions", text::clean(shown.whole.case.id()), look.glyphs.dot);
        let mut dialog = DialogBox::new(title, area, look);
        if let Some(note) = &self.note {
            dialog.say(note, look.warn());
            dialog.space();
        }
        let choices = choices(app, self.reasons);
        let titles = choices.iter().map(|(action, _)| text::width(action.title())).max().unwrap_or(0);
        let mut digit = 0;
        for (at, (action, verdict)) in choices.iter().enumerate() {
            digit += usize::from(verdict.is_ok());
            let number = if verdict.is_ok() && digit < 10 { digit.to_string() } else { " ".to_owned() };
            let bar = if at == self.at { look.glyphs.bar } else { " " };
            let said = match verdict {
                Ok(()) => action.definition().trim_end_matches('.').to_owned(),
                Err(refusal) => text::clean(&refusal.words),
            };
            let mut line = Line::from(vec![
                Span::raw(format!("{bar} {number} ")),
                Span::styled(rule_of(*action).letter.to_string(), look.key()),
                Span::raw(format!("  {}  ", text::left(action.title(), titles))),
            ]);
            let left = dialog.room.saturating_sub(line.width());
            line.push_span(Span::styled(text::cut(&said, left), look.dim()));
            dialog.option(if verdict.is_err() { line.style(look.dim()) } else { line }, at, self.at);
        }
        if choices.is_empty() {
            dialog.say("You have no actions on this case now.", Style::new());
        }
        dialog.space();
        let more = if self.reasons { "only what you can do" } else { "the rest, and why not" };
        let keys = [("?", more), ("   Esc", "back")];
        let keys = keys
            .iter()
            .flat_map(|(key, words)| [Span::styled(*key, look.key()), Span::styled(format!(" {words}"), look.dim())]);
        dialog.line(Line::from_iter(keys), false);
        dialog.draw(area, buf)
    }
}
