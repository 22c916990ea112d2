//! `recourse sample`.

use std::io::Write;

use super::args::Sample;
use super::{CliError, End};

/// Writes a stream of made-up lives.
pub fn sample(ask: &Sample, out: &mut dyn Write) -> Result<End, CliError> {
    crate::sample::write(ask.orders, ask.seed, ask.until, ask.faults, out)?;
    Ok(End::Done)
}
