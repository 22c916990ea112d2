//! The forms that change people and policy. Each change says why.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use strum::VariantArray;

use super::state::Ask;
use crate::cases::Policy;
use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::draw::Drawn;
use crate::console::kit::form::{Asked, Field, Form};
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::domain::Role;
use crate::settings::keys::{Command, Scope};

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Login,
    Role,
    To,
    Text,
    Why,
}

/// What the form changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Give,
    TakeAway,
    Move,
    Policy,
}

/// A form of the page.
#[derive(Debug)]
pub struct TeamForm {
    change: Change,
    form: Form<Slot>,
    /// What is wrong with what was typed.
    note: Option<String>,
    /// It is being carried out.
    writing: bool,
}

/// How many lines of the policy are shown at a time.
const LINES: usize = 16;

/// Opens the form of a change, by its letter.
pub fn open(app: &mut App, letter: &str) {
    if !app.may_write() {
        return;
    }
    let change = match letter {
        "g" => Change::Give,
        "t" => Change::TakeAway,
        "m" => Change::Move,
        _ => Change::Policy,
    };
    let Some(shown) = &app.team.shown else { return app.say(Tone::News, "People and policy are still being read.") };
    let login = app.team.person().map(|it| it.login.clone()).unwrap_or_default();
    let roles = Role::VARIANTS.iter().map(|role| (role.name().to_owned(), role.name().to_owned())).collect();
    let why = Field::words(Slot::Why, "Why", "needed: everyone can read it");
    let fields = match change {
        Change::Give | Change::TakeAway => vec![
            Field::words(Slot::Login, "Login", "of the database, or the name given with --as").with(login),
            Field::choice(Slot::Role, "Role", roles).with(""),
            why,
        ],
        Change::Move => {
            let to = app
                .team
                .people()
                .iter()
                .filter(|it| it.login != login)
                .map(|it| (it.login.clone(), format!("{}, {} open cases", it.login, it.cases)));
            vec![
                Field::words(Slot::Login, "Cases of", "their login").with(login.clone()),
                Field::choice(Slot::To, "To", to.collect()).with(""),
                Field::lines(Slot::Why, "Note", "needed: what they need to know"),
            ]
        }
        Change::Policy => {
            vec![Field::tall(Slot::Text, "Policy", LINES).with(shown.policy.text()), why]
        }
    };
    app.open(TeamForm { change, form: Form::new(fields), note: None, writing: false });
}

impl TeamForm {
    /// Goes back to the fields, because of this.
    pub fn fail(&mut self, why: String) {
        (self.note, self.writing) = (Some(why), false);
    }

    /// What is asked for, or what is missing and where.
    fn ask(&self) -> Result<Ask, (Slot, String)> {
        let need = |slot, words: &str| self.form.said(slot).ok_or_else(|| (slot, words.to_owned()));
        let why = || need(Slot::Why, "Say why; everyone can read it.");
        Ok(match self.change {
            Change::Give | Change::TakeAway => Ask::Role {
                login: need(Slot::Login, "Whose role is it?")?,
                role: self.form.text(Slot::Role).parse().map_err(|_| (Slot::Role, "Choose a role.".to_owned()))?,
                granted: self.change == Change::Give,
                why: why()?,
            },
            Change::Move => Ask::Move {
                from: need(Slot::Login, "Whose cases are moved?")?,
                to: need(Slot::To, "Choose who gets them.")?,
                note: need(Slot::Why, "Say what they need to know.")?,
            },
            Change::Policy => {
                let text = self.form.text(Slot::Text).to_owned() + "\n";
                Policy::parse(&text).map_err(|fault| (Slot::Text, fault))?;
                Ask::Policy { text, why: why()? }
            }
        })
    }

    fn send(&mut self, app: &mut App) {
        match self.ask() {
            Err((slot, words)) => {
                self.form.go(slot);
                self.note = Some(words);
            }
            Ok(ask) if app.can_write() => {
                (self.writing, self.note) = (true, None);
                app.ask(Effect::Team(ask));
            }
            Ok(_) => {}
        }
    }
}

impl Dialog<App> for TeamForm {
    fn scope(&self) -> Scope {
        Scope::Form
    }

    fn on(&mut self, app: &mut App, command: Command, key: KeyEvent) -> Then {
        if self.writing {
            return if command == Command::Back { Then::Close } else { Then::Stay };
        }
        match self.form.on(command, &key) {
            Asked::Nothing => {}
            Asked::Type => return self.typed(app, key),
            Asked::Send => self.send(app),
            Asked::Close => return Then::Close,
        }
        Then::Stay
    }

    fn typed(&mut self, _app: &mut App, key: KeyEvent) -> Then {
        self.note = None;
        self.form.types(key);
        Then::Stay
    }

    fn paste(&mut self, _app: &mut App, text: &str) {
        self.form.paste(text);
    }

    fn takes_words(&self) -> bool {
        true
    }

    fn draw(&self, _app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        let title = match self.change {
            Change::Give => "Give a role",
            Change::TakeAway => "Take a role away",
            Change::Move => "Move all open cases",
            Change::Policy => "Change the policy",
        };
        let mut dialog = DialogBox::new(title, area, look);
        self.form.draw(&mut dialog, true, Style::new());
        dialog.space();
        match (&self.note, self.writing) {
            (Some(note), _) => note.lines().for_each(|line| dialog.say(line, look.bad())),
            (None, true) => dialog.end("Sending …", look.warn()),
            (None, false) => {
                dialog.say("ctrl-s does it. Only an admin changes roles and policy; a lead moves cases.", look.dim())
            }
        }
        dialog.draw(area, buf)
    }
}
