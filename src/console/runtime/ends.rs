//! The signals that end the console, each with the terminal restored.

use std::future::poll_fn;
use std::io;
use std::task::Poll;

use nix::sys::signal::Signal as Number;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Every signal that ends a program and can be caught, but for those of a broken program.
const ENDING: &[Number] = &[
    Number::SIGTERM,
    Number::SIGHUP,
    Number::SIGINT,
    Number::SIGQUIT,
    Number::SIGALRM,
    Number::SIGUSR1,
    Number::SIGUSR2,
    Number::SIGABRT,
    Number::SIGXCPU,
    Number::SIGXFSZ,
    Number::SIGVTALRM,
    Number::SIGPROF,
    Number::SIGIO,
    #[cfg(target_os = "linux")]
    Number::SIGPWR,
    #[cfg(target_os = "linux")]
    Number::SIGSTKFLT,
];

/// Listens for them, from now on.
///
/// # Errors
///
/// The error of the system, if a signal cannot be received.
pub fn listen() -> io::Result<Vec<Signal>> {
    ENDING.iter().map(|number| signal(SignalKind::from_raw(*number as i32))).collect()
}

/// Waits for one of them.
pub async fn arrived(signals: &mut [Signal]) {
    poll_fn(|context| {
        let ready = signals.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
        if ready { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}
