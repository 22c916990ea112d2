//! What comes from outside is read without a panic, whatever it is: lines, queries, configurations, policies, recordings.
//!
//! Each target is a plain function. Here it gets its corpus (`tests/hostile/corpus`), spoilt copies of it, and random bytes. With
//! `cargo bolero test hostile fuzz::wire` it runs for as long as one likes; what it finds becomes a file of the corpus.

use std::path::{Path, PathBuf};

use recourse::cases::Policy;
use recourse::console::runtime::record;
use recourse::console::runtime::replay::Player;
use recourse::query;
use recourse::settings::Settings;
use recourse::settings::prefs::Prefs;
use recourse::wire::{line, secret};

/// How many spoilt and as many random inputs a target gets in a plain test.
const INPUTS: usize = 1_500;
/// The same where reading takes long: a configuration builds the whole command line.
const FEW_INPUTS: usize = 100;

/// A place of an input, and the byte that stands there instead; or, at a place that is not even, the input is cut there.
type Slip = (u16, u8);

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/corpus").join(target);
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<_> = files.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect();
    all.sort();
    assert!(all.len() >= 3, "{folder:?} has {} files", all.len());
    all
}

fn spoilt(mut bytes: Vec<u8>, slips: &[Slip]) -> Vec<u8> {
    for &(place, byte) in slips {
        let at = usize::from(place) % bytes.len().max(1);
        match place % 7 {
            0 => bytes.truncate(at),
            1 => bytes.insert(at.min(bytes.len()), byte),
            _ => {
                if let Some(old) = bytes.get_mut(at) {
                    *old = byte;
                }
            }
        }
    }
    bytes
}

fn check(target: &str, inputs: usize, reads: fn(&[u8])) {
    let all = corpus(target);
    for (path, bytes) in &all {
        let read = std::panic::catch_unwind(|| reads(bytes));
        assert!(read.is_ok(), "{}", path.display());
    }
    bolero::check!().with_iterations(inputs).with_type::<(u8, Vec<Slip>)>().for_each(|(which, slips)| {
        reads(&spoilt(all[usize::from(*which) % all.len()].1.clone(), slips));
    });
    bolero::check!().with_iterations(inputs).with_type::<Vec<u8>>().for_each(|bytes| reads(bytes));
}

#[test]
fn wire() {
    check("wire", INPUTS, |bytes| {
        let read = line::read(bytes);
        assert_eq!(read.key.len(), 32, "every line has a key");
        let blanked = secret::blanked(bytes);
        assert_eq!(secret::blanked(&blanked), blanked, "what is blanked has no secret");
        assert_eq!(line::read(&blanked).key, read.key, "a secret makes no other fact");
    });
}

#[test]
fn queries() {
    check("query", INPUTS, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Err(fault) = query::parse(&text) {
            assert!(!fault.pointing(&text).is_empty());
        }
        let quoted = query::quoted(&text);
        assert!(text.trim().is_empty() || query::parse(&quoted).is_ok(), "{quoted}");
    });
}

#[test]
fn configurations() {
    check("configuration", FEW_INPUTS, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Err(wrong) = Settings::reading(&text) {
            let words = wrong.to_string();
            assert!(words.starts_with("config.toml:"), "the fault says its line: {words}");
        }
    });
}

#[test]
fn policies() {
    check("policy", INPUTS, |bytes| {
        if let Err(words) = Policy::parse(&String::from_utf8_lossy(bytes)) {
            assert!(!words.is_empty());
        }
    });
}

#[test]
fn recordings() {
    check("recording", INPUTS, |bytes| {
        let Ok(lines) = record::read(bytes) else { return };
        let Some(mut player) = Player::new(lines, Prefs::default()) else { return };
        player.go(player.len().min(200));
        _ = player.picture();
    });
}
