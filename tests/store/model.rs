//! Random histories: the database accepts what the law accepts, refuses as raw SQL what the law refuses, and the log
//! folds to the projection.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use recourse::domain::*;
use recourse::store::{Proof, Record, append, read};
use sqlx::{AssertSqlSafe, Connection};

use super::harness::{Book, at, book, put};

/// One attempt: the index of an action and actor, an amount out of ten, and the index of a status for the raw SQL.
type Try = (usize, i64, usize);

fn histories() -> impl Strategy<Value = (bool, Vec<Try>)> {
    (any::<bool>(), prop::collection::vec((0_usize..64, 1_i64..=11, 0_usize..16), 4..24))
}

async fn live(book: &Book, number: usize, provider: Provider, tries: &[Try]) {
    let key = OrderKey::new(provider, &format!("M-{number}")).unwrap();
    let mut order = Order::open(key.clone(), Money::new(10, provider.currencies()[0]), at("2026-11-01T08:00:00Z"));
    put(&book.store, &order, &[]).await;
    let mut psql = book.psql().await;
    for &(pick, tenths, goal) in tries {
        let (action, actor) = provider.moves()[pick % provider.moves().len()];
        let bears = action != Action::Settle
            && order.status.rules().iter().any(|rule| rule.action == action && rule.guard.pot().is_some());
        let parts = (action == Action::Settle).then_some(Parts { to_seller: tenths, to_buyer: 10 - tenths });
        let now = order.due_at().unwrap_or(order.moved_at);
        let ask = Ask { amount: bears.then(|| order.money(tenths)), parts, ..Ask::new(action, actor, now, By::Fact) };
        match decide(&order, &ask) {
            Ok(step) => {
                order = step.order().clone();
                let mut tx = book.store.pool.begin().await.unwrap();
                append::append(&mut tx, &[Record::Step(step, Proof::new(Source::Import, "recourse"))]).await.unwrap();
                tx.commit().await.unwrap();
                let stored = read::order(&book.store.pool, &key).await.unwrap().unwrap();
                assert_eq!(stored.order, order);
            }
            Err(_) => {
                let statuses = provider.statuses();
                let to = statuses[goal % statuses.len()];
                let sql = raw(&order, action, actor, to, tenths);
                let mut tx = psql.begin().await.unwrap();
                let written = sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&mut *tx).await;
                tx.rollback().await.unwrap();
                let named = written.err().and_then(|error| error.as_database_error()?.constraint().map(str::to_owned));
                assert!(named.is_some(), "the law refuses it, the database accepts it: {sql}");
            }
        }
    }
}

/// The refused action as SQL that someone could run in psql.
fn raw(order: &Order, action: Action, actor: Actor, to: Status, amount: i64) -> String {
    let facts = &order.facts;
    let add = |known: i64, which: Action| if action == which { known + amount } else { known };
    let bears =
        matches!(action, Action::Capture | Action::Refund) || (action == Action::Cancel && order.provider() == TAMARA);
    let text = |word: Option<&str>| word.map_or("null".to_owned(), |word| format!("'{word}'"));
    let parts =
        if action == Action::Settle { Some(Parts { to_seller: amount, to_buyer: 10 - amount }) } else { facts.parts };
    let outcome = if action == Action::Settle { parts.map(Outcome::of) } else { facts.outcome };
    let part = |pick: fn(Parts) -> i64| parts.map_or("null".to_owned(), |parts| pick(parts).to_string());
    let due = to.wait().map(|wait| order.facts.clock_from.unwrap_or(order.moved_at) + wait.length());
    format!(
        "insert into transition (order_id, seq, law, provider, from_status, action, actor, to_status, total, amount, authorised, canceled,
           captured, refunded, attempt, rejection_pending, outcome, to_seller, to_buyer, due_at, happened_at, source, recorder, note, reference)
         values ('{}', {}, 1, '{}', '{}', '{}', '{}', '{}', 10, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, '{}', 'import', 'recourse', 'n', 'r')",
        order.key, order.version + 1, order.provider().name(), order.status.name(), action.name(), actor.name(), to.name(),
        if bears { amount.to_string() } else { "null".to_owned() },
        if action == Action::Authorise { 10 } else { facts.authorised },
        if order.provider() == TAMARA { add(facts.canceled, Action::Cancel) } else { 0 },
        add(facts.captured, Action::Capture), add(facts.refunded, Action::Refund),
        facts.attempt, action == Action::Reject, text(outcome.map(Outcome::name)), part(|it| it.to_seller), part(|it| it.to_buyer),
        text(due.map(|due| due.to_rfc3339()).as_deref()), order.moved_at.to_rfc3339(),
    )
}

#[tokio::test]
async fn law_and_database_agree_on_random_histories() {
    let book = book().await;
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    for number in 0..60 {
        let (tamara, tries) = histories().new_tree(&mut runner).unwrap().current();
        let provider = if tamara { TAMARA } else { ATARAPAY };
        live(&book, number, provider, &tries).await;
    }
    // The hash chain holds, the log folds to the projection, and the tallies match the orders.
    assert_eq!(book.faults().await, Vec::<String>::new());
}
