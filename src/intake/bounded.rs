//! Lines of a bounded length. What is longer keeps its beginning, its length and a digest of the rest: it cannot be a fact, and a
//! database cannot keep all of it.

use std::io::{self, Cursor, Read};

use sha2::{Digest, Sha256};

/// The most bytes that are kept of a line.
pub const LONGEST: usize = 16 << 20;

/// How much is read at a time.
const CHUNK: usize = 64 << 10;

/// What follows the beginning of a line that was too long.
const MARK: &str = " … cut here: the line has ";

/// Cuts lines that are too long.
pub struct Bounded<R> {
    input: R,
    limit: usize,
    /// The bytes of the current line so far.
    length: u64,
    /// The digest of what was cut off it, if any was.
    cut: Option<Sha256>,
    ready: Cursor<Vec<u8>>,
}

impl<R: Read> Bounded<R> {
    /// The lines of this input, each cut to so many bytes.
    pub fn new(input: R, limit: usize) -> Self {
        Self { input, limit, length: 0, cut: None, ready: Cursor::default() }
    }

    /// Takes a part of the current line.
    fn take(&mut self, part: &[u8], out: &mut Vec<u8>) {
        let room = (self.limit as u64).saturating_sub(self.length).min(part.len() as u64) as usize;
        let (kept, rest) = part.split_at(room);
        out.extend_from_slice(kept);
        self.length += part.len() as u64;
        if !rest.is_empty() {
            self.cut.get_or_insert_default().update(rest);
        }
    }

    /// Ends the current line.
    fn end(&mut self, out: &mut Vec<u8>) {
        if let Some(cut) = self.cut.take() {
            let digest: String = cut.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
            out.extend_from_slice(
                format!("{MARK}{} bytes, and the rest has the SHA-256 {digest}", self.length).as_bytes(),
            );
        }
        self.length = 0;
    }

    fn refill(&mut self) -> io::Result<bool> {
        let mut chunk = vec![0; CHUNK];
        let count = self.input.read(&mut chunk)?;
        let mut out = Vec::with_capacity(count);
        for part in chunk[..count].split_inclusive(|byte| *byte == b'\n') {
            let line = part.strip_suffix(b"\n").unwrap_or(part);
            self.take(line, &mut out);
            if line.len() < part.len() {
                self.end(&mut out);
                out.push(b'\n');
            }
        }
        if count == 0 {
            self.end(&mut out);
        }
        self.ready = Cursor::new(out);
        Ok(count > 0 || !self.ready.get_ref().is_empty())
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.ready.read(buffer)?;
            if count > 0 || buffer.is_empty() || !self.refill()? {
                return Ok(count);
            }
        }
    }
}

/// How many bytes a line had, as its mark says, if it was cut.
pub fn cut_from(line: &[u8]) -> Option<u64> {
    // The mark stands near the end: after it come a length and a digest.
    let end = &line[line.len().saturating_sub(200)..];
    let start = end.windows(MARK.len()).rposition(|part| part == MARK.as_bytes())? + MARK.len();
    let (length, _) = std::str::from_utf8(&end[start..]).ok()?.split_once(" bytes, and the rest has the SHA-256 ")?;
    length.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_and_told_apart() {
        let read = |text: &str, limit: usize| {
            let mut lines = String::new();
            Bounded::new(text.as_bytes(), limit).read_to_string(&mut lines).unwrap();
            lines
        };
        for text in ["", "\n", "short\n\nlines", "ends\n"] {
            assert_eq!(read(text, 5), text);
        }
        let long = format!("short\n{}\nlast", "x".repeat(200_000));
        let lines = read(&long, 100);
        let lines: Vec<&str> = lines.lines().collect();
        assert_eq!((lines.len(), lines[0], lines[2]), (3, "short", "last"));
        assert!(lines[1].starts_with(&"x".repeat(100)) && lines[1].len() < 300, "{}", lines[1]);
        assert_eq!(cut_from(lines[1].as_bytes()), Some(200_000));
        assert_ne!(lines[1], read(&format!("{}y", "x".repeat(199_999)), 100), "another end is another line");
        assert_eq!(read(&"x".repeat(120), 100), read(&format!("{}\n", "x".repeat(120)), 100).trim_end());
        for plain in ["", "x", &"x".repeat(400)] {
            assert_eq!(cut_from(plain.as_bytes()), None);
        }
    }
}
