//! Ninety days of work in minutes: server and programs live in a time of their own. Two clocks, two importers and four people work
//! through a network that cuts, programs are killed, facts come twice, late and in the wrong order; all from one seed. At the end every
//! order is where its life, as it is written down, says.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::Value;
use uuid::Uuid;

use super::cluster::{Cluster, folder};
use super::harness::proxy::{Fault, Proxy};
use super::harness::{Told, program, told};
use super::lives::{Does, LIVES, line, opened};
use super::wrong_clock::library;

const DAYS: i64 = 90;
/// The hours from one look at the world to the next.
const STEP: i64 = 24;
const ORDERS: usize = 52;

/// The time that server and programs live in: so many seconds before this machine's.
struct World {
    cluster: Cluster,
    time: PathBuf,
    ago: i64,
    dice: ChaCha8Rng,
    /// What failed on the way, by kind.
    failed: BTreeMap<&'static str, usize>,
}

/// What is due at a step.
#[derive(Default)]
struct Due {
    facts: Vec<String>,
    asks: Vec<(&'static str, Vec<String>)>,
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
    fn begin(seed: u64) -> Self {
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

    fn now(&self) -> DateTime<Utc> {
        Utc::now() - TimeDelta::seconds(self.ago)
    }

    /// Goes on by a step. The file is replaced, so that no one reads half of it.
    fn step(&mut self) {
        self.ago = (self.ago - STEP * 3600).max(0);
        let next = self.time.with_extension("next");
        std::fs::write(&next, format!("-{}", self.ago)).unwrap();
        std::fs::rename(&next, &self.time).unwrap();
    }

    fn command(&self, url: &str, words: &[&str]) -> Command {
        let mut command = program(words);
        command.env("DATABASE_URL", url).envs(faked(&self.time));
        command
    }

    fn run(&self, words: &[&str]) -> Told {
        told(&mut self.command(&self.cluster.url(), words))
    }

    fn pick(&mut self, below: u64) -> u64 {
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
    fn twice(&mut self, words: &[&str]) {
        let (one, other) = (self.start(words), self.start(words));
        let is_done = [self.wait(one), self.wait(other)];
        if is_done == [false, false] {
            let done = self.run(words);
            assert_eq!(done.code, 0, "{words:?}: {done:?}");
        }
    }

    /// What a person asks for, disturbed; then again under the same request.
    fn ask(&mut self, who: &str, words: &[String]) {
        let request = Uuid::from_u64_pair(self.dice.next_u64(), self.dice.next_u64()).to_string();
        let more = ["--as", who, "--request-id", &request];
        let words: Vec<&str> = words.iter().map(String::as_str).chain(more).collect();
        let first = self.start(&words);
        if !self.wait(first) {
            let done = self.run(&words);
            assert_eq!(done.code, 0, "{words:?}: {done:?}");
        }
    }
}

/// When everything happens: each order's life from its opening, facts sometimes a step late or in the wrong order.
fn planned(world: &mut World) -> Vec<Due> {
    let steps = (DAYS * 24 / STEP) as usize;
    let mut due: Vec<Due> = (0..=steps).map(|_| Due::default()).collect();
    let begin = world.now();
    for number in 0..ORDERS {
        let life = &LIVES[number % LIVES.len()];
        let order = format!("N-{number}");
        // The longest life takes five days, and the longest deadline three.
        let opening = begin + TimeDelta::hours((number as i64 * (DAYS - 12) * 24) / ORDERS as i64 + 1);
        let step_of = |at: DateTime<Utc>| ((at - begin).num_minutes() / (STEP * 60) + 1) as usize;
        let text = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let mut first = step_of(opening);
        due[first].facts.push(opened(life, &order, &text(opening)));
        let mut at = opening;
        for (place, (hours, does)) in life.steps.iter().enumerate() {
            at =
                (opening + TimeDelta::hours(*hours) + TimeDelta::minutes(place as i64)).max(at + TimeDelta::minutes(1));
            first = first.max(step_of(at));
            match does {
                Does::Told(actor, action, more) => {
                    // A fact after which no person acts may come a day late; the next one is then early.
                    let is_free = life.steps[place..].iter().all(|(_, does)| matches!(does, Does::Told(..)));
                    let late = if is_free && place > 0 && world.pick(3) == 0 { 2 } else { 0 };
                    let told = line(life, &order, &text(at), actor, action, more);
                    due[first + late].facts.push(told.clone());
                    if world.pick(4) == 0 {
                        due[first + late + 1].facts.push(told);
                    }
                }
                Does::Asks(who, words) => {
                    due[first].asks.push((*who, words.iter().map(|word| word.replace('#', &order)).collect()));
                    // What the provider tells next happened after that.
                    at = begin + TimeDelta::hours(first as i64 * STEP) + TimeDelta::minutes(30);
                    first += 1;
                }
            }
        }
    }
    due
}

fn shown(world: &World, order: &str) -> Value {
    let told = world.run(&["show", order, "--json"]);
    assert_eq!(told.code, 0, "{told:?}");
    told.one()
}

/// What of an order's end is not as its life says.
fn wrong(world: &World, number: usize) -> Option<String> {
    let (life, order) = (&LIVES[number % LIVES.len()], format!("N-{number}"));
    let now = shown(world, &order);
    let amounts = life.end.amounts.iter().all(|(name, amount)| now["amounts"][*name] == *amount);
    let others = ["captured", "refunded", "canceled"]
        .iter()
        .filter(|name| life.end.amounts.iter().all(|known| known.0 != **name));
    let nothing_else =
        others.into_iter().all(|name| now["amounts"][*name].as_str().is_none_or(|amount| amount == "0.00"));
    let paid = life.end.decided.is_none_or(|(seller, buyer)| {
        let case = world.run(&["case", "show", &order, "--json"]).one();
        let all = case["payouts"].as_array().cloned().unwrap_or_default();
        let to = |party: &str| {
            all.iter()
                .find(|payout| payout["to"] == party && payout["state"] == "confirmed")
                .and_then(|payout| payout["amount"].as_str().map(str::to_owned))
        };
        case["stage"] == "closed"
            && to("seller").unwrap_or("0.00".into()) == seller
            && to("buyer").unwrap_or("0.00".into()) == buyer
    });
    let right = now["status"] == life.end.status && amounts && nothing_else && paid;
    let waits = || world.run(&["quarantine", "--order", &order, "--json"]).out;
    (!right).then(|| format!("{order}: {now}\n{}{}", world.run(&["case", "show", &order, "--json"]).out, waits()))
}

#[test]
fn ninety_days_end_as_the_lives_say() {
    let mut world = World::begin(7);
    let due = planned(&mut world);
    let file = folder("facts").with_extension("ndjson");
    let clock =
        ["clock", "--once", "--expire-new", "apply", "--expire-approved", "apply", "--expire-authorised", "apply"];
    for Due { facts, asks } in due {
        if !facts.is_empty() {
            std::fs::write(&file, facts.join("\n") + "\n").unwrap();
            world.twice(&["import", file.to_str().unwrap()]);
        }
        world.twice(&clock);
        for (who, words) in asks {
            world.ask(who, &words);
        }
        world.step();
    }
    _ = std::fs::remove_file(&file);
    let wrong: Vec<String> = (0..ORDERS).filter_map(|number| wrong(&world, number)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let waiting = world.run(&["quarantine", "--json"]);
    assert_eq!(waiting.out, "", "nothing waits for a person");
    let sound = world.run(&["verify", "--json"]);
    assert_eq!(sound.code, 0, "{sound:?}");
    assert!(world.failed["cut"] > 20 && world.failed["killed"] > 20, "{:?}", world.failed);
    _ = std::fs::remove_file(&world.time);
}
