//! `recourse doctor`: one check per line, and what to do if it fails.

use std::collections::HashSet;
use std::io::{IsTerminal, Write};

use chrono::{TimeDelta, Utc};
use serde::Serialize;
use strum::IntoStaticStr;

use crate::domain::{Status, law};
use crate::exit::{CliError, End};
use crate::query::{Cursor, Sort};
use crate::records::{Account, Health, Zone};
use crate::settings::{SETTINGS, Settings};
use crate::store::StoreError;
use crate::store::connect::ReadOnly;
use crate::store::health::{can_write, health};
use crate::store::heartbeat::{self, Beat};
use crate::store::{Access, Store, connect, due, feed, page, people, read, schema};
use crate::work::clock::{CLOCK, Mode};
use crate::{console, text};

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
enum State {
    Ok,
    Warn,
    Fail,
}

#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    state: &'static str,
    what: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
}

fn finding(check: &'static str, state: State, what: impl Into<String>, hint: &'static str) -> Finding {
    let hint = Some(hint).filter(|hint| state != State::Ok && !hint.is_empty());
    Finding { check, state: state.into(), what: what.into(), hint }
}

const fn unless(fault: bool, state: State) -> State {
    if fault { state } else { State::Ok }
}

/// Two limits for the difference between clocks: above the first warn, above the second deadlines are wrong.
const SKEW: [TimeDelta; 2] = [TimeDelta::seconds(2), TimeDelta::seconds(60)];

async fn database(settings: &Settings, store: &Store, found: &mut Vec<Finding>) -> Result<(), CliError> {
    let before = Utc::now();
    let health = health(store).await?;
    let (after, middle) = (Utc::now(), before + (Utc::now() - before) / 2);
    let trip = (after - before).num_microseconds().unwrap_or(0) as f64 / 1e3;
    let old = unless(health.number < 140_000, State::Fail);
    found.push(finding(
        "server",
        old,
        format!("PostgreSQL {}, {trip:.1} ms away", health.version),
        "upgrade it to 14 or newer",
    ));
    found.push(writing(store).await?);
    found.push(finding("encoding", State::Ok, health.encoding, ""));
    let local = settings.args.database_url.as_deref().is_none_or(|url| url.trim().is_empty() || connect::is_local(url));
    let open = unless(!local && !health.encrypted, State::Warn);
    let line = if health.encrypted {
        "encrypted"
    } else if local {
        "on this machine"
    } else {
        "not encrypted"
    };
    found.push(finding("line", open, line, "add ?sslmode=verify-full to the URL"));
    let skew = (health.clock - middle).abs();
    let state = if skew > SKEW[1] { State::Fail } else { unless(skew > SKEW[0], State::Warn) };
    let words = format!("{:.1} s between this clock and the server's", skew.num_milliseconds() as f64 / 1e3);
    found.push(finding("clock", state, words, "set both clocks with NTP: ages and deadlines depend on them"));
    let known = schema::PARTS.iter().count();
    found.push(finding("schema", State::Ok, format!("{known} parts, all known"), ""));
    found.push(finding("law", State::Ok, format!("version {}, the same in program and database", law::VERSION), ""));
    Ok(())
}

/// Tries a write, and takes it back.
async fn writing(store: &Store) -> Result<Finding, StoreError> {
    let can = match can_write(store).await {
        // The roles of people are another finding.
        Err(StoreError::Refused { constraint, .. }) if constraint == "role_permits" => None,
        can => can?,
    };
    Ok(match can {
        None => finding("writing", State::Ok, "can be written", ""),
        Some(ReadOnly::Standby) => {
            finding("writing", State::Warn, "a standby: read-only", "connect to the primary server to write")
        }
        Some(why @ (ReadOnly::Asked | ReadOnly::Setting | ReadOnly::Login)) => {
            let hint = "until then, commands and the console only read";
            finding("writing", State::Warn, why.to_string(), hint)
        }
    })
}

