//! Files to attach, chosen from the folders of this computer: typed with completion, marked, and tied to a line of the checklist.

use std::path::{Path, PathBuf};

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use tui_input::Input;

use crate::cases::file;
use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::disputes::requests::{Ask, Entry};
use crate::console::disputes::shown::Named;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::draw::Drawn;
use crate::console::kit::input::{insert, type_key};
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::kit::place::Reach;
use crate::console::kit::scroll::{follow, moved};
use crate::settings::keys::{Command, Scope};
use crate::text;

/// How many entries are shown at a time.
const SHOWN: usize = 10;

/// The picker.
#[derive(Debug)]
pub struct Picker {
    named: Named,
    /// The path as it is typed: a folder, and the beginning of a name.
    input: Input,
    /// What is in that folder, once it is read.
    entries: Option<Result<Vec<Entry>, String>>,
    /// The folder that was read, or is being read.
    folder: String,
    at: usize,
    marked: Vec<PathBuf>,
    /// The lines of the checklist, and the chosen one, from 1; zero is none.
    lines: Vec<String>,
    line: usize,
    note: Option<String>,
}

/// Opens the picker for the shown case, in the folder where the console was started.
pub fn open(app: &mut App) {
    let Some(shown) = app.disputes.shown.as_deref() else { return };
    let reason = shown.whole.case.reason.as_deref().and_then(|code| shown.policy.reason(code));
    let lines = reason.map_or_else(Vec::new, |reason| reason.checklist.clone());
    let named = shown.named();
    app.ask(Effect::Disputes(Ask::Edit(named.clone(), false)));
    app.ask(Effect::Disputes(Ask::Folder(PathBuf::new())));
    app.open(Picker {
        named,
        input: Input::default(),
        entries: None,
        folder: String::new(),
        at: 0,
        marked: Vec::new(),
        lines,
        line: 0,
        note: None,
    });
}

/// Takes what is in a folder.
pub fn take(app: &mut App, path: &Path, entries: Result<Vec<Entry>, String>) {
    let here = |picker: &&mut Picker| real(&picker.folder) == path;
    app.each::<Picker>().filter(here).for_each(|picker| picker.entries = Some(entries.clone()));
}

/// A typed path as the system knows it.
fn real(typed: &str) -> PathBuf {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    if typed.is_empty() { PathBuf::new() } else { file::path(typed, home.as_deref()) }
}

impl Picker {
    /// The typed text in two parts: the folder with its last slash, and the beginning of a name.
    fn parts(&self) -> (&str, &str) {
        let typed = self.input.value();
        typed.split_at(typed.rfind('/').map_or(0, |at| at + 1))
    }

    /// The entries whose names have what is typed.
    fn fitting(&self) -> Vec<&Entry> {
        let wanted = self.parts().1.to_lowercase();
        let Some(Ok(entries)) = &self.entries else { return Vec::new() };
        entries.iter().filter(|entry| entry.name.to_lowercase().contains(&wanted)).collect()
    }

    fn path_of(&self, entry: &Entry) -> PathBuf {
        real(self.parts().0).join(&entry.name)
    }

    /// After the text has changed: another folder is read.
    fn changed(&mut self, app: &mut App) {
        (self.at, self.note) = (0, None);
        let folder = self.parts().0.to_owned();
        if folder != self.folder {
            (self.folder, self.entries) = (folder, None);
            app.ask(Effect::Disputes(Ask::Folder(real(&self.folder))));
        }
    }

    /// Puts the selected name in the place of its beginning. Returns whether it is a folder.
    fn complete(&mut self, app: &mut App) -> Option<bool> {
        let entry = self.fitting().get(self.at).map(|entry| (**entry).clone())?;
        let end = if entry.folder { "/" } else { "" };
        self.input = Input::new(format!("{}{}{end}", self.parts().0, entry.name));
        self.changed(app);
        Some(entry.folder)
    }

    /// Goes into the selected folder, or marks the selected file.
    fn enter(&mut self, app: &mut App) {
        let Some(entry) = self.fitting().get(self.at).map(|entry| (**entry).clone()) else {
            // A path that was pasted, to a place that cannot be listed.
            self.note = Some("No such file is listed here: ctrl-s attaches the path as it is typed.".to_owned());
            return;
        };
        if entry.folder {
            self.complete(app);
            return;
        }
        let path = self.path_of(&entry);
        match self.marked.iter().position(|marked| *marked == path) {
            Some(at) => _ = self.marked.remove(at),
            None => self.marked.push(path),
        }
    }

