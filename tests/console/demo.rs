//! The demo, in a real terminal: from the alert that an account is stopped to the cleared alert, without leaving the console.

use std::path::Path;

use portable_pty::CommandBuilder;
use serde_json::Value;

use super::harness::{PROGRAM, binaries};
use super::pty::Terminal;

#[test]
fn from_the_alert_to_the_cleared_alert() {
    let home = tempfile::tempdir().unwrap();
    let mut command = CommandBuilder::new(PROGRAM);
    command.env_clear();
    command.args(["demo", "--orders", "400"]);
    command.env("HOME", home.path());
    command.env("TMPDIR", home.path());
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    binaries().into_iter().for_each(|bin| command.env("RECOURSE_PG_BIN", bin));
    // The demo has a database of its own, whatever is named.
    let mut desk = Terminal::on("postgres://unused@127.0.0.1:1/unused", command);
    // It says what to do.
    desk.wait("the new token is demo-token-2").wait("live");
    desk.send("3").wait("the account jeddah-phones is stopped");
    desk.send("\t\t\r").wait("New token of the account jeddah-phones");
    // A wrong token helps no one, and a token is not shown.
    desk.send("another").wait("Token: *******");
    desk.send("\r").wait("Type another token");
    desk.send(&"\x7f".repeat(7)).wait("Token:  ");
    desk.send("demo-token-2\r").wait_until("no alert about the account", |screen, _| {
        !screen.contains("the account jeddah-phones is stopped") && !screen.contains("New token of")
    });
    // All of its orders are asked for, and leave when the provider has answered.
    desk.send("\tP").wait("Tamara would be asked for");
    desk.send("\r").wait("Type run");
    let asked = desk.text();
    let word = asked.split("Type ").nth(1).and_then(|rest| rest.split(" to continue").next()).unwrap().to_owned();
    desk.send(&word).send("\r").wait("finished");
    let orders: usize = word.trim_start_matches("run ").parse().unwrap();
    desk.wait(&format!("{orders} recorded, {orders} confirmed by the provider"));
    desk.send("\x1b").wait("Stuck at Approved");
    desk.wait_until("no alert about the merchant", |screen, _| {
        !screen.contains("jeddah-phones is stopped") && !screen.contains("a merchant is stuck/jeddah-phones")
    });
    desk.send("1").wait("Tamara");
    desk.send("4").wait("Requests to the providers").wait("done");
    desk.send("\x18d").wait("names masked");
    desk.send("\x03").ended();
    let typed = letters_of_the_recording(home.path());
    assert!(typed.contains("xxxxxxx") && typed.contains("xxxx-xxxxx-0"), "{typed}");
    assert!(!typed.contains("another") && !typed.contains("demo-token"), "{typed}");
}

/// All letters that the recording says were typed, one after the other.
fn letters_of_the_recording(home: &Path) -> String {
    let mut files = std::fs::read_dir(home.join(".local/state/recourse")).unwrap().map(|entry| entry.unwrap().path());
    let file = files.find(|file| file.extension().is_some_and(|end| end == "jsonl")).expect("a recording");
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter_map(|line| Some(line.pointer("/event/message/key/code/Char")?.as_str()?.to_owned())).collect()
}
