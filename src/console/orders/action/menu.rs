//! The action menu: the actions you can do now, and on demand the others with the reasons why not.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::console::app::state::App;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::draw::Drawn;
use crate::console::kit::form::digit;
use crate::console::kit::look::{Look, name};
use crate::console::orders::action::form;
use crate::console::orders::action::wording::title;
use crate::console::orders::copy;
use crate::desk::{command_line, providers};
use crate::domain::{By, Choice, Offer, Proof, menu};
use crate::settings::keys::{self, Command, Scope};
use crate::text;

/// The action menu of the shown order.
#[derive(Debug, Clone, Default)]
pub struct Menu {
    /// Show every action of the law, with reasons; otherwise only the allowed ones.
    pub reasons: bool,
    /// The selected line.
    pub at: usize,
    /// Why the last letter did nothing, or who moved the order.
    pub note: Option<String>,
    /// The last letter was refused.
    pub refused: bool,
}

/// The actions on the shown order for this person; with `reasons`, the refused ones too.
pub fn choices(app: &App, reasons: bool) -> Vec<Choice> {
    let Some(shown) = &app.orders.shown else { return Vec::new() };
    // Until the provider answered, nothing else is asked or recorded.
    if shown.related.asking().is_some() && !reasons {
        return Vec::new();
    }
    let mut choices = menu(&shown.stored.order, By::Person(app.session.roles), app.now);
    choices.retain(|choice| reasons || choice.verdict.is_ok());
    // Actions in our own name come before those recorded for others.
    choices.sort_by_key(|choice| !choice.actor.is_us());
    choices
}

