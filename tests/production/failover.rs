//! A standby is promoted while an import, a clock and a console are at work.

use std::io::Write;
use std::process::{Child, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use portable_pty::CommandBuilder;

use super::cluster::{Cluster, check, recourse};
use super::harness::{PROGRAM, program};
use super::pty::Terminal;

/// A clock that runs, and ends with this value.
struct Clock(Child);

impl Drop for Clock {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

#[test]
fn everything_goes_on_after_a_promotion() {
    let mut primary = Cluster::primary();
    check(&recourse(&primary.url(), &["board"]), 0, "");
    let standby = primary.standby();
    let url = primary.url_of_both(&standby);
    let lines = program(&["sample", "--orders", "1500"]).output().unwrap().stdout;
    let middle = lines.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(3_000).unwrap().0;

    let mut clock = Clock(program(&["clock"]).env("DATABASE_URL", &url).stderr(Stdio::null()).spawn().unwrap());
    let mut command = CommandBuilder::new(PROGRAM);
    command.env_clear();
    command.env("HOME", "/nonexistent");
    let mut console = Terminal::on(&url, command);
    console.wait("live");
    let mut import = program(&["import", "-", "--json"]);
    import.env("DATABASE_URL", &url).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut import = import.spawn().unwrap();
    let mut pipe = import.stdin.take().unwrap();
    pipe.write_all(&lines[..middle]).unwrap();
    pipe.flush().unwrap();
    console.wait_until("some orders", |_, _| standby.sql("book", "select count(*) > 100 from recourse.orders") == "t");

    primary.crash();
    let feeding = std::thread::spawn({
        let rest = lines[middle..].to_vec();
        move || pipe.write_all(&rest).map(|()| drop(pipe))
    });
    std::thread::sleep(std::time::Duration::from_millis(700));
    standby.promote();

    feeding.join().unwrap().unwrap();
    let ended = import.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(matches!(ended.status.code(), Some(0 | 1)), "{out}{err}");
    let read: u64 =
        serde_json::from_str::<serde_json::Value>(out.lines().last().unwrap()).unwrap()["read"].as_u64().unwrap();
    assert_eq!(read, lines.iter().filter(|byte| **byte == b'\n').count() as u64, "{out}");

    console.wait_until("live again", |text, _| text.contains("live") && !text.contains("lost"));
    let opened = r#"{"type":"opened","provider":"tamara","order":"NEWS-1","at":"2026-11-28T09:00:00Z","currency":"SAR","amount":"1.00","merchant":"m"}"#;
    let file = super::cluster::folder("news");
    std::fs::write(&file, opened).unwrap();
    check(&recourse(&url, &["import", file.to_str().unwrap()]), 0, "");
    std::fs::remove_file(&file).unwrap();
    console.send("1").send("/NEWS-1\r").wait("NEWS-1");
    console.send("\x03").ended();
    assert!(clock.0.try_wait().unwrap().is_none(), "the clock went on");
    kill(Pid::from_raw(clock.0.id() as i32), Signal::SIGTERM).unwrap();
    assert!(clock.0.wait().unwrap().success());

    // The promoted server counts its transactions in an epoch of its own, and nothing is held back.
    assert_eq!(standby.sql("book", "select count(*), max(timeline) from recourse.epoch"), "2|2");
    check(&recourse(&url, &["verify"]), 0, "");
    let doctor = recourse(&url, &["doctor"]);
    check(&doctor, 0, "held back for 0 s");

    // The same lines again change nothing: what was written before the crash is known.
    let file = super::cluster::folder("sample");
    std::fs::write(&file, &lines).unwrap();
    let again = recourse(&url, &["import", file.to_str().unwrap(), "--json"]);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(again.one()["applied"], 0, "{again:?}");
}

/// A plan that is running and a watcher go on with the server that takes over, and no order of the plan is done twice.
#[test]
fn a_plan_and_a_watcher_go_on() {
    const ORDERS: usize = 80;
    let mut primary = Cluster::primary();
    check(&recourse(&primary.url(), &["board"]), 0, "");
    let standby = primary.standby();
    let url = primary.url_of_both(&standby);
    let opened = chrono::Utc::now() - chrono::TimeDelta::hours(80);
    let line = |number: usize, more: &str| {
        format!(r#"{{"provider":"tamara","order":"T-{number}","at":"{}",{more}}}"#, opened.to_rfc3339()) + "\n"
    };
    let new = r#""type":"opened","currency":"SAR","amount":"300.00","merchant":"m-7""#;
    let approved = r#""type":"moved","action":"approve","actor":"provider""#;
    let lines: String = (0..ORDERS).map(|number| line(number, new) + &line(number, approved)).collect();
    let file = super::cluster::folder("stuck");
    std::fs::write(&file, lines).unwrap();
    check(&recourse(&url, &["import", file.to_str().unwrap()]), 0, "");
    std::fs::remove_file(&file).unwrap();
    check(&recourse(&url, &["plan", "make", "--where", "status:approved"]), 0, "plan 1");

    let mut watcher = Clock(
        program(&["stuck", "--follow"])
            .env("DATABASE_URL", &url)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let beat = |server: &Cluster, since: &str| {
        let beats = format!("select count(*) from recourse.heartbeat where worker = 'watcher' and beat_at > '{since}'");
        server.until("the watcher reports", || server.sql("book", &beats) == "1");
    };
    beat(&primary, "epoch");
    let mut plan = program(&["plan", "run", "1", "--rate", "20", "--json"]);
    plan.env("DATABASE_URL", &url).stdout(Stdio::piped()).stderr(Stdio::piped());
    let plan = plan.spawn().unwrap();
    standby.until("some rows", || standby.sql("book", "select count(*) > 5 from recourse.plan_result") == "t");
    primary.crash();
    std::thread::sleep(std::time::Duration::from_millis(700));
    standby.promote();
    let promoted = standby.sql("book", "select now()");

    let ended = plan.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert_eq!(ended.status.code(), Some(0), "{out}{err}");
    let told: serde_json::Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    assert_eq!((&told["accepted"], &told["rest"]), (&ORDERS.into(), &0.into()), "{told}");
    let moved = "select count(*), count(distinct order_id) from recourse.transition where reason = 'plan-1'";
    assert_eq!(standby.sql("book", moved), format!("{ORDERS}|{ORDERS}"));
    check(&recourse(&url, &["verify"]), 0, "");
    beat(&standby, &promoted);
    assert!(watcher.0.try_wait().unwrap().is_none(), "the watcher went on");
}
