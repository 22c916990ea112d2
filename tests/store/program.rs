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
