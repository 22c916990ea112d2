//! What was written between the desk and the parties: with both, or with one of them.

use ratatui::style::Style;
use ratatui::text::Span;

use super::case::Page;
use crate::records::{CaseEvent, CaseEventKind, DeliveryState};
use crate::text;

impl Page<'_> {
    /// The conversation, the newest last. A reply that this person had not read is marked.
    pub(super) fn conversation(&mut self) {
        let (app, shown, look) = (self.app, self.shown, self.look);
        let said: Vec<&CaseEvent> = shown.whole.events.iter().filter(|event| event.message.is_some()).collect();
        if said.is_empty() {
            return;
        }
        let with = app.disputes.thread;
        let is_here = |event: &&&CaseEvent| with.is_none() || event.party == with;
        let unread = |event: &CaseEvent| event.kind == CaseEventKind::Answered && event.seq > shown.read_to;
        let new = said.iter().filter(is_here).filter(|event| unread(event)).count();
        let title = match with {
            None => "Conversation, newest last".to_owned(),
            Some(party) => format!("Conversation with the {party} only (b)"),
        };
        self.rule(&if new > 0 { format!("{title}, {new} new") } else { title });
        for event in said.iter().filter(is_here) {
            let Some(message) = &event.message else { continue };
            let who = match (message.theirs, event.recorder == app.session.person) {
                (true, _) => message.party.name().to_owned(),
                (false, true) => format!("you {} {}", look.glyphs.arrow, message.party.name()),
                (false, false) => {
                    format!("{} {} {}", text::clean(&event.recorder), look.glyphs.arrow, message.party.name())
                }
            };
            let style = if message.theirs { look.title() } else { look.good() };
            let mut spans = vec![Span::styled(who, style)];
            if unread(event) {
                spans.push(Span::styled(format!("  {} new", look.glyphs.ours), look.warn()));
            }
            self.stamped(event.at, spans);
            self.said(&message.body);
            let carried = event.carried().map(|words| text::clean(&words));
            let failed = event.delivery.as_ref().is_none_or(|it| it.state != DeliveryState::Sent);
            let style = if failed { look.warn() } else { look.dim() };
            carried.into_iter().for_each(|words| self.below(&words, style));
        }
    }

    /// What someone wrote, in quotation marks, line by line.
    pub(super) fn said(&mut self, body: &str) {
        let [open, close] = self.look.glyphs.quotes;
        let lines: Vec<String> = body.lines().map(text::clean).collect();
        for (at, line) in lines.iter().enumerate() {
            let (before, after) = (if at == 0 { open } else { "" }, if at + 1 == lines.len() { close } else { "" });
            self.below(&format!("{before}{line}{after}"), Style::new());
        }
    }
}
