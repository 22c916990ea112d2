//! The books of the benchmarks fit the schema. They are filled past the triggers, so only a test notices when they do not.

use super::fill;
use super::harness::book;

#[tokio::test]
async fn the_books_of_the_benchmarks_can_be_filled_and_read() {
    let orders = book().await;
    fill::orders(&orders, 40).await;
    let count = orders.run(&["orders", "--where", "status:approved", "--json"]).lines().len();
    assert_eq!(count, 10);
    fill::captured(&orders).await;
    let captures: i64 = sqlx::query_scalar("select count(*) from transition where action = 'capture'")
        .fetch_one(&orders.store.pool)
        .await
        .unwrap();
    assert_eq!(captures, 20);
    let stuck = book().await;
    fill::stuck(&stuck, 20, 40).await;
    assert_eq!(stuck.run(&["stuck", "--json"]).lines().len(), 20);
    let cases = book().await;
    fill::cases(&cases, 12, 8).await;
    assert_eq!(cases.run(&["case", "list", "--json"]).lines().len(), 12);
}
