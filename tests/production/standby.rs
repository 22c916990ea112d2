//! A standby is read like any other server, and says that it takes no writes.

use super::cluster::{Cluster, check, recourse};
use super::harness::program;
use super::pty::Terminal;
use portable_pty::CommandBuilder;

#[test]
fn a_standby_is_read_and_not_written() {
    let primary = Cluster::primary();
    check(&recourse(&primary.url(), &["board"]), 0, "");
    let lines = program(&["sample", "--orders", "60"]).output().unwrap().stdout;
    let file = super::cluster::folder("sample");
    std::fs::write(&file, lines).unwrap();
    let standby = primary.standby();
    let both = standby.url_of_both(&primary);
    let import = recourse(&both, &["import", file.to_str().unwrap()]);
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(import.code, 0 | 1), "writes go to the host that takes them: {import:?}");

    let url = standby.url();
    primary.sql("postgres", "select pg_switch_wal()");
    let (here, there) = (recourse(&primary.url(), &["board", "--json"]), recourse(&url, &["board", "--json"]));
    assert_eq!((here.code, &here.out), (there.code, &there.out));
    check(&recourse(&url, &["case", "list"]), 0, "");
    check(&recourse(&url, &["verify"]), 0, "");
    check(&recourse(&url, &["policy", "--set", "/dev/null"]), 2, "standby and takes no writes");
    check(&recourse(&url, &["clock", "--once"]), 2, "connect to the primary server");
    check(&recourse(&url, &["doctor"]), 0, "a standby: read-only");
    check(&recourse(&both, &["doctor"]), 0, "can be written");
    check(&recourse(&format!("{both}&target_session_attrs=standby"), &["clock", "--once"]), 2, "standby");
    check(
        &recourse(&format!("{}&target_session_attrs=read-write", standby.url()), &["board"]),
        3,
        "not one that takes writes",
    );

    // The console reads it, too, and follows what comes from the primary.
    let mut command = CommandBuilder::new(super::harness::PROGRAM);
    command.env_clear();
    command.env("HOME", "/nonexistent");
    let mut console = Terminal::on(&url, command);
    console.wait("live");
    let opened = r#"{"type":"opened","provider":"tamara","order":"NEWS-1","at":"2026-11-27T09:00:00Z","currency":"SAR","amount":"1.00","merchant":"m"}"#;
    let file = super::cluster::folder("news");
    std::fs::write(&file, opened).unwrap();
    check(&recourse(&primary.url(), &["import", file.to_str().unwrap()]), 0, "");
    std::fs::remove_file(&file).unwrap();
    console.send(":view Due in 6 hours\r").wait("NEWS-1");
    console.send("2").wait("Timeline,");
    console.send("\x03").ended();
}
