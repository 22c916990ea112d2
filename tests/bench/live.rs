//! The console in a real terminal with 1,000,000 orders: keys, updates, memory and idle time, compared with rainfrog.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use recourse::domain::*;
use recourse::store::{Record, append, feed};

use super::harness::{Book, PROGRAM, opening, put, way_to};
use super::{Figure, quantile};

const SIZE: (u16, u16) = (120, 40);
/// The bytes that end a synchronised frame.
const FRAME: &[u8] = b"\x1b[?2026l";
const KEYS: usize = 400;
const NEWS: usize = 60;
/// The load in transitions per second, and the number of batches that they are written in.
const LOAD: usize = 500;
const PIECES: usize = 10;

/// What a program wrote: the screen, whether the last frame is complete, and the number of bytes.
#[derive(Default)]
struct Seen {
    parser: Option<vt100::Parser>,
    whole: bool,
    bytes: usize,
}

struct Pty {
    seen: Arc<(Mutex<Seen>, Condvar)>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
}

impl Pty {
    fn open(mut command: CommandBuilder) -> Self {
        let (cols, rows) = SIZE;
        let pty = native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        command.env("TERM", "xterm-256color");
        command.cwd("/");
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let seen = Arc::new((Mutex::new(Seen::default()), Condvar::new()));
        seen.0.lock().unwrap().parser = Some(vt100::Parser::new(rows, cols, 0));
        let (mut reader, keys) = (pty.master.try_clone_reader().unwrap(), pty.master.take_writer().unwrap());
        let shared = seen.clone();
        thread::spawn(move || {
            let mut bytes = [0; 65_536];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                let mut seen = shared.0.lock().unwrap();
                if let Some(parser) = &mut seen.parser {
                    parser.process(&bytes[..count]);
                }
                seen.whole = bytes[..count].ends_with(FRAME);
                seen.bytes += count;
                shared.1.notify_all();
            }
        });
        Self { seen, keys, child, _master: pty.master }
    }

    fn console(book: &Book) -> Self {
        let mut command = CommandBuilder::new(PROGRAM);
        command.env("DATABASE_URL", book.url());
        command.env("HOME", "/nonexistent");
        Self::open(command)
    }

    /// Waits until `holds` returns true, and returns that moment.
    fn wait(&self, what: &str, holds: impl Fn(&Seen) -> bool) -> Instant {
        let began = Instant::now();
        let mut seen = self.seen.0.lock().unwrap();
        while !holds(&seen) {
            let (guard, late) = self.seen.1.wait_timeout(seen, Duration::from_secs(20)).unwrap();
            seen = guard;
            assert!(!late.timed_out() && began.elapsed() < Duration::from_secs(60), "no {what}:\n{}", text(&seen));
        }
        Instant::now()
    }

    fn wait_for(&self, words: &str) -> Instant {
        self.wait(words, |seen| seen.whole && text(seen).contains(words))
    }

    fn send(&mut self, keys: &str) -> Instant {
        let now = Instant::now();
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        now
    }

    fn process(&self) -> u32 {
        self.child.process_id().unwrap()
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn text(seen: &Seen) -> String {
    seen.parser.as_ref().map_or_else(String::new, |parser| parser.screen().contents())
}

/// Inserts 2 * [`NEWS`] orders with full histories. They are older than all others and come first in their list.
async fn old_ones(book: &Book) {
    for number in 0..2 * NEWS {
        let key = OrderKey::new(TAMARA, &format!("A-{number:04}")).unwrap();
        let opened = Utc::now() - TimeDelta::days(1_000) + TimeDelta::minutes(number as i64);
        let order = Order::open(key, Money::new(30_000, Currency::Sar), opened);
        put(&book.store, &order, &way_to(&order, tamara::Status::Approved.status())).await;
    }
}

/// Opens and approves orders at [`LOAD`] transitions per second until stopped. The thread returns the actual rate.
fn load(book: &Book) -> (Arc<AtomicBool>, thread::JoinHandle<usize>) {
    let (stop, url) = (Arc::new(AtomicBool::new(false)), book.url());
    let stopped = stop.clone();
    let handle = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let access = recourse::store::Access {
                database: recourse::store::Database::Url(url),
                person: None,
                read_only: false,
                where_written: false,
                connections: 2,
                schema: recourse::store::schema::NAME.to_owned(),
                migrate: false,
            };
            let store = recourse::store::Store::open(&access).await.unwrap();
            let (mut written, began, start) = (0, Instant::now(), Utc::now().timestamp_millis());
            while !stopped.load(Ordering::Relaxed) {
                let mut records = Vec::new();
                for number in 0..LOAD / PIECES / 2 {
                    let key = OrderKey::new(TAMARA, &format!("L-{start}-{written}-{number}")).unwrap();
                    let order = Order::open(key, Money::new(30_000, Currency::Sar), Utc::now());
                    let proof = || recourse::store::Proof::new(Source::Notification, "load");
                    records.push(Record::Opening(opening(order.clone()), proof()));
                    let ask = Ask::new(Action::Approve, Actor::Provider, Utc::now(), By::Fact);
                    records.push(Record::Step(decide(&order, &ask).unwrap(), proof()));
                }
                let mut tx = store.pool.begin().await.unwrap();
                append::append(&mut tx, &records).await.unwrap();
                tx.commit().await.unwrap();
                feed::ring(&store).await;
                written += records.len();
                let due = Duration::from_secs_f64(written as f64 / LOAD as f64);
                tokio::time::sleep(due.saturating_sub(began.elapsed())).await;
            }
            (written as f64 / began.elapsed().as_secs_f64()) as usize
        })
    });
    (stop, handle)
}