/// Checks what the database holds, and who uses it.
async fn book(settings: &Settings, store: &Store, found: &mut Vec<Finding>) -> Result<(), CliError> {
    // Reads what the console reads first: a damaged schema shows here.
    let reading = async {
        read::board(&store.pool).await?;
        let query = crate::query::parse("unconfirmed").map_err(|fault| StoreError::Foreign(fault.to_string()))?;
        let query = query.sieve("", Utc::now(), true);
        page::after(&store.pool, page::Of::Sieve(&query), Sort::Age, &Cursor::start(), 1).await
    };
    let read = reading.await;
    let words = read
        .as_ref()
        .map_or_else(|error| text::clean(&error.to_string()), |_| "counts and lists can be read".to_owned());
    found.push(finding(
        "reading",
        unless(read.is_err(), State::Fail),
        words,
        "run recourse verify to see what is damaged",
    ));
    let roles = crate::desk::roles(store, settings.args.role).await?;
    let nothing = roles.to_string();
    let state = unless(nothing.is_empty(), State::Warn);
    let words =
        format!("{} acts as {}", text::clean(&store.person), if nothing.is_empty() { "no role" } else { &nothing });
    found.push(finding("person", state, words, "ask an admin to run recourse people add LOGIN ROLE"));
    // A person with several roles is listed once for each.
    let listed: HashSet<String> = people::all(&store.pool).await?.into_iter().map(|held| held.login).collect();
    let listed = listed.len();
    let words = if listed == 0 {
        "no one is registered: everyone can do everything".to_owned()
    } else {
        format!("{listed} {} registered", if listed == 1 { "person is" } else { "people are" })
    };
    found.push(finding(
        "people",
        unless(listed == 0 && settings.args.database_url.is_some(), State::Warn),
        words,
        "run recourse people add YOU admin",
    ));
    let feed::Beat { quarantined: waiting, behind: age, holder, .. } = feed::pulse(&store.pool, "", 1_000).await?;
    let whose = holder.map_or_else(String::new, |login| format!(" by a long write of {}", text::clean(&login)));
    let state = unless(age > 3.0, State::Warn);
    found.push(finding(
        "feed",
        state,
        format!("held back for {age:.0} s{whose}"),
        "a long write is open: check pg_stat_activity",
    ));
    found.push(finding(
        "quarantine",
        unless(waiting > 0, State::Warn),
        format!("{waiting} facts need a decision"),
        "run recourse quarantine to see them",
    ));
    found.push(accounts(store).await?);
    expiry(settings, store, found).await
}

/// Checks that the providers accept the accounts' credentials, and that a server has them.
async fn accounts(store: &Store) -> Result<Finding, StoreError> {
    let now = crate::store::health::now(store).await?;
    let all = crate::store::accounts::all(&store.pool).await?;
    let named = |which: &dyn Fn(&Account) -> bool| {
        all.iter()
            .filter(|account| which(account))
            .map(|account| text::clean(&account.name))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let stopped = named(&|account| account.health == Health::Stopped);
    let silent = named(&|account| account.health != Health::Stopped && !account.is_served(now));
    let words = match (stopped.as_str(), silent.as_str()) {
        ("", "") => format!("{} known, none of them is stopped", all.len()),
        ("", silent) => format!("no server runs that has {silent}"),
        (stopped, _) => format!("the provider does not accept the credentials of {stopped}"),
    };
    let state = if !stopped.is_empty() { State::Fail } else { unless(!silent.is_empty(), State::Warn) };
    Ok(finding("accounts", state, words, "run recourse accounts to see why"))
}

/// Checks that a clock looks at orders past their deadline.
async fn expiry(settings: &Settings, store: &Store, found: &mut Vec<Finding>) -> Result<(), CliError> {
    let now = Utc::now();
    let modes = settings.args.work.modes();
    let applied = modes.statuses(Mode::Apply);
    let over = due::count(&store.pool, &applied, now).await?;
    let presumed = due::count(&store.pool, &modes.statuses(Mode::Flag), now).await?;
    let runs = |beat: &Beat| beat.worker == CLOCK && beat.every > 0 && beat.late(now) == 0;
    let running = heartbeat::all(&store.pool).await?.iter().any(runs);
    let clock = if running { "a clock is running" } else { "no clock is running" };
    let ends = match applied.is_empty() {
        true => "it ends no order without the provider's word".to_owned(),
        false => format!("to expire without the provider's word: {over}"),
    };
    // Orders with a deadline that has not passed are at risk, too, if nothing watches it.
    let timed: Vec<Status> = [Mode::Apply, Mode::Flag].into_iter().flat_map(|mode| modes.statuses(mode)).collect();
    let next = due::next(&store.pool, &timed, now).await?;
    let ahead = next.map_or_else(String::new, |at| format!("; the next deadline is {}", Zone::Utc.long(at)));
    let words = format!("{clock}; {ends}; {presumed} are past their deadline and presumed expired{ahead}");
    let hint = match (running, presumed > 0) {
        (false, true) => "run recourse clock, and ask the provider about orders that are presumed expired",
        (false, false) => "run recourse clock: nothing flags orders when their deadline passes",
        (true, _) => "ask the provider about orders that are presumed expired",
    };
    let state = unless((!running && (over > 0 || next.is_some())) || presumed > 0, State::Warn);
    found.push(finding("expiry", state, words, hint));
    Ok(())
}

fn terminal(settings: &Settings, found: &mut Vec<Finding>) {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let term = variable("TERM");
    let is_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let bad = term.is_empty() || term == "dumb";
    let words = match (is_terminal, bad) {
        (true, _) => format!("TERM={}", text::clean(&term)),
        (false, _) => format!("not a terminal (TERM={})", text::clean(&term)),
    };
    found.push(finding(
        "terminal",
        unless(!is_terminal || bad, State::Warn),
        words,
        "only the console needs a terminal",
    ));
    if let (true, Ok((width, height))) = (is_terminal, crossterm::terminal::size()) {
        let state = unless(width < 80 || height < 24, State::Warn);
        found.push(finding(
            "size",
            state,
            format!("{width} columns, {height} lines"),
            "use 110 columns or more to see all three panes",
        ));
    }
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().map(variable).find(|value| !value.is_empty()).unwrap_or_default();
    let utf8 = locale.to_lowercase().replace('-', "").contains("utf8");
    let state = unless(!utf8 && !settings.args.ascii, State::Warn);
    found.push(finding(
        "letters",
        state,
        if utf8 { "UTF-8".to_owned() } else { format!("no UTF-8 in {locale:?}") },
        "set LANG=C.UTF-8, or use --ascii",
    ));
    let colours = match (settings.args.no_color(), variable("COLORTERM").as_str(), term.contains("256")) {
        (true, ..) => "none (NO_COLOR is set)",
        (_, "truecolor" | "24bit", _) => "16 million",
        (_, _, true) => "256",
        (..) => "16",
    };
    found.push(finding("colours", State::Ok, colours, ""));
    let remote = !variable("SSH_CONNECTION").is_empty();
    let inside = ["TMUX", "STY"].iter().any(|name| !variable(name).is_empty());
    let words = match (inside, remote) {
        (true, _) => "inside a multiplexer",
        (false, true) => "over ssh: OSC 52 copies to your own terminal",
        (false, false) => "OSC 52",
    };
    found.push(finding("clipboard", unless(inside, State::Warn), words, "for tmux: set -g set-clipboard on"));
}

/// What to do if the database cannot be used. The error itself says more.
fn advice(error: &CliError) -> &'static str {
    match error {
        CliError::Store(StoreError::Unreachable(words)) if words.contains("answer") => {
            "check that the server runs, and the address: recourse config shows it"
        }
        // Each of these says itself what to do.
        CliError::Store(
            StoreError::Unreachable(_) | StoreError::Busy | StoreError::DiskFull | StoreError::WrongClock(_),
        ) => "",
        CliError::Store(StoreError::Foreign(words)) if !words.contains("empty") || words.contains("roles") => "",
        CliError::Store(StoreError::Embedded(_)) => {
            "install PostgreSQL 14 or newer, or name a server with DATABASE_URL"
        }
        CliError::Store(StoreError::Foreign(_)) => {
            "open an empty database once with a recourse that may write, or name the one that recourse made"
        }
        CliError::Store(StoreError::NotAllowed(_) | StoreError::NotPermitted(_)) => "ask the owner of the database",
        CliError::Store(
            StoreError::Conflict
            | StoreError::Unknown(_)
            | StoreError::NotRecorded
            | StoreError::Refused { .. }
            | StoreError::Other(_),
        )
        | CliError::Io(_)
        | CliError::Usage(_)
        | CliError::Missing(_)
        | CliError::NotKnown(_) => "run recourse doctor again; if it stays, look into the server's log",
    }
}

