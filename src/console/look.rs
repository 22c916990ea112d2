//! Styles and glyphs, in one place. Colour is never alone: a glyph and a word say the same.

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

use crate::domain::{Status, atarapay, tamara};

/// How the screen looks. The terminal's own background and its sixteen colours, nothing else.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    colour: bool,
    /// The signs.
    pub glyphs: &'static Glyphs,
}

/// The signs of the screen; each has an ASCII one beside it.
#[derive(Debug)]
pub struct Glyphs {
    /// Marks the selected line.
    pub bar: &'static str,
    /// Between panes.
    pub vertical: &'static str,
    /// Under headings.
    pub rule: &'static str,
    /// What something becomes.
    pub arrow: &'static str,
    /// Between words of one line.
    pub dot: &'static str,
    /// Between the steps of the path.
    pub into: &'static str,
    /// There is more above.
    pub above: &'static str,
    /// There is more below.
    pub below: &'static str,
    /// Opens and closes what people said.
    pub quotes: [&'static str; 2],
    /// Waits for somebody else.
    pub waits: &'static str,
    /// Waits for us.
    pub ours: &'static str,
    /// In dispute, not filed.
    pub brewing: &'static str,
    /// A dispute that was filed.
    pub dispute: &'static str,
    /// Went well.
    pub done: &'static str,
    /// Came to nothing.
    pub nothing: &'static str,
    /// The frame of a dialog.
    pub frame: border::Set<'static>,
}

static UNICODE: Glyphs = Glyphs {
    bar: "▌",
    vertical: "│",
    rule: "─",
    arrow: "→",
    dot: "·",
    into: "›",
    above: "▲",
    below: "▼",
    quotes: ["“", "”"],
    waits: "○",
    ours: "●",
    brewing: "◇",
    dispute: "◆",
    done: "✓",
    nothing: "✗",
    frame: border::ROUNDED,
};

static ASCII: Glyphs = Glyphs {
    bar: ">",
    vertical: "|",
    rule: "-",
    arrow: "->",
    dot: "-",
    into: ">",
    above: "^",
    below: "v",
    quotes: ["\"", "\""],
    waits: "o",
    ours: "*",
    brewing: "?",
    dispute: "#",
    done: "+",
    nothing: "x",
    frame: border::Set {
        top_left: "+",
        top_right: "+",
        bottom_left: "+",
        bottom_right: "+",
        vertical_left: "|",
        vertical_right: "|",
        horizontal_top: "-",
        horizontal_bottom: "-",
    },
};

impl Look {
    /// Colours unless the person wants none; plain signs where the terminal has no others.
    pub const fn new(colour: bool, ascii: bool) -> Self {
        Self { colour, glyphs: if ascii { &ASCII } else { &UNICODE } }
    }

    /// Whether only plain signs are drawn.
    pub fn is_ascii(self) -> bool {
        std::ptr::eq(self.glyphs, &ASCII)
    }

    /// Without colour no foreground is set at all: a terminal library would turn it into a reset of everything.
    fn fg(self, colour: Color) -> Style {
        if self.colour { Style::new().fg(colour) } else { Style::new() }
    }

    /// Less important.
    pub fn dim(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// A heading.
    pub fn title(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// A heading of where the keys go.
    pub fn focus(self) -> Style {
        self.fg(Color::Cyan).add_modifier(Modifier::BOLD)
    }

    /// The selected line, where the keys go or elsewhere.
    pub fn selected(self, focused: bool) -> Style {
        Style::new().add_modifier(if focused { Modifier::REVERSED } else { Modifier::BOLD })
    }

    /// As it should be.
    pub fn good(self) -> Style {
        self.fg(Color::Green)
    }

    /// Worth a look.
    pub fn warn(self) -> Style {
        self.fg(Color::Yellow).add_modifier(Modifier::BOLD)
    }

    /// Wrong, or refused.
    pub fn bad(self) -> Style {
        self.fg(Color::Red).add_modifier(Modifier::BOLD)
    }

    /// A key to press.
    pub fn key(self) -> Style {
        self.fg(Color::Cyan).add_modifier(Modifier::BOLD)
    }

    /// The sign of a status and how it is drawn.
    pub fn status(self, status: Status) -> (&'static str, Style) {
        use {atarapay::Status as A, tamara::Status as T};
        let glyphs = self.glyphs;
        match status {
            Status::Atarapay(A::Disputed) => (glyphs.dispute, self.bad()),
            Status::Atarapay(A::Dispute) => (glyphs.brewing, self.warn()),
            Status::Atarapay(A::DisputeResolved) | Status::Tamara(T::Approved) => (glyphs.ours, self.warn()),
            Status::Tamara(T::Authorised | T::Updated | T::PartiallyCaptured) => (glyphs.ours, Style::new()),
            Status::Atarapay(A::Pending | A::PendingIi | A::AwaitingBuyerResponse | A::Accepted | A::Rejected)
            | Status::Tamara(T::New) => (glyphs.waits, Style::new()),
            Status::Atarapay(A::Completed)
            | Status::Tamara(T::FullyCaptured | T::PartiallyRefunded | T::FullyRefunded) => (glyphs.done, self.good()),
            Status::Atarapay(A::Cancelled) | Status::Tamara(T::Canceled | T::Declined | T::Expired) => {
                (glyphs.nothing, self.dim())
            }
        }
    }
}

/// The name of a status on the screen: the two kinds of dispute must not be taken for one another.
pub fn name(status: Status) -> &'static str {
    match status {
        Status::Atarapay(atarapay::Status::Dispute) => "Dispute, not filed",
        Status::Atarapay(_) | Status::Tamara(_) => status.title(),
    }
}