    /// Attaches the marked files, or the one that is selected or typed.
    fn send(&mut self, app: &mut App) -> bool {
        let mut files = self.marked.clone();
        if files.is_empty() {
            let selected = self.fitting().get(self.at).filter(|entry| !entry.folder).map(|entry| self.path_of(entry));
            let typed = Some(self.input.value()).filter(|typed| !typed.trim().is_empty()).map(real);
            files.extend(selected.or(typed));
        }
        if files.is_empty() {
            self.note = Some("Choose a file.".to_owned());
            return false;
        }
        if !app.can_write() {
            return false;
        }
        let files: Vec<_> = files.into_iter().map(|path| (path, app.request())).collect();
        let words = if files.len() == 1 { "a file".to_owned() } else { format!("{} files", files.len()) };
        app.say(Tone::News, format!("Sending {words} …"));
        let line = self.line.checked_sub(1).and_then(|at| self.lines.get(at)).cloned();
        app.ask(Effect::Disputes(Ask::Attach(self.named.clone(), files, line)));
        true
    }

    fn line_of(&self, entry: &Entry, selected: bool, look: Look) -> Line<'static> {
        let bar = if selected { look.glyphs.bar } else { " " };
        let mark = if self.marked.contains(&self.path_of(entry)) { look.glyphs.marked } else { " " };
        let (name, size) = (text::clean(&entry.name), text::grouped(entry.size as i64));
        let words = if entry.folder { format!("{name}/") } else { format!("{name}  {size} bytes") };
        Line::from(vec![Span::raw(format!("{bar}{mark} ")), Span::raw(words)])
    }
}

impl Dialog<App> for Picker {
    fn scope(&self) -> Scope {
        Scope::Picker
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        let count = self.fitting().len();
        match command {
            Command::Down => self.at = moved(self.at, 1, count),
            Command::Up => self.at = moved(self.at, -1, count),
            Command::NextField => _ = self.complete(app),
            Command::Left => self.line = self.line.checked_sub(1).unwrap_or(self.lines.len()),
            Command::Right => self.line = (self.line + 1) % (self.lines.len() + 1),
            Command::Go => self.enter(app),
            Command::Send => {
                if self.send(app) {
                    return Then::Close;
                }
            }
            _ => {
                app.ask(Effect::Disputes(Ask::Leave));
                return Then::Close;
            }
        }
        Then::Stay
    }

    fn typed(&mut self, app: &mut App, key: KeyEvent) -> Then {
        type_key(&mut self.input, key);
        self.changed(app);
        Then::Stay
    }

    fn paste(&mut self, app: &mut App, text: &str) {
        // Dropped files come as quoted paths.
        let home = std::env::var_os("HOME").map(PathBuf::from);
        insert(&mut self.input, &file::path(text.trim(), home.as_deref()).to_string_lossy());
        self.changed(app);
    }

    fn takes_words(&self) -> bool {
        true
    }

    fn draw(&self, _app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        let mut dialog = DialogBox::new("Attach files", area, look);
        dialog.field(Span::styled("File ", look.focus()), &self.input, look.title());
        let (at, cursor) = (dialog.at, dialog.cursor);
        dialog.space();
        match &self.entries {
            None => dialog.say("Reading …", look.dim()),
            Some(Err(fault)) => dialog.say(&text::clean(fault), look.bad()),
            Some(Ok(_)) => {
                let fitting = self.fitting();
                let first = follow(0, self.at, SHOWN, fitting.len());
                for (place, entry) in fitting.iter().enumerate().skip(first).take(SHOWN) {
                    let line = self.line_of(entry, place == self.at, look);
                    dialog.reach(dialog.lines.len(), Reach::line(place, self.at));
                    dialog.lines.push(if place == self.at { line.style(look.selected(true)) } else { line });
                }
                if fitting.is_empty() {
                    dialog.say("Nothing here has such a name.", look.dim());
                }
            }
        }
        dialog.space();
        if !self.marked.is_empty() {
            let names: Vec<String> = self.marked.iter().map(|path| file::name(path)).collect();
            dialog.say(&format!("{} marked: {}", names.len(), names.join(", ")), look.good());
        }
        let about = self.line.checked_sub(1).and_then(|at| self.lines.get(at));
        let about = about.map_or("no line of the checklist".to_owned(), |line| text::clean(line));
        dialog.say(&format!("About: < {about} >"), Style::new());
        if let Some(note) = &self.note {
            dialog.say(note, look.bad());
        }
        (dialog.at, dialog.cursor) = (at, cursor);
        dialog.draw(area, buf)
    }
}
