//! The main loop: input first, then signals, then results of the workers. It draws a frame only if something changed.

use std::future::ready;
use std::io;
use std::time::Duration;

use chrono::{DateTime, Utc};
use crossterm::event::{Event, EventStream, MouseEventKind};
use futures_util::StreamExt;
use nix::sys::signal::{Signal, raise};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

use crate::console::app::message::{Effect, Message};
use crate::console::app::session::Session;
use crate::console::app::state::{App, Measured};
use crate::console::kit::background;
use crate::console::kit::journal::Tone;
use crate::console::kit::terminal::{Terminal, restore, restore_on_panic};
use crate::console::runtime::ends;
use crate::console::runtime::keys::scope;
use crate::console::runtime::record::Recorder;
use crate::console::runtime::screen;
use crate::console::runtime::update::{shows, update};
use crate::console::runtime::work::Worker;
use crate::console::runtime::work::stuck::{Duties, rest};
use crate::domain::Role;
use crate::settings::files::Files;
use crate::settings::keys::Scope;
use crate::settings::prefs::Prefs;
use crate::store::Store;

/// The average time per frame: updates without a key press draw at most three frames in three times this.
const FRAME: Duration = Duration::from_millis(33);

/// When the greeting is said.
const GREETS_AFTER: Duration = Duration::from_millis(1_500);

/// The minimum time between two draws, even if the first one changed nothing on the screen.
const LOOK: Duration = Duration::from_millis(2);

/// Keys within this time of each other are handled together, at most [`BURST`] of them before a frame is drawn.
const TOGETHER: Duration = Duration::from_micros(300);
const BURST: usize = 10_000;

/// The time until something on the screen changes only because time passes.
fn next_tick(app: &App, now: DateTime<Utc>) -> Option<Duration> {
    let part = |of: i64| Duration::from_millis((of - now.timestamp_millis().rem_euclid(of)) as u64 + 1);
    match () {
        () if app.counts_seconds() => Some(part(1_000)),
        () => {
            let minute = app.shows_time().then(|| part(60_000));
            let change = app.next_change().map(|at| (at - now).to_std().unwrap_or_default() + Duration::from_millis(1));
            minute.into_iter().chain(change).min()
        }
    }
}

struct Loop {
    app: App,
    terminal: Terminal,
    worker: Worker,
    input: EventStream,
    recorder: Recorder,
    /// What drawing the screen found out.
    seen: Measured,
    /// When the last three frames were written.
    drawn: [Instant; 3],
    looked: Instant,
    dirty: bool,
    /// Keys were pressed. Their effect is drawn as soon as no more input is waiting.
    pressed: bool,
    ended: bool,
}

/// Runs the console until the user quits, the input ends or a signal arrives.
///
/// # Errors
///
/// The error of the terminal if it cannot be read or written, or if signals cannot be received.
pub async fn run(
    store: Store,
    session: Session,
    prefs: Prefs,
    files: Files,
    role: Option<Role>,
    duties: Duties,
) -> io::Result<()> {
    restore_on_panic();
    let (send, mut messages) = mpsc::unbounded_channel();
    let worker = Worker { files, ..Worker::new(store, role, session.id, duties, send) };
    let mut ends = ends::listen()?;
    let mut continued = signal(SignalKind::from_raw(Signal::SIGCONT as i32))?;
    let mut winch = signal(SignalKind::window_change())?;
    let terminal = Terminal::enter(prefs.mouse, prefs.bidi)?;
    if prefs.follows {
        background::ask(&mut io::stdout())?;
    }
    let app = App::new(session, prefs, Terminal::size()?, Utc::now());
    greet(&worker);
    tokio::spawn(worker.clone().follow());
    tokio::spawn(worker.clone().guard());
    tokio::spawn(worker.clone().duties());
    let now = Instant::now();
    let mut it = Loop {
        app,
        terminal,
        worker,
        input: EventStream::new(),
        recorder: Recorder::default(),
        seen: Measured::default(),
        drawn: [now.checked_sub(FRAME * 3).unwrap_or(now); 3],
        looked: now,
        dirty: true,
        pressed: true,
        ended: false,
    };
    while !it.ended {
        // During a burst of keys, a frame waits for the last one, up to a limit.
        it.draw_if_due()?;
        let (tick, next) = (next_tick(&it.app, Utc::now()), it.next_frame());
        tokio::select! {
            biased;
            event = it.input.next() => match event {
                Some(event) => it.burst(event?)?,
                None => it.ended = true,
            },
            () = ends::arrived(&mut ends) => it.ended = true,
            _ = continued.recv() => it.come_back()?,
            _ = winch.recv() => it.resized()?,
            // Runs only when no more input is waiting: a burst of keys is one frame, and the user sees only that frame.
            () = ready(()), if it.pressed => it.rest()?,
            Some(message) = messages.recv() => {
                it.take(message)?;
                while let Ok(message) = messages.try_recv() {
                    it.take(message)?;
                }
            }
            () = sleep_until(next), if it.dirty => {}
            () = sleep(tick.unwrap_or_default()), if tick.is_some() => it.take(Message::Tick)?,
        }
    }
    rest(&it.worker.store, &it.worker.duties).await;
    Ok(())
}

