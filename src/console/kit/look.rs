//! Styles and glyphs, in one place. A glyph or a word always repeats what a colour says.

use ratatui::style::Style;
use ratatui::symbols::border;

use crate::domain::{Sign, Status};
use crate::settings::prefs::Prefs;
use crate::settings::theme::{Paint, Theme};
use crate::text;

/// How the screen looks: the styles of a theme, and the glyphs.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    theme: Theme,
    /// The glyphs.
    pub glyphs: &'static Glyphs,
}

/// The glyphs of the screen. Each one has an ASCII form.
#[derive(Debug)]
pub struct Glyphs {
    /// Marks the selected line.
    pub bar: &'static str,
    /// Between panes.
    pub vertical: &'static str,
    /// Under headings.
    pub rule: &'static str,
    /// Points to the new state.
    pub arrow: &'static str,
    /// Between phrases on one line.
    pub dot: &'static str,
    /// Between the steps of the path.
    pub into: &'static str,
    /// There is more above.
    pub above: &'static str,
    /// There is more below.
    pub below: &'static str,
    /// Quotation marks around what people wrote.
    pub quotes: [&'static str; 2],
    /// Waits for someone else.
    pub waits: &'static str,
    /// Waits for us.
    pub ours: &'static str,
    /// In dispute, not filed.
    pub brewing: &'static str,
    /// A dispute that was filed.
    pub dispute: &'static str,
    /// Ended well.
    pub done: &'static str,
    /// Ended without effect: cancelled, declined, expired.
    pub nothing: &'static str,
    /// It is marked.
    pub marked: &'static str,
    /// It changed just now.
    pub changed: &'static str,
    /// In place of a person's name or words.
    pub hidden: &'static str,
    /// Around the name of a production environment.
    pub alarm: [&'static str; 2],
    /// A cell of a meter that is full, and one that is empty.
    pub meter: [&'static str; 2],
    /// Between the steps of a life.
    pub step: &'static str,
    /// Bars, from empty to full.
    pub bars: [&'static str; 9],
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
    marked: "■",
    changed: "•",
    hidden: "•••",
    alarm: ["▶", "◀"],
    meter: ["█", "░"],
    step: "─",
    bars: text::BARS,
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
    marked: "=",
    changed: ".",
    hidden: "***",
    alarm: [">>", "<<"],
    meter: ["#", "."],
    step: "-",
    bars: [" ", ".", ".", ":", ":", "|", "|", "#", "#"],
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

impl Glyphs {
    /// All glyphs, in the same order for both sets.
    pub fn all(&self) -> Vec<&'static str> {
        let Self { bar, vertical, rule, arrow, dot, into, above, below, quotes, waits, ours, .. } = *self;
        let Self { brewing, dispute, done, nothing, marked, changed, hidden, alarm, meter, step, bars, frame, .. } =
            *self;
        let corners = [frame.top_left, frame.top_right, frame.bottom_left, frame.bottom_right];
        let single =
            [bar, vertical, rule, arrow, dot, into, above, below, waits, ours, brewing, dispute, done, nothing, step];
        let mut all = single.to_vec();
        // A glyph that contains another one comes before it.
        all.extend([hidden, marked, changed]);
        all.extend(quotes.into_iter().chain(alarm).chain(meter).chain(bars).chain(corners));
        all
    }
}

impl Look {
    /// A look with this theme, with ASCII glyphs if `ascii` is set.
    pub const fn new(theme: Theme, ascii: bool) -> Self {
        Self { theme, glyphs: if ascii { &ASCII } else { &UNICODE } }
    }

    /// A look for measuring: no styles.
    pub const fn measure() -> Self {
        Self::new(Theme::NONE, false)
    }

    /// Whether the glyphs are ASCII.
    pub fn is_ascii(self) -> bool {
        std::ptr::eq(self.glyphs, &ASCII)
    }

    /// The base style of every cell.
    pub const fn base(self) -> Style {
        self.theme.style(Paint::Base)
    }

    /// Less important.
    pub const fn dim(self) -> Style {
        self.theme.style(Paint::Dim)
    }

    /// A heading.
    pub const fn title(self) -> Style {
        self.theme.style(Paint::Title)
    }

    /// A heading of the part that has the focus.
    pub const fn focus(self) -> Style {
        self.theme.style(Paint::Focus)
    }

    /// The selected line, in the part that has the focus or in another.
    pub const fn selected(self, focused: bool) -> Style {
        self.theme.style(if focused { Paint::Selected } else { Paint::Chosen })
    }

    /// As it should be.
    pub const fn good(self) -> Style {
        self.theme.style(Paint::Good)
    }

    /// Worth a look.
    pub const fn warn(self) -> Style {
        self.theme.style(Paint::Warn)
    }

    /// Wrong, or refused.
    pub const fn bad(self) -> Style {
        self.theme.style(Paint::Bad)
    }

    /// A key to press.
    pub const fn key(self) -> Style {
        self.theme.style(Paint::Key)
    }

    /// It changed just now.
    pub const fn changed(self) -> Style {
        self.theme.style(Paint::Changed)
    }

    /// It is marked.
    pub const fn marked(self) -> Style {
        self.theme.style(Paint::Marked)
    }

    /// Real money.
    pub const fn alarm(self) -> Style {
        self.theme.style(Paint::Alarm)
    }

    /// Numbers as bars. The highest value fills the line; every value above zero is visible.
    pub fn bars(self, values: &[i64]) -> String {
        text::bars(values, &self.glyphs.bars)
    }

    /// The glyph and the style of a status.
    pub fn status(self, status: Status) -> (&'static str, Style) {
        let glyphs = self.glyphs;
        match status.row().sign {
            Sign::Dispute => (glyphs.dispute, self.bad()),
            Sign::DisputeNotFiled => (glyphs.brewing, self.warn()),
            Sign::Urgent => (glyphs.ours, self.warn()),
            Sign::Ours => (glyphs.ours, Style::new()),
            Sign::Waits => (glyphs.waits, Style::new()),
            Sign::Done => (glyphs.done, self.good()),
            Sign::Nothing => (glyphs.nothing, self.dim()),
        }
    }
}

impl Prefs {
    /// The look of the screen with these preferences.
    pub fn look(&self) -> Look {
        let theme = self.themes.get(self.theme).map_or(Theme::NONE, |named| named.theme);
        let theme = if self.colour && !self.plain { theme } else { theme.without_colour() };
        Look::new(theme, self.ascii || self.plain)
    }
}

/// The name of a status on the screen: the two kinds of dispute must not look alike.
pub fn name(status: Status) -> &'static str {
    status.row().label
}
