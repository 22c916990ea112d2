//! Clocks: each order expires once, at its deadline, however many clocks run, or is only flagged. A hundred simulated
//! days against an independent reference.

use std::collections::BTreeMap;
use std::process::Stdio;

use chrono::{DateTime, TimeDelta, Utc};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use recourse::domain::*;
use recourse::intake::import;
use recourse::sample::dice::Dice;
use recourse::store::watch;
use recourse::stuck::grid::Moments;
use recourse::work::clock::{self, Mode, Modes};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use super::harness::{Book, at, book, put, way_to};

fn tamara_order(id: &str, opened: DateTime<Utc>) -> Order {
    Order::open(OrderKey::new(TAMARA, id).unwrap(), Money::new(30_000, Currency::Sar), opened)
}

async fn statuses(book: &Book) -> BTreeMap<String, String> {
    let sql = "select split_part(id, ':', 2), status from orders";
    let rows: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&mut book.psql().await).await.unwrap();
    rows.into_iter().collect()
}

/// Each clock of the law, one second before the deadline and at it.
#[tokio::test]
async fn each_expiry_comes_at_its_moment() {
    use tamara::Status::{Approved, Authorised, New, Updated};
    let book = book().await;
    let opened = at("2026-08-01T08:00:00Z");
    for (later, status) in (0..).zip([New, Approved, Authorised, Updated]) {
        let status = status.status();
        let order = tamara_order(status.name(), opened + TimeDelta::minutes(later));
        put(&book.store, &order, &way_to(&order, status)).await;
    }
    let due: Vec<(String, DateTime<Utc>)> =
        sqlx::query_as("select status, due_at from orders order by due_at").fetch_all(&book.store.pool).await.unwrap();
    assert_eq!(due.len(), 4);
    for (status, due) in due {
        let before = clock::sweep(&book.store, Modes::APPLY, due - TimeDelta::seconds(1)).await.unwrap();
        assert_eq!(statuses(&book).await[&status], status, "{before:?}");
        clock::sweep(&book.store, Modes::APPLY, due).await.unwrap();
        assert_eq!(statuses(&book).await[&status], "expired", "{status}");
    }
    let early: Vec<(String, bool)> = sqlx::query_as(
        "select t.order_id, t.happened_at < p.due_at from transition t join transition p on p.order_id = t.order_id and p.seq = t.seq - 1 where t.action = 'expire'",
    )
    .fetch_all(&book.store.pool)
    .await
    .unwrap();
    assert!(early.len() == 4 && early.iter().all(|(_, early)| !early), "{early:?}");
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// A clock that only flags moves nothing; the order shows the flag. Each clock has its own setting.
#[tokio::test]
async fn what_is_only_flagged_stays_and_says_so() {
    use tamara::Status::{Approved, New};
    let book = book().await;
    for status in [New, Approved] {
        let order = tamara_order(status.status().name(), at("2026-08-01T08:00:00Z"));
        put(&book.store, &order, &way_to(&order, status.status())).await;
    }
    let told = book.run(&["clock", "--once", "--at", "2026-09-01T00:00:00Z", "--expire-new", "apply", "--json"]);
    let line = told.one();
    assert_eq!((told.code, &line["expired"], &line["flagged"]), (0, &json!(1), &json!(1)), "{line}");
    assert_eq!(line["by_status"], json!({"new": 1}));
    assert_eq!(statuses(&book).await["approved"], "approved");
    let order = book.run(&["show", "approved", "--json"]).one();
    assert_eq!(order["flags"], json!(["presumed_expired"]), "{order}");
    let stuck = book.run(&["watch", "--json"]).one();
    assert_eq!((&stuck["verify"], &stuck["band"]), (&json!(true), &json!("over")), "{stuck}");
    let planned = book.run(&["plan", "make", "--where", "status:approved", "--dry-run", "--json"]).lines();
    assert_eq!(
        (&planned[0]["outcome"], &planned[0]["message"], &planned[1]["presumed_expired"]),
        (&json!("would"), &json!("presumed expired, verify"), &json!(1))
    );
    assert_eq!(book.run(&["clock", "--once", "--read-only"]).code, 2);
    assert_eq!(book.run(&["clock", "--at", "2026-09-01T00:00:00Z"]).code, 2, "--at needs --once");
}

/// Eighteen days after authorisation the provider may soon capture automatically.
#[tokio::test]
async fn what_the_provider_may_capture_is_flagged() {
    let book = book().await;
    let order = tamara_order("T-1", Utc::now() - TimeDelta::days(19));
    put(&book.store, &order, &way_to(&order, tamara::Status::Authorised.status())).await;
    assert_eq!(book.run(&["show", "T-1", "--json"]).one()["flags"], json!(["may_be_captured"]));
}

/// Many clocks at once on the same thousand orders: every order expires once.
#[tokio::test]
async fn of_many_clocks_one_expires_each() {
    let book = book().await;
    let mut lines = Vec::new();
    for number in 0..1_000 {
        let opened = json!({"type": "opened", "provider": "tamara", "order": format!("T-{number}"), "at": "2026-08-01T08:00:00Z", "currency": "SAR", "amount": "300.00", "merchant": "m-7"});
        lines.extend(opened.to_string().into_bytes());
        lines.push(b'\n');
    }
    import::import(&book.store, lines.as_slice(), |_, _| {}).await.unwrap();
    let now = at("2026-08-02T08:00:00Z");
    let sweeps = (0..6).map(|_| clock::sweep(&book.store, Modes::APPLY, now));
    let swept: u64 = futures_util::future::join_all(sweeps).await.into_iter().map(|swept| swept.unwrap().count()).sum();
    assert_eq!(swept, 1_000);
    let expired: i64 = sqlx::query_scalar("select count(*) from transition where action = 'expire'")
        .fetch_one(&book.store.pool)
        .await
        .unwrap();
    assert_eq!(expired, 1_000);
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// The status that an order must reach, by a second, hand-written copy of the rules.
#[derive(Debug, Clone, PartialEq)]
enum Fate {
    New(DateTime<Utc>),
    Approved(DateTime<Utc>),
    Authorised(DateTime<Utc>),
    Captured,
    Expired,
}

impl Fate {
    fn name(&self) -> &'static str {
        match self {
            Self::New(_) => "new",
            Self::Approved(_) => "approved",
            Self::Authorised(_) => "authorised",
            Self::Captured => "fully_captured",
            Self::Expired => "expired",
        }
    }

    fn tick(&mut self, now: DateTime<Utc>) {
        let over = match self {
            Self::New(since) => *since + TimeDelta::minutes(30) <= now,
            Self::Approved(since) => *since + TimeDelta::hours(72) <= now,
            Self::Authorised(since) => *since + TimeDelta::days(90) <= now,
            Self::Captured | Self::Expired => false,
        };
        if over {
            *self = Self::Expired;
        }
    }

    fn told(&mut self, event: &str, at: DateTime<Utc>) {
        match (&*self, event) {
            (Self::New(_), "order_approved") => *self = Self::Approved(at),
            // An approval that was not reported is implied.
            (Self::New(_), "order_authorised") => *self = Self::Authorised(at),
            (Self::Approved(since), "order_authorised") if at >= *since => *self = Self::Authorised(at),
            _ => {}
        }
    }
}

struct Simulation {
    book: Book,
    dice: Dice,
    fates: BTreeMap<String, Fate>,
    merchants: BTreeMap<String, &'static str>,
    /// Notifications in transit: time of arrival, order id, event, time of the event.
    under_way: Vec<(DateTime<Utc>, String, &'static str, DateTime<Utc>)>,
}

const MERCHANTS: [&str; 4] = ["riyadh-home", "jeddah-phones", "dubai-shoes", "m-7"];
const STEP: i64 = 6;

/// An order's amount in minor units. Few are equal, so one order cannot hide another in a sum.
fn worth(id: &str) -> i64 {
    20_000 + id["T-".len()..].parse::<i64>().unwrap() * 3_701 % 40_000
}

impl Simulation {
    /// A customer opens an order; the provider approves it, and most merchants authorise automatically.
    fn arrive(&mut self, number: u64, now: DateTime<Utc>, day: i64) -> String {
        let id = format!("T-{number}");
        let opened = now - self.dice.wait(0, STEP * 3_600 - 1_800);
        let merchant = *self.dice.pick(&MERCHANTS);
        self.fates.insert(id.clone(), Fate::New(opened));
        self.merchants.insert(id.clone(), merchant);
        let broken = merchant == "jeddah-phones" && (20..32).contains(&day);
        let approved = opened + self.dice.wait(60, 1_500);
        let mut send = |event, at: DateTime<Utc>, dice: &mut Dice| {
            // Most arrive at once, some days later, some twice.
            let late = if dice.chance(0.08) { dice.wait(0, 4 * 86_400) } else { TimeDelta::zero() };
            self.under_way.push((at + late, id.clone(), event, at));
            if dice.chance(0.1) {
                self.under_way.push((at + late + dice.wait(0, 86_400), id.clone(), event, at));
            }
        };
        if self.dice.chance(0.9) {
            send("order_approved", approved, &mut self.dice);
            if !broken && self.dice.chance(0.75) {
                let authorised = approved + self.dice.wait(60, 3_600);
                send("order_authorised", authorised, &mut self.dice);
            }
        }
        let amount = format!("{}.{:02}", worth(&id) / 100, worth(&id) % 100);
        let line = json!({"type": "opened", "provider": "tamara", "order": id, "at": opened, "currency": "SAR", "amount": amount, "merchant": merchant});
        line.to_string()
    }

    /// The notifications that have arrived by now, in order of arrival.
    fn arrived(&mut self, now: DateTime<Utc>) -> Vec<String> {
        self.under_way.sort();
        let later = self.under_way.iter().position(|(arrives, ..)| *arrives > now).unwrap_or(self.under_way.len());
        let here: Vec<_> = self.under_way.drain(..later).collect();
        let mut lines = Vec::new();
        for (_, id, event, at) in here {
            if let Some(fate) = self.fates.get_mut(&id) {
                fate.told(event, at);
            }
            let body = json!({"order_id": id, "event_type": event, "data": []});
            lines.push(json!({"type": "notification", "provider": "tamara", "at": at, "body": body}).to_string());
        }
        lines
    }

    async fn import(&self, lines: &[String]) {
        import::import(&self.book.store, lines.join("\n").as_bytes(), |_, _| {}).await.unwrap();
    }

    /// Three people each pick an order, and what they did is imported later, with the time at which it was done.
    async fn operate(&mut self, now: DateTime<Utc>) {
        let ids: Vec<String> = self.fates.keys().cloned().collect();
        if ids.is_empty() {
            return;
        }
        let picked: Vec<String> = (0..3).map(|_| self.dice.pick(&ids).clone()).collect();
        for id in picked {
            let fate = self.fates.get_mut(&id).unwrap();
            let mut line = json!({"type": "moved", "provider": "tamara", "order": id, "at": now, "actor": "merchant"});
            match &*fate {
                Fate::Approved(_) => {
                    *fate = Fate::Authorised(now);
                    line["action"] = "authorise".into();
                }
                // They capture only orders authorised over 20 days ago, so that some expire after ninety days.
                Fate::Authorised(since) if now - *since > TimeDelta::days(20) => {
                    *fate = Fate::Captured;
                    line["action"] = "capture".into();
                    line["amount"] = Money::new(worth(&id), Currency::Sar).digits().into();
                }
                _ => continue,
            }
            self.import(&[line.to_string()]).await;
        }
    }

    /// Checks that the grid matches a direct count.
    async fn grid_is_right(&self, now: DateTime<Utc>) {
        let grid = watch::grid(&self.book.store.pool, &Moments::new(now, TimeDelta::zero())).await.unwrap();
        let mut cells: Vec<(String, usize, i64, String)> = Vec::new();
        for row in &grid.rows {
            for (band, cell) in row.cells.iter().enumerate().filter(|(_, cell)| cell.orders != 0) {
                cells.push((row.merchant.clone(), band, cell.orders, cell.amounts[0].minor.to_string()));
            }
        }
        cells.sort();
        let sql = format!(
            "select coalesce(merchant, ''), (case when due_at <= t then 4 when due_at <= t + interval '432 minutes' then 3
               when due_at <= t + interval '18 hours' then 2 when due_at <= t + interval '36 hours' then 1 else 0 end)::bigint,
             count(*), sum(amount)::text from orders, (select '{}'::timestamptz as t) now where status = 'approved' group by 1, 2 order by 1, 2",
            now.to_rfc3339()
        );
        let counted: Vec<(String, i64, i64, String)> =
            sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&self.book.store.pool).await.unwrap();
        let counted: Vec<_> = counted
            .into_iter()
            .map(|(merchant, band, orders, amount)| (merchant, band as usize, orders, amount))
            .collect();
        assert_eq!(cells, counted, "{now}");
    }
}

