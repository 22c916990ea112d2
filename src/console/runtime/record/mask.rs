//! Masks recordings: a person's name becomes a number, always the same one, and what people wrote is removed.

use std::collections::HashMap;

use crossterm::event::{KeyCode, KeyEvent};

use super::super::checkpoint::Checkpoint;
use super::Event;
use crate::console::app::load::Failure;
use crate::console::app::message::Message;
use crate::console::orders::shown::{Pulse, Shown};
use crate::console::orders::window::Listing;
use crate::console::stuck::message::News;
use crate::desk::{Answer, Command};
use crate::query::{self, Query};
use crate::records::Plan;
use crate::records::Quarantined;
use crate::records::{OrderRecord, Transition};
use crate::settings::view::{SHIPPED, View};
use crate::stuck::alarm::Standing;
use crate::work::plan;
use crate::work::plan::run::Ended;
use crate::work::watcher::Acknowledged;

pub(super) const MASKED: &str = "masked";

#[derive(Debug, Default)]
pub(super) struct Masks {
    people: HashMap<String, String>,
    views: HashMap<String, String>,
}

pub(super) fn words(words: &mut Option<String>) {
    if words.is_some() {
        *words = Some(MASKED.to_owned());
    }
}

fn key(key: &mut KeyEvent) {
    if let KeyCode::Char(letter) = &mut key.code {
        *letter = query::masked_letter(*letter);
    }
}

impl Masks {
    pub fn event(&mut self, event: &mut Event, private: bool) {
        match event {
            Event::Begin(checkpoint) | Event::Again(checkpoint) => self.checkpoint(checkpoint),
            Event::Message(message) => self.message(message, private),
        }
    }

    pub(super) fn person(&mut self, name: &mut String) {
        let number = self.people.len() + 1;
        *name = self.people.entry(name.clone()).or_insert_with(|| format!("person {number}")).clone();
    }

    pub(super) fn maybe(&mut self, name: &mut Option<String>) {
        if let Some(name) = name {
            self.person(name);
        }
    }

    fn checkpoint(&mut self, checkpoint: &mut Checkpoint) {
        self.person(&mut checkpoint.person);
        checkpoint.rows.rows.iter_mut().for_each(|stored| self.stored(stored));
        checkpoint.filter.0 = query::masked(&checkpoint.filter.0);
        checkpoint.views.iter_mut().for_each(|view| self.view(view));
        if let Some((name, _)) = &mut checkpoint.view {
            self.view_name(name);
        }
        let kept = std::mem::take(&mut checkpoint.kept);
        checkpoint.kept = kept.into_iter().map(|(list, kept)| (self.list_name(list), kept)).collect();
        if let Some(shown) = &mut checkpoint.shown {
            self.shown(shown);
        }
    }

    /// Masks a view's name, unless the view comes with the program.
    fn view_name(&mut self, name: &mut String) {
        if !SHIPPED.iter().any(|(known, _)| known == name) {
            let number = self.views.len() + 1;
            *name = self.views.entry(name.clone()).or_insert_with(|| format!("view {number}")).clone();
        }
    }

    fn view(&mut self, view: &mut View) {
        self.view_name(&mut view.name);
        view.text = query::masked(&view.text);
        mask_query(&mut view.query);
    }

    fn list_name(&mut self, list: String) -> String {
        let of_a_view = |kind: &str| list.strip_prefix(kind).map(|name| (kind.to_owned(), name.to_owned()));
        match of_a_view("view ").or_else(|| of_a_view("shared view ")) {
            Some((kind, mut name)) => {
                self.view_name(&mut name);
                kind + &name
            }
            None => list,
        }
    }

    pub(super) fn stored(&mut self, stored: &mut OrderRecord) {
        self.maybe(&mut stored.buyer);
        self.maybe(&mut stored.seller);
        self.maybe(&mut stored.owner);
    }

    pub(super) fn entry(&mut self, entry: &mut Transition) {
        self.person(&mut entry.recorder);
        words(&mut entry.note);
        words(&mut entry.reason);
        words(&mut entry.reference);
        words(&mut entry.confirmed_reference);
    }

    fn shown(&mut self, shown: &mut Shown) {
        self.stored(&mut shown.stored);
        shown.log.iter_mut().flatten().for_each(|entry| self.entry(entry));
        shown.held.iter_mut().for_each(|fact| self.fact(fact));
        let related = &mut shown.related;
        if let Some(why) = &mut related.why {
            MASKED.clone_into(&mut why.evidence);
        }
        for evidence in &mut related.evidence {
            words(&mut evidence.detail);
            self.person(&mut evidence.recorder);
        }
        for plan in &mut related.plans {
            MASKED.clone_into(&mut plan.title);
            words(&mut plan.message);
            self.person(&mut plan.by);
        }
        related.ticks.iter_mut().for_each(|tick| self.person(&mut tick.recorder));
    }

    fn standing(&mut self, standing: &mut Standing) {
        words(&mut standing.reason);
        self.person(&mut standing.recorder);
    }

    fn plan(&mut self, plan: &mut Plan) {
        MASKED.clone_into(&mut plan.title);
        words(&mut plan.why);
        self.person(&mut plan.made_by);
        self.maybe(&mut plan.by);
        self.maybe(&mut plan.approved_by);
    }

    fn told(&mut self, answer: &mut plan::Answer) {
        match answer {
            plan::Answer::Done(plan) | plan::Answer::Over(plan) => self.plan(plan),
            plan::Answer::Approved(by) => self.person(by),
            plan::Answer::Missing
            | plan::Answer::NotNeeded
            | plan::Answer::NotPermitted(_)
            | plan::Answer::YourOwn
            | plan::Answer::Conflict => {}
        }
    }