/// Says the greeting, if there is one: after what concerns the person, which is told when it is first read. The last message stays.
fn greet(worker: &Worker) {
    if let Some(words) = worker.duties.greeting.clone() {
        let send = worker.send.clone();
        tokio::spawn(async move {
            sleep(GREETS_AFTER).await;
            _ = send.send(Message::Told(Tone::News, words));
        });
    }
}

impl Loop {
    /// The earliest time of the next frame.
    fn next_frame(&self) -> Instant {
        // After a quiet time, a few frames may follow at once: the toast, then the change it reports.
        let [before, .., last] = self.drawn;
        let next = if self.pressed { last + FRAME * 4 } else { before + FRAME * 3 };
        next.max(self.looked + LOOK)
    }

    fn draw_if_due(&mut self) -> io::Result<()> {
        if self.dirty && Instant::now() >= self.next_frame() { self.draw() } else { Ok(()) }
    }

    fn draw(&mut self) -> io::Result<()> {
        let screen::Picture { buffer, seen } = screen::draw(&self.app);
        let written = self.terminal.put(buffer, seen.dialog.cursor)?;
        self.seen = seen;
        if !self.pressed {
            self.app.drawn(self.seen.clone());
        }
        (self.dirty, self.looked) = (false, Instant::now());
        // A frame without a change does not delay the next one.
        if written {
            self.drawn.rotate_left(1);
            self.drawn[2] = Instant::now();
        }
        Ok(())
    }

    /// All pressed keys are handled: draws the result. From now on the user can answer what is on the screen.
    fn rest(&mut self) -> io::Result<()> {
        if self.dirty {
            self.draw()?;
        }
        self.pressed = false;
        self.app.drawn(self.seen.clone());
        Ok(())
    }

    /// Handles an event and all that arrived with it. The stream returns them one by one with pauses in between,
    /// so without this the console would draw frames that no one can see.
    fn burst(&mut self, event: Event) -> io::Result<()> {
        self.event(event)?;
        for _ in 0..BURST {
            if self.ended || !crossterm::event::poll(TOGETHER)? {
                break;
            }
            self.event(crossterm::event::read()?)?;
        }
        Ok(())
    }

    fn event(&mut self, event: Event) -> io::Result<()> {
        let message = match event {
            Event::Key(key) if key.is_press() || key.is_repeat() => {
                #[cfg(debug_assertions)]
                assert!(!is_test_panic(key), "a panic was asked for");
                Message::Key(key)
            }
            Event::Paste(text) => Message::Paste(text),
            Event::Resize(width, height) => Message::Resize(width, height),
            // Mouse movement alone has no effect.
            Event::Mouse(event) if event.kind == MouseEventKind::Moved => return Ok(()),
            Event::Mouse(event) => Message::Mouse(event),
            Event::Key(_) | Event::FocusGained | Event::FocusLost => return Ok(()),
        };
        self.pressed = true;
        self.take(message)
    }

