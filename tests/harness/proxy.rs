//! A network that fails: it stands between a program and its database and cuts, silences, spoils or delays what the server says.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

const SOCKET: &str = ".s.PGSQL.5432";

/// What happens, once; after it everything passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    Never,
    /// The connection is cut after so many messages of the server.
    CutAfterMessages(usize),
    /// The connection is cut after so many bytes of the server.
    CutAfterBytes(usize),
    /// This byte of the server is another one.
    Spoil(usize),
    /// Everything takes this long, each way; nothing waits for what was sent before it.
    Slow(Duration),
}

/// Stands between programs and the server whose socket is in a folder, until it is dropped.
pub struct Proxy {
    folder: tempfile::TempDir,
    passed: Arc<Passed>,
}

/// What passed so far, over all connections.
#[derive(Default)]
struct Passed {
    messages: AtomicUsize,
    bytes: AtomicUsize,
    failed: AtomicBool,
}

impl Proxy {
    /// Passes everything between its own folder and the server's, but for one fault.
    pub fn before(server: &Path, fault: Fault) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(SOCKET)).unwrap();
        let server = server.join(SOCKET);
        let passed = Arc::new(Passed::default());
        let all = Arc::clone(&passed);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (Ok(client), Ok(server)) = (client, UnixStream::connect(&server)) else { continue };
                let (from, to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let all = Arc::clone(&all);
                if let Fault::Slow(delay) = fault {
                    std::thread::spawn(move || slowly(client, server, delay));
                    std::thread::spawn(move || slowly(from, to, delay));
                    continue;
                }
                std::thread::spawn(move || asks(client, server));
                std::thread::spawn(move || answers(from, to, fault, &all));
            }
        });
        Self { folder, passed }
    }

    /// The address of a database behind it.
    pub fn url(&self, login: &str, database: &str) -> String {
        format!("postgres://{login}@{}/{database}", self.folder.path().to_string_lossy().replace('/', "%2F"))
    }

    /// Messages and bytes that the server sent so far.
    pub fn passed(&self) -> (usize, usize) {
        (self.passed.messages.load(Ordering::SeqCst), self.passed.bytes.load(Ordering::SeqCst))
    }

    /// Whether the fault happened.
    pub fn has_failed(&self) -> bool {
        self.passed.failed.load(Ordering::SeqCst)
    }
}

fn asks(mut client: UnixStream, mut server: UnixStream) {
    let mut bytes = vec![0; 1 << 16];
    while let Ok(count @ 1..) = client.read(&mut bytes) {
        if server.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    _ = server.shutdown(Shutdown::Both);
    _ = client.shutdown(Shutdown::Both);
}

/// Passes on what is read after a delay.
fn slowly(mut from: UnixStream, mut to: UnixStream, delay: Duration) {
    let (sends, due) = mpsc::channel::<(Instant, Vec<u8>)>();
    std::thread::spawn(move || {
        for (at, bytes) in due {
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        _ = to.shutdown(Shutdown::Both);
    });
    let mut bytes = vec![0; 1 << 16];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if sends.send((Instant::now() + delay, bytes[..count].to_vec())).is_err() {
            break;
        }
    }
}

fn answers(mut server: UnixStream, mut client: UnixStream, fault: Fault, all: &Passed) {
    let mut bytes = vec![0; 1 << 16];
    let (mut unread, mut is_first) = (Vec::new(), true);
    'connection: while let Ok(count @ 1..) = server.read(&mut bytes) {
        // Whether it encrypts is answered with one letter, which is no message.
        if std::mem::take(&mut is_first) && count == 1 {
            _ = client.write_all(&bytes[..1]);
            continue;
        }
        unread.extend_from_slice(&bytes[..count]);
        while let Some(message) = whole(&mut unread) {
            let messages = all.messages.fetch_add(1, Ordering::SeqCst);
            let before = all.bytes.fetch_add(message.len(), Ordering::SeqCst);
            let (passes, goes_on) = spoilt(message, fault, messages, before, &all.failed);
            if client.write_all(&passes).is_err() || !goes_on {
                break 'connection;
            }
        }
    }
    _ = client.shutdown(Shutdown::Both);
    _ = server.shutdown(Shutdown::Both);
}

/// What of a message passes, and whether the connection goes on.
fn spoilt(mut message: Vec<u8>, fault: Fault, messages: usize, before: usize, failed: &AtomicBool) -> (Vec<u8>, bool) {
    let once = |is_now: bool| is_now && !failed.swap(true, Ordering::SeqCst);
    let at = |place: usize| place.checked_sub(before).filter(|at| *at < message.len());
    match fault {
        Fault::CutAfterMessages(many) if once(messages == many) => (Vec::new(), false),
        Fault::CutAfterBytes(many) => match at(many) {
            Some(at) if once(true) => (message[..at].to_vec(), false),
            _ => (message, true),
        },
        Fault::Spoil(place) => {
            if let Some(at) = at(place).filter(|_| once(true)) {
                message[at] ^= 0xff;
            }
            (message, true)
        }
        Fault::Never | Fault::CutAfterMessages(_) | Fault::Slow(_) => (message, true),
    }
}

/// The first whole message of the server: a letter, and a length that counts itself.
fn whole(unread: &mut Vec<u8>) -> Option<Vec<u8>> {
    let length = u32::from_be_bytes(unread.get(1..5)?.try_into().unwrap()) as usize + 1;
    (unread.len() >= length).then(|| unread.drain(..length).collect())
}
