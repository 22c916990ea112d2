//! `recourse metrics`: metrics for Prometheus, on this machine only.

use chrono::Utc;
use tokio::net::TcpListener;

use super::Desk;
use crate::exit::{CliError, End};
use crate::settings::ask::work::Metrics;
use crate::work::metrics;

/// Prints the metrics once, or serves them until stopped.
///
/// # Errors
///
/// [`CliError::Usage`] if the address can be reached from other machines; [`CliError::Missing`] if
/// nothing can listen on it; [`CliError::Store`] if the metrics cannot be read.
pub async fn metrics(desk: &mut Desk<'_>, ask: &Metrics) -> Result<End, CliError> {
    if ask.once {
        let text = metrics::text(&desk.store, Utc::now(), None).await?;
        write!(desk.out, "{text}")?;
        return Ok(End::Done);
    }
    if !ask.listen.ip().is_loopback() {
        let advice = "use an address like 127.0.0.1:9464, and a proxy with a password in front of it";
        return Err(CliError::Usage(format!(
            "metrics are served on this machine only, not on {}; {advice}",
            ask.listen
        )));
    }
    let taken = |error: std::io::Error| {
        CliError::Missing(format!("cannot listen on {}: {}", ask.listen, crate::text::trouble(&error)))
    };
    let listener = TcpListener::bind(ask.listen).await.map_err(taken)?;
    let address = listener.local_addr()?;
    tracing::info!(%address, "serving metrics");
    writeln!(desk.out, "http://{address}/metrics")?;
    desk.out.flush()?;
    match super::until_stopped(metrics::serve(desk.store.clone(), listener)).await {
        Some(Err(error)) => Err(error.into()),
        Some(Ok(())) | None => Ok(End::Done),
    }
}
