//! Many writers at once: one wins, the others get a conflict, and nothing is recorded twice.

use chrono::Utc;
use futures_util::future::join_all;
use recourse::desk::{self, Answer, Command};
use recourse::domain::*;
use recourse::store::{Proof, Record, StoreError, append, read};
use uuid::Uuid;

use super::harness::{at, book, put, way_to};

fn order(id: &str, provider: Provider) -> Order {
    Order::open(
        OrderKey::new(provider, id).unwrap(),
        Money::new(30_000, provider.currencies()[0]),
        at("2026-11-01T08:00:00Z"),
    )
}

fn command(order: &Order, action: Action, actor: Actor, amount: Option<i64>) -> Command {
    Command {
        order: order.key.clone(),
        action,
        actor,
        amount: amount.map(|minor| order.money(minor)),
        parts: None,
        note: Some("told by telephone".to_owned()),
        reference: None,
        reason: None,
        expect: None,
        request: Uuid::new_v4(),
    }
}

#[tokio::test]
async fn of_many_writers_one_wins_each_version() {
    const WRITERS: usize = 24;
    let book = book().await;
    let order = order("T-1", TAMARA);
    put(&book.store, &order, &way_to(&order, tamara::Status::Authorised.status())).await;
    for round in 0..10 {
        let version = 3 + round;
        let commands = (0..WRITERS)
            .map(|_| Command { expect: Some(version), ..command(&order, Action::Capture, Actor::Merchant, Some(100)) });
        let commands: Vec<Command> = commands.collect();
        let writes =
            commands.iter().map(|command| desk::act(&book.store, Roles::UNREGISTERED, command, Utc::now(), false));
        let answers = join_all(writes).await;
        let won = answers.iter().filter(|answer| matches!(answer, Ok(Answer::Done(_)))).count();
        let lost = answers.iter().filter(|answer| matches!(answer, Ok(Answer::Conflict(now, Some(last))) if now.order.version > version && last.recorder == "recourse"));
        assert_eq!((won, lost.count()), (1, WRITERS - 1), "{answers:?}");
    }
    let stored = read::order(&book.store.pool, &order.key).await.unwrap().unwrap();
    assert_eq!((stored.order.version, stored.order.facts.captured), (13, 1_000));
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_same_request_sent_by_many_is_recorded_once() {
    let book = book().await;
    let order = order("T-1", TAMARA);
    put(&book.store, &order, &way_to(&order, tamara::Status::Authorised.status())).await;
    let command = command(&order, Action::Capture, Actor::Merchant, Some(100));
    let writes = (0..16).map(|_| desk::act(&book.store, Roles::UNREGISTERED, &command, Utc::now(), false));
    for answer in join_all(writes).await {
        assert!(matches!(&answer, Ok(Answer::Done(entry)) if entry.seq == 4), "{answer:?}");
    }
    let other = Command { amount: Some(order.money(101)), ..command };
    let answer = desk::act(&book.store, Roles::UNREGISTERED, &other, Utc::now(), false).await.unwrap();
    assert_eq!(answer, Answer::Refused(Refusal::ReusedRequest));
}

#[tokio::test]
async fn buyer_and_seller_cannot_both_give_in() {
    let book = book().await;
    let order = order("A-1", ATARAPAY);
    put(&book.store, &order, &way_to(&order, atarapay::Status::Disputed.status())).await;
    let commands: Vec<Command> = (0..16)
        .map(|at| {
            let actor = if at % 2 == 0 { Actor::Buyer } else { Actor::Seller };
            command(&order, Action::Withdraw, actor, None)
        })
        .collect();
    let writes = commands.iter().map(|command| desk::act(&book.store, Roles::UNREGISTERED, command, Utc::now(), false));
    let answers = join_all(writes).await;
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Ok(Answer::Done(_)))).count(), 1, "{answers:?}");
    let stored = read::order(&book.store.pool, &order.key).await.unwrap().unwrap();
    assert_eq!(stored.order.status, atarapay::Status::DisputeResolved.status());
}

#[tokio::test]
async fn of_two_clocks_one_expires() {
    let book = book().await;
    for number in 0..20 {
        let order = order(&format!("T-{number}"), TAMARA);
        put(&book.store, &order, &way_to(&order, tamara::Status::Approved.status())).await;
        let stored = read::order(&book.store.pool, &order.key).await.unwrap().unwrap().order;
        let ask = Ask::new(Action::Expire, Actor::Clock, stored.due_at().unwrap(), By::Fact);
        let step = decide(&stored, &ask).unwrap();
        let tick = || async {
            let mut tx = book.store.pool.begin().await?;
            append::append(&mut tx, &[Record::Step(step.clone(), Proof::new(Source::Clock, &book.store.person))])
                .await?;
            Ok::<(), StoreError>(tx.commit().await?)
        };
        let (one, other) = tokio::join!(tick(), tick());
        let lost = [&one, &other].into_iter().filter(|tick| matches!(tick, Err(StoreError::Conflict))).count();
        assert_eq!((one.is_ok() as usize + other.is_ok() as usize, lost), (1, 1), "{one:?} {other:?}");
    }
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// Two admins remove each other at the same moment: one of them stays.
#[tokio::test]
async fn two_admins_do_not_remove_each_other() {
    let book = book().await;
    for name in ["ada", "bola"] {
        let named = book.run(&["people", "add", name, "admin", "--as", "ada"]);
        assert_eq!(named.code, 0, "{named:?}");
    }
    let remove = |who: &str, by: &str| {
        format!("insert into person_change (login, role, granted, changed_by) values ('{who}', 'admin', false, '{by}')")
    };
    let (mut first, mut second) = (book.psql().await, book.psql().await);
    let run = |sql: String| sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
    run(format!("begin; {}", remove("bola", "ada"))).execute(&mut first).await.unwrap();
    // Waits for the first to end, then sees its change.
    let late = async { run(remove("ada", "bola")).execute(&mut second).await.map(|_| ()) };
    let end = async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        run("commit".to_owned()).execute(&mut first).await.unwrap();
    };
    let (refused, ()) = tokio::join!(late, end);
    let error = refused.map_err(StoreError::from).unwrap_err();
    assert!(
        matches!(&error, StoreError::Refused { constraint, .. } if constraint == "person_change_by_admin"),
        "{error}"
    );
    let snapshot = format!("begin isolation level repeatable read; {}", remove("ada", "ada"));
    let error = StoreError::from(run(snapshot).execute(&mut second).await.unwrap_err());
    assert!(
        matches!(&error, StoreError::Refused { constraint, .. } if constraint == "writes_read_committed"),
        "{error}"
    );
}
