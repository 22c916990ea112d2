//! Pages to read above the desk: earlier cases, attached files, letters, the report.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Widget};

use crate::cases::letter::Letter;
use crate::cases::{file, hint};
use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::disputes::requests::{Ask, DocumentKind};
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::draw;
use crate::console::kit::draw::{Drawn, whole};
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::kit::scroll::{Scroll, moved};
use crate::records::Party;
use crate::settings::keys::{Command, Scope};
use crate::store::cases::read::Content;
use crate::text;

/// Said where a case is needed.
const NO_CASE: &str = "No case is selected.";

/// How many lines of a file are shown.
const PREVIEW: usize = 2_000;
/// The width of a letter, in columns.
const LETTER: usize = 72;

/// A page to read.
#[derive(Debug)]
pub struct Document {
    /// What it shows.
    pub kind: DocumentKind,
    /// The lines; `None` while they are being read.
    lines: Option<Vec<String>>,
    /// The first line on the screen, if the lines are not files.
    scroll: Scroll,
    /// If the lines are files: the event number of each file, and the selected one.
    files: Vec<i32>,
    at: usize,
    /// Whether the lines show no names, or have none.
    masked: bool,
}

/// Instead of a page with names, while names are masked.
const HIDDEN: &str = "Hidden while names are masked.";

impl Document {
    const fn new(kind: DocumentKind, lines: Option<Vec<String>>) -> Self {
        Self { kind, lines, scroll: Scroll::new(), files: Vec::new(), at: 0, masked: false }
    }
}

/// Takes the lines of a page. An answer that arrives late is shown only on the page that asked for it.
pub fn take(app: &mut App, kind: &DocumentKind, lines: Result<Vec<String>, String>) {
    let Some(document) = app.each::<Document>().find(|document| document.kind == *kind) else { return };
    match lines {
        Ok(lines) => document.lines = Some(lines),
        Err(fault) => {
            document.lines = Some(vec![fault.clone()]);
            app.say(Tone::Bad, fault);
        }
    }
}

/// The lines of an attached file: its text, or what it is if it has none.
pub fn preview(found: &Content) -> Vec<String> {
    if let Some(text) = file::text(&found.content) {
        return text.lines().take(PREVIEW).map(str::to_owned).collect();
    }
    let facts = file::kind(&found.content).facts;
    let facts = if facts.is_empty() { String::new() } else { format!(", {facts}") };
    let bytes = found.content.len();
    vec![format!("{}: {}{facts}, {bytes} bytes. Go back to the list and press s to save it", found.name, found.kind)]
}

/// The lines of the letters of a case.
pub fn letters(letters: impl Iterator<Item = (Party, Option<Letter>)>) -> Vec<String> {
    let mut lines = Vec::new();
    for (party, letter) in letters {
        lines.push(format!("── To the {party} ──"));
        let text = letter.map_or_else(|| "No decision yet".to_owned(), |letter| letter.text(LETTER));
        lines.extend(text.lines().map(str::to_owned));
        lines.push(String::new());
    }
    lines
}

/// Shows earlier cases of the same people.
pub fn open_hints(app: &mut App) {
    let Some(shown) = &app.disputes.shown else { return app.say(Tone::News, NO_CASE) };
    let mut lines: Vec<String> = shown.hints.iter().map(|hint| hint::words(hint, &shown.policy)).collect();
    if lines.is_empty() {
        lines.push("None of these people was in an earlier case.".to_owned());
    }
    app.open(Document { masked: true, ..Document::new(DocumentKind::Hints, Some(lines)) });
}