/// New orders, an outage at one merchant, late and repeated notifications, two clocks and three operators: in the end
/// every order has the status that the reference gives.
#[tokio::test]
async fn ninety_days_end_where_the_reference_says() {
    let start = at("2026-05-01T00:00:00Z");
    let (fates, merchants, under_way) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    let mut it = Simulation { book: book().await, dice: Dice::new(11, 1), fates, merchants, under_way };
    let mut number = 0;
    for step in 1..=(100 * 24 / STEP) {
        let now = start + TimeDelta::hours(step * STEP);
        let mut lines = Vec::new();
        for _ in 0..it.dice.below(6) {
            number += 1;
            lines.push(it.arrive(number, now, step * STEP / 24));
        }
        it.import(&lines).await;
        let lines = it.arrived(now);
        it.import(&lines).await;
        it.operate(now).await;
        let (one, other) = tokio::join!(
            clock::sweep(&it.book.store, Modes::APPLY, now),
            clock::sweep(&it.book.store, Modes::APPLY, now)
        );
        one.and(other).unwrap();
        it.fates.values_mut().for_each(|fate| fate.tick(now));
        if step % 20 == 0 {
            it.grid_is_right(now).await;
            let over: i64 =
                sqlx::query_scalar("select count(*) from orders where status = 'approved' and due_at <= $1")
                    .bind(now)
                    .fetch_one(&it.book.store.pool)
                    .await
                    .unwrap();
            assert_eq!(over, 0, "{now}");
        }
    }
    let expected: BTreeMap<String, String> =
        it.fates.iter().map(|(id, fate)| (id.clone(), fate.name().to_owned())).collect();
    assert_eq!(statuses(&it.book).await, expected);
    let count = |name: &str| expected.values().filter(|status| *status == name).count();
    assert!(expected.len() > 500 && count("expired") > 50 && count("fully_captured") > 10, "{expected:?}");
    let wrong: Vec<String> = sqlx::query_scalar(
        "select t.order_id from transition t join transition p on p.order_id = t.order_id and p.seq = t.seq - 1
         where t.action = 'expire' and t.happened_at < p.due_at
         union all select order_id from transition where action = 'expire' group by order_id having count(*) > 1",
    )
    .fetch_all(&it.book.store.pool)
    .await
    .unwrap();
    assert_eq!(wrong, Vec::<String>::new(), "expired early or twice");
    assert_eq!(it.book.faults().await, Vec::<String>::new());
}

