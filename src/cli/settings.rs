//! The program about itself: `config`, `completions`, `man`.

use std::io::Write;
use std::path::Path;

use clap::CommandFactory;
use serde::Serialize;

use super::table::Table;
use crate::exit::{CliError, End};
use crate::settings::args::Args;
use crate::settings::ask::Config;
use crate::settings::keys;
use crate::settings::{Origin, SETTINGS, Settings, template};

#[derive(Serialize)]
struct Line<'a> {
    setting: &'a str,
    value: &'a str,
    origin: &'a str,
}

/// Prints the settings and where each came from, or the commented default.
///
/// # Errors
///
/// [`CliError::Io`] if the output cannot be written; [`CliError::Usage`] if the defaults for the template cannot be
/// read.
pub fn config(settings: &Settings, ask: &Config, out: &mut dyn Write) -> Result<End, CliError> {
    if ask.template {
        let matches = Args::command().mut_args(|argument| argument.env(None::<&str>)).get_matches_from(["recourse"]);
        let defaults = <Args as clap::FromArgMatches>::from_arg_matches(&matches)
            .map_err(|error| CliError::Usage(error.to_string()))?;
        out.write_all(template(&defaults).as_bytes())?;
        return Ok(End::Done);
    }
    let mut lines: Vec<(String, String, String)> = Vec::new();
    let path = settings.path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let there = settings.path.as_ref().is_some_and(|path| path.exists());
    lines.push(("configuration file".to_owned(), path, if there { "read" } else { "not there" }.to_owned()));
    for (setting, origin) in SETTINGS.iter().zip(&settings.origins) {
        lines.push((setting.name.to_owned(), (setting.show)(&settings.args), origin.to_string()));
    }
    if settings.args.no_color() {
        lines.push(("colours".to_owned(), "none".to_owned(), Origin::Environment("NO_COLOR".to_owned()).to_string()));
    }
    for (view, origin) in &settings.views {
        lines.push((format!("views.{}", view.name), view.text.clone(), origin.to_string()));
    }
    for (rule, origin) in &settings.alerts {
        lines.push((format!("alerts.{}", rule.name), rule.text.clone(), origin.to_string()));
    }
    for (provider, (link, origin)) in &settings.links {
        lines.push((format!("links.{provider}"), link.clone(), origin.to_string()));
    }
    for (scope, command, origin) in &settings.bound {
        let bound = keys::TABLE.iter().find(|it| it.scope.name() == scope && it.command.name() == command);
        let keys = bound.map(|binding| settings.keys.keys(binding).join("  ")).unwrap_or_default();
        lines.push((format!("keys.{scope}.{command}"), keys, origin.to_string()));
    }
    let mut table = Table::new(&["setting", "value", "from"], &[]);
    for (setting, value, origin) in lines {
        if settings.args.json {
            let line = Line { setting: &setting, value: &value, origin: &origin };
            writeln!(out, "{}", crate::text::json(&line).map_err(std::io::Error::from)?)?;
        } else {
            table.row([setting, value, origin]);
        }
    }
    if !settings.args.json {
        table.write(out)?;
    }
    Ok(End::Done)
}

/// Prints completions for a shell.
///
/// # Errors
///
/// [`CliError::Io`] if the output cannot be written.
pub fn completions(shell: clap_complete::Shell, out: &mut dyn Write) -> Result<End, CliError> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "recourse", &mut text);
    out.write_all(&text)?;
    Ok(End::Done)
}

/// Prints a man page, or writes all of them into a folder.
///
/// # Errors
///
/// [`CliError::Usage`] if there is no such command; [`CliError::Missing`] if the folder cannot be written; [`CliError::Io`] if the output
/// cannot be written.
pub fn man(command: Option<&str>, folder: Option<&Path>, out: &mut dyn Write) -> Result<End, CliError> {
    let mut whole = Args::command();
    if let Some(folder) = folder {
        clap_mangen::generate_to(whole, folder)
            .map_err(|error| CliError::Missing(format!("{}: {}", folder.display(), crate::text::trouble(&error))))?;
        return Ok(End::Done);
    }
    whole.build();
    let wanted = match command {
        None => whole,
        Some(name) => {
            let missing = || CliError::Usage(format!("no command {name:?}; see recourse help"));
            let found = whole.find_subcommand(name).ok_or_else(missing)?;
            found.clone()
        }
    };
    clap_mangen::Man::new(wanted).render(out)?;
    Ok(End::Done)
}
