//! One case: facts, clocks, checklist, proposal, decision, payouts, and the logs of order and case as one timeline. What was said is in
//! `conversation`.

use crate::cases::law::rule_of;
use crate::records::Zone;
use chrono::{DateTime, Utc};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::console::app::state::App;
use crate::console::disputes::menu::choices;
use crate::console::disputes::shown::CaseShown;
use crate::console::disputes::state::Focus;
use crate::console::disputes::view::queue::left;
use crate::console::kit::draw;
use crate::console::kit::gauge;
use crate::console::kit::look::{Look, name};
use crate::domain::{CaseAction, Parts};
use crate::records::Transition;
use crate::records::{CaseEvent, Hint, Shared};
use crate::records::{CaseEventKind, CaseStage, DecisionBasis, Party, PayoutState};
use crate::text;

pub(super) struct Page<'a> {
    pub(super) app: &'a App,
    pub(super) look: Look,
    pub(super) shown: &'a CaseShown,
    width: usize,
    lines: Vec<Line<'static>>,
}

/// How wide the bar of the time that is left is.
const BAR: usize = 10;

/// How many earlier cases of a kind are read.
const MOST_READ: usize = 5;

/// The indent of timeline text: the width of the time.
const INDENT: usize = 14;

/// The shown case as lines of this width.
pub fn lines(app: &App, look: Look, width: usize) -> Vec<Line<'static>> {
    if width == 0 {
        return Vec::new();
    }
    let Some(shown) = &app.disputes.shown else {
        let words = if app.disputes.selected.is_some() { " Reading …" } else { " No case selected." };
        return vec![Line::styled(words, look.dim())];
    };
    let shown = app.masked(shown.as_ref());
    let mut page = Page { app, look, shown: &shown, width, lines: Vec::new() };
    page.head();
    page.clocks();
    page.people();
    page.checklist();
    page.proposal();
    page.decision();
    page.conversation();
    page.timeline();
    page.lines
}

