//! What is imported, as lines: a file or a stream of them, packed or not, or one JSON array. What is neither is not kept.

use std::io::{self, Cursor, Read};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncBufRead, AsyncRead, BufReader, ReadBuf};
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::spawn_blocking;

use super::bounded::{Bounded, LONGEST};
use super::elements::Elements;

/// How much of the input is looked at before the first line is kept.
const HEAD: usize = 256 << 10;
/// How many lines have to be something else before a file is refused, and how many are looked at.
const LINES: (usize, usize) = (2, 20);
/// How much is read at a time.
const CHUNK: usize = 64 << 10;

/// Whether the end of the input is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// A file: its first lines are looked at together.
    File,
    /// A stream, which may be slow: each line is judged alone, as soon as it comes.
    Stream,
}

/// Opens an input: unpacks it, reads an array as its elements, and looks what it is.
///
/// # Errors
///
/// [`io::ErrorKind::InvalidData`] with a sentence that names what the input is, if it has no facts; another error if it
/// cannot be read.
pub async fn open(input: Box<dyn Read + Send>, extent: Extent) -> io::Result<impl AsyncBufRead + Unpin> {
    let opened = spawn_blocking(move || unpacked(input, extent)).await.map_err(io::Error::other)?;
    let mut input = opened?;
    let (send, chunks) = channel(4);
    spawn_blocking(move || {
        loop {
            let mut chunk = vec![0; CHUNK];
            let read = match input.read(&mut chunk) {
                Ok(0) => return,
                Ok(count) => {
                    chunk.truncate(count);
                    Ok(chunk)
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let failed = read.is_err();
            // The import may have ended before its input.
            if send.blocking_send(read).is_err() || failed {
                return;
            }
        }
    });
    Ok(BufReader::with_capacity(CHUNK, Chunks { chunks, now: Cursor::default() }))
}

/// The input without its packing.
fn unpacked(mut input: Box<dyn Read + Send>, extent: Extent) -> io::Result<Box<dyn Read + Send>> {
    // A packed array in a packed file, and no deeper.
    for _ in 0..3 {
        let head = head(&mut input, extent)?;
        let whole = Cursor::new(head.clone()).chain(input);
        input = if head.starts_with(b"\x1f\x8b") {
            Box::new(Packed(flate2::read::MultiGzDecoder::new(whole)))
        } else if head.starts_with(b"\x28\xb5\x2f\xfd") {
            Box::new(Packed(ruzstd::decoding::StreamingDecoder::new(whole).map_err(|_| damaged())?))
        } else if let Some(kind) = foreign(&head, extent) {
            let said = format!("it is {kind}, and has no facts to import: nothing was kept");
            return Err(io::Error::new(io::ErrorKind::InvalidData, said));
        } else if text(&head).first() == Some(&b'[') {
            return Ok(Box::new(Bounded::new(Elements::of(whole), LONGEST)));
        } else {
            return Ok(Box::new(Bounded::new(whole, LONGEST)));
        };
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "it is packed more than twice: unpack it first"))
}

/// A packed input. Its faults are told in words that do not need to know how it is packed.
struct Packed<R>(R);

impl<R: Read> Read for Packed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
        self.0.read(buffer).map_err(|error| match error.kind() {
            InvalidData | InvalidInput | Other | UnexpectedEof => damaged(),
            _ => error,
        })
    }
}

fn damaged() -> io::Error {
    let said = "what is packed in it is damaged or cut off: get it again, and import it again";
    io::Error::new(io::ErrorKind::InvalidData, said)
}

/// The beginning of the input: of a file enough to see what it is, of a stream what comes first.
fn head(input: &mut impl Read, extent: Extent) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut chunk = vec![0; CHUNK];
    while head.len() < HEAD {
        let count = input.read(&mut chunk)?;
        head.extend_from_slice(&chunk[..count]);
        let enough = extent == Extent::Stream && !text(&head).is_empty() && head.len() >= 4;
        if count == 0 || enough {
            break;
        }
    }
    Ok(head)
}

/// The head without a byte order mark and the blanks at its start.
fn text(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start()
}

