//! Pages to read above the desk: earlier orders of the same people, attached files, letters, the report.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Widget};
use ratatui_image::Resize;
use ratatui_image::picker::Picker;

use crate::cases::file;
use crate::cases::letter::Letter;
use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::disputes::requests::{self, Ask, DocumentKind, Earlier, Picture};
use crate::console::disputes::shown::Named;
use crate::console::frame::prompt::{Asks, Prompt};
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::draw;
use crate::console::kit::draw::{Drawn, whole};
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::kit::scroll::{Scroll, moved};
use crate::desk::cases::Moved;
use crate::records::Party;
use crate::records::report::Common;
use crate::settings::keys::{Command, Scope};
use crate::store::cases::read::Content;
use crate::text;

/// Said where a case is needed.
const NO_CASE: &str = "No case is selected.";

/// How many lines of a file are shown.
const PREVIEW: usize = 2_000;
/// The width of a letter, in columns.
const LETTER: usize = 72;

/// What a line leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Lead {
    /// An attached file, by the number of its event, and its name.
    File(i32, String),
    /// An earlier order, and its case.
    Earlier(Earlier),
    /// The cases behind a line of the report.
    Behind(Common, String),
}

/// A page to read.
#[derive(Debug)]
pub struct Document {
    /// What it shows.
    pub kind: DocumentKind,
    /// The lines; `None` while they are being read.
    lines: Option<Vec<String>>,
    /// The first line on the screen, if the lines are not files.
    scroll: Scroll,
    /// If lines can be chosen: what each leads to, and the selected one.
    leads: Vec<Option<Lead>>,
    at: usize,
    /// A small picture, above the lines.
    picture: Option<Picture>,
    /// Whether the lines show no names, or have none.
    masked: bool,
}

/// Instead of a page with names, while names are masked.
const HIDDEN: &str = "Hidden while names are masked.";

