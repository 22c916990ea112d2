//! Reading a recording back. It may come from anybody: nothing in it is believed but its shape.

use std::io::BufRead;

use super::{Event, Head, Line};

/// Why a recording cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It could not be read.
    #[error("the recording cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// Something else.
    #[error("this is no recording: its first line should be {0}")]
    Foreign(String),
    /// A line.
    #[error("line {0} of the recording cannot be read: {1}")]
    Line(usize, String),
    /// It has no beginning.
    #[error("the recording is empty")]
    Empty,
}

/// The lines of a recording.
pub fn read(text: impl BufRead) -> Result<Vec<Line>, Fault> {
    let mut lines = text.split(b'\n');
    let foreign = || Fault::Foreign(serde_json::to_string(&Head::present()).unwrap_or_default());
    let first = lines.next().ok_or_else(foreign)??;
    let head: Head = serde_json::from_slice(&first).map_err(|_| foreign())?;
    if head != Head::present() {
        return Err(foreign());
    }
    let mut read = Vec::new();
    for (at, line) in lines.enumerate() {
        let line = line?;
        if !line.iter().all(u8::is_ascii_whitespace) {
            let line: Line = serde_json::from_slice(&line).map_err(|error| Fault::Line(at + 2, error.to_string()))?;
            read.push(line);
        }
    }
    match read.first() {
        Some(Line { event: Event::Begin(_), .. }) => Ok(read),
        _ => Err(Fault::Empty),
    }
}
