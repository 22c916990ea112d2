//! The form of an action: its fields, their limits, and the result, checked on every key.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::dialog::{Dialog, room};
use super::input::typed;
use super::{App, Look};
use crate::console::app::form::{Field, Form, consequence};
use crate::domain::{Order, Outcome, Proof};
use crate::text;

pub(super) struct Sheet<'a> {
    pub form: &'a Form,
    pub app: &'a App,
    pub look: Look,
}

/// The width of the field names.
const NAMES: usize = 14;

fn label(field: Field) -> &'static str {
    match field {
        Field::Amount => "Amount",
        Field::Outcome => "Outcome",
        Field::ToSeller => "To seller",
        Field::ToBuyer => "To buyer",
        Field::Note => "Note",
        Field::Reference => "Reference",
        Field::Reason => "Reason code",
    }
}

impl Sheet<'_> {
    fn order(&self) -> Option<&Order> {
        self.app.shown.as_ref().map(|shown| &shown.stored.order).filter(|order| order.key == self.form.key)
    }

    /// The hint next to a field: its limit, or whether it is needed.
    fn limit(&self, field: Field, order: &Order) -> String {
        let must = |proof| if self.form.proof == proof { "needed" } else { "optional" };
        match field {
            Field::Amount => {
                let by = crate::domain::By::Person(self.app.session.roles);
                let offer = crate::domain::menu::offer(order, self.form.action, self.form.actor, by, self.app.now);
                offer.ok().and_then(|offer| offer.most).map_or_else(String::new, |most| format!("up to {most}"))
            }
            Field::Outcome => "left and right choose".to_owned(),
            Field::ToSeller | Field::ToBuyer => format!("of {}, or e.g. 40%", order.amount),
            Field::Note if self.form.proof == Proof::Note => "needed: how you know".to_owned(),
            Field::Note => String::new(),
            Field::Reference => must(Proof::Reference).to_owned(),
            Field::Reason => "optional".to_owned(),
        }
    }

    fn value(&self, field: Field, input: &tui_input::Input, order: &Order, room: usize) -> String {
        if field != Field::Outcome {
            // Only the field with the focus scrolls to the cursor.
            let here = self.form.field() == field;
            return if here { typed(input, room).0 } else { text::cut(&text::clean(input.value()), room) };
        }
        let words = match self.form.outcome(order) {
            Some(Outcome::PaySeller) => "Pay seller",
            Some(Outcome::RefundBuyer) => "Refund buyer",
            Some(Outcome::Split) => "Split",
            None => "not decided",
        };
        format!("< {words} >")
    }

    fn dialog(&self, area: Rect) -> Dialog {
        let (form, look) = (self.form, self.look);
        let by = if form.actor.is_us() { String::new() } else { format!(", {}", form.actor.title()) };
        let title = format!("{}{by} {} {}", form.action.title(), look.glyphs.dot, text::clean(&form.key.id));
        let room = room(area);
        let mut lines = Vec::new();
        let Some(order) = self.order() else { return Dialog { title, lines, at: 0, look } };
        for (at, (field, input)) in form.fields.iter().enumerate() {
            let limit = text::cut(&self.limit(*field, order), room.saturating_sub(NAMES) / 2);
            let wide = room.saturating_sub(NAMES + text::width(&limit) + 2);
            let here = at == form.at;
            let bar = if here { look.glyphs.bar } else { " " };
            let style = if here { look.focus() } else { look.title() };
            let shown = self.value(*field, input, order, wide);
            let rest = wide.saturating_sub(text::width(&shown));
            let suggested = here && form.is_suggestion();
            lines.push(Line::from(vec![
                Span::styled(format!("{bar} {}", text::left(label(*field), NAMES - 2)), style),
                // Highlighted, because the first typed letter replaces a suggestion.
                Span::styled(shown, if suggested { look.selected(true) } else { Style::new() }),
                Span::raw(" ".repeat(rest)),
                Span::styled(format!("  {limit}"), look.dim()),
            ]));
        }
        lines.push(Line::default());
        let stored = self.app.shown.as_ref().map(|shown| &shown.stored);
        let (words, style) = match (form.verdict(order, self.app.session.roles, self.app.now), stored) {
            (Ok(step), Some(stored)) => (consequence(&step, stored), look.good()),
            (Ok(_), None) => (String::new(), look.good()),
            (Err(fault), _) => (fault.text, look.warn()),
        };
        lines.extend(text::wrap(&words, room).into_iter().map(|words| Line::styled(words, style)));
        if let Some(moved) = &form.moved {
            let moved = format!("{moved}. This form now uses the new state.");
            lines.extend(text::wrap(&moved, room).into_iter().map(|words| Line::styled(words, look.bad())));
        }
        Dialog { title, lines, at: form.at, look }
    }

    /// The cursor position, in the field that has the focus.
    pub fn cursor(&self, area: Rect) -> Option<Position> {
        let order = self.order()?;
        let (field, input) = &self.form.fields[self.form.at];
        if *field == Field::Outcome {
            return None;
        }
        let dialog = self.dialog(area);
        let (inside, first) = dialog.inside(area);
        let room = room(area);
        let limit = text::cut(&self.limit(*field, order), room.saturating_sub(NAMES) / 2);
        let at = typed(input, room.saturating_sub(NAMES + text::width(&limit) + 2)).1;
        let (x, y) = (inside.x + (NAMES + at) as u16, inside.y + self.form.at.checked_sub(first)? as u16);
        inside.contains(Position { x, y }).then_some(Position { x, y })
    }
}

impl Widget for Sheet<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        self.dialog(area).render(area, buf);
    }
}
