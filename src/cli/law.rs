//! `recourse law`.

use std::io::Write;

use serde::Serialize;

use super::table::Table;
use crate::domain::{Provider, describe};
use crate::exit::{CliError, End};
use crate::settings::args::Law;

#[derive(Serialize)]
struct RuleLine {
    provider: &'static str,
    from: &'static str,
    actor: &'static str,
    action: &'static str,
    guard: String,
    to: &'static str,
    basis: &'static str,
    remark: &'static str,
}

/// Prints the law.
///
/// # Errors
///
/// [`CliError::Io`] if the output cannot be written.
pub fn law(form: &Law, json: bool, out: &mut dyn Write) -> Result<End, CliError> {
    for &provider in Provider::all() {
        if json {
            rules(provider, out)?;
        } else if form.mermaid {
            writeln!(out, "---\ntitle: {}\n---\n{}", provider.title(), describe::mermaid(provider))?;
        } else if form.markdown {
            writeln!(out, "### {}\n\n{}", provider.title(), describe::markdown(provider))?;
        } else {
            let mut table = Table::new(&describe::COLUMNS, &[]);
            for (from, rule) in provider.rules() {
                table.row(describe::cells(from, rule));
            }
            writeln!(out, "{}\n", provider.title())?;
            table.write(out)?;
            writeln!(out)?;
        }
    }
    Ok(End::Done)
}

fn rules(provider: Provider, out: &mut dyn Write) -> Result<(), CliError> {
    for (from, rule) in provider.rules() {
        let line = RuleLine {
            provider: provider.name(),
            from: from.name(),
            actor: rule.actor.name(),
            action: rule.action.name(),
            guard: rule.guard.to_string(),
            to: rule.to.name(),
            basis: rule.basis.name(),
            remark: rule.remark,
        };
        writeln!(out, "{}", crate::text::json(&line).map_err(std::io::Error::from)?)?;
    }
    Ok(())
}