    fn fact(&mut self, fact: &mut Quarantined) {
        fact.raw = MASKED.as_bytes().to_vec();
        MASKED.clone_into(&mut fact.message);
        "[]".clone_into(&mut fact.readings);
        words(&mut fact.note);
        self.maybe(&mut fact.settled_by);
    }

    fn command(command: &mut Command) {
        words(&mut command.note);
        words(&mut command.reason);
        words(&mut command.reference);
    }

    fn answer(&mut self, answer: &mut Answer) {
        match answer {
            Answer::Done(entry) => self.entry(entry),
            Answer::Conflict(stored, entry) => {
                self.stored(stored);
                if let Some(entry) = entry {
                    self.entry(entry);
                }
            }
            Answer::Would(_) | Answer::Refused(_) | Answer::Missing => {}
        }
    }

    fn news(&mut self, news: &mut News) {
        match news {
            News::Seen(Ok(seen)) => {
                let looked = &mut seen.looked;
                looked.standings.iter_mut().chain(&mut looked.news).for_each(|standing| self.standing(standing));
            }
            News::Cell(_, Ok(orders)) => {
                for it in orders {
                    self.stored(&mut it.stored);
                    MASKED.clone_into(&mut it.why.evidence);
                }
            }
            News::Acknowledged(_, Ok(Acknowledged::Done(standing))) => self.standing(standing),
            News::Plans(Ok(plans)) => plans.iter_mut().for_each(|plan| self.plan(plan)),
            News::PlanTold(_, Ok(answer)) | News::PlanEnded(_, Ok(Ended::Not(answer))) => self.told(answer),
            News::Seen(_)
            | News::Cell(..)
            | News::Acknowledged(..)
            | News::Ticked(_)
            | News::Plans(_)
            | News::PlanRows(..)
            | News::PlanTotals(..)
            | News::MadePlan(..)
            | News::PlanProgress(..)
            | News::PlanEnded(..)
            | News::PlanTold(..) => {}
        }
    }

    fn message(&mut self, message: &mut Message, private: bool) {
        match message {
            Message::Key(event) if private => key(event),
            Message::Paste(text) => *text = query::masked_letters(text),
            Message::Typed(text) => *text = query::masked(text),
            Message::Page(ask, page) => {
                mask_listing(&mut ask.of);
                page.iter_mut().flat_map(|page| &mut page.rows).for_each(|stored| self.stored(stored));
            }
            Message::Order(_, Ok(Some(shown))) => self.shown(shown),
            Message::Waiting(_, Ok(facts)) => facts.iter_mut().for_each(|fact| self.fact(fact)),
            Message::Pulse(Pulse { moves, .. }) => moves.iter_mut().for_each(|it| self.person(&mut it.recorder)),
            Message::Wrote(command, answer) | Message::WroteOne(command, answer) => {
                Self::command(command);
                answer.iter_mut().for_each(|answer| self.answer(answer));
            }
            Message::Learnt(command, answer) => {
                Self::command(command);
                answer.iter_mut().flatten().for_each(|answer| self.answer(answer));
            }
            Message::Sought(name, found) => {
                *name = query::masked_letters(name);
                found.iter_mut().flatten().for_each(|stored| self.stored(stored));
            }
            Message::All(of, all) => {
                mask_listing(of);
                all.iter_mut().flat_map(|(orders, _)| orders).for_each(|stored| self.stored(stored));
            }
            Message::Views(Ok(views)) => {
                for (name, text) in views {
                    self.view_name(name);
                    *text = query::masked(text);
                }
            }
            Message::SavedView(view, ..) => self.view(view),
            Message::Told(_, text) => MASKED.clone_into(text),
            Message::Watch(news) => self.news(news),
            Message::Desk(news) => self.desk(news),
            Message::Key(_)
            | Message::Mouse(_)
            | Message::Resize(..)
            | Message::Tick
            | Message::Link(_)
            | Message::Board(_)
            | Message::Order(..)
            | Message::Waiting(..)
            | Message::Roles(_)
            | Message::Considered(..)
            | Message::Settled(..)
            | Message::Views(_) => {}
        }
        failure(message);
    }
}

/// Masks the text of an error: the database may repeat what it was given.
fn failure(message: &mut Message) {
    let failed = match message {
        Message::Board(Err(failure))
        | Message::Page(_, Err(failure))
        | Message::Order(_, Err(failure))
        | Message::Waiting(_, Err(failure))
        | Message::Roles(Err(failure))
        | Message::Wrote(_, Err(failure))
        | Message::WroteOne(_, Err(failure))
        | Message::Learnt(_, Err(failure))
        | Message::Considered(_, _, Err(failure))
        | Message::Settled(_, Err(failure))
        | Message::Sought(_, Err(failure))
        | Message::All(_, Err(failure))
        | Message::Views(Err(failure))
        | Message::Watch(
            News::Seen(Err(failure))
            | News::Cell(_, Err(failure))
            | News::Acknowledged(_, Err(failure))
            | News::Ticked(Err(failure))
            | News::Plans(Err(failure))
            | News::PlanRows(_, Err(failure))
            | News::PlanTotals(_, Err(failure))
            | News::MadePlan(_, Err(failure))
            | News::PlanEnded(_, Err(failure))
            | News::PlanTold(_, Err(failure)),
        )
        | Message::SavedView(_, _, Err(failure)) => failure,
        _ => return,
    };
    if let Failure::Other(text) = failed {
        MASKED.clone_into(text);
    }
}

fn mask_listing(of: &mut Listing) {
    match of {
        Listing::Found(query) => mask_query(query),
        Listing::Status(_) => {}
    }
}

fn mask_query(query: &mut Query) {
    *query = query.masked();
}
