//! The terminal: taken over at the start, restored on every exit, and written to only where something changed.

use std::io::{self, Write, stdout};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::clipboard::CopyToClipboard;
use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::settings::ask::work::Desktop;
use crate::settings::prefs::Bidi;

/// Switch the terminal's reordering of right-to-left text on and off (ECMA-48, bidirectional support mode).
const BIDI_ON: &[u8] = b"\x1b[8h";
const BIDI_OFF: &[u8] = b"\x1b[8l";

/// Whether the terminal has to be restored.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Restores the terminal, once. Every step runs even if another one fails.
pub fn restore() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        _ = disable_raw_mode();
        let mut out = stdout();
        _ = execute!(out, EndSynchronizedUpdate);
        _ = execute!(out, DisableMouseCapture);
        _ = execute!(out, DisableBracketedPaste);
        // The default of terminals: they reorder right-to-left text.
        _ = out.write_all(BIDI_ON);
        _ = execute!(out, LeaveAlternateScreen);
        _ = execute!(out, Show);
        _ = out.flush();
    }
}

/// On a panic in any thread or task, restores the terminal, prints the panic message and ends the program.
pub fn restore_on_panic() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        restore();
        before(panic);
        std::process::exit(101);
    }));
}

/// The terminal while this program controls it.
#[derive(Debug)]
pub struct Terminal {
    shown: Buffer,
    cursor: Option<Position>,
    mouse: bool,
    bidi: Bidi,
}

impl Terminal {
    /// Takes over the terminal.
    ///
    /// # Errors
    ///
    /// The error of the terminal if its mode cannot be changed or it cannot be written.
    pub fn enter(mouse: bool, bidi: Bidi) -> io::Result<Self> {
        let mut terminal = Self { shown: Buffer::empty(Rect::ZERO), cursor: None, mouse, bidi };
        terminal.take()?;
        Ok(terminal)
    }

