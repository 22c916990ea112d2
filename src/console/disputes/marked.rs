//! One action on all marked cases: a canned text, a hand-over, a reason, a close. Each case is judged at its turn.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::cases::draft::{Facts, filled};
use crate::console::app::state::App;
use crate::console::disputes::documents;
use crate::console::disputes::fields::colleagues;
use crate::console::disputes::requests::{Ask, DocumentKind};
use crate::console::disputes::state::Focus;
use crate::console::frame::pick::{Choice, Pick};
use crate::console::kit::confirmation::{Answer, Confirmation};
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::draw::Drawn;
use crate::console::kit::form::{Asked, Field, Form};
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::desk::cases::Bulk;
use crate::records::Case;
use crate::settings::keys::{self, Command, Scope};
use crate::text;

/// The most cases that can be marked.
const MOST: usize = 500;

/// Marks or unmarks the selected case and goes to the next, marks all that are listed, or unmarks all.
pub fn mark(app: &mut App, command: Command) {
    let disputes = &mut app.disputes;
    if disputes.focus != Focus::Cases {
        return;
    }
    let same = |one: &Case, other: &Case| (&one.order_id, one.number) == (&other.order_id, other.number);
    match command {
        Command::Mark => {
            let Some(case) = disputes.at().and_then(|at| disputes.cases().get(at).cloned()) else { return };
            match disputes.marks.iter().position(|marked| same(marked, &case)) {
                Some(at) => _ = disputes.marks.remove(at),
                None if disputes.marks.len() < MOST => disputes.marks.push(case),
                None => app.say(Tone::News, format!("At most {MOST} cases can be marked.")),
            }
        }
        Command::MarkAll => {
            let all: Vec<Case> = disputes.cases().iter().take(MOST).cloned().collect();
            disputes.marks = all;
        }
        _ => disputes.marks.clear(),
    }
}

/// What can be done to many cases, with the letter of each: the letters of the action menu.
const ACTIONS: [(char, &str); 5] = [
    ('m', "Send a canned text"),
    ('w', "Send a canned text, and wait for the replies"),
    ('h', "Hand over"),
    ('r', "Set reason"),
    ('z', "Close"),
];

/// Opens the menu for the marked cases.
pub fn open(app: &mut App) {
    let line = |(letter, words): (char, &str)| Choice { letter, words: words.to_owned(), value: letter.to_string() };
    let title = format!("{} marked cases", app.disputes.marks.len());
    app.open(Pick { title, lines: ACTIONS.into_iter().map(line).collect(), at: 0, does: form });
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Canned,
    To,
    Reason,
    Words,
}

/// The form of an action on the marked cases.
#[derive(Debug)]
pub struct Many {
    letter: char,
    form: Form<Slot>,
    note: Option<&'static str>,
    /// The question before it is done: a message cannot be recalled.
    question: Option<Confirmation>,
}

/// How many ids are listed before it is done.
const NAMED: usize = 12;

fn form(app: &mut App, letter: &str) {
    if !app.may_write() {
        return;
    }
    let Some(shown) = app.disputes.shown.as_deref() else { return };
    let letter = letter.chars().next().unwrap_or('m');
    let policy = &shown.policy;
    let canned: Vec<_> =
        policy.macros.iter().map(|it| (it.name.clone(), format!("{}, to the {}", it.name, it.to))).collect();
    let reasons: Vec<_> = policy.offered().map(|it| (it.code.clone(), it.title.clone())).collect();
    let fields = match letter {
        'm' | 'w' => vec![Field::choice(Slot::Canned, "Canned text", canned).with("")],
        'h' => vec![
            Field::choice(Slot::To, "To", colleagues(shown)).with(""),
            Field::lines(Slot::Words, "Note", "needed: what they need to know"),
        ],
        'r' => vec![Field::choice(Slot::Reason, "Reason", reasons).with("")],
        _ => vec![Field::words(Slot::Words, "Why", "optional")],
    };
    app.open(Many { letter, form: Form::new(fields), note: None, question: None });
}

