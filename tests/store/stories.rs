//! The stories, recorded: Postgres accepts and refuses what the law does, and the log agrees.

use recourse::domain::*;
use recourse::store::{Proof, Record, append, read};

use super::harness::{Book, book, put};
use super::story;

async fn live(book: &Book, text: &str) {
    book.unlimited().await;
    for (number, story) in story::read(text).into_iter().enumerate() {
        let key = OrderKey::new(story.provider, &format!("S-{number}")).unwrap();
        put(&book.store, &Order::open(key.clone(), story.amount, story::opened_at()), &[]).await;
        for line in &story.lines {
            let stored = read::order(&book.store.pool, &key).await.unwrap().unwrap();
            let ask =
                Ask { amount: line.amount, parts: line.parts, ..Ask::new(line.action, line.actor, line.at, By::Fact) };
            let told = match decide(&stored.order, &ask) {
                Ok(step) => {
                    let (expect, proof) = (step.order().clone(), Proof::new(Source::Import, &book.store.person));
                    let mut tx = book.store.pool.begin().await.unwrap();
                    append::append(&mut tx, &[Record::Step(step, proof)])
                        .await
                        .unwrap_or_else(|error| panic!("{}: {}: {error}", story.name, line.text));
                    tx.commit().await.unwrap();
                    let after = read::order(&book.store.pool, &key).await.unwrap().unwrap().order;
                    assert_eq!(after, expect, "{}: {}", story.name, line.text);
                    vec![after.status.name().to_owned(), after.facts.outcome.map_or("", Outcome::name).to_owned()]
                }
                Err(refusal) => [vec!["refused".to_owned(), refusal.why().name().to_owned()], refusal.needs()].concat(),
            };
            assert_eq!(told[..line.expect.len()], line.expect, "{}: {}", story.name, line.text);
        }
    }
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn tamara() {
    live(&book().await, include_str!("../stories/tamara.story")).await;
}

#[tokio::test]
async fn atarapay() {
    live(&book().await, include_str!("../stories/atarapay.story")).await;
}
