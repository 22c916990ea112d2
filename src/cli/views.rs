//! Views on the command line: the person's own, and the shared ones.

use serde::Serialize;

use super::Desk;
use super::table::Table;
use crate::desk::team;
use crate::exit::{CliError, End};
use crate::settings::Settings;
use crate::settings::ask::{View as Ask, ViewVerb};
use crate::settings::view::View;
use crate::store::views;

#[derive(Serialize)]
struct Line<'a> {
    view: &'a str,
    query: &'a str,
    shared: bool,
}

fn read(name: &str, query: &str) -> Result<View, CliError> {
    View::new(name, query, true).map_err(|fault| CliError::Usage(format!("--where:\n{}", fault.pointing(query))))
}

/// The person's own, then the shared ones.
async fn all(desk: &Desk<'_>, settings: &Settings) -> Result<Vec<(String, String, bool)>, CliError> {
    let mine = settings.views.iter().map(|(view, _)| (view.name.clone(), view.text.clone(), false));
    let shared = views::all(&desk.store).await?.into_iter().map(|(name, query)| (name, query, true));
    Ok(mine.chain(shared).collect())
}

/// The query of a view.
///
/// # Errors
///
/// [`CliError::Usage`] if there is no view of this name; [`CliError::Store`] if the shared views cannot be read.
pub async fn query(desk: &Desk<'_>, settings: &Settings, name: &str) -> Result<String, CliError> {
    let known = all(desk, settings).await?;
    let found = known.iter().find(|(known, ..)| known == name).map(|(_, query, _)| query.clone());
    found.ok_or_else(|| {
        let names: Vec<String> = known.iter().map(|(name, ..)| format!("{name:?}")).collect();
        CliError::Usage(format!("no view {name:?}: use one of {}", names.join(", ")))
    })
}

/// Lists, saves or removes views.
///
/// # Errors
///
/// [`CliError::Usage`] if a view has no name or its query cannot be read; [`CliError::Missing`] if the one to remove is
/// not shared; [`CliError::Store`] if the database fails.
pub async fn view(desk: &mut Desk<'_>, settings: &Settings, ask: &Ask) -> Result<End, CliError> {
    if ask.verb.is_some() {
        desk.writes()?;
    }
    match &ask.verb {
        Some(ViewVerb::Save { name, query }) => {
            let name = name.trim();
            if name.is_empty() {
                return Err(CliError::Usage("a view needs a name".to_owned()));
            }
            read(name, query)?;
            team::change_view(&desk.store, name, Some(query)).await?;
        }
        Some(ViewVerb::Remove { name }) => {
            if !views::all(&desk.store).await?.iter().any(|(known, _)| known == name) {
                return Err(CliError::Missing(format!(
                    "no shared view {name:?}; remove your own views in your configuration"
                )));
            }
            team::change_view(&desk.store, name, None).await?;
        }
        None => {
            let mut table = Table::new(&["view", "query", "owner"], &[]);
            for (view, query, shared) in all(desk, settings).await? {
                if desk.json {
                    desk.line(&Line { view: &view, query: &query, shared })?;
                } else {
                    table.row([view, query, if shared { "everyone" } else { "you" }.to_owned()]);
                }
            }
            if !desk.json {
                table.write(desk.out)?;
            }
        }
    }
    Ok(End::Done)
}
