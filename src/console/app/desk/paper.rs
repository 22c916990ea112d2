//! Pages to read above the desk: earlier cases, attached files, letters, the report.

use super::{Ask, Named, moved};
use crate::cases::hint;
use crate::console::app::{App, Effect, Layer, Tone};
use crate::settings::keys::Command as Key;

/// What a page shows. An answer that arrives late is shown only on the page that asked for it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum PaperKind {
    /// Earlier cases of the same people.
    Hints,
    /// The files of a case.
    Files,
    /// One file of a case, by the number of its event.
    File(Named, i32),
    /// The letters of a case.
    Letters(Named),
    /// The report.
    Report,
}

impl PaperKind {
    /// The title of the page.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Hints => "Earlier cases of the same people",
            Self::Files => "Attached files",
            Self::File(..) => "An attached file",
            Self::Letters(_) => "Letters to the buyer and the seller",
            Self::Report => "Report on the last 30 days",
        }
    }
}

/// A page to read above the desk.
#[derive(Debug, Clone)]
pub struct Paper {
    /// What it shows.
    pub kind: PaperKind,
    /// The lines; `None` while they are being read.
    pub lines: Option<Vec<String>>,
    /// The first line on the screen, or the selected line if the lines are files.
    pub at: usize,
    /// If the lines are files: the event number of each file.
    pub files: Vec<i32>,
}

impl App {
    pub(super) fn take_paper(&mut self, kind: &PaperKind, lines: Result<Vec<String>, String>) {
        let paper = self.layers.iter_mut().rev().find_map(|layer| match layer {
            Layer::Paper(paper) if paper.kind == *kind => Some(paper),
            _ => None,
        });
        let Some(paper) = paper else { return };
        match lines {
            Ok(lines) => paper.lines = Some(lines),
            Err(fault) => {
                paper.lines = Some(vec![fault.clone()]);
                self.say(Tone::Bad, fault);
            }
        }
    }

    pub(super) fn open_hints(&mut self) {
        let Some(shown) = &self.desk.shown else { return self.say(Tone::News, "No case is selected.") };
        let lines: Vec<String> = shown.hints.iter().map(|hint| hint::words(hint, &shown.policy)).collect();
        let nothing = vec!["None of these people was in an earlier case.".to_owned()];
        let lines = if lines.is_empty() { nothing } else { lines };
        let paper = Paper { kind: PaperKind::Hints, lines: Some(lines), at: 0, files: Vec::new() };
        self.layers.push(Layer::Paper(Box::new(paper)));
    }

    pub(super) fn open_files(&mut self) {
        let Some(shown) = &self.desk.shown else { return self.say(Tone::News, "No case is selected.") };
        let files = shown.whole.events.iter().filter_map(|event| Some((event, event.file.as_ref()?)));
        let (mut lines, mut numbers) = (Vec::new(), Vec::new());
        for (event, file) in files {
            let facts = if file.facts.is_empty() { String::new() } else { format!(", {}", file.facts) };
            let at = self.prefs.zone.short(event.at);
            let words = format!(
                "{}  {}{facts}, {} bytes, {} {at}, sha256 {}",
                file.name,
                file.kind,
                file.size,
                event.recorder,
                &file.digest[..file.digest.len().min(12)]
            );
            lines.push(words);
            numbers.push(event.seq);
        }
        if lines.is_empty() {
            return self.say(Tone::News, "No file is attached yet. Press a, then f to attach one.");
        }
        let paper = Paper { kind: PaperKind::Files, lines: Some(lines), at: 0, files: numbers };
        self.layers.push(Layer::Paper(Box::new(paper)));
    }

    pub(super) fn open_letter(&mut self) -> Vec<Effect> {
        let Some(shown) = self.desk.shown.as_ref() else { return Vec::new() };
        if shown.whole.decision.is_none() {
            self.say(Tone::News, "There is no letter yet: the case is not decided.");
            return Vec::new();
        }
        let named = shown.named();
        self.open_paper(PaperKind::Letters(named.clone()), Ask::Letter(named))
    }

    pub(super) fn open_paper(&mut self, kind: PaperKind, ask: Ask) -> Vec<Effect> {
        let paper = Paper { kind, lines: None, at: 0, files: Vec::new() };
        self.layers.push(Layer::Paper(Box::new(paper)));
        vec![Effect::Desk(ask)]
    }

    pub(in crate::console::app) fn on_paper(&mut self, command: Key) -> Vec<Effect> {
        let screen = usize::from(self.size.1).saturating_sub(6).max(1);
        let named = self.desk.selected.clone();
        let Some(Layer::Paper(paper)) = self.layers.last_mut() else { return Vec::new() };
        let length = paper.lines.as_ref().map_or(0, Vec::len);
        let last = if paper.files.is_empty() { length.saturating_sub(screen) } else { length.saturating_sub(1) };
        let by = match command {
            Key::Down => 1,
            Key::Up => -1,
            Key::PageDown => screen as isize,
            Key::PageUp => -(screen as isize),
            Key::Save | Key::Open => {
                let (Some(named), Some(number)) = (named, paper.files.get(paper.at).copied()) else {
                    return Vec::new();
                };
                if command == Key::Save {
                    return vec![Effect::Desk(Ask::Save(named, number))];
                }
                return self.open_paper(PaperKind::File(named.clone(), number), Ask::Preview(named, number));
            }
            _ => {
                self.layers.pop();
                return Vec::new();
            }
        };
        paper.at = moved(paper.at, by, last + 1);
        Vec::new()
    }
}
