//! Plain English. Words and phrases that people stumble over stay out of screens, help, docs and comments.

use std::path::{Path, PathBuf};

use super::tidy::all;

/// What nobody has to read twice, with what to write instead.
const HARD: [(&str, &str); 20] = [
    ("anew", "again"),
    ("begun", "started"),
    ("bears", "has"),
    ("whoever", "the person who"),
    ("whatever comes", "all"),
    ("beside", "next to"),
    ("by itself", "automatically"),
    ("comes to", "becomes, or results in"),
    ("in one hand", "(login) has this case"),
    ("under the keys", "on the keys"),
    ("lies with", "is for"),
    ("is to be", "must be"),
    ("of a dispute", "of a case"),
    ("asked wrongly", "wrong usage"),
    ("somebody", "someone"),
    ("nobody has it", "unclaimed"),
    ("take in", "import"),
    ("takes in", "imports"),
    ("taken in", "imported"),
    ("told outside", "sent"),
];

/// The hard words in a text, whatever their case. A phrase counts only as whole words.
fn hard(text: &str) -> Vec<&'static str> {
    let text = text.to_lowercase();
    let ends = |letter: Option<char>| !letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    let is_in = |phrase: &str| {
        text.match_indices(phrase)
            .any(|(at, _)| ends(text[..at].chars().next_back()) && ends(text[at + phrase.len()..].chars().next()))
    };
    HARD.iter().map(|(phrase, _)| *phrase).filter(|phrase| is_in(phrase)).collect()
}

/// The pages that people read, by name.
pub fn pages() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let of = |folder: &Path, end: &str| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        entries.filter(|path| path.extension().is_some_and(|it| it == end)).collect()
    };
    let mut files = [of(root, "md"), of(&root.join("docs"), "md")].concat();
    files.sort();
    assert!(files.len() > 10, "the pages were not found");
    let name = |path: &PathBuf| path.strip_prefix(root).unwrap_or(path).display().to_string();
    files.iter().map(|path| (name(path), std::fs::read_to_string(path).expect("a page"))).collect()
}

/// What a line of Rust says to people: its comment, and what is in its quotes.
fn said(line: &str) -> String {
    let (mut text, mut quoted, mut letters) = (String::new(), false, line.chars().peekable());
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if quoted => _ = letters.next(),
            '"' => {
                quoted = !quoted;
                text.push('\n');
            }
            '/' if !quoted && letters.peek() == Some(&'/') => {
                text.extend(letters);
                return text;
            }
            letter if quoted => text.push(letter),
            _ => {}
        }
    }
    text
}

fn check(name: &str, lines: impl Iterator<Item = String>, found: &mut Vec<String>) {
    for (at, line) in lines.enumerate() {
        found.extend(hard(&line).into_iter().map(|phrase| format!("{name}:{}: {phrase:?} in {line:?}", at + 1)));
    }
}

#[test]
fn comments_and_messages_are_plain() {
    let mut found = Vec::new();
    for (name, text) in all().into_iter().filter(|(name, _)| name != "tests/project/words.rs") {
        check(&name, text.lines().map(said), &mut found);
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn pages_screens_and_the_database_are_plain() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for (name, text) in pages() {
        check(&name, text.lines().map(str::to_owned), &mut found);
    }
    let mut seen = 0;
    for (folder, begins) in
        [("tests/console/snapshots", ""), ("tests/law/snapshots", ""), ("assets/sql", "--"), ("assets/schema", "--")]
    {
        for entry in std::fs::read_dir(root.join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            seen += 1;
            let lines = text.lines().filter(|line| line.trim_start().starts_with(begins)).map(str::to_owned);
            check(&path.display().to_string(), lines, &mut found);
        }
    }
    assert!(seen > 100, "the screens and statements were not found");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn help_is_plain() {
    fn every(command: &mut clap::Command, found: &mut Vec<String>) {
        let text = command.render_long_help().to_string();
        check(&format!("help of {}", command.get_name()), text.lines().map(str::to_owned), found);
        for sub in command.get_subcommands_mut() {
            every(sub, found);
        }
    }
    let mut found = Vec::new();
    let mut whole = recourse::settings::help::command();
    whole.build();
    every(&mut whole, &mut found);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_hard_word_is_found() {
    let check = |text: &str, expect: &[&str]| assert_eq!(hard(text), expect);
    check("Read it Anew.", &["anew"]);
    check("It comes\u{a0}to an end", &[]);
    check("it comes to nothing", &["comes to"]);
    check("forbears", &[]);
    assert_eq!(said(r#"let a = "bears \" it"; // anew"#), "\nbears  it\n/ anew");
}
