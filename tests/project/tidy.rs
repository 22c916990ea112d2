//! A file has one subject and stays readable. The limits were agreed in reviews.

use std::fs;
use std::path::{Path, PathBuf};

const FILE: usize = 500;
const FUNCTION: usize = 70;

fn sources(dir: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|end| end == "rs") {
            into.push(path);
        }
    }
}

pub fn all() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    sources(&root.join("tests"), &mut files);
    assert!(files.len() > 50, "the sources were not found");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a source");
        (path.strip_prefix(root).unwrap_or(&path).display().to_string(), text)
    };
    files.into_iter().map(read).collect()
}

/// The functions of a formatted file with their lengths, from `fn` to the closing brace with the same indentation.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let body = line.trim_start();
        let words = body.split('(').next().unwrap_or_default();
        let is_function = words.split(' ').rev().skip(1).any(|word| word == "fn")
            && !body.starts_with("//")
            && !body.starts_with('"');
        if is_function && !body.ends_with(';') {
            let end = format!("{}}}", &line[..line.len() - body.len()]);
            let length = lines[at..].iter().position(|later| **later == end).map_or(1, |length| length + 1);
            found.push((words.to_owned(), length));
        }
    }
    found
}

#[test]
fn files_and_functions_stay_small() {
    let (mut too_much, mut seen) = (Vec::new(), 0);
    for (name, text) in all() {
        let lines = text.lines().count();
        if lines > FILE {
            too_much.push(format!("{name}: {lines} lines"));
        }
        let functions = functions(&text);
        seen += functions.len();
        for (function, length) in functions.into_iter().filter(|(_, length)| *length > FUNCTION) {
            too_much.push(format!("{name}: {function} has {length} lines"));
        }
    }
    assert!(seen > 500, "only {seen} functions were recognised");
    assert!(too_much.is_empty(), "{}", too_much.join("\n"));
}

#[test]
fn every_file_says_its_subject_first() {
    let silent: Vec<String> = all().into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|it| it.0).collect();
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn every_dependency_says_why() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).expect("Cargo.toml");
    let from = text.find("[dependencies]").expect("dependencies");
    let to = text.find("[profile").expect("profiles");
    let named: Vec<&str> = text[from..to].lines().filter(|line| line.contains(" = ")).collect();
    let silent: Vec<&&str> = named.iter().filter(|line| !line.contains(" # ")).collect();
    assert!(named.len() > 20 && silent.is_empty(), "{silent:?}");
}

/// Each SQL file starts with what it is for.
#[test]
fn every_statement_says_what_it_is_for() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sql");
    for entry in fs::read_dir(dir).expect("assets/sql") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a statement");
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("-- ") && first.ends_with('.'), "{}: {first}", path.display());
    }
}
