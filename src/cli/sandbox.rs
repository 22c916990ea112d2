//! `recourse sandbox`: a provider to practise on.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::exit::{CliError, End};
use crate::sandbox::{self, Ask, Member, Sandbox};
use crate::serve::accounts::{self, Account, Key};
use crate::settings::Settings;
use crate::settings::ask::provider::SandboxAsk;

/// What the sandbox knows of an account.
fn member(account: &Account) -> Option<(String, Member)> {
    let key = match account.key.as_ref()? {
        Key::Bearer(token, _) => token.expose().to_owned(),
        Key::Pair(public, private) => format!("{}:{}", public.expose(), private.expose()),
    };
    let notify_with = account.notification_tokens.first().map(|(token, _)| token.expose().to_owned());
    Some((account.name.clone(), Member { provider: account.provider.name(), key, notify_with }))
}

/// The accounts of a file, as the sandbox knows them.
fn members(file: &Path) -> Result<BTreeMap<String, Member>, String> {
    let accounts = accounts::read(file).map_err(|fault| fault.to_string())?;
    Ok(accounts.iter().filter_map(member).collect())
}

/// Plays the providers until stopped. A hangup has the accounts read again.
///
/// # Errors
///
/// [`CliError::Usage`] if the accounts file is wrong; [`CliError::Missing`] if nothing can listen on the address.
pub async fn sandbox(settings: &Settings, ask: &SandboxAsk, out: &mut dyn Write) -> Result<End, CliError> {
    let file = super::serve::file(settings, ask.accounts.as_ref())?;
    let members = members(&file).map_err(CliError::Usage)?;
    let notify = ask.notify.as_ref().map(|url| url.trim_end_matches('/').to_owned());
    let sandbox = Sandbox::new(Ask { members, notify, faults: ask.fault.clone(), seed: ask.seed });
    let taken = |error: std::io::Error| {
        CliError::Missing(format!("cannot listen on {}: {}", ask.listen, crate::text::trouble(&error)))
    };
    let listener = TcpListener::bind(ask.listen).await.map_err(taken)?;
    writeln!(out, "http://{}", listener.local_addr()?)?;
    out.flush()?;
    let mut hup = signal(SignalKind::hangup())?;
    let served = sandbox::serve(sandbox.clone(), listener);
    let reloads = async {
        while hup.recv().await.is_some() {
            match self::members(&file) {
                Ok(members) => sandbox.set_members(members),
                Err(words) => tracing::error!("the accounts stay as they were: {words}"),
            }
        }
    };
    let mut stops = super::serve::stops()?;
    tokio::select! {
        ended = served => ended?,
        () = reloads => {}
        () = super::serve::stopped(&mut stops) => {}
    }
    Ok(End::Done)
}
