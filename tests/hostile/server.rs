//! A server that lies: what it sends is no answer, far too long, or full of escape sequences. The program says so in plain words and ends.

use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

use super::harness::{program, told};

/// A message of the server: its letter, its length, and what follows.
fn message(letter: u8, length: u32, rest: &[u8]) -> Vec<u8> {
    [&[letter][..], &length.to_be_bytes(), rest].concat()
}

/// An error of the server with this text.
fn error(text: &str) -> Vec<u8> {
    let fields = [b"SFATAL\0VFATAL\0C28000\0M".as_slice(), text.as_bytes(), b"\0\0"].concat();
    message(b'E', fields.len() as u32 + 4, &fields)
}

/// What the server answers to everything, by what is wrong with it.
fn answers() -> Vec<(&'static str, Vec<u8>)> {
    let welcome = message(b'R', 8, &0_u32.to_be_bytes());
    vec![
        ("nothing, and it hangs up", Vec::new()),
        ("a message of no length", message(b'R', 0, b"")),
        ("a message that is shorter than its own length", message(b'R', 3, b"")),
        ("a message of two gigabytes", message(b'R', 0x7fff_ffff, b"x")),
        ("a message of four gigabytes", message(b'R', u32::MAX, b"x")),
        ("a letter that no server sends", message(b'\x01', 4, b"")),
        ("HTTP", b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".to_vec()),
        ("a way to log in that does not exist", message(b'R', 8, &99_u32.to_be_bytes())),
        ("an error with escape sequences", error("\x1b[2J\x1b]0;title\x07 go \u{202e} away")),
        ("an error that is not UTF-8", message(b'E', 12, b"M\xff\xfe\0S\xff\0\0")),
        ("an error without an end", message(b'E', 8, b"Mabc")),
        ("rows before any question", [welcome.clone(), message(b'D', 6, &[0xff, 0xff])].concat()),
        ("a parameter without an end", [welcome.clone(), message(b'S', 9, b"a\0bcd")].concat()),
        ("ready in a state that does not exist", [welcome, message(b'Z', 5, b"?")].concat()),
    ]
}

/// A server that gives each connection this answer. Returns its address.
fn lying(answer: Vec<u8>) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let Ok(mut client) = client else { continue };
            let mut asked = [0; 4096];
            // Whether it encrypts: no.
            if matches!(client.read(&mut asked), Ok(8)) {
                _ = client.write_all(b"N");
                _ = client.read(&mut asked);
            }
            _ = client.write_all(&answer);
            _ = client.flush();
        }
    });
    let url = format!("postgres://recourse@{}/book", folder.path().to_string_lossy().replace('/', "%2F"));
    (folder, url)
}

#[test]
fn a_lying_server_is_told_as_one() {
    for (what, answer) in answers() {
        let (_folder, url) = lying(answer);
        let began = Instant::now();
        let told = told(program(&["board"]).env("DATABASE_URL", url));
        assert!(matches!(told.code, 1 | 3), "{what}: {told:?}");
        assert!(!told.err.contains("panicked") && told.err.starts_with("recourse: "), "{what}: {told:?}");
        let strange = told.err.trim_end().chars().find(|letter| letter.is_control() || *letter == '\u{202e}');
        assert_eq!(strange, None, "{what}: {told:?}");
        assert!(began.elapsed() < Duration::from_secs(40), "{what}: {:?}", began.elapsed());
    }
}