impl Many {
    /// What is done, or what is missing.
    fn what(&self) -> Result<Bulk, &'static str> {
        let need = |slot, words| self.form.said(slot).ok_or(words);
        Ok(match self.letter {
            'm' | 'w' => Bulk::Canned { name: need(Slot::Canned, "Choose the canned text.")?, ask: self.letter == 'w' },
            'h' => Bulk::HandOver {
                to: need(Slot::To, "Choose who gets them.")?,
                note: need(Slot::Words, "Say what they need to know.")?,
            },
            'r' => Bulk::SetReason { reason: need(Slot::Reason, "Choose the reason.")? },
            _ => Bulk::Close { why: self.form.said(Slot::Words) },
        })
    }

    fn send(&mut self, app: &mut App) -> Then {
        match self.what() {
            Err(words) => self.note = Some(words),
            Ok(_) if self.question.is_none() => self.question = Some(Confirmation::yes_or_no()),
            Ok(what) if app.can_write() => {
                let cases = std::mem::take(&mut app.disputes.marks);
                documents::open(app, DocumentKind::Done, Ask::Many(cases, what));
                return Then::Close;
            }
            Ok(_) => {}
        }
        Then::Stay
    }
}

impl Many {
    fn answer(&mut self, app: &mut App) -> Then {
        match self.question.as_ref().map_or(Answer::No, Confirmation::answer) {
            Answer::Yes => return self.send(app),
            Answer::No => self.question = None,
            Answer::NotYet(why) => why.into_iter().for_each(|why| app.say(Tone::Bad, why)),
        }
        Then::Stay
    }

    /// The cases, as far as there is room for their ids, and how many more there are.
    fn cases(app: &App) -> String {
        let marks = &app.disputes.marks;
        let named: Vec<String> = marks.iter().take(NAMED).map(|case| text::clean(case.id())).collect();
        match marks.len().saturating_sub(NAMED) {
            0 => named.join(", "),
            more => format!("{}, and {more} more", named.join(", ")),
        }
    }

    /// What the selected case's party would read.
    fn preview(&self, app: &App) -> Option<String> {
        let shown = app.disputes.shown.as_deref()?;
        let canned = shown.policy.macros.iter().find(|it| it.name == self.form.text(Slot::Canned))?;
        let case = &shown.whole.case;
        let language = shown.policy.language(case, canned.to);
        let facts =
            Facts { order: &shown.stored, reason: case.reason.as_deref(), person: &app.session.person, language };
        let body = text::clean(&filled(canned, &shown.policy, facts));
        Some(format!("For {}, the {} reads: {body}", text::clean(case.id()), canned.to))
    }
}

impl Dialog<App> for Many {
    fn scope(&self) -> Scope {
        Scope::Form
    }

    fn on(&mut self, app: &mut App, command: Command, key: KeyEvent) -> Then {
        match (command, &mut self.question) {
            (_, None) => {}
            (Command::Go | Command::Send, Some(_)) => return self.answer(app),
            (Command::Left | Command::Right, Some(question)) => {
                question.turn();
                return Then::Stay;
            }
            (_, Some(_)) => {
                self.question = None;
                return Then::Stay;
            }
        }
        match self.form.on(command, &key) {
            Asked::Nothing => {}
            Asked::Type => return self.typed(app, key),
            Asked::Send => return self.send(app),
            Asked::Close => return Then::Close,
        }
        Then::Stay
    }

    fn typed(&mut self, app: &mut App, key: KeyEvent) -> Then {
        if let Some(question) = &mut self.question {
            if keys::name(&key).as_deref() == Some("y") {
                question.agree();
                return self.answer(app);
            }
            return Then::Stay;
        }
        self.note = None;
        self.form.types(key);
        Then::Stay
    }

    fn paste(&mut self, _app: &mut App, text: &str) {
        if self.question.is_none() {
            self.form.paste(text);
        }
    }

    fn confirmation(&mut self) -> Option<&mut Confirmation> {
        self.question.as_mut()
    }

    fn takes_words(&self) -> bool {
        self.question.is_none()
    }

    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        let words = ACTIONS.iter().find(|it| it.0 == self.letter).map_or("", |it| it.1);
        let mut dialog = DialogBox::new(format!("{words}: {} marked cases", app.disputes.marks.len()), area, look);
        self.form.draw(&mut dialog, self.question.is_none(), Style::new());
        dialog.space();
        dialog.say(&Self::cases(app), Style::new());
        if let Some(words) = self.preview(app).filter(|_| !app.prefs.mask) {
            dialog.say(&words, look.good());
        }
        dialog.say("Each case is judged at its turn; what is refused is listed.", look.dim());
        if let Some(note) = self.note {
            dialog.say(note, look.bad());
        }
        if let Some(question) = &self.question {
            dialog.space();
            dialog.confirmation(question);
        }
        dialog.draw(area, buf)
    }
}
