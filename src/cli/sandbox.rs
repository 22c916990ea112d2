//! `recourse sandbox`: a provider to practise on.

use std::collections::BTreeMap;
use std::io::Write;

use tokio::net::TcpListener;

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

/// Plays the providers until stopped.
///
/// # Errors
///
/// [`CliError::Usage`] if the accounts file is wrong; [`CliError::Missing`] if nothing can listen on the address.
pub async fn sandbox(settings: &Settings, ask: &SandboxAsk, out: &mut dyn Write) -> Result<End, CliError> {
    let file = super::serve::file(settings, ask.accounts.as_ref())?;
    let accounts = accounts::read(&file).map_err(|fault| CliError::Usage(fault.to_string()))?;
    let members: BTreeMap<String, Member> = accounts.iter().filter_map(member).collect();
    let notify = ask.notify.as_ref().map(|url| url.trim_end_matches('/').to_owned());
    let sandbox = Sandbox::new(Ask { members, notify, faults: ask.fault.clone(), seed: ask.seed });
    let taken = |error: std::io::Error| {
        CliError::Missing(format!("cannot listen on {}: {}", ask.listen, crate::text::trouble(&error)))
    };
    let listener = TcpListener::bind(ask.listen).await.map_err(taken)?;
    writeln!(out, "http://{}", listener.local_addr()?)?;
    out.flush()?;
    match super::until_stopped(sandbox::serve(sandbox, listener)).await {
        Some(Err(error)) => Err(error.into()),
        Some(Ok(())) | None => Ok(End::Done),
    }
}
