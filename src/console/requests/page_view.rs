//! The list of requests as it is drawn: the states, the requests, and the selected one in full.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::console::app::state::App;
use crate::console::kit::draw;
use crate::console::kit::draw::{Drawn, inset};
use crate::console::kit::look::Look;
use crate::console::kit::paged_view::{nothing, with_detail};
use crate::console::kit::place::Place;
use crate::console::kit::tabs;
use crate::console::requests::state::KINDS;
use crate::records::{Request, RequestState};
use crate::text;

/// Below this width, rows have no time.
const NARROW: usize = 100;

struct Listed<'a> {
    app: &'a App,
    look: Look,
}

/// What a state looks like: what needs a person stands out.
fn style(state: RequestState, look: Look) -> Style {
    match state {
        RequestState::ToApprove | RequestState::Unknown => look.warn(),
        RequestState::Refused | RequestState::NotDone => look.bad(),
        RequestState::Done => look.good(),
        RequestState::Queued | RequestState::Sending => Style::new(),
        RequestState::Withdrawn => look.dim(),
    }
}

impl Listed<'_> {
    /// The states that can be listed; open requests are counted.
    fn kinds(&self) -> Vec<(String, Style)> {
        let look = self.look;
        let open = &self.app.requests.open;
        let count = |state| open.iter().find(|(it, _)| *it == state).map(|(_, count)| *count);
        let kind = |state: &Option<RequestState>| {
            let name = state.map_or("all", RequestState::title);
            let many = state.and_then(count).filter(|count| *count > 0);
            let words = many.map_or_else(|| name.to_owned(), |many| format!("{name} {}", text::grouped(many)));
            (words, if many.is_some() { look.warn() } else { look.dim() })
        };
        KINDS.iter().map(kind).collect()
    }

    fn row(&self, request: &Request, width: usize, selected: bool) -> Line<'static> {
        let (look, request) = (self.look, &*self.app.masked(request));
        let bar = if selected { look.glyphs.bar } else { " " };
        let order = text::clean(&request.order.id);
        // Ids and amounts are never cut; on a narrow screen the time is below, with the selected request.
        let at = self.app.prefs.zone.short(request.created_at, self.app.now);
        let at = if width < NARROW { String::new() } else { format!("{at}  ") };
        let state = text::left(request.state.title(), 18);
        let head = format!("{bar} {:>6}  {at}", request.id);
        let rest = format!("  {}  {}, {}", text::left(&order, 16), request.words(), text::clean(&request.asked_by));
        let why = request.message.as_deref().map(|why| format!(": {}", text::clean(why))).unwrap_or_default();
        let room = width.saturating_sub(text::width(&head) + 18 + text::width(&rest));
        Line::from(vec![
            Span::raw(head),
            Span::styled(state, style(request.state, look)),
            Span::raw(rest),
            Span::styled(text::cut(&why, room), look.dim()),
        ])
    }

    fn detail(&self, request: &Request, width: usize) -> Vec<Line<'static>> {
        let (look, request) = (self.look, &*self.app.masked(request));
        let short = |at| self.app.prefs.zone.short(at, self.app.now);
        let provider = request.order.provider.title();
        let title = format!("#{} {} {}", request.id, text::clean(&request.order.id), request.words());
        let mut lines = vec![Line::styled(draw::rule(&title, width, look), look.dim())];
        let by =
            format!("asked by {} {}, by the account {}", request.asked_by, short(request.created_at), request.account);
        let plan = request.plan.map(|plan| format!(", for plan {plan}")).unwrap_or_default();
        let asked = format!("{by}{plan}");
        lines.extend(inset(&asked, width, Style::new()));
        let sent = request.sent_at.map_or_else(
            || format!("not sent to {provider} yet"),
            |at| match request.attempts {
                1 => format!("sent to {provider} once, {}", short(at)),
                times => format!("sent to {provider} {times} times, last {}", short(at)),
            },
        );
        let ended = request.ended_at.map(|at| format!(", {} {}", request.state.title(), short(at))).unwrap_or_default();
        lines.extend(inset(&format!("{sent}{ended}"), width, Style::new()));
        if let Some(reference) = &request.reference {
            lines.extend(inset(&format!("{provider}'s reference: {reference}"), width, Style::new()));
        }
        if let Some(words) = &request.message {
            lines.extend(inset(words, width, style(request.state, look)));
        }
        let next = match request.state {
            RequestState::ToApprove => "Money goes out: a lead who did not ask has to approve it: a, then v.",
            RequestState::Unknown => {
                "Whether it was done is not known: the order is read until it is. If you know it from the dashboard, say so (a)."
            }
            RequestState::Queued => {
                "It is sent in its turn, and waits while its account is stopped: ctrl-k gives that a new token. Until then it can be withdrawn: a, then w."
            }
            RequestState::NotDone => "The order is unchanged and may be asked again.",
            RequestState::Sending | RequestState::Done | RequestState::Refused | RequestState::Withdrawn => "",
        };
        lines.extend(inset(next, width, look.dim()).filter(|_| !next.is_empty()));
        lines
    }

    fn draw(&self, area: Rect, buf: &mut Buffer) -> Vec<Place> {
        let (app, look) = (self.app, self.look);
        Clear.render(area, buf);
        let heading =
            Line::styled(format!(" Requests to the providers {} newest first", look.glyphs.dot), look.focus());
        let top = Rect { height: area.height.min(2), ..area };
        let line = Rect { y: top.y + 1, height: top.height.saturating_sub(1), ..top };
        let listed = KINDS.iter().position(|kind| *kind == app.requests.state).unwrap_or(0);
        let mut places = tabs::draw(self.kinds(), listed, look, line, buf);
        draw::lines([heading], top, buf);
        let rest = Rect { y: top.bottom(), height: area.height - top.height, ..area };
        let list = &app.requests.list;
        let empty = "Nothing here. What is asked of a provider is listed here, from the request to the answer.";
        if nothing(list, look, rest, buf, empty) {
            return places;
        }
        let width = usize::from(area.width);
        places.extend(with_detail(
            list,
            look,
            rest,
            buf,
            |request, selected| self.row(request, width, selected),
            |request| self.detail(request, width),
        ));
        places
    }
}

/// Draws the list.
pub fn draw(app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
    Drawn { places: Listed { app, look }.draw(area, buf), ..Drawn::default() }
}
