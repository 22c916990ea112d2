//! README's generated parts. `UPDATE=1 cargo test --test project` rewrites them.

use std::fmt::Write;
use std::path::Path;

use recourse::cases::law::rule_of;
use recourse::domain::CaseAction;
use recourse::domain::{Provider, describe};
use recourse::settings::keys;
use recourse::settings::keys::Scope;
use strum::VariantArray;

fn law() -> String {
    let mut told = String::new();
    for &provider in Provider::all() {
        let (diagram, tables) = (describe::mermaid(provider), describe::markdown(provider));
        writeln!(
            told,
            "### {}\n\n```mermaid\n{}\n```\n\n{}\n",
            provider.title(),
            diagram.trim_end(),
            tables.trim_end()
        )
        .expect("writing to a string works");
    }
    told.trim_end().to_owned()
}

fn table_of_deeds() -> String {
    let mut table =
        String::from("| letter | action | while the case is | owner | means |\n| --- | --- | --- | --- | --- |\n");
    for deed in CaseAction::VARIANTS {
        let rule = rule_of(*deed);
        let stages: Vec<&str> = rule.stages.iter().map(|stage| stage.name()).collect();
        let (letter, title, hands): (_, _, &str) = (rule.letter, deed.title(), rule.holder.into());
        let about = deed.definition().trim_end_matches('.');
        writeln!(table, "| `{letter}` | {title} | {} | {hands} | {about} |", stages.join(", "))
            .expect("writing to a string works");
    }
    table.trim_end().to_owned()
}

fn table_of_keys() -> String {
    let mut table = String::from("| where | keys | what |\n| --- | --- | --- |\n");
    for &scope in Scope::VARIANTS {
        for binding in keys::of(scope) {
            let keys = binding.keys.iter().map(|keys| format!("`{keys}`")).collect::<Vec<_>>().join(" ");
            writeln!(table, "| {} | {keys} | {} |", scope.title(), binding.about).expect("writing to a string works");
        }
    }
    table.trim_end().to_owned()
}

/// Puts a part between its two markers.
fn put(readme: &str, name: &str, part: &str) -> String {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let (before, rest) = readme.split_once(&begin).unwrap_or_else(|| panic!("README has no {begin:?}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("README has no {end:?}"));
    format!("{before}{begin}{part}\n{end}{after}")
}

#[test]
fn what_readme_shows_is_what_the_program_is() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&file).expect("README.md");
    let parts = [("law", law()), ("deeds", table_of_deeds()), ("keys", table_of_keys())];
    let current = parts.iter().fold(readme.clone(), |text, (name, part)| put(&text, name, part));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, current).expect("README.md");
    } else {
        assert!(current == readme, "README.md is not current: UPDATE=1 cargo test --test project");
    }
}
