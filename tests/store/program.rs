//! What the program reports about itself: settings, views, doctor, completions, screenshots.

use recourse::domain::*;
use serde_json::json;

use super::harness::{at, book, program, put, told, way_to};

/// Settings show where they come from. The environment overrides the file, and flags override both.
#[test]
fn settings_say_where_they_came_from() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("recourse");
    std::fs::create_dir_all(folder.join("themes")).unwrap();
    let file = folder.join("config.toml");
    std::fs::write(&file, "theme = \"light\"\nmask = true\nmouse = true\n[views]\n\"Old\" = \"age>48h\"\n").unwrap();
    let config = |arguments: &[&str]| {
        let mut command = program(arguments);
        told(
            command
                .env("XDG_CONFIG_HOME", home.path())
                .env("RECOURSE_MASK", "0")
                .env("DATABASE_URL", "postgres://ada:secret@db/x"),
        )
    };
    let said = config(&["config", "--json", "--mouse=false"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(!said.out.contains("secret"), "{}", said.out);
    let lines = said.lines();
    let one = |name: &str| lines.iter().find(|line| line["setting"] == name).unwrap_or_else(|| panic!("no {name}"));
    assert_eq!(one("theme")["value"], "light");
    assert_eq!(one("theme")["origin"], format!("{}:1", file.display()));
    assert_eq!((&one("mask")["value"], &one("mask")["origin"]), (&json!("false"), &json!("environment RECOURSE_MASK")));
    assert_eq!((&one("mouse")["value"], &one("mouse")["origin"]), (&json!("false"), &json!("flag --mouse")));
    assert_eq!((&one("bidi")["value"], &one("bidi")["origin"]), (&json!("terminal"), &json!("default")));
    assert_eq!(one("database-url")["value"], "db/x");
    assert_eq!(one("views.Old")["value"], "age>48h");
    assert_eq!(
        one("alerts.over 72 h"),
        &json!({"setting": "alerts.over 72 h", "value": "oldest>=72h critical", "origin": "default"})
    );
    std::fs::write(&file, "mask = true\nthme = \"light\"\n").unwrap();
    let wrong = config(&["config"]);
    let says = format!("recourse: {}:2: \"thme\" is not a setting; the nearest is \"theme\"\n", file.display());
    assert_eq!((wrong.code, wrong.err), (2, says));
    // The template without its comment signs is a valid configuration.
    let template = config(&["config", "--template", "--config", "/dev/null"]);
    assert_eq!(template.code, 0);
    let taken =
        |line: &str| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line).to_owned() + "\n";
    std::fs::write(&file, template.out.lines().map(taken).collect::<String>()).unwrap();
    assert_eq!(config(&["config"]).code, 0, "{:?}", config(&["config"]));
}