impl Document {
    const fn new(kind: DocumentKind, lines: Option<Vec<String>>) -> Self {
        Self { kind, lines, scroll: Scroll::new(), leads: Vec::new(), at: 0, picture: None, masked: false }
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

/// Takes lines of which some lead further.
fn take_leading(app: &mut App, kind: &DocumentKind, found: Result<Vec<(String, Option<Lead>)>, String>) {
    let Some(document) = app.each::<Document>().find(|document| document.kind == *kind) else { return };
    match found {
        Ok(found) => {
            let (lines, leads): (Vec<String>, Vec<Option<Lead>>) = found.into_iter().unzip();
            document.lines = Some(lines);
            document.leads = leads;
            document.at = document.leads.iter().position(Option::is_some).unwrap_or(0);
        }
        Err(fault) => {
            document.lines = Some(vec![fault.clone()]);
            app.say(Tone::Bad, fault);
        }
    }
}

/// Takes earlier orders, or the cases behind a line of the report.
pub fn take_earlier(app: &mut App, kind: &DocumentKind, found: Result<Vec<(String, Option<Earlier>)>, String>) {
    let lead = |(line, lead): (String, Option<Earlier>)| (line, lead.map(Lead::Earlier));
    take_leading(app, kind, found.map(|found| found.into_iter().map(lead).collect()));
}

/// Takes the report.
pub fn take_report(app: &mut App, found: Result<Vec<requests::Line>, String>) {
    let lead = |(line, lead): requests::Line| (line, lead.map(|it| Lead::Behind(it.0, it.1)));
    take_leading(app, &DocumentKind::Report, found.map(|found| found.into_iter().map(lead).collect()));
}

/// Takes a small picture of an attached image.
pub fn take_picture(app: &mut App, kind: &DocumentKind, picture: Picture) {
    let Some(document) = app.each::<Document>().find(|document| document.kind == *kind) else { return };
    document.lines = Some(vec![picture.about.clone()]);
    document.picture = Some(picture);
}

/// The lines of an attached file: its text, or what it is if it has none.
pub fn preview(found: &Content) -> Vec<String> {
    if let Some(text) = file::text(&found.content) {
        return text.lines().take(PREVIEW).map(str::to_owned).collect();
    }
    let facts = file::kind(&found.content).facts;
    let facts = if facts.is_empty() { String::new() } else { format!(", {facts}") };
    let bytes = found.content.len();
    vec![format!("{}: {}{facts}, {bytes} bytes. s saves it, O opens it in the system's viewer", found.name, found.kind)]
}

/// What became of an action on many cases: those that were refused first.
pub fn done(all: &[Moved]) -> Vec<String> {
    let refused: Vec<(&Moved, &str)> = all.iter().filter_map(|it| Some((it, it.refused()?))).collect();
    let count = all.len() - refused.len();
    let mut lines = vec![format!("Done: {count} of {} cases", all.len()), String::new()];
    lines.extend(refused.iter().map(|(it, why)| format!("{}: {}", it.case.id(), text::sentence(why))));
    if !refused.is_empty() && count > 0 {
        lines.push(String::new());
    }
    lines.extend(all.iter().filter(|it| it.refused().is_none()).map(|it| format!("{}: done", it.case.id())));
    lines
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
    lines.push("These letters are not sent from here: s saves them as PDFs, y copies them.".to_owned());
    lines
}

/// Shows earlier orders and cases of the same people.
pub fn open_history(app: &mut App) {
    let Some(shown) = &app.disputes.shown else { return app.say(Tone::News, NO_CASE) };
    let order = shown.whole.case.order_id.clone();
    open(app, DocumentKind::History(order.clone()), Ask::History(order));
}

/// Shows the attached files.
pub fn open_files(app: &mut App) {
    let Some(shown) = &app.disputes.shown else { return app.say(Tone::News, NO_CASE) };
    let shown = app.masked(shown.as_ref());
    let (mut lines, mut leads) = (Vec::new(), Vec::new());
    for (event, file) in shown.whole.events.iter().filter_map(|event| Some((event, event.file.as_ref()?))) {
        let facts = if file.facts.is_empty() { String::new() } else { format!(", {}", file.facts) };
        let at = app.prefs.desk_zone(&shown.policy).short(event.at, app.now);
        let digest = &file.digest[..file.digest.len().min(12)];
        let about = event.item.as_ref().map(|line| format!(", about: {line}")).unwrap_or_default();
        let words = format!(
            "{}  {}{facts}{about}, {} bytes, {} {at}, sha256 {digest}",
            file.name, file.kind, file.size, event.recorder
        );
        lines.push(words);
        leads.push(Some(Lead::File(event.seq, file.name.clone())));
    }
    if lines.is_empty() {
        return app.say(Tone::News, "No file is attached yet. Press a, then f to attach one.");
    }
    let masked = app.prefs.mask;
    app.open(Document { leads, masked, ..Document::new(DocumentKind::Files, Some(lines)) });
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

impl Document {
    /// What the selected line leads to.
    fn lead(&self) -> Option<&Lead> {
        self.leads.get(self.at)?.as_ref()
    }

    /// The line to go to: headings lead nowhere and are passed over.
    fn next(&self, by: isize) -> usize {
        let to = moved(self.at, by, self.leads.len());
        let leads = |at: &usize| self.leads.get(*at).is_some_and(Option::is_some);
        let mut beyond: Box<dyn Iterator<Item = usize>> =
            if by < 0 { Box::new((0..=to).rev()) } else { Box::new(to..self.leads.len()) };
        beyond.find(leads).unwrap_or(self.at)
    }

    /// Draws the small picture, and returns the room that is left.
    fn picture(&self, area: Rect, buf: &mut Buffer) -> Rect {
        let Some(picture) = &self.picture else { return area };
        let points = image::RgbImage::from_raw(picture.width, picture.height, picture.points.clone());
        let (Some(points), true) = (points, area.height > 3) else { return area };
        let room = Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: area.height - 2, ..area };
        let whole = image::DynamicImage::ImageRgb8(points);
        let size = ratatui::layout::Size { width: room.width, height: room.height };
        let Ok(drawn) = Picker::halfblocks().new_protocol(whole, size, Resize::Scale(None)) else { return area };
        let used = drawn.size().height;
        ratatui_image::Image::new(&drawn).render(room, buf);
        Rect { y: area.y + used + 1, height: area.height.saturating_sub(used + 1), ..area }
    }

    /// The attached file that is shown or selected: its event, and its name.
    fn file(&self, app: &App) -> Option<(i32, String)> {
        match (self.lead(), &self.kind) {
            (Some(Lead::File(number, name)), _) => Some((*number, name.clone())),
            (_, DocumentKind::File(_, number)) => {
                let events = app.disputes.shown.as_ref()?.whole.events.iter();
                let file = events.filter(|event| event.seq == *number).find_map(|event| event.file.as_ref())?;
                Some((*number, file.name.clone()))
            }
            _ => None,
        }
    }

    /// Opens, saves or copies what is selected.
    fn does(&self, app: &mut App, command: Command) {
        let named = app.disputes.selected.clone();
        match (command, self.file(app), named) {
            (Command::Save, Some((number, name)), Some(named)) => {
                app.open(Prompt::further(SaveAs { named, number }, name.trim_start_matches('.').to_owned()));
            }
            (Command::View, Some((number, _)), Some(named)) => app.ask(Effect::Disputes(Ask::View(named, number))),
            (Command::Open, Some((number, _)), Some(named)) if self.lead().is_some() => {
                open(app, DocumentKind::File(named.clone(), number), Ask::Preview(named, number));
            }
            (Command::Open, ..) => match self.lead().cloned() {
                Some(Lead::Earlier((order, number))) => {
                    open(app, DocumentKind::Earlier(order.clone(), number), Ask::Earlier(order, number));
                }
                Some(Lead::Behind(common, value)) => {
                    open(app, DocumentKind::Behind(common, value.clone()), Ask::Behind(common, value));
                }
                Some(Lead::File(..)) | None => {}
            },
            (Command::Save, None, Some(named)) => app.ask(Effect::Disputes(Ask::SaveLetters(named))),
            (Command::Copy, ..) if app.prefs.mask => app.say(Tone::News, HIDDEN),
            (Command::Copy, ..) => {
                let text = self.lines.iter().flatten().cloned().collect::<Vec<_>>().join("\n");
                app.ask(Effect::Copy(text, self.kind.title().to_owned()));
            }
            _ => {}
        }
    }
}

/// Asks where an attached file is saved.
#[derive(Debug)]
struct SaveAs {
    named: Named,
    number: i32,
}

impl Asks for SaveAs {
    fn title(&self) -> String {
        "Save the file".to_owned()
    }

    fn label(&self) -> &'static str {
        "As "
    }

    fn about(&self) -> String {
        "A path on this computer; a name alone is in the folder where the console was started. Nothing is overwritten."
            .to_owned()
    }

    fn done(&mut self, app: &mut App, text: &str) -> Then {
        let home = std::env::var_os("HOME").map(std::path::PathBuf::from);
        let path = file::path(text, home.as_deref());
        app.ask(Effect::Disputes(Ask::Save(self.named.clone(), self.number, path)));
        Then::Close
    }

    fn keep(&self, _app: &mut App, _text: String) {}
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
            Command::Save | Command::Open | Command::View | Command::Copy => {
                self.does(app, command);
                return Then::Stay;
            }
            _ => return Then::Close,
        };
        self.scroll.by(by);
        self.at = self.next(by);
        Then::Stay
    }

    fn drawn(&mut self, _app: &mut App, drawn: Drawn) {
        drawn.lines.into_iter().for_each(|lines| self.scroll.drawn(lines));
    }

    fn is_of_use(&self, _app: &App, command: Command) -> bool {
        let file = matches!(self.lead(), Some(Lead::File(..))) || matches!(self.kind, DocumentKind::File(..));
        match command {
            Command::Save => file || matches!(self.kind, DocumentKind::Letters(_)),
            Command::View => file,
            Command::Open => self.lead().is_some(),
            Command::Copy => {
                matches!(self.kind, DocumentKind::Letters(_) | DocumentKind::Earlier(..) | DocumentKind::Report)
            }
            _ => true,
        }
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
        let inside = self.picture(inside, buf);
        let height = usize::from(inside.height).max(1);
        let choosing = self.leads.iter().any(Option::is_some);
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
