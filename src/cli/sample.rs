//! `recourse sample`.

use std::io::Write;

use crate::exit::{CliError, End};
use crate::sample::Extras;
use crate::settings::args::Sample;

/// Writes sample facts.
///
/// # Errors
///
/// [`CliError::Io`] if the output cannot be written.
pub fn sample(ask: &Sample, out: &mut dyn Write) -> Result<End, CliError> {
    let extras = Extras { faults: ask.faults, evidence: ask.evidence };
    crate::sample::write(ask.orders, ask.seed, ask.until, extras, out)?;
    Ok(End::Done)
}
