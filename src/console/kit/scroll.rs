//! What is on the screen of something longer than the screen.

/// The first line on the screen of a text. How long the text is comes back from drawing it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scroll {
    at: usize,
    /// The last line that can be the first on the screen; none before it was drawn.
    last: Option<usize>,
}

impl Scroll {
    /// At the beginning.
    pub const fn new() -> Self {
        Self { at: 0, last: None }
    }

    /// The first line on the screen.
    pub const fn at(self) -> usize {
        self.at
    }

    /// The first line on a screen of this height, for a text of this many lines.
    pub fn of(self, count: usize, height: usize) -> usize {
        self.at.min(count.saturating_sub(height))
    }

    /// Scrolls by this many lines.
    pub fn by(&mut self, lines: isize) {
        self.at = self.at.saturating_add_signed(lines).min(self.last.unwrap_or(usize::MAX));
    }

    /// Takes over how long the text was when it was drawn, and how much of it fits.
    pub fn drawn(&mut self, (count, height): (usize, usize)) {
        let last = count.saturating_sub(height);
        *self = Self { at: self.at.min(last), last: Some(last) };
    }
}

/// Moves a line number by some lines, and keeps it below `count`.
pub fn moved(at: usize, by: isize, count: usize) -> usize {
    at.saturating_add_signed(by).min(count.saturating_sub(1))
}

/// The first of `height` shown lines of `count`, so that line `at` is among them with the least scrolling.
pub fn follow(scroll: usize, at: usize, height: usize, count: usize) -> usize {
    let height = height.max(1);
    let scroll = scroll.min(count.saturating_sub(height));
    scroll.clamp((at + 1).saturating_sub(height), at)
}

/// The first of `height` shown lines of `count`, with line `at` in their middle where that is possible.
pub fn centred(at: usize, height: usize, count: usize) -> usize {
    follow(at.saturating_sub(height / 2), at, height, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scrolling_follows() {
        let check = |scroll, at, height, count, expect| assert_eq!(follow(scroll, at, height, count), expect);
        check(0, 0, 10, 100, 0);
        check(0, 9, 10, 100, 0);
        check(0, 10, 10, 100, 1);
        check(50, 49, 10, 100, 49);
        check(95, 99, 10, 100, 90);
        check(5, 2, 10, 3, 0);
        check(0, 0, 0, 0, 0);
    }

    #[test]
    fn a_text_scrolls_as_far_as_it_was_drawn() {
        let mut scroll = Scroll::default();
        scroll.by(isize::MAX);
        scroll.drawn((30, 10));
        assert_eq!(scroll.at(), 20);
        scroll.by(5);
        assert_eq!(scroll.at(), 20);
        scroll.by(-1);
        assert_eq!(scroll.at(), 19);
        scroll.drawn((5, 10));
        assert_eq!((scroll.at(), scroll.of(5, 10)), (0, 0));
    }
}
