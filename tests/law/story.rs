//! Reads story files: one order's life in lines, run against the law here and against the store in `tests/store`.

use chrono::{DateTime, TimeDelta, Utc};
use recourse::domain::{Action, Actor, Currency, Money, Parts, Provider};

/// One order's life.
pub struct Story {
    pub name: String,
    pub provider: Provider,
    pub amount: Money,
    pub lines: Vec<Line>,
}

/// One action and its expected result.
pub struct Line {
    pub text: String,
    pub actor: Actor,
    pub action: Action,
    pub amount: Option<Money>,
    pub parts: Option<Parts>,
    pub at: DateTime<Utc>,
    pub expect: Vec<String>,
}

pub fn opened_at() -> DateTime<Utc> {
    "2026-11-01T08:00:00Z".parse().unwrap()
}

pub fn read(text: &str) -> Vec<Story> {
    let mut stories: Vec<Story> = Vec::new();
    let (mut name, mut now) = (String::new(), opened_at());
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[0] {
            "story" => name = words[1..].join(" "),
            "open" => {
                now = opened_at();
                let currency = Currency::parse(words[2]).unwrap();
                let amount = Money::parse(words[3], currency).unwrap();
                stories.push(Story {
                    name: name.clone(),
                    provider: words[1].parse().unwrap(),
                    amount,
                    lines: Vec::new(),
                });
            }
            _ => {
                let story = stories.last_mut().unwrap();
                let (asked, expect) = line.split_once("->").unwrap();
                story.lines.push(ask(line, asked, expect, story.amount.currency, &mut now));
            }
        }
    }
    stories
}

fn ask(text: &str, asked: &str, expect: &str, currency: Currency, now: &mut DateTime<Utc>) -> Line {
    let mut words = asked.split_whitespace();
    let (actor, action) = (words.next().unwrap().parse().unwrap(), words.next().unwrap().parse().unwrap());
    let (mut amount, mut parts) = (None, None);
    for word in words {
        let money = |text| Money::parse(text, currency).unwrap();
        if let Some(minutes) = word.strip_prefix('+') {
            *now += TimeDelta::minutes(minutes.parse().unwrap());
        } else if let Some((seller, buyer)) = word.split_once('/') {
            parts = Some(Parts { to_seller: money(seller).minor, to_buyer: money(buyer).minor });
        } else {
            amount = Some(money(word));
        }
    }
    let expect = expect.split_whitespace().map(str::to_owned).collect();
    Line { text: text.to_owned(), actor, action, amount, parts, at: *now, expect }
}