#[test]
fn every_clock_of_the_law_has_a_mode() {
    let modes = Modes { approved: Mode::Flag, ..Modes::APPLY };
    let names = |mode| modes.statuses(mode).into_iter().map(Status::name).collect::<Vec<_>>();
    assert_eq!(names(Mode::Apply), ["new", "authorised", "updated"]);
    assert_eq!(names(Mode::Flag), ["approved"]);
}

/// Nobody looks at a clock that runs for months: its log says what it did, one JSON object for each event.
#[tokio::test]
async fn a_clock_keeps_a_log() {
    let book = book().await;
    let arguments = ["clock", "--log", "info", "--log-format", "json"];
    let clock = book.command(&arguments).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let beats = "select exists (select from heartbeat where worker = 'clock')";
    let mut psql = book.psql().await;
    while !sqlx::query_scalar::<_, bool>(beats).fetch_one(&mut psql).await.unwrap() {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    kill(Pid::from_raw(clock.id() as i32), Signal::SIGTERM).unwrap();
    let ended = clock.wait_with_output().unwrap();
    let log = String::from_utf8(ended.stderr).unwrap();
    let events: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let said: Vec<(&str, &str)> =
        events.iter().map(|event| (event["level"].as_str().unwrap(), event["message"].as_str().unwrap())).collect();
    assert_eq!(said, [("INFO", "started"), ("INFO", "stopped")]);
    assert!(events.iter().all(|event| event["worker"] == "clock" && event["timestamp"].is_string()), "{log}");
}