impl Page<'_> {
    fn put(&mut self, words: &str, style: Style) {
        for line in text::wrap(words, self.width.saturating_sub(2)) {
            self.lines.push(Line::styled(format!(" {line}"), style));
        }
    }

    pub(super) fn rule(&mut self, title: &str) {
        self.lines.push(Line::default());
        self.lines.push(Line::styled(draw::rule(title, self.width, self.look), self.look.dim()));
    }

    fn money(&self, minor: i64) -> String {
        self.shown.stored.order.money(minor).to_string()
    }

    fn head(&mut self) {
        let (app, look) = (self.app, self.look);
        let case = &self.shown.whole.case;
        let heading = if app.disputes.focus == Focus::Case { look.focus() } else { look.title() };
        let (glyph, style) = look.status(self.shown.stored.order.status);
        let number = if case.number > 1 { format!(" case {}", case.number) } else { String::new() };
        let name = name(self.shown.stored.order.status);
        let right = format!("{glyph} {name}");
        let room = self.width.saturating_sub(text::width(&right) + 2);
        let id = text::left(&format!(" {}{number}", text::clean(case.id())), room);
        self.lines.push(Line::from(vec![Span::styled(id, heading), Span::styled(right, style)]));
        let mut said = vec![format!("{} {}", self.money(case.amount), case.money_word())];
        said.extend(case.claimed.map(|minor| format!("{} claimed", self.money(minor))));
        said.push(
            case.reason
                .as_deref()
                .map_or_else(|| "no reason yet".to_owned(), |code| text::clean(self.shown.policy.title(code))),
        );
        self.put(&said.join(&format!(" {} ", look.glyphs.dot)), Style::new());
        let owner = match case.holder(app.now) {
            Some(owner) if owner == app.session.person => "Yours".to_owned(),
            Some(owner) => format!("{} has this case", text::clean(owner)),
            None => "Unclaimed".to_owned(),
        };
        let lease = case.lease_until.filter(|until| *until > app.now && case.owner.is_some());
        let lease =
            lease.map(|until| format!(". Returns to the queue in {} if untouched", text::span(until - app.now)));
        let standing = match (case.stage, case.waiting) {
            (CaseStage::Working, None) => "",
            (CaseStage::Working, Some(Party::Buyer)) => ". Waiting for the buyer",
            (CaseStage::Working, Some(Party::Seller)) => ". Waiting for the seller",
            (CaseStage::Proposed, _) => ". The proposal needs approval",
            (CaseStage::Decided, _) => ". Decided, not yet paid",
            (CaseStage::Closed, _) => ". Closed",
        };
        let zone = app.prefs.desk_zone(&self.shown.policy);
        let aside = case.snoozed_until.map(|until| format!(". Snoozed until {}", zone.short(until, app.now)));
        self.put(
            &format!("{owner}{}{standing}{}", lease.unwrap_or_default(), aside.unwrap_or_default()),
            if case.owner.is_none() { look.warn() } else { Style::new() },
        );
        let others: Vec<String> = self
            .shown
            .present
            .iter()
            .filter(|it| it.person != app.session.person)
            .map(|it| {
                format!(
                    "{} {}",
                    text::clean(&it.person),
                    if it.editing { "is writing here" } else { "is viewing this" }
                )
            })
            .collect();
        if !others.is_empty() {
            self.put(&others.join(", "), look.warn());
        }
        let named = self.shown.named();
        let drafts = app.disputes.drafts.keys().filter(|(case, _)| *case == named);
        let drafts = drafts.filter_map(|(_, kind)| kind.parse::<CaseAction>().ok());
        let mut titles: Vec<&str> = drafts.map(|action| action.title()).collect();
        titles.sort_unstable();
        if !titles.is_empty() {
            self.put(&format!("Draft not sent: {}", titles.join(", ")), look.warn());
        }
        if !choices(app, false).is_empty() {
            self.what_may_be_done();
        }
    }

    /// The possible actions with their letters, so that you see them without opening the menu.
    fn what_may_be_done(&mut self) {
        let mut line = Line::from(Span::styled(" a ", self.look.key()));
        for (action, _) in choices(self.app, false) {
            let rule = rule_of(action);
            if line.width() + text::width(action.title()) + 6 > self.width {
                line.push_span(" …");
                break;
            }
            line.push_span(Span::raw(" "));
            line.push_span(Span::styled(rule.letter.to_string(), self.look.key()));
            line.push_span(format!(" {}", action.title()));
        }
        self.lines.push(line);
    }

    /// The zone of the moments: the person's own if they chose one, else that of the desk's hours.
    fn zone(&self) -> Zone {
        self.app.prefs.desk_zone(&self.shown.policy)
    }

    fn clocks(&mut self) {
        let (shown, look, now) = (self.shown, self.look, self.app.now);
        for (at, clock) in shown.whole.clocks.iter().enumerate() {
            let name = text::sentence(clock.name.title());
            let name = name.trim_end_matches('.');
            let then = shown.policy.clocks.get(&clock.name).map_or("", |rule| rule.then.as_str());
            let (words, style) = match clock.due_at {
                Some(due) => {
                    let (words, style) = left(Some(due), now, look);
                    let due = self.zone().short(due, self.app.now);
                    // What happens at the deadline has happened when it is late. Only the first clock to end shows it.
                    let words = match words.strip_prefix('-') {
                        Some(over) => format!("{name} {over} late (due {due})"),
                        None if at > 0 || then.is_empty() => format!("{name} due in {words} ({due})"),
                        None => format!("{name} due in {words} ({due}); then {}", text::clean(then)),
                    };
                    (words, style)
                }
                None => {
                    let minutes = clock.rest.unwrap_or_default() / 60;
                    let business = shown.policy.clocks.get(&clock.name).is_some_and(|rule| rule.business);
                    let hours = if business { " of business hours" } else { "" };
                    let (late, minutes) = (if minutes < 0 { "late" } else { "left" }, minutes.abs());
                    let left = format!("{}h {:02}m{hours} {late}", minutes / 60, minutes % 60);
                    (format!("{name} paused, {left}"), look.dim())
                }
            };
            match clock.due_at.filter(|_| at == 0) {
                Some(due) => {
                    let bar = gauge::time(due - now, BAR, look);
                    let mut said = text::wrap(&words, self.width.saturating_sub(BAR + 4)).into_iter();
                    let first = Span::styled(format!(" {}", said.next().unwrap_or_default()), style);
                    self.lines.push(Line::from(vec![Span::raw(" "), bar, first]));
                    said.for_each(|line| {
                        self.lines.push(Line::styled(format!("{}{line}", " ".repeat(BAR + 2)), style))
                    });
                }
                None => self.put(&words, style),
            }
        }
        if shown.whole.case.level > 0 {
            self.put(&format!("Escalated, level {}", shown.whole.case.level), look.bad());
        }
    }

    /// The two sides, each with how earlier cases of theirs ended, and the merchant.
    fn people(&mut self) {
        let case = &self.shown.whole.case;
        let sides = [("BUYER", case.buyer.as_ref(), Shared::Buyer), ("SELLER", case.seller.as_ref(), Shared::Seller)];
        for (title, name, same) in sides {
            let Some(name) = name else { continue };
            let earlier = earlier(&self.shown.hints, same);
            let dot = if earlier.is_empty() { String::new() } else { format!(" {} ", self.look.glyphs.dot) };
            let words = format!("{} {}{dot}{earlier}", text::left(title, 7), text::clean(name));
            self.put(&words, Style::new());
        }
        if let Some(merchant) = &case.merchant {
            self.put(&format!("merchant {}", text::clean(merchant)), self.look.dim());
        }
        let files = self.shown.whole.events.iter().filter(|event| event.file.is_some()).count();
        if files > 0 {
            let words =
                if files == 1 { "1 attached file (f)".to_owned() } else { format!("{files} attached files (f)") };
            self.put(&words, Style::new());
        }
        let hints = self.shown.hints.len();
        if hints > 0 {
            let words = if hints == 1 {
                "1 earlier case of these people (e)".to_owned()
            } else {
                format!("{hints} earlier cases of these people (e)")
            };
            self.put(&words, self.look.warn());
        }
    }

    fn checklist(&mut self) {
        let shown = self.shown;
        let reason = shown.whole.case.reason.as_deref().and_then(|code| shown.policy.reason(code));
        let Some(reason) =
            reason.filter(|reason| !reason.checklist.is_empty() && shown.whole.case.stage == CaseStage::Working)
        else {
            return;
        };
        let checked = shown.whole.checked();
        let done = reason.checklist.iter().filter(|line| checked.contains(*line)).count();
        self.rule(&format!("Evidence, {done} of {}", reason.checklist.len()));
        self.lines.push(Line::from(vec![Span::raw(" "), gauge::meter(done, reason.checklist.len(), self.look)]));
        for line in &reason.checklist {
            let done = checked.contains(line);
            let sign = if done { self.look.glyphs.done } else { self.look.glyphs.waits };
            self.put(&format!("{sign} {}", text::clean(line)), if done { self.look.dim() } else { Style::new() });
        }
    }

    fn proposal(&mut self) {
        let Some((proposal, stale)) = self.shown.whole.waiting_proposal() else { return };
        self.rule("Proposed, needs approval");
        let parts = Parts { to_seller: proposal.to_seller, to_buyer: proposal.to_buyer };
        let words = crate::cases::outcome::difference(&self.shown.stored.order, parts);
        self.put(&format!("{} proposes, {words}", text::clean(&proposal.recorder)), self.look.title());
        let reason = text::clean(self.shown.policy.title(&proposal.reason));
        self.put(&format!("{reason}: {}", text::clean(&proposal.rationale)), Style::new());
        self.put(&format!("To the seller: {}", text::clean(&proposal.say_seller)), self.look.dim());
        self.put(&format!("To the buyer: {}", text::clean(&proposal.say_buyer)), self.look.dim());
        if stale {
            self.put("Out of date: the order or the case changed. It can no longer be approved.", self.look.bad());
        }
    }

    fn decision(&mut self) {
        let Some(decision) = &self.shown.whole.decision else { return };
        self.rule("Decision and payouts");
        let (seller, buyer) = (self.money(decision.to_seller), self.money(decision.to_buyer));
        let by = match (&decision.proposed_by, &decision.approved_by, decision.basis) {
            (Some(proposed), Some(approved), _) => {
                format!("proposed by {}, approved by {}", text::clean(proposed), text::clean(approved))
            }
            (.., DecisionBasis::Withdrawn) => "a party withdrew".to_owned(),
            (.., DecisionBasis::Settled | DecisionBasis::Reported) => {
                format!("{} by {}", decision.basis, text::clean(&decision.decided_by))
            }
        };
        self.put(&format!("Seller {seller}, buyer {buyer}: {by}"), self.look.title());
        if let Some(rationale) = &decision.rationale {
            self.put(&text::clean(rationale), self.look.dim());
        }
        if decision.basis == DecisionBasis::Settled
            && self.shown.whole.payouts.iter().any(|it| it.state != PayoutState::Confirmed)
        {
            let provider = self.shown.stored.order.provider().title();
            let words =
                format!("{provider} has no call for a settlement: make it on the dashboard (y copies what it needs).");
            self.put(&words, self.look.dim());
        }
        for payout in &self.shown.whole.payouts {
            let reference = payout.reference.as_deref().map_or_else(String::new, |it| format!(", {}", text::clean(it)));
            let (sign, style) = match payout.state {
                PayoutState::Confirmed => (self.look.glyphs.done, self.look.good()),
                PayoutState::Failed | PayoutState::Returned => (self.look.glyphs.nothing, self.look.bad()),
                PayoutState::Pending | PayoutState::Sent => (self.look.glyphs.waits, self.look.warn()),
            };
            let words =
                format!("{sign} {} to the {}: {}{reference}", self.money(payout.amount), payout.party, payout.state);
            self.put(&words, style);
        }
    }

    /// The logs of the order and its cases as one timeline, oldest first.
    fn timeline(&mut self) {
        self.rule(&format!("Timeline, {}", self.zone().name(self.app.now)));
        enum Either<'a> {
            Order(&'a Transition),
            Case(&'a CaseEvent),
            Other(i32, &'a CaseEvent),
        }
        let shown = self.shown;
        let moves = shown.log.iter().map(|entry| (entry.happened_at, 0, entry.seq, Either::Order(entry)));
        let events = shown.whole.events.iter().map(|event| (event.at, 1, event.seq, Either::Case(event)));
        let others = shown.others.iter().map(|(number, event)| (event.at, 1, event.seq, Either::Other(*number, event)));
        let mut all: Vec<_> = moves.chain(events).chain(others).collect();
        // A back-dated fact is placed where it happened. At the same time, the order's transition comes first.
        all.sort_by_key(|(at, kind, seq, _)| (*at, *kind, *seq));
        for (at, _, _, what) in all {
            match what {
                Either::Order(entry) => self.moved(at, entry),
                Either::Case(event) => self.event(at, event, None),
                Either::Other(number, event) => self.event(at, event, Some(number)),
            }
        }
    }

    pub(super) fn stamped(&mut self, at: DateTime<Utc>, mut spans: Vec<Span<'static>>) {
        spans.insert(
            0,
            Span::styled(text::left(&format!(" {}  ", self.zone().short(at, self.app.now)), INDENT), self.look.dim()),
        );
        self.lines.push(Line::from(spans));
    }

    pub(super) fn below(&mut self, words: &str, style: Style) {
        for line in text::wrap(words, self.width.saturating_sub(INDENT + 1)) {
            self.lines.push(Line::from(vec![Span::raw(" ".repeat(INDENT)), Span::styled(line, style)]));
        }
    }

    fn moved(&mut self, at: DateTime<Utc>, entry: &Transition) {
        let to = name(entry.to);
        let words = format!("  {} {} {to}", entry.actor.title(), self.look.glyphs.arrow);
        self.stamped(at, vec![Span::styled(entry.action_title(), self.look.title()), Span::raw(words)]);
        if let Some(note) = &entry.note {
            let words = text::clean(note);
            self.below(&words, self.look.dim());
        }
    }

    fn event(&mut self, at: DateTime<Utc>, event: &CaseEvent, of: Option<i32>) {
        let look = self.look;
        let party = event.party.map_or("", Party::name);
        // What a party reads and what only the team reads must look different.
        let (title, style) = match event.kind {
            CaseEventKind::Noted => ("INTERNAL note".to_owned(), look.warn()),
            CaseEventKind::Messaged | CaseEventKind::Asked => (format!("to the {party}"), look.good()),
            CaseEventKind::Answered => (format!("from the {party}"), look.good()),
            CaseEventKind::Escalated => (event.kind.title().to_owned(), look.bad()),
            kind => (kind.title().to_owned(), Style::new()),
        };
        let who = format!("  {}", text::clean(&event.by()));
        let title = of.map_or(title.clone(), |number| format!("case {number}: {title}"));
        self.stamped(at, vec![Span::styled(title, style), Span::styled(who, look.dim())]);
        let file = event.file.as_ref().map(|file| {
            format!(
                "{} ({}, {} bytes{}{})",
                text::clean(&file.name),
                file.kind,
                file.size,
                if file.facts.is_empty() { "" } else { ", " },
                file.facts
            )
        });
        let claimed = event.claimed.map(|minor| format!("{} claimed", self.money(minor)));
        let reason = event.reason.as_deref().map(|code| text::clean(self.shown.policy.title(code)));
        let clock = event.clock.map(|clock| format!("{clock} late, level {}", event.level.unwrap_or_default()));
        let person = event.person.as_deref().map(|person| format!("to {}", text::clean(person)));
        let item = event.item.as_deref().map(text::clean);
        let words = event.words.as_deref().map(text::clean);
        let plain: Vec<String> = [person, reason, claimed, item, clock, words, file].into_iter().flatten().collect();
        if !plain.is_empty() {
            self.below(&plain.join(&format!(" {} ", look.glyphs.dot)), look.dim());
        }
        if let Some(note) = &event.note {
            let words = text::clean(&note.0);
            self.below(&words, look.warn());
        }
        // What this case's messages say is in the conversation.
        if let Some(message) = event.message.as_ref().filter(|_| of.is_some()) {
            self.said(&message.body);
        }
    }
}

/// How many earlier cases one side had, and how many of them ended with nothing for it. At most five of a kind are read.
fn earlier(hints: &[Hint], same: Shared) -> String {
    let theirs: Vec<&Hint> = hints.iter().filter(|hint| hint.same == same).collect();
    let nothing = |hint: &&&Hint| match same {
        Shared::Buyer => hint.to_buyer == Some(0),
        Shared::Seller => hint.to_seller == Some(0),
        Shared::Merchant | Shared::Phone => false,
    };
    let lost = theirs.iter().filter(nothing).count();
    let count = match theirs.len() {
        0 => return String::new(),
        MOST_READ.. => format!("{MOST_READ} or more"),
        count => count.to_string(),
    };
    // The words come first: a number next to an Arabic name would be taken for a part of it.
    if lost == 0 { format!("earlier cases: {count}") } else { format!("earlier cases: {count}, got nothing in {lost}") }
}
