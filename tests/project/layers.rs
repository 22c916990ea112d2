//! Rooms know only the rooms below them, and no two know each other. Read from the imports of the source.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::tidy::all;

/// The rooms from the ground up. A room may use those before it, and no others.
const ORDER: [&str; 18] = [
    "domain", "text", "records", "query", "cases", "stuck", "wire", "sample", "sandbox", "store", "intake", "desk",
    "work", "serve", "exit", "settings", "cli", "console",
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

/// The paths of a `use` tree, one for each leaf.
fn leaves(tree: &str) -> Vec<String> {
    let Some((before, rest)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or(tree);
        return vec![path.trim().to_owned()];
    };
    let inner = rest.rsplit_once('}').map_or(rest, |(inner, _)| inner);
    let (mut depth, mut pieces) = (0, vec![String::new()]);
    for letter in inner.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                pieces.push(String::new());
                continue;
            }
            _ => {}
        }
        pieces.last_mut().unwrap().push(letter);
    }
    let pieces = pieces.iter().map(|piece| piece.trim()).filter(|piece| !piece.is_empty());
    pieces.flat_map(|piece| leaves(&format!("{}{piece}", before.trim()))).collect()
}

/// The module of a file, as a path from the crate.
fn module(name: &str) -> Vec<String> {
    let path = name.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    path.split('/').map(str::to_owned).collect()
}

/// The files of the console that each of its files imports, outside of its tests.
fn console_imports() -> BTreeMap<String, BTreeSet<String>> {
    let files: Vec<(String, String)> =
        all().into_iter().filter(|(name, _)| name.starts_with("src/console/") || name == "src/console.rs").collect();
    let modules: BTreeMap<Vec<String>, String> = files.iter().map(|(name, _)| (module(name), name.clone())).collect();
    let file_of = |path: &[String]| (1..=path.len()).rev().find_map(|end| modules.get(&path[..end]));
    let mut found = BTreeMap::new();
    for (name, text) in &files {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code: String =
            code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        let here = module(name);
        let absolute = |path: &str| -> Option<Vec<String>> {
            let segments: Vec<&str> = path.split("::").map(str::trim).collect();
            let supers = segments.iter().take_while(|segment| **segment == "super").count();
            match segments[0] {
                "crate" => Some(segments[1..].iter().map(|it| (*it).to_owned()).collect()),
                "super" => {
                    let mut path = here[..here.len() - supers].to_vec();
                    path.extend(segments[supers..].iter().map(|it| (*it).to_owned()));
                    Some(path)
                }
                _ => None,
            }
        };
        let mut paths = Vec::new();
        for statement in code.split("\nuse ").skip(1).chain(code.strip_prefix("use ")) {
            let tree: String =
                statement.split(';').next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
            paths.extend(leaves(&tree).iter().filter_map(|path| absolute(path)));
        }
        // A module that was imported as such, followed by the file in it: `stuck::loads::pump`.
        let folders: Vec<Vec<String>> =
            paths.iter().filter(|path| modules.get(*path).is_some_and(|it| it.ends_with("mod.rs"))).cloned().collect();
        for folder in folders {
            let alias = format!("{}::", folder.last().unwrap());
            for rest in code.split(&alias).skip(1) {
                let next: String = rest.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
                paths.push(folder.iter().cloned().chain([next]).collect());
            }
        }
        let others = paths.iter().filter_map(|path| file_of(path)).filter(|other| *other != name).cloned();
        found.insert(name.clone(), others.collect::<BTreeSet<_>>());
    }
    found
}

/// No two files of the console know each other, not even by way of others: each can be understood without what is above it.
#[test]
fn no_circle_of_files_in_the_console() {
    let mut imports = console_imports();
    assert!(
        imports.len() > 60 && imports.values().map(BTreeSet::len).sum::<usize>() > 300,
        "the imports were not found"
    );
    // Files that import nothing that is left are understood; what never is, is in a circle.
    loop {
        let known: BTreeSet<String> = imports.keys().cloned().collect();
        let before = imports.len();
        imports.retain(|_, others| others.iter().any(|other| known.contains(other)));
        if imports.len() == before {
            break;
        }
    }
    // Files that only use a circle are not part of it.
    loop {
        let used: BTreeSet<String> = imports.values().flatten().cloned().collect();
        let before = imports.len();
        imports.retain(|name, _| used.contains(name));
        if imports.len() == before {
            break;
        }
    }
    assert!(imports.is_empty(), "a circle of files: {:#?}", imports);
}

/// What every screen is made of knows no screen.
#[test]
fn the_kit_knows_no_screen() {
    for (name, others) in console_imports().iter().filter(|(name, _)| name.starts_with("src/console/kit/")) {
        let above: Vec<&String> = others.iter().filter(|other| !other.starts_with("src/console/kit/")).collect();
        assert!(above.is_empty(), "{name} uses {above:?}");
    }
}
