//! A world of ninety days in minutes: server and programs live in a time of their own, and are cut and killed on their way.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use uuid::Uuid;

use super::cluster::{Cluster, folder};
use super::harness::proxy::{Fault, Proxy};
use super::harness::{Told, program, told};
use super::wrong_clock::library;

pub const DAYS: i64 = 90;
/// The hours from one look at the world to the next.
pub const STEP: i64 = 24;
/// How often a provider that fails is asked for the same.
const TRIES: usize = 60;

/// The time that server and programs live in: so many seconds before this machine's.
pub struct World {
    pub cluster: Cluster,
    pub time: PathBuf,
    ago: i64,
    dice: ChaCha8Rng,
    /// What failed on the way, by kind.
    pub failed: BTreeMap<&'static str, usize>,
}

fn faked(time: &std::path::Path) -> [(&'static str, String); 4] {
    [
        ("LD_PRELOAD", library()),
        ("FAKETIME_TIMESTAMP_FILE", time.to_string_lossy().into_owned()),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
    ]
}

impl World {
    pub fn begin(seed: u64) -> Self {
        let time = folder("time");
        let world = |cluster| Self {
            cluster,
            time: time.clone(),
            ago: DAYS * 86_400,
            dice: ChaCha8Rng::seed_from_u64(seed),
            failed: BTreeMap::new(),
        };
        std::fs::write(&time, format!("-{}", DAYS * 86_400)).unwrap();
        let world = world(Cluster::primary_with(&faked(&time), &[]));
        let now: i64 = world.cluster.sql("book", "select extract(epoch from now())::bigint").parse().unwrap();
        assert!((world.now().timestamp() - now).abs() < 60, "the server lives in its own time: {now}");
        for (person, role) in [("dee", "admin"), ("ada", "agent"), ("ben", "lead"), ("cy", "ops")] {
            let done = world.run(&["people", "add", person, role, "--as", "dee"]);
            assert_eq!(done.code, 0, "{done:?}");
        }
        world
    }

    pub fn now(&self) -> DateTime<Utc> {
        Utc::now() - TimeDelta::seconds(self.ago)
    }

    /// Goes on by a step. The file is replaced, so that no one reads half of it.
    pub fn step(&mut self) {
        self.ago = (self.ago - STEP * 3600).max(0);
        let next = self.time.with_extension("next");
        std::fs::write(&next, format!("-{}", self.ago)).unwrap();
        std::fs::rename(&next, &self.time).unwrap();
    }

    pub fn command(&self, url: &str, words: &[&str]) -> Command {
        let mut command = program(words);
        command.env("DATABASE_URL", url).envs(faked(&self.time));
        command
    }

    pub fn run(&self, words: &[&str]) -> Told {
        told(&mut self.command(&self.cluster.url(), words))
    }

    pub fn pick(&mut self, below: u64) -> u64 {
        self.dice.next_u64() % below
    }

    /// Starts a command that may be cut or killed on its way. Returns the proxy, which it needs, and the process.
    fn start(&mut self, words: &[&str]) -> (Option<Proxy>, std::process::Child, Option<Duration>) {
        let server = PathBuf::from(self.cluster.sockets());
        let fault = match self.pick(10) {
            0 | 1 => Some(Fault::CutAfterMessages(self.pick(250) as usize)),
            2 => Some(Fault::CutAfterBytes(self.pick(40_000) as usize)),
            _ => None,
        };
        let killed = (fault.is_none() && self.pick(3) == 0).then(|| Duration::from_millis(self.pick(150)));
        let proxy = fault.map(|fault| Proxy::before(&server, fault));
        let url = proxy.as_ref().map_or_else(|| self.cluster.url(), |proxy| proxy.url("recourse", "book"));
        let child =
            self.command(&url, words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        (proxy, child, killed)
    }

    /// Waits for what was started, and counts how it was disturbed. Returns whether it says that it is done.
    fn wait(&mut self, (proxy, mut child, killed): (Option<Proxy>, std::process::Child, Option<Duration>)) -> bool {
        if let Some(after) = killed {
            std::thread::sleep(after);
            if child.try_wait().unwrap().is_none() {
                *self.failed.entry("killed").or_default() += 1;
            }
            _ = child.kill();
        }
        let is_done = child.wait().unwrap().success();
        if proxy.is_some_and(|proxy| proxy.has_failed()) {
            *self.failed.entry("cut").or_default() += 1;
        }
        is_done
    }

    /// Two programs at once, both disturbed; then the same again until it is done, as people and process managers do.
    pub fn twice(&mut self, words: &[&str]) {
        let (one, other) = (self.start(words), self.start(words));
        let is_done = [self.wait(one), self.wait(other)];
        if is_done == [false, false] {
            let done = self.run(words);
            assert_eq!(done.code, 0, "{words:?}: {done:?}");
        }
    }

    /// What a person asks for, disturbed; then again under the same request. A provider is asked until it is done: under the same
    /// request while its end is not known, and under another one when it was refused.
    pub fn ask(&mut self, who: &str, words: &[String], is_sent: bool) {
        let mut request = self.request();
        let words = |request: &str| -> Vec<String> {
            words.iter().cloned().chain(["--as", who, "--request-id", request, "--json"].map(str::to_owned)).collect()
        };
        let first = self.start(&refs(&words(&request)));
        if self.wait(first) {
            return;
        }
        for _ in 0..TRIES {
            let done = self.run(&refs(&words(&request)));
            match done.code {
                0 => return,
                6 if is_sent => {}
                4 if is_sent && ["provider", "asking", "not_done"].contains(&done.one()["why"].as_str().unwrap()) => {
                    request = self.request();
                }
                _ => panic!("{:?}: {done:?}", words(&request)),
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        panic!("{:?}: {:?}", words(&request), self.run(&refs(&words(&request))));
    }

    fn request(&mut self) -> String {
        Uuid::from_u64_pair(self.dice.next_u64(), self.dice.next_u64()).to_string()
    }
}

fn refs(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}