/// What the input is, if it cannot have facts.
fn foreign(head: &[u8], extent: Extent) -> Option<String> {
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Some("text in UTF-16 (save it as UTF-8)".to_owned());
    }
    if let Some(kind) = infer::get(head) {
        return Some(format!("a file of the type {}", kind.mime_type()));
    }
    let text = text(head);
    if extent == Extent::Stream || text.first() == Some(&b'[') {
        return None;
    }
    let whole = if head.len() < HEAD { text } else { &text[..text.iter().rposition(|byte| *byte == b'\n')?] };
    let lines: Vec<&[u8]> =
        whole.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).take(LINES.1).collect();
    let is_json = |line: &&[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
    if lines.len() < LINES.0 || lines.iter().any(is_json) {
        return None;
    }
    let kind = match text.first() {
        _ if text.contains(&0) => "not text",
        Some(b'{') => "JSON that takes several lines (write each object on one line)",
        _ if lines[0].iter().any(|byte| matches!(byte, b',' | b';' | b'\t')) => "a table (CSV)",
        _ => "text without JSON",
    };
    Some(kind.to_owned())
}

/// What a thread has read, for the import.
struct Chunks {
    chunks: Receiver<io::Result<Vec<u8>>>,
    now: Cursor<Vec<u8>>,
}

impl AsyncRead for Chunks {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let it = self.get_mut();
        if it.now.position() as usize == it.now.get_ref().len() {
            match ready!(it.chunks.poll_recv(context)).transpose()? {
                Some(chunk) => it.now = Cursor::new(chunk),
                None => return Poll::Ready(Ok(())),
            }
        }
        let from = it.now.position() as usize;
        let count = buffer.remaining().min(it.now.get_ref().len() - from);
        buffer.put_slice(&it.now.get_ref()[from..from + count]);
        it.now.set_position((from + count) as u64);
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines(input: &[u8], extent: Extent) -> Result<String, String> {
        let told = |error: io::Error| error.to_string();
        let mut opened = open(Box::new(Cursor::new(input.to_vec())), extent).await.map_err(told)?;
        let mut text = String::new();
        tokio::io::AsyncReadExt::read_to_string(&mut opened, &mut text).await.map_err(told)?;
        // Blank lines are no lines to an import.
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        Ok(lines.map(|line| format!("{line}\n")).collect())
    }

    #[tokio::test]
    async fn inputs_are_read_as_lines() {
        let packed = |text: &str| {
            let mut gzip = flate2::read::GzEncoder::new(text.as_bytes(), flate2::Compression::fast());
            let mut bytes = Vec::new();
            gzip.read_to_end(&mut bytes).unwrap();
            bytes
        };
        for extent in [Extent::File, Extent::Stream] {
            let check = async |input: &[u8], expect: &str| {
                assert_eq!(lines(input, extent).await.as_deref(), Ok(expect), "{input:?} {extent:?}");
            };
            check(b"", "").await;
            check(b"{}\n{}\n", "{}\n{}\n").await;
            check(b"one\n{}\n", "one\n{}\n").await;
            check(b"one", "one\n").await;
            check(b"\xef\xbb\xbf[{},{}]", "{}\n{}\n").await;
            check(&packed("{}\n{}\n"), "{}\n{}\n").await;
            check(&packed("[{},\n{}]"), "{}\n{}\n").await;
            check(&packed("{}\n").repeat(2), "{}\n{}\n").await;
        }
    }

    async fn check_damaged(input: &[u8]) {
        let told = lines(input, Extent::File).await.unwrap_err();
        assert!(told.starts_with("what is packed in it is damaged or cut off"), "{told}");
    }

    #[tokio::test]
    async fn what_has_no_facts_is_named() {
        let check = async |input: &[u8], extent: Extent, expect: &str| {
            let told = lines(input, extent).await.unwrap_err();
            assert_eq!(told, format!("it is {expect}, and has no facts to import: nothing was kept"));
        };
        for extent in [Extent::File, Extent::Stream] {
            check(b"PK\x03\x04rest of an archive", extent, "a file of the type application/zip").await;
            check(b"\xff\xfe{\0}\0", extent, "text in UTF-16 (save it as UTF-8)").await;
            check(b"%PDF-1.7\n", extent, "a file of the type application/pdf").await;
        }
        check(b"order,amount\nA,1\n", Extent::File, "a table (CSV)").await;
        check(b"<?xml version=\"1.0\"?>\n<a/>\n", Extent::File, "a file of the type text/xml").await;
        check(b"{\n\"a\": 1\n}\n", Extent::File, "JSON that takes several lines (write each object on one line)").await;
        check(b"ab\0\nc\n", Extent::File, "not text").await;
        check(b"hello\nworld\n", Extent::File, "text without JSON").await;
        check_damaged(b"\x1f\x8b\x08\0\0\0\0\0\0\x03cut").await;
        check_damaged(b"\x28\xb5\x2f\xfdcut").await;
        assert_eq!(lines(b"one bad line\0", Extent::File).await.as_deref(), Ok("one bad line\0\n"));
        assert_eq!(lines(b"hello\nworld\n", Extent::Stream).await.as_deref(), Ok("hello\nworld\n"));
    }
}