/// Measures from a key to the frame that shows its effect, the number of the selected row.
fn keys(pty: &mut Pty) -> Vec<Duration> {
    let mut times = Vec::new();
    let mut at = 1_usize;
    for round in 0..KEYS {
        let down = (round / 50).is_multiple_of(2);
        at = if down { at + 1 } else { at - 1 };
        let began = pty.send(if down { "j" } else { "k" });
        let number = format!(" {at} / ");
        times.push(pty.wait_for(&number) - began);
        // Type at a person's pace. The pauses vary, so that keys come at all points of a frame's time.
        thread::sleep(Duration::from_millis(12 + (round as u64 * 7) % 23));
    }
    times
}

/// Measures from a commit in another connection to the frame that shows it.
async fn news(book: &Book, pty: &mut Pty, from: usize) -> Vec<Duration> {
    let mut times = Vec::new();
    for number in from..from + NEWS {
        let id = format!("A-{number:04}");
        pty.send(&format!("o{id}\r"));
        pty.wait("the order", |seen| {
            let text = text(seen);
            let shown = text.contains(&format!("│ {id} ")) && text.contains("Approve  provider");
            seen.whole && shown && !text.contains("Authorise  merchant")
        });
        let key = OrderKey::new(TAMARA, &id).unwrap();
        let stored = recourse::store::read::order(&book.store.pool, &key).await.unwrap().unwrap();
        let ask = Ask::new(Action::Authorise, Actor::Merchant, Utc::now(), By::Fact);
        let proof = recourse::store::Proof::new(Source::Import, "bench");
        let mut tx = book.store.pool.begin().await.unwrap();
        append::append(&mut tx, &[Record::Step(decide(&stored.order, &ask).unwrap(), proof)]).await.unwrap();
        sqlx::query("select pg_notify('recourse', '')").execute(&mut *tx).await.unwrap();
        // Wait longer than the console's pause between two reads, so that this pause is not measured.
        thread::sleep(Duration::from_millis(150 + (number as u64 * 13) % 90));
        let began = Instant::now();
        tx.commit().await.unwrap();
        times.push(pty.wait_for("Authorise  merchant") - began);
        pty.send("h");
    }
    times
}

/// Measures from a bare NOTIFY in one connection to another connection that listens.
async fn notify(book: &Book) -> Vec<Duration> {
    let mut listener = sqlx::postgres::PgListener::connect_with(&book.store.pool).await.unwrap();
    listener.listen("bare").await.unwrap();
    let mut times = Vec::new();
    for _ in 0..300 {
        let pool = book.store.pool.clone();
        let began = Instant::now();
        let send = async { sqlx::query("notify bare").execute(&pool).await.map(|_| ()) };
        let (sent, heard) = tokio::join!(send, async { listener.recv().await.map(|_| Instant::now()) });
        sent.unwrap();
        times.push(heard.unwrap() - began);
    }
    times
}

/// The resident memory of a process and its peak, in KiB. A process that has ended has none.
pub fn memory(process: u32) -> Option<(u64, u64)> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    Some((line("VmRSS:")?, line("VmHWM:")?))
}

