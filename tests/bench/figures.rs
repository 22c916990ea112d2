//! Measures the figures of README, as ratios within one run: `cargo bench`. Arguments select groups of figures:
//! `cargo bench -- desk watch`.

mod console;
mod desk;
mod fill;
#[path = "../harness/mod.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod harness;
mod intake;
mod live;
#[path = "../serve/peer.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod peer;
mod questions;
mod reading;
mod serving;
mod statements;
mod watch;
mod writing;

use std::time::Duration;

use recourse::store::embedded::{Embedded, Keeping, Settings};

/// A measured figure and its aim.
pub struct Figure {
    pub what: &'static str,
    pub value: String,
    pub aim: &'static str,
}

/// A durable server: its commits wait for the disk. Figures from any other server would mean little.
pub fn server() -> &'static Embedded {
    static SERVER: std::sync::OnceLock<Embedded> = std::sync::OnceLock::new();
    let settings = Settings { keeping: Keeping::Durable, ..harness::settings("bench") };
    SERVER.get_or_init(|| Embedded::join(&settings).expect("a private server"))
}

pub fn median(times: Vec<Duration>) -> Duration {
    quantile(times, 0.5)
}

/// The value that this share of the measurements, from 0 to 1, does not exceed.
pub fn quantile(mut times: Vec<Duration>, share: f64) -> Duration {
    times.sort();
    times[((times.len() - 1) as f64 * share) as usize]
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let wanted = |name: &str| words.is_empty() || words.iter().any(|word| word == name);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut figures = Vec::new();
    runtime.block_on(async {
        if wanted("writing") {
            figures.extend(writing::figures().await);
        }
        if wanted("intake") {
            figures.extend(intake::figures().await);
        }
        if wanted("desk") {
            figures.extend(desk::figures().await);
        }
        if wanted("serving") {
            figures.extend(serving::figures().await);
        }
        if wanted("statements") {
            figures.extend(statements::figures().await);
        }
        if wanted("watch") {
            figures.extend(watch::figures().await);
        }
        if wanted("questions") {
            figures.extend(questions::figures().await);
        }
        if wanted("reading") || wanted("console") || wanted("live") {
            let (small, large) = reading::books().await;
            if wanted("reading") {
                figures.extend(reading::figures(&small, &large).await);
            }
            if wanted("console") {
                figures.extend(console::figures(&large).await);
            }
            if wanted("live") {
                figures.extend(live::figures(&large).await);
            }
        }
    });
    println!("\n| What | Measured | Aim |\n| --- | --- | --- |");
    for Figure { what, value, aim } in figures {
        println!("| {what} | {value} | {aim} |");
    }
}
