//! Masks recordings: a person's name becomes a number, always the same one, and what people wrote is removed.

use std::collections::HashMap;

use crossterm::event::{KeyCode, KeyEvent};

use crate::console::app::message::Message;
use crate::console::mask::shown::failure;
use crate::console::mask::{Hide, Mask};
use crate::console::orders::window::Listing;
use crate::console::runtime::checkpoint::Checkpoint;
use crate::console::runtime::record::Event;
use crate::query::{self, Query};
use crate::settings::view::{SHIPPED, View};

const MASKED: &str = "masked";

/// The numbers that names of people and of views have in a recording.
#[derive(Debug, Default)]
pub(super) struct Masks {
    people: HashMap<String, String>,
    views: HashMap<String, String>,
}

impl Hide for Masks {
    fn name(&mut self, name: &mut String) {
        let number = self.people.len() + 1;
        *name = self.people.entry(name.clone()).or_insert_with(|| format!("person {number}")).clone();
    }

    fn staff(&mut self, name: &mut String) {
        self.name(name);
    }

    fn words(&mut self, words: &mut String) {
        MASKED.clone_into(words);
    }

    fn code(&mut self, code: &mut String) {
        MASKED.clone_into(code);
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

    fn checkpoint(&mut self, checkpoint: &mut Checkpoint) {
        self.name(&mut checkpoint.person);
        checkpoint.rows.mask(self);
        checkpoint.filter.0 = query::masked(&checkpoint.filter.0);
        checkpoint.views.iter_mut().for_each(|view| self.view(view));
        if let Some((name, _)) = &mut checkpoint.view {
            self.view_name(name);
        }
        let kept = std::mem::take(&mut checkpoint.kept);
        checkpoint.kept = kept.into_iter().map(|(list, kept)| (self.list_name(list), kept)).collect();
        checkpoint.shown.mask(self);
    }

    /// Masks a view's name, unless the view comes with the program.
    fn view_name(&mut self, name: &mut String) {
        if !SHIPPED.iter().any(|(known, _)| known == name) {
            let number = self.views.len() + 1;
            *name = self.views.entry(name.clone()).or_insert_with(|| format!("view {number}")).clone();
        }
    }

    fn view(&mut self, view: &mut View) {
        let View { name, text, query, shared: _ } = view;
        self.view_name(name);
        *text = query::masked(text);
        mask_query(query);
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

    fn message(&mut self, message: &mut Message, private: bool) {
        match message {
            Message::Key(event) if private => key(event),
            Message::Key(_)
            | Message::Mouse(_)
            | Message::Resize(_, _)
            | Message::Tick
            | Message::Link(_)
            | Message::Slow(_) => {}
            Message::Paste(text) => *text = query::masked_letters(text),
            Message::Typed(text) => *text = query::masked(text),
            Message::Pulse(pulse) => pulse.mask(self),
            Message::Board(board) => failure(board, self),
            Message::Page(ask, page) => {
                mask_listing(&mut ask.of);
                page.mask(self);
            }
            Message::Order(_, shown) => shown.mask(self),
            Message::Waiting(_, facts) => facts.mask(self),
            Message::Roles(roles) => failure(roles, self),
            Message::Wrote(command, answer) | Message::WroteOne(command, answer) => {
                command.mask(self);
                answer.mask(self);
            }
            Message::Learnt(command, answer) => {
                command.mask(self);
                answer.mask(self);
            }
            Message::Considered(_, _, considered) => failure(considered, self),
            Message::Settled(_, answer) => failure(answer, self),
            Message::Sought(name, found) => {
                *name = query::masked_letters(name);
                found.mask(self);
            }
            Message::All(of, all) => {
                mask_listing(of);
                failure(all, self);
                all.iter_mut().for_each(|(orders, _)| orders.mask(self));
            }
            Message::Views(views) => {
                failure(views, self);
                for (name, text) in views.iter_mut().flatten() {
                    self.view_name(name);
                    *text = query::masked(text);
                }
            }
            Message::SavedView(view, _, result) => {
                self.view(view);
                failure(result, self);
            }
            Message::Told(_, text) => self.words(text),
            Message::Stuck(news) => news.mask(self),
            Message::Disputes(news) => news.mask(self),
            Message::Requests(news) => news.mask(self),
            Message::Drift(news) => news.mask(self),
            Message::Statements(news) => news.mask(self),
            Message::Team(news) => news.mask(self),
            Message::Inbox(news) => news.mask(self),
        }
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
