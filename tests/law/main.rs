//! The law on its own: its matrix, its soundness, its stories. Runs without the `program` feature.

mod model;
mod soundness;
mod story;

use recourse::domain::{ATARAPAY, Ask, By, Order, OrderKey, Outcome, Refusal, TAMARA, decide};

fn run(text: &str) {
    for story in story::read(text) {
        let key = OrderKey::new(story.provider, "S-1").unwrap();
        let mut order = Order::open(key, story.amount, story::opened_at());
        for line in &story.lines {
            let ask =
                Ask { amount: line.amount, parts: line.parts, ..Ask::new(line.action, line.actor, line.at, By::Fact) };
            let verdict = decide(&order, &ask);
            assert_eq!(told(&verdict, line.expect.len()), line.expect, "{}: {}", story.name, line.text);
            order = verdict.map_or(order, |step| step.into_order());
        }
    }
}

/// The verdict in the words of a story, cut to this many words.
fn told(verdict: &Result<recourse::domain::Step, Refusal>, words: usize) -> Vec<String> {
    let told = match verdict {
        Ok(step) => {
            let outcome = step.order().facts.outcome.map(Outcome::name);
            [Some(step.order().status.name()), outcome].into_iter().flatten().map(str::to_owned).collect()
        }
        Err(refusal) => {
            let mut told = vec!["refused".to_owned(), refusal.why().name().to_owned()];
            told.extend(refusal.needs());
            told
        }
    };
    told.into_iter().take(words).collect()
}

#[test]
fn tamara_stories() {
    run(include_str!("../stories/tamara.story"));
}

#[test]
fn atarapay_stories() {
    run(include_str!("../stories/atarapay.story"));
}

#[test]
fn the_law_has_forty_rows() {
    assert_eq!(TAMARA.rules().len(), 20);
    assert_eq!(ATARAPAY.rules().len(), 20);
}