/// Runs all checks and prints what they found.
///
/// # Errors
///
/// [`CliError::Io`] if the output cannot be written. A failed check is not an error: it is printed, and decides the
/// exit code.
pub async fn doctor(settings: &Settings, out: &mut dyn Write) -> Result<End, CliError> {
    let mut found = Vec::new();
    let said = settings.origins.iter().filter(|origin| **origin != crate::settings::Origin::Default).count();
    let path = settings.path.as_ref().map_or_else(|| "no home directory".to_owned(), |path| path.display().to_string());
    found.push(finding("settings", State::Ok, format!("{said} of {} are set; {path}", SETTINGS.len()), ""));
    if let Some(fault) = &settings.fault {
        found.push(finding(
            "configuration",
            State::Fail,
            text::clean(fault),
            if fault.contains(".toml") { "fix that line; recourse config --template shows how" } else { "" },
        ));
    }
    // Without an address there is no database to look at.
    let unnamed = settings.fault.as_ref().is_some_and(|fault| fault.contains(crate::settings::EMPTY_URL));
    // Checks change nothing, and look where commands would write.
    let access = Access { read_only: true, where_written: !settings.args.read_only, ..settings.args.access(2) };
    let mut end = End::Done;
    let looked = match Store::open(&access).await {
        _ if unnamed => Ok(()),
        Ok(store) => {
            found.push(finding("database", State::Ok, console::place(&access.database), ""));
            match database(settings, &store, &mut found).await {
                Ok(()) => book(settings, &store, &mut found).await,
                error => error,
            }
        }
        Err(error) => Err(error.into()),
    };
    if let Err(error) = looked {
        end = error.end();
        found.push(finding("database", State::Fail, text::clean(&error.to_string()), advice(&error)));
    }
    terminal(settings, &mut found);
    let failed = found.iter().any(|finding| finding.state == <&str>::from(State::Fail));
    for Finding { check, state, what, hint } in &found {
        if settings.args.json {
            let finding = Finding { check, state, what: what.clone(), hint: *hint };
            writeln!(out, "{}", crate::text::json(&finding).map_err(std::io::Error::from)?)?;
            continue;
        }
        writeln!(out, "{} {} {what}", text::left(check, 13), text::left(state, 4))?;
        // Below it, so that a long finding does not push the advice off the screen.
        if let Some(hint) = hint {
            writeln!(out, "{} do:  {hint}", text::left("", 13))?;
        }
    }
    Ok(if end == End::Done && failed { End::Failed } else { end })
}
