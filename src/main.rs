//! Turns arguments into an exit code. The only place that prints.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use recourse::cli;
use recourse::console;
use recourse::exit::{CliError, End};
use recourse::settings::Settings;
use recourse::settings::args::Verb;
use recourse::store::embedded;

/// The libraries that take apart what the server sends. Where it sends what no PostgreSQL would, they panic.
const READERS: [&str; 2] = ["/bytes-", "/sqlx-"];

/// Tells a server that lies as one, instead of showing where a library gave up.
fn tell_lies_apart() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(|place| place.file().to_owned()).unwrap_or_default();
        if READERS.iter().any(|reader| place.contains(reader)) {
            let words =
                "recourse: no database: the server sent what no PostgreSQL sends; check that the address is right";
            _ = writeln!(io::stderr(), "{words}");
            std::process::exit(End::NoDatabase as i32);
        }
        before(panic);
    }));
}

fn main() -> ExitCode {
    tell_lies_apart();
    let mut words = std::env::args_os().skip(1);
    if words.next().is_some_and(|word| word == embedded::KEEPER) {
        let arguments: Vec<PathBuf> = words.map(PathBuf::from).collect();
        return match embedded::keep(&arguments) {
            Ok(_) => ExitCode::SUCCESS,
            Err(error) => complain(&error, End::Failed),
        };
    }
    let settings = match Settings::load() {
        Ok(settings) => settings,
        // A monitoring system must not mistake a wrong line in the configuration for a critical alert.
        Err(fault) => {
            let words: Vec<_> = std::env::args().collect();
            let asks = |word: &str| words.iter().any(|it| it == word);
            let end = if (asks("stuck") || asks("watch")) && asks("--once") { End::NoDatabase } else { End::Usage };
            return complain(&fault, end);
        }
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error, End::Failed),
    };
    let code = runtime.block_on(run(&settings));
    // A pending read of standard input must not delay the exit.
    runtime.shutdown_background();
    code
}

async fn run(settings: &Settings) -> ExitCode {
    let mut out = BufWriter::new(io::stdout());
    let ended = match &settings.args.verb {
        None => console::open(settings).await.map(|()| End::Done),
        Some(Verb::Demo(ask)) => console::demo(settings, ask).await.map(|()| End::Done),
        Some(Verb::Replay(ask)) => console::replay(settings, ask, &mut out).await.map(|()| End::Done),
        Some(Verb::Screenshot(ask)) => console::screenshot(settings, ask).await.map(|()| End::Done),
        Some(verb) => cli::run(settings, verb, &mut out).await,
    };
    let ended = ended.and_then(|end| out.flush().map(|()| end).map_err(CliError::from));
    match ended {
        Ok(end) => ExitCode::from(end as u8),
        // The reader closed the pipe; that is no error.
        Err(CliError::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => complain(&error, error.end()),
    }
}

fn complain(error: &dyn std::error::Error, end: End) -> ExitCode {
    // The error may quote text from outside, so each line is cleaned.
    let lines: Vec<String> = error.to_string().lines().map(recourse::text::clean).collect();
    _ = writeln!(io::stderr(), "recourse: {}", lines.join("\n"));
    ExitCode::from(end as u8)
}
