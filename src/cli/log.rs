//! The log of commands that run unattended: events with a level, as text or JSON, on standard error.

use std::io;

use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::settings::args::Args;
use crate::settings::prefs::{LogFormat, LogLevel};

/// Starts the log. Only this program's own events are logged: a library could name an address or a password.
pub fn start(args: &Args) {
    let level = match args.log {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    let ours = Targets::new().with_target("recourse", level);
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(false);
    let registry = tracing_subscriber::registry();
    // A second start, in a test, keeps the first log.
    _ = match args.log_format {
        LogFormat::Text => registry.with(lines.with_target(false).with_filter(ours)).try_init(),
        LogFormat::Json => registry.with(lines.json().flatten_event(true).with_filter(ours)).try_init(),
    };
}
