//! The action menu: the actions you can do now, and on demand the others with the reasons why not.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::dialog::{Dialog, room};
use super::{App, Look};
use crate::console::app;
use crate::console::look::name;
use crate::domain::{Choice, Offer, Proof};
use crate::text;

pub(super) struct Actions<'a> {
    pub menu: &'a app::Menu,
    pub app: &'a App,
    pub look: Look,
}

/// What an action needs from the user.
fn needs(offer: &Offer) -> String {
    let most = offer.most.map(|most| format!("up to {most}"));
    let parts = offer.parts.then(|| "who gets what".to_owned());
    let proof = match offer.proof {
        Proof::Nothing => None,
        Proof::Note => Some("a note".to_owned()),
        Proof::Reference => Some("a reference".to_owned()),
    };
    [most, parts, proof].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The action, and on whose behalf it is recorded.
fn title(choice: &Choice) -> String {
    let by = if choice.actor.is_us() { String::new() } else { format!(", {}", choice.actor.title()) };
    format!("{}{by}", choice.action.title())
}

impl Actions<'_> {
    fn line(&self, choice: &Choice, digit: Option<usize>, selected: bool, room: (usize, usize)) -> Line<'static> {
        let look = self.look;
        let bar = if selected { look.glyphs.bar } else { " " };
        let digit = digit.map_or(" ".to_owned(), |digit| digit.to_string());
        let (room, titles) = room;
        let mut line = Line::from(vec![
            Span::raw(format!("{bar} {digit} ")),
            Span::styled(choice.letter.to_string(), look.key()),
            Span::raw(format!("  {}", text::left(&title(choice), titles))),
        ]);
        let said = match &choice.verdict {
            Ok(offer) => {
                let to: Vec<&str> = offer.to.iter().map(|to| name(*to)).collect();
                let needs = needs(offer);
                let needs = if needs.is_empty() { needs } else { format!("  ({needs})") };
                format!("{} {}{needs}", look.glyphs.arrow, to.join(" or "))
            }
            Err(refusal) => {
                let words = refusal.to_string();
                words.split_once(": ").map_or(words.clone(), |(_, why)| why.to_owned())
            }
        };
        let left = room.saturating_sub(line.width() + 1);
        line.push_span(Span::raw(" "));
        line.push_span(Span::raw(text::cut(&said, left)));
        if choice.verdict.is_err() {
            line = line.style(look.dim());
        }
        if selected { line.style(look.selected(true)) } else { line }
    }
}

impl Widget for Actions<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        let Some(shown) = &app.shown else { return };
        let order = &shown.stored.order;
        let room = room(area);
        let mut lines = Vec::new();
        if let Some(note) = &self.menu.note {
            lines.extend(text::wrap(note, room).into_iter().map(|words| Line::styled(words, look.warn())));
            lines.push(Line::default());
        }
        let before = lines.len();
        let choices = app.choices(self.menu);
        let titles = choices.iter().map(|choice| text::width(&title(choice))).max().unwrap_or(0).min(room / 2);
        let mut digit = 0;
        for (at, choice) in choices.iter().enumerate() {
            let allowed = choice.verdict.is_ok();
            digit += usize::from(allowed);
            lines.push(self.line(
                choice,
                Some(digit).filter(|digit| allowed && *digit < 10),
                at == self.menu.at,
                (room, titles),
            ));
        }
        if choices.is_empty() {
            let why = format!("You have no actions on an order that is {}.", order.standing());
            lines.extend(text::wrap(&why, room).into_iter().map(Line::raw));
        }
        lines.push(Line::default());
        if let Some(twin) = app.twin(self.menu) {
            lines.push(Line::styled(text::cut(&twin, room), look.dim()));
        }
        let more = if self.menu.reasons { "only what you can do" } else { "the rest, and why not" };
        lines.push(Line::from(vec![
            Span::styled("?", look.key()),
            Span::styled(format!(" {more}"), look.dim()),
            Span::styled("   y", look.key()),
            Span::styled(" copy the command line", look.dim()),
            Span::styled("   Esc", look.key()),
            Span::styled(" back", look.dim()),
        ]));
        let title = format!("{} {} {}", text::clean(&order.key.id), look.glyphs.dot, order.standing());
        Dialog { title, lines, at: before + self.menu.at, look }.render(area, buf);
    }
}