#[tokio::test]
async fn views_are_shared_and_used() {
    let book = book().await;
    let order = Order::open(
        OrderKey::new(TAMARA, "T-1").unwrap(),
        Money::new(10_000, Currency::Sar),
        at("2026-11-18T08:00:00Z"),
    );
    put(&book.store, &order, &way_to(&order, tamara::Status::Approved.status())).await;
    assert_eq!(book.run(&["view", "save", "Stuck", "--where", "status:approved"]).code, 0);
    let views = book.run(&["view", "--json"]).lines();
    assert!(views.contains(&json!({"view": "Stuck", "query": "status:approved", "shared": true})), "{views:?}");
    assert!(views.contains(&json!({"view": "Not confirmed", "query": "unconfirmed", "shared": false})), "{views:?}");
    assert_eq!(book.run(&["orders", "--view", "Stuck", "--json"]).one()["order"], "T-1");
    let wrong = book.run(&["view", "save", "Stuck", "--where", "statsu:approved"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("^^^^^^ \"statsu\" is not a key"), "{}", wrong.err);
    assert_eq!(book.run(&["orders", "--view", "nothing"]).code, 2);
    assert_eq!(book.run(&["view", "remove", "Stuck"]).code, 0);
    assert_eq!(book.run(&["view", "remove", "Stuck"]).code, 1);
    assert_eq!(book.run(&["view", "save", "Mine", "--where", "unconfirmed", "--read-only"]).code, 2);
    assert_eq!(book.run(&["show", "recourse:tamara:T-1", "--json"]).one()["order"], "T-1");
}

#[tokio::test]
async fn the_doctor_says_what_is_wrong() {
    let book = book().await;
    let well = book.run(&["doctor", "--json"]);
    assert_eq!(well.code, 0, "{well:?}");
    let lines = well.lines();
    for check in [
        "settings",
        "database",
        "server",
        "clock",
        "schema",
        "law",
        "person",
        "feed",
        "quarantine",
        "terminal",
        "letters",
    ] {
        let line = lines.iter().find(|line| line["check"] == check).unwrap_or_else(|| panic!("no {check}"));
        let hinted = line["hint"].is_string();
        assert_eq!(line["state"] != "ok", hinted, "a check has a hint if and only if it is not ok: {line}");
    }
    let ill = told(&mut program(&["doctor", "--json", "--database-url", "postgres://nobody@127.0.0.1:1/x"]));
    assert_eq!(ill.code, 3, "{ill:?}");
    let down = ill.lines().into_iter().find(|line| line["check"] == "database").unwrap();
    assert_eq!(down["state"], "fail");
}

#[test]
fn shells_and_readers_get_theirs() {
    for (shell, says) in
        [("bash", "complete -F _recourse"), ("zsh", "#compdef recourse"), ("fish", "complete -c recourse")]
    {
        let told = told(&mut program(&["completions", shell]));
        assert!(told.code == 0 && told.out.contains(says) && told.out.contains("quarantine"), "{shell}");
    }
    let man = told(&mut program(&["man"]));
    assert!(man.code == 0 && man.out.contains(".TH") && man.out.contains("read\\-only"), "{}", man.out);
}

/// A picture of the console, from the real order book.
#[tokio::test]
async fn a_screenshot_is_a_picture() {
    let book = book().await;
    let order = Order::open(
        OrderKey::new(ATARAPAY, "ATP-1").unwrap(),
        Money::new(450_000, Currency::Ngn),
        at("2026-11-18T08:00:00Z"),
    );
    put(&book.store, &order, &way_to(&order, atarapay::Status::Disputed.status())).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("menu.svg");
    let made = book.run(&["screenshot", file.to_str().unwrap(), "--keys", "enter a", "--size", "100x25"]);
    assert_eq!(made.code, 0, "{made:?}");
    let svg = std::fs::read_to_string(&file).unwrap();
    assert!(svg.starts_with("<svg ") && svg.contains("ATP-1") && svg.contains("Withdraw"), "{svg}");
    assert_eq!(book.run(&["screenshot", file.to_str().unwrap(), "--keys", "nokey"]).code, 2);
}

/// The doctor counts people, not their roles, and an order that nothing watches is not "ok".
#[tokio::test]
async fn the_doctor_counts_people_and_watches_the_clock() {
    let book = book().await;
    let check =
        |name: &str| book.run(&["doctor", "--json"]).lines().into_iter().find(|line| line["check"] == name).unwrap();
    assert_eq!(check("expiry")["state"], "ok", "no order has a deadline");
    let key = OrderKey::new(TAMARA, "T-1").unwrap();
    let order = Order::open(key, Money::new(30_000, Currency::Sar), chrono::Utc::now() - chrono::TimeDelta::hours(1));
    put(&book.store, &order, &way_to(&order, tamara::Status::Approved.status())).await;
    let expiry = check("expiry");
    let says = |words: &str| expiry["what"].as_str().unwrap().contains(words);
    assert!(expiry["state"] == "warn" && says("no clock is running") && says("the next deadline is"), "{expiry}");
    for words in [["ada", "admin", "lead"], ["bola", "agent", "ops"]] {
        assert_eq!(book.run(&[&["people", "add", "--as", "ada"], words.as_slice()].concat()).code, 0);
    }
    assert_eq!(check("people")["what"], "2 people are registered");
}

/// What Tamara captured and refunded, by the days of the zone that was asked for.
#[tokio::test]
async fn the_report_has_what_moved() {
    let book = book().await;
    let line = |order: &str, at: &str, more: serde_json::Value| {
        let mut line = json!({"provider": "tamara", "order": order, "at": at});
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        format!("{line}\n")
    };
    let moved = |order: &str, at: &str, action: &str, amount: &str| {
        let mut more = json!({"type": "moved", "action": action, "actor": if action == "approve" { "provider" } else { "merchant" }});
        if !amount.is_empty() {
            more["amount"] = amount.into();
        }
        line(order, at, more)
    };
    let mut lines = String::new();
    for (order, merchant, currency) in [("T-1", "m-7", "SAR"), ("T-2", "m-7", "KWD"), ("T-3", "m-8", "SAR")] {
        let opened = json!({"type": "opened", "currency": currency, "amount": "300", "merchant": merchant});
        lines += &line(order, "2026-11-20T08:00:00Z", opened);
        lines += &moved(order, "2026-11-20T09:00:00Z", "approve", "");
        lines += &moved(order, "2026-11-20T10:00:00Z", "authorise", "");
    }
    lines += &moved("T-1", "2026-11-20T11:00:00Z", "capture", "100");
    lines += &moved("T-1", "2026-11-20T20:30:00Z", "capture", "200");
    lines += &moved("T-1", "2026-11-20T22:30:00Z", "refund", "50.50");
    lines += &moved("T-2", "2026-11-20T11:00:00Z", "capture", "12.345");
    lines += &moved("T-3", "2026-11-20T11:00:00Z", "capture", "300");
    assert_eq!(book.import(lines.as_bytes()).code, 0);
    let money = |zone: &str| -> Vec<String> {
        let period = ["--from", "2026-11-20", "--to", "2026-11-22", "--zone", zone];
        let told = book.run(&[&["report", "--json"], period.as_slice()].concat()).one();
        let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let row = |it: &serde_json::Value| {
            ["day", "merchant", "currency", "captured", "captures", "refunded", "refunds"]
                .map(|key| text(&it[key]))
                .join(" ")
        };
        told["money"].as_array().unwrap().iter().map(row).collect()
    };
    let [kuwait, books] = ["2026-11-20 m-7 KWD 12.345 1 0.000 0", "2026-11-20 m-8 SAR 300.00 1 0.00 0"];
    assert_eq!(money("utc"), [kuwait, "2026-11-20 m-7 SAR 300.00 2 50.50 1", books]);
    // In Riyadh the refund was on the next day, and in +04:00 the second capture, too.
    let riyadh = [kuwait, "2026-11-20 m-7 SAR 300.00 2 0.00 0", books, "2026-11-21 m-7 SAR 0.00 0 50.50 1"];
    assert_eq!(money("Asia/Riyadh"), riyadh);
    assert_eq!(money("+03:00"), riyadh);
    assert_eq!(money("+04:00")[3], "2026-11-21 m-7 SAR 200.00 1 50.50 1");
    let text = book.run(&["report", "--from", "2026-11-20", "--to", "2026-11-22"]).out;
    assert!(text.contains("2026-11-20  m-7                      KWD         12.345     1"), "{text}");
    let csv = book.run(&["report", "--csv", "--from", "2026-11-20", "--to", "2026-11-22", "--zone", "utc"]).out;
    assert!(csv.contains("tamara,2026-11-20/m-7/SAR,captured,300.00\n"), "{csv}");
}

/// A lock that someone holds is no change by another person, and a login without rights hears which it needs.
#[tokio::test]
async fn what_hinders_a_command_is_named() {
    let book = book().await;
    let mut psql = book.psql().await;
    let login = format!("plain_{}", book.name.replace('-', "_"));
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("create role \"{login}\" login"))).execute(&mut psql).await.unwrap();
    let url = book.url().replace("recourse@", &format!("{login}@"));
    let plain = told(&mut program(&["board", "--database-url", &url]));
    assert!(plain.code == 1 && plain.err.contains("grant recourse_reader to"), "{plain:?}");
    sqlx::raw_sql("begin; lock table recourse.orders in access exclusive mode").execute(&mut psql).await.unwrap();
    let locked = book.run(&["orders"]);
    assert!(locked.code == 3 && locked.err.contains("holds a lock"), "{locked:?}");
    sqlx::raw_sql("rollback").execute(&mut psql).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("drop role \"{login}\""))).execute(&mut psql).await.unwrap();
}
