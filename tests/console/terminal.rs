//! The real binary in a real terminal: keys, updates, every way to exit, and a lost database.

use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::pty::{Terminal, filled, find, size};

#[tokio::test]
async fn moves_acts_and_quits() {
    let book = filled().await;
    let mut it = Terminal::open(&book, &["--as", "ada"], &[]);
    it.wait("live").wait("ATP-1").wait("ada");
    it.send("\rj").wait("2 / 2").wait("Raise dispute");
    it.send("a").wait("Withdraw");
    it.send("d").wait("too late");
    it.send("s").wait("in the order's case");
    it.send("h").wait("needed: how you know");
    it.send("she rang").wait("The buyer gets all of NGN 4,500.00");
    it.send("\r").wait("Type withdraw to continue");
    it.send("withdraw\r").wait("Withdraw done").wait("Dispute Resolved");
    let shown = book.run(&["show", "ATP-2", "--json"]).one();
    assert_eq!((shown["status"].as_str(), shown["outcome"].as_str()), (Some("dispute_resolved"), Some("refund_buyer")));
    assert_eq!(shown["timeline"][5]["recorder"], "ada");
    it.send("qq").wait_until("the end", |_, bytes| find(bytes, b"\x1b[?1049l").is_some());
    assert_eq!(it.ended(), 0);
}

#[tokio::test]
async fn the_second_of_two_is_told_who_was_first() {
    let book = filled().await;
    let mut it = Terminal::open(&book, &["--as", "ada"], &[]);
    it.wait("live").wait("Raise dispute");
    it.send("\ra").wait("Withdraw");
    it.send("w").wait("needed: how you know");
    it.send("he rang\r").wait("Type withdraw");
    // Someone else moves the order: the console shows it at once, and the question can no longer be answered.
    let other =
        book.run(&["act", "ATP-1", "withdraw", "--for", "seller", "--note", "she called", "--as", "bola", "--json"]);
    assert_eq!(other.code, 0, "{other:?}");
    it.wait("bola moved it to Dispute Resolved");
    it.send("withdraw\r").send("\r");
    it.send("\x1b").wait("→ Dispute Resolved");
    assert_eq!(book.run(&["show", "ATP-1", "--json"]).one()["outcome"], "refund_buyer");
    it.send("\x03");
    assert_eq!(it.ended(), 0);
}

#[tokio::test]
async fn new_facts_show_by_themselves() {
    let book = filled().await;
    let it = Terminal::open(&book, &[], &[]);
    it.wait("live").wait("ATP-1");
    let mut psql = book.psql().await;
    // Written with psql, so no notification is sent.
    let sql = "insert into transition (order_id, seq, law, provider, from_status, action, actor, to_status, total, amount, authorised, canceled,
         captured, refunded, attempt, rejection_pending, outcome, to_seller, to_buyer, happened_at, source, recorder)
       select id, version + 1, 1, provider, status, 'withdraw', 'seller', 'dispute_resolved', amount, null, 0, 0, 0, 0, attempt, false, 'refund_buyer', 0, amount,
         now(), 'import', 'recourse' from orders where id = 'atarapay:ATP-1'";
    sqlx::raw_sql(sql).execute(&mut psql).await.unwrap();
    it.wait("→ Dispute Resolved");
}

#[tokio::test]
async fn idle_writes_nothing() {
    let book = filled().await;
    let it = Terminal::open(&book, &[], &[]);
    // The alerts are read last.
    it.wait("live").wait("Raise dispute").wait("3 Stuck 3");
    thread::sleep(Duration::from_millis(500));
    // Ages change when a minute starts. Within the minute nothing changes.
    let second = || chrono::Utc::now().timestamp() % 60;
    while second() > 56 {
        thread::sleep(Duration::from_millis(200));
    }
    let before = it.written();
    thread::sleep(Duration::from_secs(2));
    assert_eq!(it.since(before), "", "written in two idle seconds");
}