/// The processor time that a process uses in this many idle seconds, in percent of one processor.
fn idle(process: u32, seconds: u64) -> f64 {
    let ticks = || {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
        let after = stat.rsplit_once(')').unwrap().1.split_whitespace().collect::<Vec<_>>();
        after[11].parse::<u64>().unwrap() + after[12].parse::<u64>().unwrap()
    };
    let before = ticks();
    thread::sleep(Duration::from_secs(seconds));
    (ticks() - before) as f64 / 100.0 / seconds as f64 * 100.0
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn spread(times: Vec<Duration>) -> String {
    let [half, most] = [0.5, 0.99].map(|share| milliseconds(quantile(times.clone(), share)));
    format!("p50 {half:.1} ms, p99 {most:.1} ms")
}

pub async fn figures(book: &Book) -> Vec<Figure> {
    old_ones(book).await;
    let mut figures = Vec::new();
    let mut it = Pty::console(book);
    it.wait_for("live");
    it.wait_for("250,");
    it.send(":status approved\r");
    it.wait_for("A-0000");
    thread::sleep(Duration::from_millis(500));
    let (resident, _) = memory(it.process()).unwrap();
    let value = format!("{:.1} MiB", resident as f64 / 1024.0);
    figures.push(Figure { what: "Resident memory of the console, 1,000,000 orders", value, aim: "under 18 MiB" });
    let value = format!("{:.1} %", idle(it.process(), 20));
    figures.push(Figure { what: "Processor time of the idle console", value, aim: "0.0 %" });
    let value = spread(keys(&mut it));
    figures.push(Figure { what: "From a key to its frame, 1,000,000 orders, no load", value, aim: "p99 under 5 ms" });
    let (stop, writer) = load(book);
    thread::sleep(Duration::from_secs(1));
    it.send("gg");
    let value = spread(keys(&mut it));
    stop.store(true, Ordering::Relaxed);
    let value = format!("{value} ({} a second)", writer.join().unwrap());
    let aim = "p99 under 16 ms";
    figures.push(Figure { what: "The same while 500 transitions a second arrive", value, aim });
    it.send("gg");
    let bare = quantile(notify(book).await, 0.5);
    let alone = quantile(news(book, &mut it, 0).await, 0.5);
    let ratio = milliseconds(alone) / milliseconds(bare);
    let value = format!("{ratio:.1} (p50 {:.2} ms against {:.2} ms)", milliseconds(alone), milliseconds(bare));
    let what = "From a commit elsewhere to the frame that shows it, against a bare NOTIFY";
    figures.push(Figure { what, value, aim: "at most 3" });
    let (stop, writer) = load(book);
    thread::sleep(Duration::from_secs(1));
    let value = spread(news(book, &mut it, NEWS).await);
    stop.store(true, Ordering::Relaxed);
    let value = format!("{value} ({} a second)", writer.join().unwrap());
    figures.push(Figure { what: "The same while 500 transitions a second arrive", value, aim: "none" });
    drop(it);
    figures.extend(rival(book));
    figures
}

/// The path of rainfrog: from `RAINFROG`, or else from `PATH`.
fn rainfrog() -> Option<PathBuf> {
    let named = std::env::var_os("RAINFROG").map(PathBuf::from).filter(|file| file.is_file());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join("rainfrog")).find(|file| file.is_file());
    named.or(found)
}

/// Measures rainfrog, a database client also built on ratatui, on the same database: 100 rows, then the same keys.
fn rival(book: &Book) -> Vec<Figure> {
    let Some(program) = rainfrog() else {
        let value = "not installed (cargo install rainfrog)".to_owned();
        return vec![Figure { what: "rainfrog, for comparison", value, aim: "" }];
    };
    let mut command = CommandBuilder::new(program);
    command.args(["--url", &book.url()]);
    let mut it = Pty::open(command);
    thread::sleep(Duration::from_secs(3));
    // Focus the editor, type a statement and run it.
    it.send("\x1b2");
    thread::sleep(Duration::from_millis(500));
    it.send("iselect id, status, amount, entered_at from orders limit 100");
    thread::sleep(Duration::from_millis(500));
    it.send("\x1b[15~");
    thread::sleep(Duration::from_secs(3));
    let (resident, _) = memory(it.process()).unwrap();
    let idle = idle(it.process(), 10);
    let mut times = Vec::new();
    for round in 0..100_u64 {
        let before = it.seen.0.lock().unwrap().bytes;
        let began = it.send(if round % 2 == 0 { "j" } else { "k" });
        times.push(it.wait("a byte", |seen| seen.bytes > before) - began);
        thread::sleep(Duration::from_millis(40 + round * 7 % 23));
    }
    let value = format!("{:.1} MiB, {idle:.1} % idle, key to first byte {}", resident as f64 / 1024.0, spread(times));
    vec![Figure { what: "rainfrog with 100 rows, for comparison", value, aim: "" }]
}