    fn take(&mut self, message: Message) -> io::Result<()> {
        self.dirty |= !matches!(&message, Message::Pulse(pulse) if !shows(&self.app, pulse));
        let now = Utc::now();
        // For the filter, a recording stores the text, not the keys.
        let typed = matches!(message, Message::Key(_) | Message::Paste(_)) && scope(&self.app) == Scope::Filter;
        let typed = typed.then(|| (self.app.orders.filter.input.value().to_owned(), message.clone()));
        self.recorder.before(&self.app, &message, now);
        let effects = update(&mut self.app, message, now);
        if let Some((before, message)) = typed {
            self.recorder.typed(&self.app, &before, message, now);
        }
        for effect in effects {
            match effect {
                Effect::Quit => self.ended = true,
                Effect::Redraw => self.terminal.forget(),
                Effect::Copy(text, begins) => {
                    // Whether a terminal has a clipboard cannot be known.
                    let in_tmux = Terminal::copy(&text)?;
                    let whither = if in_tmux { "Copied into tmux" } else { "Sent to the terminal's clipboard" };
                    update(&mut self.app, Message::Told(Tone::Good, format!("{whither}: {begins}")), now);
                }
                Effect::Mouse(on) => self.terminal.mouse(on)?,
                Effect::Alert(words) => {
                    let duties = &self.worker.duties;
                    Terminal::alert(&words, duties.bell, duties.desktop)?;
                }
                Effect::Dump => self.dump(),
                Effect::Suspend => self.suspend()?,
                effect => self.worker.start(effect),
            }
        }
        Ok(())
    }

    /// Saves the recorded messages in a file that only the user can read.
    fn dump(&self) {
        let (files, send) = (self.worker.files.clone(), self.worker.send.clone());
        let (count, tape) = (self.recorder.len(), self.recorder.tape());
        tokio::task::spawn_blocking(move || {
            let told = match files.record(&tape.dump()) {
                Ok(path) => {
                    let path = path.display();
                    let words = format!("{count} messages, names masked: recourse replay {path}");
                    Message::Told(Tone::Good, words)
                }
                Err(fault) => Message::Told(Tone::Bad, fault),
            };
            // The console may have ended in the meantime.
            _ = send.send(told);
        });
    }

    /// Restores the terminal, stops the process, and takes the terminal over again when the shell continues it.
    fn suspend(&mut self) -> io::Result<()> {
        // The stream reads from the terminal in its own thread. It must not compete with the shell.
        self.input = EventStream::new();
        restore();
        // Not SIGSTOP: the system ignores SIGTSTP if no shell could continue the process.
        raise(Signal::SIGTSTP)?;
        self.come_back()
    }

    /// Takes the terminal's size as it is now, and draws the whole screen: many changes at once can end at the size of the
    /// last frame, and what was cut off in between is gone from the terminal.
    fn resized(&mut self) -> io::Result<()> {
        let (width, height) = Terminal::size()?;
        self.terminal.forget();
        self.take(Message::Resize(width, height))?;
        (self.dirty, self.pressed) = (true, true);
        Ok(())
    }

    fn come_back(&mut self) -> io::Result<()> {
        self.terminal.take()?;
        let (width, height) = Terminal::size()?;
        self.take(Message::Resize(width, height))?;
        self.pressed = true;
        Ok(())
    }
}

/// In debug builds, one key panics, to test that a panic restores the terminal.
#[cfg(debug_assertions)]
fn is_test_panic(key: crossterm::event::KeyEvent) -> bool {
    use crossterm::event::{KeyCode, KeyModifiers};
    key.code == KeyCode::F(12) && key.modifiers.contains(KeyModifiers::CONTROL)
}
