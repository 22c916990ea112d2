//! Plays a recording back without a database: it sends the recorded messages to the console.

use std::io;
use std::time::Duration;

use chrono::{DateTime, Utc};
use crossterm::event::{Event as Input, EventStream};
use futures_util::StreamExt;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use tokio::time::{Instant, sleep_until};

use crate::console::app::state::App;
use crate::console::kit::terminal::{Terminal, restore_on_panic};
use crate::console::runtime::ends;
use crate::console::runtime::record::{Event, Line};
use crate::console::runtime::screen;
use crate::console::runtime::update::update;
use crate::settings::keys;
use crate::settings::prefs::Prefs;

/// Longer pauses are cut to this.
const SILENCE: Duration = Duration::from_secs(2);
/// The playback speeds, each twice as fast as the one before.
const SPEEDS: [f64; 7] = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0];

/// A recording, and the position in it.
pub struct Player {
    lines: Vec<Line>,
    prefs: Prefs,
    /// The number of lines played so far.
    at: usize,
    app: App,
}

impl Player {
    /// Starts at the first line of a recording. `None` if that is not a checkpoint.
    pub fn new(lines: Vec<Line>, prefs: Prefs) -> Option<Self> {
        let Some(Line { at, event: Event::Begin(checkpoint) | Event::Again(checkpoint) }) = lines.first() else {
            return None;
        };
        let app = checkpoint.as_ref().clone().resume(prefs.clone(), *at);
        Some(Self { lines, prefs, at: 1, app })
    }

    /// The number of lines.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are no lines.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Plays the next line. Returns whether there was one.
    pub fn step(&mut self) -> bool {
        let Some(line) = self.lines.get(self.at) else { return false };
        match &line.event {
            // The console has this state already; the checkpoint is for playback from the middle.
            Event::Begin(_) => {}
            Event::Again(checkpoint) => {
                self.app = checkpoint.as_ref().clone().resume(self.prefs.clone(), line.at);
            }
            Event::Message(message) => {
                // Effects are dropped: they ran when the session was recorded.
                _ = update(&mut self.app, message.clone(), line.at);
                screen::measure(&mut self.app);
            }
        }
        self.at += 1;
        true
    }

    /// Goes to a line. Going back replays from the first line.
    pub fn go(&mut self, to: usize) {
        let to = to.clamp(1, self.lines.len());
        if to < self.at
            && let Some(restarted) = Self::new(std::mem::take(&mut self.lines), self.prefs.clone())
        {
            *self = restarted;
        }
        while self.at < to && self.step() {}
    }

    /// The screen at this position.
    pub fn picture(&self) -> Buffer {
        screen::draw(&self.app).buffer
    }

    fn time(&self) -> DateTime<Utc> {
        self.lines.get(self.at.saturating_sub(1)).map_or(self.app.now, |line| line.at)
    }

    /// The pause before the next line.
    fn silence(&self) -> Option<Duration> {
        let next = self.lines.get(self.at)?;
        Some((next.at - self.time()).to_std().unwrap_or_default().min(SILENCE))
    }
}

struct Theatre {
    player: Player,
    terminal: Terminal,
    size: (u16, u16),
    speed: usize,
    paused: bool,
}

/// Plays the recording on the terminal until the user quits.
///
/// # Errors
///
/// The error of the terminal if it cannot be read or written, or if signals cannot be received.
pub async fn run(player: Player) -> io::Result<()> {
    restore_on_panic();
    let mut ends = ends::listen()?;
    let terminal = Terminal::enter(false, player.prefs.bidi)?;
    let mut it = Theatre { player, terminal, size: Terminal::size()?, speed: 2, paused: false };
    let mut input = EventStream::new();
    loop {
        it.draw()?;
        let wait = it.player.silence().filter(|_| !it.paused).map(|silence| silence.div_f64(SPEEDS[it.speed]));
        let next = Instant::now() + wait.unwrap_or_default();
        tokio::select! {
            biased;
            event = input.next() => match event {
                Some(event) => if it.event(&event?) { break },
                None => break,
            },
            () = ends::arrived(&mut ends) => break,
            () = sleep_until(next), if wait.is_some() => { it.player.step(); }
        }
    }
    Ok(())
}

impl Theatre {
    /// Handles an input event. Returns whether the user quits.
    fn event(&mut self, event: &Input) -> bool {
        let (at, last) = (self.player.at, self.player.len());
        match event {
            Input::Resize(width, height) => self.size = (*width, *height),
            Input::Key(key) if key.is_press() || key.is_repeat() => match keys::name(key).as_deref() {
                Some("q" | "esc" | "ctrl-c") => return true,
                Some("space") => self.paused = !self.paused,
                Some("right" | "l" | "j" | "down") => (_, self.paused) = (self.player.step(), true),
                Some("left" | "h" | "k" | "up") => (_, self.paused) = (self.player.go(at - 1), true),
                Some("pgdn") => self.player.go(at + 50),
                Some("pgup") => self.player.go(at.saturating_sub(50)),
                Some("home" | "g") => self.player.go(1),
                Some("end" | "G") => self.player.go(last),
                Some("+") => self.speed = (self.speed + 1).min(SPEEDS.len() - 1),
                Some("-") => self.speed = self.speed.saturating_sub(1),
                _ => {}
            },
            _ => {}
        }
        false
    }

    /// Draws the recorded screen, and the position in the recording below it.
    fn draw(&mut self) -> io::Result<()> {
        let area = Rect::new(0, 0, self.size.0, self.size.1);
        let (mut frame, shown) = (Buffer::empty(area), self.player.picture());
        for y in 0..area.height.min(shown.area.height) {
            for x in 0..area.width.min(shown.area.width) {
                frame[(x, y)] = shown[(x, y)].clone();
            }
        }
        let (at, all) = (self.player.at, self.player.len());
        let state = match (at == all, self.paused) {
            (true, _) => "end".to_owned(),
            (false, true) => "paused".to_owned(),
            (false, false) => format!("{}x speed", SPEEDS[self.speed]),
        };
        let when = self.player.time().format("%Y-%m-%d %H:%M:%S UTC");
        let words = format!(" replay {at}/{all}  {when}  {state}   q quit  space pause  left, right step  +, - speed ");
        if let Some(row) = area.rows().next_back() {
            let words = crate::text::left(&words, usize::from(row.width));
            frame.set_string(row.x, row.y, words, ratatui::style::Style::new().add_modifier(Modifier::REVERSED));
        }
        self.terminal.put(frame, None).map(|_| ())
    }
}

/// Plays the recording to the end, or up to a line, and returns the screen there.
pub fn show(mut player: Player, lines: Option<usize>) -> Buffer {
    let last = player.len();
    player.go(lines.unwrap_or(last));
    player.picture()
}
