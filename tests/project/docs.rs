//! The generated parts of the pages in docs. `UPDATE=1 cargo test --test project` rewrites them.

use std::fmt::Write;
use std::path::Path;

use recourse::cases::law::rule_of;
use recourse::domain::permission::{Task, proof};
use recourse::domain::role::{Proof, Role};
use recourse::domain::{CaseAction, Provider, describe};
use recourse::query;
use recourse::settings::SETTINGS;
use recourse::settings::help;
use recourse::settings::keys::{self, Scope};
use strum::VariantArray;

type Generate = fn() -> String;

/// The pages, the name of the part that is generated in each, and what generates it.
const PARTS: [(&str, &str, Generate); 8] = [
    ("docs/law.md", "law", law),
    ("docs/law.md", "permissions", who_may),
    ("docs/keys.md", "keys", keys_of_all),
    ("docs/disputes.md", "case actions", case_actions),
    ("docs/query.md", "query", query_terms),
    ("docs/configuration.md", "settings", settings),
    ("docs/command-line.md", "commands", commands),
    ("docs/upgrading.md", "versions", versions),
];

/// Which program works with which law and schema.
fn versions() -> String {
    let row = [
        env!("CARGO_PKG_VERSION").to_owned(),
        recourse::domain::law::VERSION.to_string(),
        recourse::store::schema::PARTS.iter().count().to_string(),
    ];
    table(&["program", "law", "parts of the schema"], [row.to_vec()])
}

fn law() -> String {
    let mut text = String::new();
    for &provider in Provider::all() {
        let (diagram, tables) = (describe::mermaid(provider), describe::markdown(provider));
        let (title, diagram, tables) = (provider.title(), diagram.trim_end(), tables.trim_end());
        writeln!(text, "## {title}\n\n```mermaid\n{diagram}\n```\n\n{tables}\n").expect("writing to a string works");
    }
    text
}

/// A table in Markdown. A bar in a cell does not end it.
fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let rows = rows.into_iter().map(|cells| line(cells.iter().map(|cell| cell.replace('|', "\\|")).collect()));
    let names = line(head.iter().map(|name| (*name).to_owned()).collect());
    names + &line(vec!["---".to_owned(); head.len()]) + &rows.collect::<String>()
}

fn who_may() -> String {
    let cell = |role, task| match proof(role, task) {
        None => "",
        Some(Proof::Nothing) => "yes",
        Some(Proof::Note) => "with a note",
        Some(Proof::Reference) => "with a payment reference",
    };
    let row = |task: Task| {
        let cells = Role::VARIANTS.iter().map(move |&role| cell(role, task).to_owned());
        [task.object().to_owned(), task.action().replace('_', " ")].into_iter().chain(cells).collect()
    };
    let roles = Role::VARIANTS.iter().map(|role| role.name());
    let head: Vec<&str> = ["on", "to do"].into_iter().chain(roles).collect();
    table(&head, Task::all().into_iter().map(row))
}

fn case_actions() -> String {
    let row = |action: &CaseAction| {
        let rule = rule_of(*action);
        let stages: Vec<&str> = rule.stages.iter().map(|stage| stage.name()).collect();
        let owner: &str = rule.holder.into();
        let about = action.definition().trim_end_matches('.').to_owned();
        vec![
            format!("`{}`", rule.letter),
            action.title().to_owned(),
            stages.join(", "),
            owner.replace("nobody", "no one"),
            about,
        ]
    };
    table(&["letter", "action", "while the case is", "owner", "means"], CaseAction::VARIANTS.iter().map(row))
}

fn keys_of_all() -> String {
    let rows = Scope::VARIANTS.iter().flat_map(|&scope| {
        keys::of(scope).map(move |binding| {
            let keys: Vec<String> = binding.keys.iter().map(|keys| format!("`{keys}`")).collect();
            vec![scope.title().to_owned(), keys.join(" "), binding.about.to_owned()]
        })
    });
    table(&["where", "keys", "what"], rows)
}

fn query_terms() -> String {
    let row = |key: &query::Key| vec![format!("`{}`", key.example), key.about.to_owned()];
    table(&["term", "finds"], query::KEYS.iter().map(row))
}

fn settings() -> String {
    let rows = SETTINGS.iter().map(|setting| {
        let env = setting.env().map(|env| format!("`{env}`")).unwrap_or_default();
        vec![format!("`{}`", setting.name), env, setting.about()]
    });
    table(&["setting", "environment", "what"], rows)
}

fn commands() -> String {
    let whole = help::command();
    let about = |name: &str| whole.find_subcommand(name).and_then(|it| it.get_about()).map(ToString::to_string);
    let rows = help::GROUPS.iter().flat_map(|(group, names)| {
        names.iter().map(|name| vec![(*group).to_owned(), format!("`{name}`"), about(name).expect("a command")])
    });
    table(&["for", "command", "what it does"], rows)
}

/// Puts a part between its two markers.
fn put(page: &str, name: &str, part: &str) -> String {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let (before, rest) = page.split_once(&begin).unwrap_or_else(|| panic!("no page has {begin:?}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("no page has {end:?}"));
    format!("{before}{begin}\n{}\n\n{end}{after}", part.trim_end())
}

#[test]
fn the_pages_show_what_the_program_is() {
    for (page, name, part) in PARTS {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        let text = std::fs::read_to_string(&file).expect("a page");
        let current = put(&text, name, &part());
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, current).expect("a page");
        } else {
            assert!(current == text, "{page} is not current: UPDATE=1 cargo test --test project");
        }
    }
}

/// Every link between the pages leads to a file.
#[test]
fn links_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for (name, text) in super::words::pages() {
        let folder = root.join(&name).parent().expect("a folder").to_owned();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap_or_default();
            if path.is_empty() || path.contains("://") {
                continue;
            }
            assert!(folder.join(path).exists(), "{name} links {link}, which does not exist");
            count += 1;
        }
    }
    assert!(count > 10, "the links were not found");
}

#[test]
fn readme_is_for_the_first_ten_minutes() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("README.md");
    assert!(readme.lines().count() <= 200, "README.md has {} lines", readme.lines().count());
}

/// The pages name files of this tree in backquotes; each of them exists. `<name>` and Acme are files that a reader adds.
#[test]
fn files_that_the_pages_name_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for (page, text) in super::words::pages() {
        for named in text.split('`').skip(1).step_by(2) {
            let is_path = ["src/", "tests/", "assets/", "docs/", ".ci/"].iter().any(|folder| named.starts_with(folder));
            if !is_path || named.contains(['*', '<', '{', ' ', '\n']) || named.contains("acme") {
                continue;
            }
            let path = named.split(':').next().unwrap_or_default();
            assert!(root.join(path).exists(), "{page} names {named}, which does not exist");
            count += 1;
        }
    }
    assert!(count > 30, "only {count} names were found");
}
