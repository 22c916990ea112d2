//! Reads a recording back. It may come from anyone: only its format is trusted.

use std::io::{BufRead, Read};

use crate::console::app::message::Message;
use crate::console::runtime::record::{Event, Head, Line};

/// Why a recording cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It could not be read.
    #[error("the recording cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// It is not a recording.
    #[error("this is not a recording: its first line should be {0}")]
    Foreign(String),
    /// It has another format version.
    #[error("the recording has version {0}; this program plays version {1}")]
    Version(u32, u32),
    /// A line cannot be read: its number, and why.
    #[error("line {0} of the recording cannot be read: {1}")]
    Line(usize, String),
    /// It does not start with a checkpoint.
    #[error("the recording is empty")]
    Empty,
}

/// Limits: this program writes no more lines, no longer lines (in bytes) and no larger screens.
const LINES: usize = 100_000;
const LONGEST: u64 = 64 * 1024 * 1024;
const LARGEST: (u16, u16) = (500, 200);

/// Reads the lines of a recording.
///
/// # Errors
///
/// Why it cannot be played.
pub fn read(mut text: impl BufRead) -> Result<Vec<Line>, Fault> {
    let foreign = || Fault::Foreign(serde_json::to_string(&Head::present()).unwrap_or_default());
    let first = next(&mut text, 1)?.ok_or_else(foreign)?;
    let head: Head = serde_json::from_slice(&first).map_err(|_| foreign())?;
    if head.recourse != Head::present().recourse {
        return Err(foreign());
    }
    if head.version != Head::present().version {
        return Err(Fault::Version(head.version, Head::present().version));
    }
    let mut read: Vec<Line> = Vec::new();
    for at in 2.. {
        let Some(line) = next(&mut text, at)? else { break };
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let mut line: Line = serde_json::from_slice(&line).map_err(|error| Fault::Line(at, error.to_string()))?;
        bound(&mut line.event);
        read.push(line);
        if read.len() > LINES {
            return Err(Fault::Line(at, "there are too many lines".to_owned()));
        }
    }
    match read.first() {
        Some(Line { event: Event::Begin(_) | Event::Again(_), .. }) => Ok(read),
        _ => Err(Fault::Empty),
    }
}

/// Reads the next line, unless it is longer than this program writes.
fn next(text: &mut impl BufRead, at: usize) -> Result<Option<Vec<u8>>, Fault> {
    let mut line = Vec::new();
    let count = text.take(LONGEST).read_until(b'\n', &mut line)?;
    if count as u64 == LONGEST {
        return Err(Fault::Line(at, "it is too long".to_owned()));
    }
    Ok(Some(line).filter(|_| count > 0))
}

/// Limits the size of the screen.
fn bound(event: &mut Event) {
    let size = match event {
        Event::Begin(checkpoint) | Event::Again(checkpoint) => &mut checkpoint.size,
        Event::Message(Message::Resize(width, height)) => {
            (*width, *height) = ((*width).min(LARGEST.0), (*height).min(LARGEST.1));
            return;
        }
        Event::Message(_) => return,
    };
    *size = (size.0.min(LARGEST.0), size.1.min(LARGEST.1));
}
