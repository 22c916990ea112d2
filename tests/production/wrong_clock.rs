//! A machine whose clock is wrong: the database's clock judges.

use std::path::Path;
use std::process::{Command, Stdio};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::cluster::{Cluster, check, folder};
use super::harness::{Told, program, told};

/// The library that shows a program another time: installed, or downloaded. Fails with one sentence where neither is possible.
pub fn library() -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/faketime");
    let said = Command::new(script).stderr(Stdio::null()).output().unwrap().stdout;
    let path = String::from_utf8(said).unwrap().trim().to_owned();
    assert!(!path.is_empty(), "libfaketime is not installed here and cannot be downloaded: install it, or go online");
    path
}

/// Runs the program with a clock that is this far off: `+2h`.
fn off(cluster: &Cluster, by: &str, arguments: &[&str]) -> Told {
    let mut command = program(arguments);
    // Timers go on as they do.
    let faked =
        [("LD_PRELOAD", library()), ("FAKETIME", by.to_owned()), ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned())];
    told(command.env("DATABASE_URL", cluster.url()).envs(faked))
}

fn shown(cluster: &Cluster, order: &str) -> Value {
    off(cluster, "+0s", &["show", order, "--json"]).one()
}

fn moment(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

#[test]
fn a_wrong_clock_dates_nothing_and_ends_no_order() {
    let cluster = Cluster::primary();
    let file = folder("facts").with_extension("ndjson");
    let at = Utc::now() - TimeDelta::hours(1);
    let line = |order: &str, kind: &str, more: Value| {
        let mut line = json!({"type": kind, "provider": "tamara", "order": order, "at": at});
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        line.to_string()
    };
    let opened = json!({"currency": "SAR", "amount": "300.00"});
    let approve = json!({"action": "approve", "actor": "provider"});
    let soon = json!({"type": "opened", "provider": "tamara", "order": "T-3", "at": Utc::now() + TimeDelta::hours(1),
        "currency": "SAR", "amount": "300.00"});
    let lines = ["T-1", "T-2"]
        .map(|order| [line(order, "opened", opened.clone()), line(order, "moved", approve.clone())].join("\n"));
    std::fs::write(&file, format!("{}\n{soon}\n", lines.join("\n"))).unwrap();
    // By this machine's clock T-3 is not ahead; by the database's it is.
    let imported = off(&cluster, "+2h", &["import", file.to_str().unwrap(), "--json"]);
    std::fs::remove_file(&file).unwrap();
    assert_eq!((imported.code, imported.one()["quarantined"].clone()), (0, json!(1)), "{imported:?}");
    assert_eq!(off(&cluster, "+0s", &["quarantine", "--json"]).one()["why"], "future");

    // What a person does is dated by the database.
    for (order, by) in [("T-1", "+2h"), ("T-2", "-2h")] {
        let done = off(&cluster, by, &["act", order, "authorise", "--json"]);
        assert_eq!(done.code, 0, "{by}: {done:?}");
        let last = shown(&cluster, order)["timeline"].as_array().unwrap().last().unwrap().clone();
        let apart = (moment(&last["at"]) - moment(&last["recorded_at"])).abs();
        assert!(apart < TimeDelta::seconds(10), "{by}: {last}");
    }

    // What runs unattended stops; one sweep ends nothing early.
    for by in ["+100d", "-2h"] {
        let side = if by.starts_with('+') { "ahead of" } else { "behind" };
        for arguments in
            [&["clock", "--expire-approved", "apply"][..], &["clock", "--once", "--expire-approved", "apply"]]
        {
            check(&off(&cluster, by, arguments), 1, side);
        }
    }
    check(
        &off(&cluster, "+0s", &["clock", "--once", "--at", "2100-01-01T00:00:00Z"]),
        2,
        "ahead of the database's clock",
    );
    assert_eq!(shown(&cluster, "T-1")["status"], "authorised");
    check(&off(&cluster, "+2h", &["doctor"]), 1, "between this clock and the server's");
    assert_eq!(off(&cluster, "+0s", &["verify"]).code, 0);
}
