//! The form of a case action: its fields, the consequence, and the word to type before an action that cannot be undone.

use crate::records::{Party, PayoutState};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::super::dialog::{Dialog, room};
use super::super::input::typed;
use super::super::{App, Look};
use crate::cases::outcome;
use crate::console::app::desk::CaseShown;
use crate::console::app::desk::sheet::{Sheet, Stage};
use crate::console::app::desk::slot::Slot;
use crate::desk::cases::{CaseCommand, PayoutUpdate};
use crate::domain::CaseAction;
use crate::domain::describe;
use crate::text;

pub(in crate::console::view) struct Form<'a> {
    pub sheet: &'a Sheet,
    pub app: &'a App,
    pub look: Look,
}

/// The width of the field names.
const NAMES: usize = 18;

const INTERNAL: &str = "Internal: only the desk reads it. It is never in a letter or an export.";

/// The full consequence of a case action, to read before confirming.
fn consequence(sheet: &Sheet, shown: &CaseShown) -> Vec<String> {
    let order = &shown.stored.order;
    let doing = match sheet.doing(shown) {
        Ok(doing) => doing,
        Err(_) if sheet.action == CaseAction::AttachFile => {
            return vec!["The file is stored with its SHA-256. A waiting proposal has to be made again.".to_owned()];
        }
        // Shows what a note is for before anything is typed.
        Err(fault) if sheet.action == CaseAction::AddNote => return vec![INTERNAL.to_owned(), fault.text],
        Err(fault) => return vec![fault.text],
    };
    match doing {
        CaseCommand::Decide { parts, said, .. } => {
            let mut lines = vec![format!("{}.", describe::shares(order, parts))];
            lines.extend(outcome::fees(order, shown.stored.cancellation_fee));
            lines.push(format!("The parts add up to {} exactly; {}.", order.amount, outcome::ROUNDING));
            let limit = shown.policy.limit(order.amount.currency).filter(|_| shown.policy.needs_approval(order.amount));
            lines.push(match limit {
                Some(limit) => {
                    format!("{} is more than {limit}: you propose it, and another person approves it.", order.amount)
                }
                None => "The order becomes Dispute Resolved. This cannot be undone.".to_owned(),
            });
            lines.push(format!("Seller reads: {}", said.say_seller));
            lines.push(format!("Buyer reads: {}", said.say_buyer));
            lines
        }
        CaseCommand::Approve { .. } => approval(shown),
        CaseCommand::SendMessage { message, ask } => {
            let waits = if ask { " The decision clock is paused until they answer." } else { "" };
            let letters = text::grouped(message.body.chars().count() as i64);
            vec![
                format!("The {} reads this, {letters} letters. It cannot be recalled.{waits}", message.party),
                message.body,
            ]
        }
        CaseCommand::AddNote { .. } => vec![INTERNAL.to_owned()],
        CaseCommand::RecordPayout { party, how } => paying(shown, party, &how),
        _ => vec![sheet.action.definition().to_owned()],
    }
}

/// The facts and the difference, for the person who approves.
fn approval(shown: &CaseShown) -> Vec<String> {
    let Some((proposal, stale)) = shown.whole.waiting_proposal() else {
        return vec!["Nothing is proposed.".to_owned()];
    };
    let parts = crate::domain::Parts { to_seller: proposal.to_seller, to_buyer: proposal.to_buyer };
    let checked = shown.whole.checked();
    let missing: Vec<&str> = shown.policy.missing(Some(&proposal.reason), &checked).collect();
    let files = shown.whole.events.iter().filter(|event| event.file.is_some()).count();
    let mut lines = vec![
        format!("{} proposes: {}.", proposal.recorder, outcome::difference(&shown.stored.order, parts)),
        format!("{}: {}", shown.policy.title(&proposal.reason), proposal.rationale),
        format!("Seller reads: {}", proposal.say_seller),
        format!("Buyer reads: {}", proposal.say_buyer),
        format!(
            "{files} files are attached{}",
            if missing.is_empty() {
                "; the checklist is complete.".to_owned()
            } else {
                format!("; missing: {}.", missing.join(", "))
            }
        ),
    ];
    lines.push(if stale {
        "The order or the case changed after the proposal. It can no longer be approved.".to_owned()
    } else {
        "The order becomes Dispute Resolved. This cannot be undone.".to_owned()
    });
    lines
}

fn paying(shown: &CaseShown, party: Party, how: &PayoutUpdate) -> Vec<String> {
    let amount = shown.whole.payouts.iter().find(|it| it.party == party).map(|it| shown.stored.order.money(it.amount));
    let amount = amount.map_or_else(String::new, |amount| amount.to_string());
    let rest = shown.whole.payouts.iter().filter(|it| it.party != party && it.state != PayoutState::Confirmed).count();
    vec![match how {
        PayoutUpdate::Sent { .. } => format!("{amount} to the {party} is on its way. No one else can send it now."),
        PayoutUpdate::Confirmed { .. } if rest == 0 => format!(
            "{amount} to the {party} has arrived. The order becomes Completed, the case closes. This cannot be undone."
        ),
        PayoutUpdate::Confirmed { .. } => format!("{amount} to the {party} has arrived. This cannot be undone."),
        PayoutUpdate::Failed { .. } => {
            format!("{amount} to the {party} did not arrive. Reopen it before you send it again.")
        }
        PayoutUpdate::Reopened => format!("{amount} to the {party} can be sent again."),
    }]
}

