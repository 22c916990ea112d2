//! What is private in what the screens show, and in the news that bring it.

use crate::console::app::pulse::{Move, Pulse};
use crate::console::disputes::shown::CaseShown;
use crate::console::mask::{Hide, Mask, masked};
use crate::console::orders::shown::Shown;
use crate::console::orders::window::Page;
use crate::console::quarantine::state::Waiting;
use crate::console::requests::state::PageShown;
use crate::console::stuck::shown::{PlanShown, Related, RowShown, StuckShown};
use crate::console::{disputes, drift, inbox, requests, statements, stuck};
use crate::records::InboxItem;

masked!(Shown { stored: deep, log: deep, held: deep, related: deep });

masked!(Page { top: open, rows: deep, more: open });

masked!(Move { order: open, seq: open, action: open, to: open, recorder: staff, old: open });

masked!(Pulse {
    moves: deep,
    cases: open,
    statuses: open,
    quarantined: open,
    unread: open,
    waiting_cases: open,
    waiting_requests: open,
    behind: open,
    lag: open,
    holder: staff,
    rang: open
});

masked!(Related { why: deep, evidence: deep, plans: deep, ticks: deep, requests: deep, account: open, drift: open });

masked!(Waiting { facts: deep, kinds: open });

masked!(PlanShown { rows: deep, confirmed: open });

masked!(RowShown { order: open, doing: open, comes_to: words });

masked!(StuckShown { stored: deep, why: deep });

masked!(stuck::shown::WatchShown { grid: open, flow: open, looked: deep, on_call: deep });

masked!(crate::cases::duty::OnCall { who: staff, until: open });

masked!(disputes::shown::QueueShown { counts: open, cases: deep, more: open });

/// Drafts are what a person is writing now: they are dropped.
impl Mask for CaseShown {
    fn mask(&mut self, hide: &mut dyn Hide) {
        let Self { whole, stored, log, others, hints, drafts, present, policy, carried, read_to: _, colleagues } = self;
        colleagues.iter_mut().for_each(|(login, _)| hide.staff(login));
        _ = (policy, carried);
        whole.mask(hide);
        stored.mask(hide);
        log.mask(hide);
        others.iter_mut().for_each(|(_, event)| event.mask(hide));
        hints.mask(hide);
        drafts.clear();
        present.mask(hide);
    }
}

impl Mask for stuck::requests::News {
    fn mask(&mut self, hide: &mut dyn Hide) {
        match self {
            Self::Paper(paper, lines) => {
                if let stuck::requests::Paper::Message(merchant, _) = paper {
                    hide.words(merchant);
                }
                match lines {
                    Ok(lines) => lines.iter_mut().for_each(|line| hide.words(line)),
                    Err(fault) => hide.words(fault),
                }
            }
            Self::SavedTable(Ok(text) | Err(text)) => hide.words(text),
            Self::Seen(seen) => seen.mask(hide),
            Self::Cell(_, orders) => orders.mask(hide),
            Self::Acknowledged(_, answer) => answer.mask(hide),
            Self::Ticked(result) => failure(result, hide),
            Self::Plans(plans) => plans.mask(hide),
            Self::PlanRows(_, rows) => rows.mask(hide),
            Self::Explained(Ok(explained)) => explained.whys.iter_mut().for_each(|(_, why)| why.mask(hide)),
            Self::Explained(explained) => failure(explained, hide),
            Self::PlanTotals(_, totals) => failure(totals, hide),
            Self::MadePlan(_, number) => failure(number, hide),
            Self::PlanProgress(_, _) => {}
            Self::PlanEnded(_, ended) => ended.mask(hide),
            Self::PlanTold(_, answer) => answer.mask(hide),
        }
    }
}

impl Mask for disputes::requests::News {
    fn mask(&mut self, hide: &mut dyn Hide) {
        match self {
            Self::Seen(_, _, seen) => seen.mask(hide),
            Self::Case(_, shown) => shown.mask(hide),
            Self::Present(_, present) => present.mask(hide),
            Self::Backlog(days) => failure(days, hide),
            Self::Edit(_, may) => failure(may, hide),
            Self::Next(Ok(Err(refusal))) => refusal.mask(hide),
            Self::Next(next) => failure(next, hide),
            Self::Acted(command, answer) => {
                command.mask(hide);
                answer.mask(hide);
            }
            Self::Learnt(command, answer) => {
                command.mask(hide);
                answer.mask(hide);
            }
            Self::Drafted(result) => failure(result, hide),
            Self::Document(_, lines) => match lines {
                Ok(lines) => lines.iter_mut().for_each(|line| hide.words(line)),
                Err(fault) => hide.words(fault),
            },
            Self::Report(Ok(lines)) => lines.iter_mut().for_each(|(line, _)| hide.words(line)),
            Self::History(_, Ok(lines)) | Self::Behind(_, _, Ok(lines)) => {
                lines.iter_mut().for_each(|(line, _)| hide.words(line))
            }
            Self::History(_, Err(fault)) | Self::Behind(_, _, Err(fault)) | Self::Report(Err(fault)) => {
                hide.words(fault)
            }
            // An attached image shows people, and a folder the files of who records this.
            Self::Picture(_, picture) => {
                picture.points.iter_mut().for_each(|point| *point = 0);
                hide.words(&mut picture.about);
            }
            Self::Folder(path, entries) => {
                path.clear();
                *entries = Ok(Vec::new());
            }
            Self::Saved(Ok(text) | Err(text)) | Self::Unread(text) => hide.words(text),
        }
    }
}

masked!(PageShown { requests: deep, open: open });

/// Ids, statuses and amounts are nothing about people; words of a provider could be.
impl Mask for drift::state::News {
    fn mask(&mut self, hide: &mut dyn Hide) {
        match self {
            Self::Page(_, Ok(rows)) => rows.iter_mut().for_each(|row| hide.words(&mut row.next)),
            Self::Page(_, page) => failure(page, hide),
            Self::Checked(_, checked) => failure(checked, hide),
            Self::Adopted(_, adopted) => failure(adopted, hide),
        }
    }
}

/// Ids, days and amounts are nothing about people.
impl Mask for statements::state::News {
    fn mask(&mut self, hide: &mut dyn Hide) {
        let Self::Page(_, page) = self;
        failure(page, hide);
    }
}

masked!(InboxItem {
    id: open,
    what: open,
    order_id: open,
    number: open,
    plan: open,
    request: open,
    words: words,
    recorder: staff,
    at: open,
    read_at: open,
});

impl Mask for inbox::state::News {
    fn mask(&mut self, hide: &mut dyn Hide) {
        match self {
            Self::Items(Ok(items)) => items.iter_mut().for_each(|item| item.mask(hide)),
            Self::Items(failed) => failure(failed, hide),
            Self::Read(done) => failure(done, hide),
        }
    }
}

impl Mask for requests::state::News {
    fn mask(&mut self, hide: &mut dyn Hide) {
        match self {
            Self::Page(_, page) => page.mask(hide),
            Self::Said(_, answer) => answer.mask(hide),
            Self::Replaced(_, answer) => failure(answer, hide),
        }
    }
}

/// Masks the failure of something that has no private text.
pub fn failure<T>(result: &mut Result<T, impl Mask>, hide: &mut dyn Hide) {
    if let Err(failure) = result {
        failure.mask(hide);
    }
}
