//! Runs the real binary in a real terminal, for the tests that need it.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use recourse::domain::*;

use crate::harness::{Book, PROGRAM, at, book, put, way_to};

/// The bytes that end a synchronised frame.
const FRAME: &[u8] = b"\x1b[?2026l";

pub struct Terminal {
    pub screen: Arc<Mutex<(vt100::Parser, Vec<u8>)>>,
    pub keys: Box<dyn Write + Send>,
    pub child: Box<dyn Child + Send + Sync>,
    pub master: Box<dyn MasterPty + Send>,
}

pub fn size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

impl Terminal {
    /// Starts the console on this book, with these arguments and environment variables.
    pub fn open(book: &Book, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = CommandBuilder::new(PROGRAM);
        command.env_clear();
        command.args(arguments);
        command.env("HOME", "/nonexistent");
        variables.iter().for_each(|(name, value)| command.env(name, value));
        Self::spawn(book, command)
    }

    pub fn spawn(book: &Book, command: CommandBuilder) -> Self {
        Self::on(&book.url(), command)
    }

    /// Starts a command on the database of this address.
    pub fn on(url: &str, mut command: CommandBuilder) -> Self {
        let pty = native_pty_system().openpty(size(120, 30)).unwrap();
        command.env("DATABASE_URL", url);
        command.env("TERM", "xterm-256color");
        command.cwd("/");
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let screen = Arc::new(Mutex::new((vt100::Parser::new(30, 120, 0), Vec::new())));
        let (mut reader, keys) = (pty.master.try_clone_reader().unwrap(), pty.master.take_writer().unwrap());
        let shared = screen.clone();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                let mut shared = shared.lock().unwrap();
                shared.0.process(&bytes[..count]);
                shared.1.extend_from_slice(&bytes[..count]);
            }
        });
        Self { screen, keys, child, master: pty.master }
    }

    /// Starts a shell with job control, which can start the console.
    pub fn shell(book: &Book) -> Self {
        let mut command = CommandBuilder::new("bash");
        command.args(["--norc", "--noprofile", "-i"]);
        command.env("PS1", "shell> ");
        Self::spawn(book, command)
    }

    pub fn text(&self) -> String {
        self.screen.lock().unwrap().0.screen().contents()
    }

    pub fn written(&self) -> usize {
        self.screen.lock().unwrap().1.len()
    }

    /// What was written after so many bytes, readable.
    pub fn since(&self, written: usize) -> String {
        self.screen.lock().unwrap().1[written..].escape_ascii().to_string()
    }

    /// Waits for a complete frame that contains this text.
    pub fn wait(&self, text: &str) -> &Self {
        self.wait_until(text, |screen, bytes| screen.contains(text) && bytes.ends_with(FRAME))
    }

    pub fn wait_until(&self, what: &str, holds: impl Fn(&str, &[u8]) -> bool) -> &Self {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(20) {
            let screen = self.screen.lock().unwrap();
            if holds(&screen.0.screen().contents(), &screen.1) {
                return self;
            }
            drop(screen);
            thread::sleep(Duration::from_millis(5));
        }
        panic!("no {what:?} in:\n{}", self.text());
    }

    pub fn send(&mut self, keys: &str) -> &mut Self {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        self
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.process_id().unwrap() as i32), signal).unwrap();
    }

    /// Waits until the program exits and returns its exit code. Panics if the terminal is not restored.
    pub fn ended(&mut self) -> u32 {
        let code = self.exited();
        self.wait_until("a restored terminal", |_, bytes| {
            find(bytes, b"\x1b[?1049l").is_some() && bytes.ends_with(b"\x1b[?25h") || find(bytes, b"panicked").is_some()
        });
        let screen = self.screen.lock().unwrap();
        let screen = screen.0.screen();
        assert!(
            !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste(),
            "the terminal is not restored"
        );
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "the mouse is still captured");
        code
    }

    /// Waits until the program exits and returns its exit code.
    pub fn exited(&mut self) -> u32 {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(began.elapsed() < Duration::from_secs(20), "the program does not exit:\n{}", self.text());
            thread::sleep(Duration::from_millis(5));
        }
    }
}

pub fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

impl Drop for Terminal {
    fn drop(&mut self) {
        _ = self.child.kill();
    }
}

/// A book with two disputes and an approved order.
pub async fn filled() -> Book {
    let book = book().await;
    let lives = [
        ("ATP-1", atarapay::Status::Disputed.status(), "2026-11-01T08:00:00Z"),
        ("ATP-2", atarapay::Status::Disputed.status(), "2026-11-02T08:00:00Z"),
        ("T-1", tamara::Status::Approved.status(), "2026-11-03T08:00:00Z"),
    ];
    for (id, goal, opened) in lives {
        let provider = goal.provider();
        let order = Order::open(
            OrderKey::new(provider, id).unwrap(),
            Money::new(450_000, provider.currencies()[0]),
            at(opened),
        );
        put(&book.store, &order, &way_to(&order, goal)).await;
    }
    book
}
