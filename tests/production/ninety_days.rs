//! Ninety days of work in minutes: server and programs live in a time of their own. Two clocks, two importers and four people work
//! through a network that cuts, programs are killed, facts come twice, late and in the wrong order; two servers talk to a provider that
//! fails; all from one seed. At the end every order is where its life, as it is written down, says, and the provider's book agrees.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::cluster::folder;
use super::lives::{ASKED, Does, LIVES, Life, line, opened};
use super::there::{There, account};
use super::world::{DAYS, STEP, World};

/// How many orders are only recorded, and how many are asked of their provider.
const RECORDED: usize = 52;
const SENT: usize = 28;

/// An order and its life.
struct Lived {
    order: String,
    life: &'static Life,
    /// The status that the provider has at the end, if it is asked.
    there: Option<&'static str>,
    opening: DateTime<Utc>,
}

/// What is due at a step. Orders are named by their place.
#[derive(Default)]
struct Due {
    opened: Vec<usize>,
    facts: Vec<String>,
    deeds: Vec<(usize, Does)>,
}

fn text(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The orders of the world. The longest life takes five days, and the longest deadline three.
fn all(begin: DateTime<Utc>) -> Vec<Lived> {
    let opening =
        |number: usize, of: usize| begin + TimeDelta::hours((number as i64 * (DAYS - 12) * 24) / of as i64 + 1);
    let recorded = (0..RECORDED).map(|number| {
        let life = &LIVES[number % LIVES.len()];
        Lived { order: format!("N-{number}"), life, there: None, opening: opening(number, RECORDED) }
    });
    let sent = (0..SENT).map(|number| {
        let (life, there) = &ASKED[number % ASKED.len()];
        Lived { order: format!("P-{number}"), life, there: Some(there), opening: opening(number, SENT) }
    });
    recorded.chain(sent).collect()
}

/// When everything happens: each order's life from its opening, facts sometimes a step late or in the wrong order.
fn planned(world: &mut World, begin: DateTime<Utc>, orders: &[Lived]) -> Vec<Due> {
    let steps = (DAYS * 24 / STEP) as usize;
    let mut due: Vec<Due> = (0..=steps).map(|_| Due::default()).collect();
    for (number, Lived { order, life, there, opening }) in orders.iter().enumerate() {
        let step_of = |at: DateTime<Utc>| ((at - begin).num_minutes() / (STEP * 60) + 1) as usize;
        let merchant = if there.is_some() { account(life).1 } else { "m-7" };
        let mut first = step_of(*opening);
        due[first].opened.push(number);
        due[first].facts.push(opened(life, order, &text(*opening), merchant));
        let mut at = *opening;
        for (place, (hours, does)) in life.steps.iter().enumerate() {
            at = (*opening + TimeDelta::hours(*hours) + TimeDelta::minutes(place as i64))
                .max(at + TimeDelta::minutes(1));
            first = first.max(step_of(at));
            let Does::Told(actor, action, more) = does else {
                due[first].deeds.push((number, *does));
                // What the provider tells next happened after that.
                at = begin + TimeDelta::hours(first as i64 * STEP) + TimeDelta::minutes(30);
                first += 1;
                continue;
            };
            // A fact after which no person acts may come a day late; the next one is then early.
            let is_free = life.steps[place..].iter().all(|(_, does)| matches!(does, Does::Told(..)));
            let late = if is_free && place > 0 && world.pick(3) == 0 { 2 } else { 0 };
            let told = line(life, order, &text(at), actor, action, more);
            due[first + late].facts.push(told.clone());
            if world.pick(4) == 0 {
                due[first + late + 1].facts.push(told);
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
fn wrong(world: &World, Lived { order, life, .. }: &Lived) -> Option<String> {
    let now = shown(world, order);
    let amounts = life.end.amounts.iter().all(|(name, amount)| now["amounts"][*name] == *amount);
    let others = ["captured", "refunded", "canceled"]
        .iter()
        .filter(|name| life.end.amounts.iter().all(|known| known.0 != **name));
    let nothing_else =
        others.into_iter().all(|name| now["amounts"][*name].as_str().is_none_or(|amount| amount == "0.00"));
    let paid = life.end.decided.is_none_or(|(seller, buyer)| {
        let case = world.run(&["case", "show", order, "--json"]).one();
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
    let waits = || world.run(&["quarantine", "--order", order, "--json"]).out;
    (!right).then(|| format!("{order}: {now}\n{}{}", world.run(&["case", "show", order, "--json"]).out, waits()))
}

/// What happens at a step: facts arrive, clocks run, people and the shop act, and a server is killed meanwhile.
fn lived(world: &mut World, there: &mut There, orders: &[Lived], due: Due, step: usize) {
    for number in due.opened {
        let Lived { order, life, there: end, opening } = &orders[number];
        if end.is_some() {
            let status = if life.provider == "tamara" { "approved" } else { "pending" };
            there.open(life, order, status, &text(*opening));
        }
    }
    if !due.facts.is_empty() {
        let file = folder("facts").with_extension("ndjson");
        std::fs::write(&file, due.facts.join("\n") + "\n").unwrap();
        world.twice(&["import", file.to_str().unwrap()]);
        _ = std::fs::remove_file(&file);
    }
    world.twice(&[
        "clock",
        "--once",
        "--expire-new",
        "apply",
        "--expire-approved",
        "apply",
        "--expire-authorised",
        "apply",
    ]);
    for (place, (number, deed)) in due.deeds.into_iter().enumerate() {
        let Lived { order, there: end, .. } = &orders[number];
        match deed {
            Does::Asks(who, words) => {
                let words: Vec<String> = words.iter().map(|word| word.replace('#', order)).collect();
                world.ask(who, &words, end.is_some());
            }
            Does::Shop(action, amount) => there.shop(order, action, amount),
            Does::Ends(status) => there.ends(order, status),
            Does::Told(..) => unreachable!("facts are imported"),
        }
        if place == 0 {
            there.kill(world, step % 2);
        }
    }
    let over = |order: &str| {
        // What expires there is asked for when its deadline has passed; what buyers do at AtaraPay, it does not tell us here.
        let it = orders.iter().find(|lived| lived.order == order).unwrap();
        let is_old = it.opening + TimeDelta::days(7) < world.now();
        is_old || it.life.end.status == "expired" || it.life.end.status == "completed"
    };
    let differ = there.differ(world, &over);
    assert!(differ.is_empty(), "step {step}: {}\n{}", differ.join("\n"), there.said());
}

#[test]
fn ninety_days_end_as_the_lives_say() {
    let mut world = World::begin(7);
    let begin = world.now();
    let orders = all(begin);
    let due = planned(&mut world, begin, &orders);
    let mut there = There::begin(&world);
    for (step, due) in due.into_iter().enumerate() {
        lived(&mut world, &mut there, &orders, due, step);
        world.step();
    }
    let differ = there.differ(&world, &|order| {
        orders.iter().any(|lived| lived.order == order && lived.life.end.status == "completed")
    });
    assert!(differ.is_empty(), "{}\n{}", differ.join("\n"), there.said());
    let wrong: Vec<String> = orders.iter().filter_map(|lived| wrong(&world, lived)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for Lived { order, there: end, .. } in &orders {
        assert!(end.is_none_or(|end| there.order(order)["status"] == end), "{order}: {}", there.order(order));
    }
    for what in [&["quarantine", "--json"][..], &["requests", "--state", "unknown", "--json"]] {
        assert_eq!(world.run(what).out, "", "nothing waits for a person");
    }
    let sound = world.run(&["verify", "--json"]);
    assert_eq!(sound.code, 0, "{sound:?}");
    assert!(world.failed["cut"] > 20 && world.failed["killed"] > 20, "{:?}", world.failed);
    _ = std::fs::remove_file(&world.time);
}