/// What an action needs from the user.
fn needs(offer: &Offer) -> String {
    let most = offer.most.map(|most| format!("up to {most}"));
    let proof = match offer.proof {
        Proof::Nothing => None,
        Proof::Note => Some("a note".to_owned()),
        Proof::Reference => Some("a reference".to_owned()),
    };
    [most, proof].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What is asked of the provider of the shown order now, as a sentence.
fn under_way(app: &App) -> Option<String> {
    let words = providers::asking(app.orders.shown.as_ref()?.related.asking()?);
    let mut letters = words.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// Whether an action goes to the provider, where some do: of other orders everything is recorded only.
fn reach(app: &App, choice: &Choice) -> String {
    let Some(shown) = app.orders.shown.as_ref().filter(|shown| shown.related.account.is_some()) else {
        return String::new();
    };
    let provider = shown.stored.order.provider();
    match providers::is_sent(provider, choice.action, choice.actor) {
        true => format!("  asks {}", provider.title()),
        false => "  recorded only".to_owned(),
    }
}

impl Menu {
    /// The menu after someone moved the order.
    pub fn moved(&self, words: String) -> Self {
        Self { reasons: self.reasons, at: 0, note: Some(words), refused: false }
    }

    fn pick(&mut self, app: &mut App, choice: &Choice) {
        if let Some(words) = under_way(app) {
            (self.note, self.refused) = (Some(words), true);
            return;
        }
        self.refused = choice.verdict.is_err();
        match &choice.verdict {
            Err(refusal) => self.note = Some(refusal.to_string()),
            Ok(offer) if app.may_write() => form::open(app, choice, offer),
            Ok(_) => {}
        }
    }

    /// The command line that does what the selected line does.
    fn twin(&self, app: &App) -> Option<String> {
        let order = &app.orders.shown.as_ref()?.stored.order;
        command_line::of_choice(order, choices(app, self.reasons).get(self.at)?)
    }

    fn line(app: &App, choice: &Choice, head: &str, dialog: &DialogBox, titles: usize) -> Line<'static> {
        let look = dialog.look;
        let title = text::left(&title(choice.action, choice.actor), titles);
        let mut line = Line::from(vec![
            Span::raw(head.to_owned()),
            Span::styled(choice.letter.to_string(), look.key()),
            Span::raw(format!("  {title}")),
        ]);
        let said = match &choice.verdict {
            Ok(offer) => {
                let to: Vec<&str> = offer.to.iter().map(|to| name(*to)).collect();
                let needs = needs(offer);
                let needs = if needs.is_empty() { needs } else { format!("  ({needs})") };
                format!("{} {}{needs}{}", look.glyphs.arrow, to.join(" or "), reach(app, choice))
            }
            Err(refusal) => {
                let words = refusal.to_string();
                words.split_once(": ").map_or(words.clone(), |(_, why)| why.to_owned())
            }
        };
        let left = dialog.room.saturating_sub(line.width() + 1);
        line.push_span(Span::raw(" "));
        line.push_span(Span::raw(text::cut(&said, left)));
        if choice.verdict.is_err() { line.style(look.dim()) } else { line }
    }
}

impl Dialog<App> for Menu {
    fn scope(&self) -> Scope {
        Scope::Menu
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        let choices = choices(app, self.reasons);
        let at = self.at;
        match command {
            Command::Down => {
                *self = Self { at: (at + 1).min(choices.len().saturating_sub(1)), note: None, refused: false, ..*self }
            }
            Command::Up => *self = Self { at: at.saturating_sub(1), note: None, refused: false, ..*self },
            Command::Reasons => *self = Self { reasons: !self.reasons, ..Self::default() },
            Command::Copy => copy::copy_command(app, self.twin(app)),
            Command::Choose => {
                if let Some(choice) = choices.get(at) {
                    self.pick(app, choice);
                }
            }
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
        let by_letter = || choices(app, true).into_iter().find(|choice| choice.letter == letter);
        if let Some(choice) = by_digit.or_else(by_letter) {
            self.pick(app, &choice);
        }
        Then::Stay
    }

    fn is_on_the_order(&self) -> bool {
        true
    }

    fn is_of_use(&self, app: &App, command: Command) -> bool {
        command != Command::Copy || self.twin(app).is_some()
    }

    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        let Some(shown) = &app.orders.shown else { return Drawn::default() };
        let order = &shown.stored.order;
        let title_of_all = format!("{} {} {}", text::clean(&order.key.id), look.glyphs.dot, order.standing());
        let mut dialog = DialogBox::new(title_of_all, area, look);
        if let Some(note) = &self.note {
            dialog.say(note, look.warn());
            dialog.space();
        }
        let choices = choices(app, self.reasons);
        let widths = choices.iter().map(|choice| text::width(&title(choice.action, choice.actor)));
        let titles = widths.max().unwrap_or(0).min(dialog.room / 2);
        let mut digit = 0;
        for (at, choice) in choices.iter().enumerate() {
            let allowed = choice.verdict.is_ok();
            digit += usize::from(allowed);
            let number = if allowed && digit < 10 { digit.to_string() } else { " ".to_owned() };
            let bar = if at == self.at { look.glyphs.bar } else { " " };
            let line = Self::line(app, choice, &format!("{bar} {number} "), &dialog, titles);
            dialog.option(line, at, self.at);
        }
        if let Some(words) = under_way(app).filter(|words| self.note.as_ref() != Some(words)) {
            dialog.say(&words, look.warn());
        } else if choices.is_empty() {
            let why = format!("You have no actions on an order that is {}.", order.standing());
            dialog.say(&why, ratatui::style::Style::new());
        }
        dialog.space();
        if let Some(twin) = self.twin(app) {
            dialog.line(Line::styled(text::cut(&twin, dialog.room), look.dim()), false);
        }
        let more = if self.reasons { "only what you can do" } else { "the rest, and why not" };
        let keys = [("?", more), ("   y", "copy the command line"), ("   Esc", "back")];
        let keys = keys
            .iter()
            .flat_map(|(key, words)| [Span::styled(*key, look.key()), Span::styled(format!(" {words}"), look.dim())]);
        dialog.line(Line::from_iter(keys), false);
        dialog.draw(area, buf)
    }
}