    /// Takes the terminal over again after it was restored. The next frame is drawn in full.
    ///
    /// # Errors
    ///
    /// The error of the terminal if its mode cannot be changed or it cannot be written.
    pub fn take(&mut self) -> io::Result<()> {
        TAKEN.store(true, Ordering::SeqCst);
        // The terminal mode may have changed while the process was stopped.
        disable_raw_mode()?;
        enable_raw_mode()?;
        execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide)?;
        if self.bidi != Bidi::Terminal {
            stdout().write_all(BIDI_OFF)?;
        }
        self.mouse(self.mouse)?;
        self.forget();
        Ok(())
    }

    /// Captures the mouse, or leaves it to the terminal.
    ///
    /// # Errors
    ///
    /// The error of the terminal if it cannot be written.
    pub fn mouse(&mut self, mouse: bool) -> io::Result<()> {
        match (std::mem::replace(&mut self.mouse, mouse), mouse) {
            (_, true) => execute!(stdout(), EnableMouseCapture),
            (true, false) => execute!(stdout(), DisableMouseCapture),
            (false, false) => Ok(()),
        }
    }

    /// Copies text: in tmux into its buffer, which it passes on, else to the terminal's clipboard (OSC 52), which also
    /// works over ssh. Returns whether tmux has it.
    ///
    /// # Errors
    ///
    /// The error of the terminal if it cannot be written. A terminal without a clipboard gives no error.
    pub fn copy(text: &str) -> io::Result<bool> {
        if std::env::var_os("TMUX").is_some() && into_tmux(text).is_ok() {
            return Ok(true);
        }
        execute!(stdout(), CopyToClipboard::to_clipboard_from(text)).map(|()| false)
    }

    /// Notifies the user of an alert outside the screen: by the bell or on the desktop (OSC 9, OSC 777).
    ///
    /// # Errors
    ///
    /// The error of the terminal if it cannot be written.
    pub fn alert(words: &str, bell: bool, desktop: Desktop) -> io::Result<()> {
        // Text from outside must not end the escape sequence or start a new field in it.
        let words: String = crate::text::clean(words).chars().map(|it| if it == ';' { ',' } else { it }).collect();
        let mut bytes = Vec::new();
        match desktop {
            Desktop::Off => {}
            Desktop::Osc9 => write!(bytes, "\x1b]9;recourse: {words}\x1b\\")?,
            Desktop::Osc777 => write!(bytes, "\x1b]777;notify;recourse;{words}\x1b\\")?,
        }
        if bell {
            bytes.push(7);
        }
        let mut out = stdout().lock();
        out.write_all(&bytes)?;
        out.flush()
    }

    /// Makes the next frame draw in full.
    pub fn forget(&mut self) {
        self.shown = Buffer::empty(Rect::ZERO);
        self.cursor = None;
    }

    /// The size in columns and lines.
    ///
    /// # Errors
    ///
    /// The error of the system if standard output is no terminal.
    pub fn size() -> io::Result<(u16, u16)> {
        crossterm::terminal::size()
    }

    /// Draws a frame: writes only what changed, in one write inside a synchronised update. Returns whether anything was
    /// written.
    ///
    /// # Errors
    ///
    /// The error of the terminal if it cannot be written.
    pub fn put(&mut self, frame: Buffer, cursor: Option<Position>) -> io::Result<bool> {
        let bytes = self.bytes(frame, cursor)?;
        if !bytes.is_empty() {
            let mut out = stdout().lock();
            out.write_all(&bytes)?;
            out.flush()?;
        }
        Ok(!bytes.is_empty())
    }

    /// The bytes that turn the current screen into this frame.
    ///
    /// # Errors
    ///
    /// None in practice: the bytes are written to memory.
    pub fn bytes(&mut self, frame: Buffer, cursor: Option<Position>) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if frame.area != self.shown.area {
            self.shown = Buffer::empty(frame.area);
            self.cursor = None;
            queue!(bytes, Hide, Clear(ClearType::All))?;
        }
        let changes = self.shown.diff(&frame);
        let drawn = !changes.is_empty();
        if drawn {
            if self.cursor.take().is_some() {
                queue!(bytes, Hide)?;
            }
            CrosstermBackend::new(&mut bytes).draw(changes.into_iter())?;
        }
        if cursor != self.cursor {
            match cursor {
                Some(at) => queue!(bytes, MoveTo(at.x, at.y), Show)?,
                None => queue!(bytes, Hide)?,
            }
        }
        (self.shown, self.cursor) = (frame, cursor);
        if bytes.is_empty() {
            return Ok(bytes);
        }
        let mut whole = Vec::with_capacity(bytes.len() + 16);
        queue!(whole, BeginSynchronizedUpdate)?;
        whole.extend(bytes);
        queue!(whole, EndSynchronizedUpdate)?;
        Ok(whole)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives tmux a text. Unless it is told to, it does not pass on what programs send to the clipboard.
fn into_tmux(text: &str) -> io::Result<()> {
    let mut tmux = Command::new("tmux");
    tmux.args(["load-buffer", "-w", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut tmux = tmux.spawn()?;
    if let Some(mut pipe) = tmux.stdin.take() {
        pipe.write_all(text.as_bytes())?;
    }
    let ended = tmux.wait()?;
    if ended.success() { Ok(()) } else { Err(io::Error::other("tmux did not take it")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_changed_nothing_is_written() {
        let mut terminal =
            Terminal { shown: Buffer::empty(Rect::ZERO), cursor: None, mouse: false, bidi: Bidi::Terminal };
        let frame = || {
            let mut frame = Buffer::empty(Rect::new(0, 0, 10, 2));
            frame.set_string(0, 0, "hello", ratatui::style::Style::new());
            frame
        };
        let cursor = Some(Position { x: 1, y: 1 });
        assert!(terminal.bytes(frame(), cursor).unwrap().ends_with(b"\x1b[?2026l"));
        assert_eq!(terminal.bytes(frame(), cursor).unwrap(), b"");
        assert_eq!(terminal.bytes(frame(), None).unwrap(), b"\x1b[?2026h\x1b[?25l\x1b[?2026l");
        assert_eq!(terminal.bytes(frame(), None).unwrap(), b"");
    }
}
