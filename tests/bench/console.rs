//! The time to draw a frame, and the bytes that an idle console writes.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::Utc;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use recourse::console::app::message::{Effect, Message};
use recourse::console::app::session::{Link, Session};
use recourse::console::app::state::App;
use recourse::console::runtime::screen;
use recourse::console::runtime::update::update;
use recourse::console::runtime::work::Worker;
use recourse::console::runtime::work::stuck::Duties;
use recourse::domain::Roles;
use recourse::settings::prefs::Prefs;
use tokio::sync::mpsc;

use super::harness::{Book, PROGRAM};
use super::{Figure, median};

const SIZE: (u16, u16) = (200, 60);

pub async fn figures(book: &Book) -> Vec<Figure> {
    vec![frame(book).await, idle(book)]
}

/// Opens a console on the book and waits until everything on its screen is loaded.
async fn console(book: &Book) -> App {
    let session = Session {
        person: "bench".to_owned(),
        roles: Roles::UNREGISTERED,
        read_only: false,
        place: "bench".to_owned(),
        production: false,
        id: uuid::Uuid::nil(),
    };
    let mut app = App::new(session, Prefs::default(), SIZE, Utc::now());
    let (send, mut results) = mpsc::unbounded_channel();
    let worker = Worker::new(book.store.clone(), None, Default::default(), Duties::default(), send);
    let mut open = update(&mut app, Message::Link(Link::Live), Utc::now());
    let mut waiting = 0;
    loop {
        for effect in open.drain(..).filter(|effect| !matches!(effect, Effect::Redraw)) {
            worker.start(effect);
            waiting += 1;
        }
        if waiting == 0 {
            return app;
        }
        open = update(&mut app, results.recv().await.unwrap(), Utc::now());
        waiting -= 1;
    }
}

async fn frame(book: &Book) -> Figure {
    let app = console(book).await;
    assert!(app.orders.list.rows.len() > 50, "the list is not loaded: {} rows", app.orders.list.rows.len());
    let area = Rect::new(0, 0, SIZE.0, SIZE.1);
    let mut times = Vec::new();
    let mut last = Buffer::empty(area);
    for _ in 0..500 {
        let began = Instant::now();
        let frame = screen::draw(&app).buffer;
        std::hint::black_box(last.diff(&frame));
        times.push(began.elapsed());
        last = frame;
    }
    let value = format!("{:.2} ms", median(times).as_secs_f64() * 1e3);
    Figure { what: "One frame of 200x60, 1,000,000 orders in the store", value, aim: "under 2 ms" }
}

fn idle(book: &Book) -> Figure {
    let pty =
        native_pty_system().openpty(PtySize { rows: SIZE.1, cols: SIZE.0, pixel_width: 0, pixel_height: 0 }).unwrap();
    let mut command = CommandBuilder::new(PROGRAM);
    command.env("DATABASE_URL", book.url());
    command.env("TERM", "xterm-256color");
    let mut child = pty.slave.spawn_command(command).unwrap();
    let written = Arc::new(AtomicUsize::new(0));
    let (mut reader, count) = (pty.master.try_clone_reader().unwrap(), written.clone());
    std::thread::spawn(move || {
        let mut bytes = [0; 65_536];
        while let Ok(read @ 1..) = reader.read(&mut bytes) {
            count.fetch_add(read, Ordering::Relaxed);
        }
    });
    // Wait until everything is drawn, and do not measure across the start of a minute: ages change then.
    std::thread::sleep(Duration::from_secs(3));
    while Utc::now().timestamp() % 60 > 56 {
        std::thread::sleep(Duration::from_millis(200));
    }
    let before = written.load(Ordering::Relaxed);
    assert!(before > 0, "nothing was drawn");
    std::thread::sleep(Duration::from_secs(2));
    let bytes = written.load(Ordering::Relaxed) - before;
    child.kill().unwrap();
    Figure { what: "Bytes written in two idle seconds", value: bytes.to_string(), aim: "0" }
}