/// Shows the attached files.
pub fn open_files(app: &mut App) {
    let Some(shown) = &app.disputes.shown else { return app.say(Tone::News, NO_CASE) };
    let shown = app.masked(shown.as_ref());
    let (mut lines, mut files) = (Vec::new(), Vec::new());
    for (event, file) in shown.whole.events.iter().filter_map(|event| Some((event, event.file.as_ref()?))) {
        let facts = if file.facts.is_empty() { String::new() } else { format!(", {}", file.facts) };
        let at = app.prefs.desk_zone(&shown.policy).short(event.at, app.now);
        let digest = &file.digest[..file.digest.len().min(12)];
        let words = format!(
            "{}  {}{facts}, {} bytes, {} {at}, sha256 {digest}",
            file.name, file.kind, file.size, event.recorder
        );
        lines.push(words);
        files.push(event.seq);
    }
    if lines.is_empty() {
        return app.say(Tone::News, "No file is attached yet. Press a, then f to attach one.");
    }
    let masked = app.prefs.mask;
    app.open(Document { files, masked, ..Document::new(DocumentKind::Files, Some(lines)) });
}

/// Shows the letters to the buyer and the seller.
pub fn open_letters(app: &mut App) {
    let Some(shown) = app.disputes.shown.as_ref() else { return };
    if shown.whole.decision.is_none() {
        return app.say(Tone::News, "There is no letter yet: the case is not decided.");
    }
    let named = shown.named();
    open(app, DocumentKind::Letters(named.clone()), Ask::Letter(named));
}

/// Opens a page that is read with this request.
pub fn open(app: &mut App, kind: DocumentKind, ask: Ask) {
    app.open(Document::new(kind, None));
    app.ask(Effect::Disputes(ask));
}

impl Dialog<App> for Document {
    fn scope(&self) -> Scope {
        Scope::Document
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        let screen = isize::from(i16::try_from(app.size.1).unwrap_or(24)).max(7) - 6;
        let by = match command {
            Command::Down => 1,
            Command::Up => -1,
            Command::PageDown => screen,
            Command::PageUp => -screen,
            Command::Save | Command::Open => {
                let file = app.disputes.selected.clone().zip(self.files.get(self.at).copied());
                match file {
                    Some((named, number)) if command == Command::Save => {
                        app.ask(Effect::Disputes(Ask::Save(named, number)));
                    }
                    Some((named, number)) => {
                        open(app, DocumentKind::File(named.clone(), number), Ask::Preview(named, number));
                    }
                    None => {}
                }
                return Then::Stay;
            }
            _ => return Then::Close,
        };
        self.scroll.by(by);
        self.at = moved(self.at, by, self.files.len());
        Then::Stay
    }

    fn drawn(&mut self, _app: &mut App, drawn: Drawn) {
        drawn.lines.into_iter().for_each(|lines| self.scroll.drawn(lines));
    }

    fn is_of_use(&self, _app: &App, command: Command) -> bool {
        !matches!(command, Command::Save | Command::Open) || !self.files.is_empty()
    }

    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        Clear.render(area, buf);
        let block = Block::bordered()
            .border_set(look.glyphs.frame)
            .title(Line::styled(format!(" {} ", self.kind.title()), look.focus()));
        let inside = block.inner(area);
        block.render(area, buf);
        let Some(all) = &self.lines else {
            draw::lines([Line::styled(" Reading …", look.dim())], inside, buf);
            return Drawn::default();
        };
        if app.prefs.mask && !self.masked {
            draw::lines([Line::styled(format!(" {HIDDEN}"), look.dim())], inside, buf);
            return Drawn::default();
        }
        let height = usize::from(inside.height).max(1);
        let choosing = !self.files.is_empty();
        let first = if choosing { (self.at + 1).saturating_sub(height) } else { self.scroll.of(all.len(), height) };
        for ((at, line), row) in all.iter().enumerate().skip(first).zip(inside.rows()) {
            let line = Line::raw(format!(" {}", text::clean(line)));
            if choosing && at == self.at {
                whole(line, row, look.selected(true), buf)
            } else {
                draw::put(&line, row, buf)
            }
        }
        Drawn { lines: Some((all.len(), height)), ..Drawn::default() }
    }
}
