//! Rooms know only the rooms below them, and no two know each other. Read from the imports of the source.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::tidy::all;

/// The rooms from the ground up. A room may use those before it, and no others.
const ORDER: [&str; 16] = [
    "text", "domain", "records", "query", "cases", "stuck", "wire", "sample", "store", "intake", "desk", "work",
    "exit", "settings", "cli", "console",
];

/// Rooms that never touch the database: they judge what they are given.
const PURE: [&str; 7] = ["domain", "records", "query", "cases", "stuck", "wire", "sample"];

/// The rooms that each room imports, outside of its tests, with the files that do.
fn imports() -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
    let mut rooms: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for (name, text) in all() {
        let Some(rest) = name.strip_prefix("src/") else { continue };
        let room = rest.split('/').next().unwrap_or(rest).trim_end_matches(".rs");
        if matches!(room, "lib" | "main") {
            continue;
        }
        let known = rooms.entry(room.to_owned()).or_default();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for path in line.split("crate::").skip(1) {
                let other: String =
                    path.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
                if other != room && ORDER.contains(&other.as_str()) {
                    known.entry(other).or_default().insert(name.clone());
                }
            }
        }
    }
    rooms
}

#[test]
fn rooms_use_only_the_rooms_below_them() {
    let rooms = imports();
    let listed: BTreeSet<&str> = ORDER.into();
    let found: BTreeSet<&str> = rooms.keys().map(String::as_str).collect();
    assert_eq!(found, listed, "a room is not in the order");
    assert!(rooms.values().map(BTreeMap::len).sum::<usize>() > 50, "the imports were not found");
    let height = |room: &str| ORDER.iter().position(|it| *it == room);
    let mut wrong = Vec::new();
    for (room, others) in &rooms {
        for (other, files) in others.iter().filter(|(other, _)| height(other) >= height(room)) {
            wrong.push(format!("{room} uses {other}: {files:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Cli and console are two ways to the same use cases, and do not know each other.
#[test]
fn what_judges_reads_no_database() {
    let rooms = imports();
    for room in PURE {
        let touches: Vec<&String> = rooms[room].keys().filter(|it| matches!(it.as_str(), "store" | "desk")).collect();
        assert!(touches.is_empty(), "{room} uses {touches:?}");
    }
    assert!(!rooms["console"].contains_key("cli") && !rooms["cli"].contains_key("console"));
}

/// The domain compiles alone: it names no crate but a time type and an enum helper.
#[test]
fn the_domain_stands_alone() {
    assert!(imports()["domain"].is_empty());
    for (name, text) in all().iter().filter(|(name, _)| name.starts_with("src/domain")) {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for taboo in ["tokio", "sqlx", "ratatui", "crossterm", "std::fs", "std::net", "Utc::now"] {
            assert!(!code.contains(taboo), "{name} uses {taboo}");
        }
    }
    assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain/providers").is_dir());
}