#[tokio::test]
async fn every_way_out_restores_the_terminal() {
    let book = filled().await;
    use Signal::{SIGABRT, SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
    for signal in [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2, SIGABRT] {
        let mut it = Terminal::open(&book, &[], &[]);
        it.wait("live").wait("ATP-1");
        it.signal(signal);
        assert_eq!(it.ended(), 0, "{signal}");
    }
    let mut it = Terminal::open(&book, &[], &[]);
    it.wait("live").wait("ATP-1");
    // Ctrl-F12 panics in debug builds.
    it.send("\x1b[24;5~");
    assert_eq!(it.ended(), 101);
    assert!(it.text().contains("a panic was asked for"), "{}", it.text());
}

/// Keys that arrive all at once confirm nothing: the question has not been drawn yet.
#[tokio::test]
async fn a_burst_of_keys_agrees_to_nothing() {
    let book = filled().await;
    let mut it = Terminal::open(&book, &[], &[]);
    it.wait("live").wait("Raise dispute");
    it.send("\rawshe rang\rwithdraw\r").wait("Type withdraw to continue");
    it.wait("Type withdraw to continue: withdraw");
    let shown = book.run(&["show", "ATP-1", "--json"]).one();
    assert_eq!(shown["status"], "disputed");
    it.send("\r").wait("Withdraw done");
    it.send("\x03");
    assert_eq!(it.ended(), 0);
}

#[tokio::test]
async fn it_follows_the_size_and_comes_back_from_the_background() {
    let book = filled().await;
    let mut it = Terminal::open(&book, &[], &[]);
    it.wait("live").wait("ATP-1");
    for (cols, rows) in [(80, 24), (40, 12), (10, 3), (200, 50), (120, 30)] {
        it.screen.lock().unwrap().0.screen_mut().set_size(rows, cols);
        it.master.resize(size(cols, rows)).unwrap();
        it.wait(if cols < 20 { "needs" } else { "ATP-1" });
    }
    // No shell could continue the process, so the system ignores the signal. The terminal is restored and taken again.
    let before = it.written();
    it.send("\x1a").wait_until("a second entry", |_, bytes| {
        let since = &bytes[before..];
        find(since, b"\x1b[?1049l").is_some_and(|left| find(&since[left..], b"\x1b[?1049h").is_some())
    });
    it.wait("ATP-1");
    it.send("\rj").wait("2 / 2");
    // An arrow key split in two: Esc goes back, the rest does nothing.
    it.send("\x1b").wait("Orders   enter");
    it.send("[A").send("q");
    assert_eq!(it.ended(), 0);
}

#[tokio::test]
async fn a_lost_database_is_said_and_found_again() {
    let book = filled().await;
    let mut it = Terminal::open(&book, &[], &[]);
    it.wait("live").wait("Raise dispute");
    let mut admin = book.admin().await;
    let admin = &mut admin;
    let run = |sql: String| sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
    run(format!("alter database {} allow_connections false", book.name)).execute(&mut *admin).await.unwrap();
    run(format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{}'", book.name))
        .execute(&mut *admin)
        .await
        .unwrap();
    it.wait("stale since").wait("reconnecting in");
    it.send("\ra").wait("Withdraw");
    it.send("w").wait("needed: how you know");
    it.send("he rang\r").wait("Type withdraw");
    it.send("withdraw\r").wait("Not connected: nothing can be written now.");
    run(format!("alter database {} allow_connections true", book.name)).execute(&mut *admin).await.unwrap();
    it.wait("  live");
    it.send("\r").wait("Withdraw done");
}

/// `NO_COLOR` sets no colour, and `--ascii` draws only ASCII characters, except in texts of the orders.
#[tokio::test]
async fn no_color_is_respected() {
    let book = filled().await;
    let it = Terminal::open(&book, &["--ascii"], &[("NO_COLOR", "1")]);
    it.wait("live").wait("ATP-1");
    let screen = it.screen.lock().unwrap();
    for row in 0..30 {
        for col in 0..120 {
            let cell = screen.0.screen().cell(row, col).unwrap();
            assert_eq!((cell.fgcolor(), cell.bgcolor()), (vt100::Color::Default, vt100::Color::Default));
        }
    }
    let text = screen.0.screen().contents();
    let drawn: String = text.chars().filter(|letter| !letter.is_ascii()).collect();
    assert_eq!(drawn, "", "{text}");
}

/// A table that someone else has locked: the screen says since when it waits, and no longer claims to be live.
#[tokio::test]
async fn a_database_that_makes_it_wait_is_said() {
    let book = filled().await;
    let mut it = Terminal::open(&book, &[], &[]);
    it.wait("live").wait("Raise dispute");
    let mut psql = book.psql().await;
    sqlx::raw_sql("begin; lock table orders in access exclusive mode").execute(&mut psql).await.unwrap();
    it.send("j").wait("waiting for the database since");
    let board =
        book.command(&["orders"]).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped()).spawn();
    std::thread::sleep(std::time::Duration::from_secs(4));
    sqlx::raw_sql("rollback").execute(&mut psql).await.unwrap();
    it.wait("  live");
    let board = board.unwrap().wait_with_output().unwrap();
    let said = String::from_utf8(board.stderr).unwrap();
    assert!(board.status.success() && said.contains("waiting for the database since"), "{said}");
    it.send("\x03");
    assert_eq!(it.ended(), 0);
}