impl Form<'_> {
    fn value(slot: &Slot, here: bool, room: usize) -> String {
        if slot.choices.is_empty() {
            return if here { typed(&slot.input, room).0 } else { text::cut(&text::clean(slot.input.value()), room) };
        }
        let words = slot.choices.iter().find(|(value, _)| value == slot.input.value()).map_or("", |(_, words)| words);
        text::cut(&format!("< {} >", text::clean(words)), room)
    }

    fn wide(slot: &Slot, room: usize) -> (String, usize) {
        let hint = text::cut(&slot.hint, room.saturating_sub(NAMES) / 3);
        let wide = room.saturating_sub(NAMES + text::width(&hint) + 2);
        (hint, wide)
    }

    fn dialog(&self, area: Rect) -> Dialog {
        let (sheet, app, look) = (self.sheet, self.app, self.look);
        let room = room(area);
        let mut lines = Vec::new();
        let title = format!(
            "{} {} {}",
            sheet.action.title(),
            look.glyphs.dot,
            text::clean(sheet.named.0.split_once(':').map_or("", |(_, id)| id))
        );
        let Some(shown) = app.desk.shown.as_ref().filter(|shown| shown.named() == sheet.named) else {
            return Dialog { title, lines, at: 0, look };
        };
        let over = matches!(sheet.action, CaseAction::Approve | CaseAction::SendBack);
        let barred = app.desk.may_write == Some(false) && !over;
        let asking = !matches!(sheet.stage, Stage::Editing);
        for (at, slot) in sheet.slots.iter().enumerate() {
            let here = at == sheet.at && !asking;
            let (hint, wide) = Self::wide(slot, room);
            let shown = Self::value(slot, here, wide);
            let rest = wide.saturating_sub(text::width(&shown));
            lines.push(Line::from(vec![
                Span::styled(
                    format!("{} {}", if here { look.glyphs.bar } else { " " }, text::left(slot.label, NAMES - 2)),
                    if here { look.focus() } else { look.title() },
                ),
                Span::styled(shown, if barred { look.dim() } else { Style::new() }),
                Span::raw(" ".repeat(rest)),
                Span::styled(format!("  {hint}"), look.dim()),
            ]));
        }
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        let good = sheet.doing(shown).is_ok() || sheet.action == CaseAction::AttachFile;
        for words in consequence(sheet, shown) {
            let style = if good { look.good() } else { look.warn() };
            lines.extend(text::wrap(&text::clean(&words), room).into_iter().map(|words| Line::styled(words, style)));
        }
        if barred {
            let who =
                app.desk.writer(&app.session.person).map_or("Someone else".to_owned(), |it| text::clean(&it.person));
            let words = format!("{who} is writing here: you can only read. ctrl-t takes over.");
            lines.extend(text::wrap(&words, room).into_iter().map(|words| Line::styled(words, look.bad())));
        }
        if let Some(note) = &sheet.note {
            lines.extend(text::wrap(&text::clean(note), room).into_iter().map(|words| Line::styled(words, look.bad())));
        }
        let at = match &sheet.stage {
            Stage::Editing => sheet.at,
            Stage::Asking(word, input) => {
                lines.push(Line::default());
                lines.push(Line::from(vec![
                    Span::raw(format!("Type {word} to continue: ")),
                    Span::styled(typed(input, 20).0, look.title()),
                ]));
                lines.len() - 1
            }
            Stage::Writing => {
                lines.push(Line::styled("Writing …", look.warn()));
                lines.len() - 1
            }
            Stage::Unknown => {
                lines.push(Line::styled("Outcome unknown, checking …", look.bad()));
                lines.len() - 1
            }
        };
        Dialog { title, lines, at, look }
    }

    /// Whether the whole form fits on a screen of this size. If not, it cannot be confirmed.
    pub fn fits(&self, area: Rect) -> bool {
        self.dialog(area).fits(area)
    }

    /// The cursor position, after the last typed letter.
    pub fn cursor(&self, area: Rect) -> Option<Position> {
        let sheet = self.sheet;
        let dialog = self.dialog(area);
        if let Stage::Asking(word, input) = &sheet.stage {
            return dialog.behind(area, &format!("Type {word} to continue: "), input);
        }
        let slot = sheet
            .slots
            .get(sheet.at)
            .filter(|slot| slot.choices.is_empty() && matches!(sheet.stage, Stage::Editing))?;
        let (inside, first) = dialog.inside(area);
        let at = typed(&slot.input, Self::wide(slot, room(area)).1).1;
        let (x, y) = (inside.x + (NAMES + at) as u16, inside.y + sheet.at.checked_sub(first)? as u16);
        inside.contains(Position { x, y }).then_some(Position { x, y })
    }
}

impl Widget for Form<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        self.dialog(area).render(area, buf);
    }
}
