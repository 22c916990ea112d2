//! The private server: no configuration, data kept between runs, shared by processes, stopped with the last of them.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use recourse::store::embedded::{Embedded, Settings};

use super::harness::{binaries, program, settings, told};

/// A data directory for one test, removed at the end.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap())
    }

    fn dir(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(arguments);
        command.env("RECOURSE_DATA_DIR", self.dir()).env("RECOURSE_VOLATILE", "1");
        command.envs(binaries().map(|bin| ("RECOURSE_PG_BIN", bin)));
        command
    }

    /// The cluster's folder: the data directory, or the folder named in its `room` file.
    fn root(&self) -> PathBuf {
        std::fs::read_to_string(self.dir().join("room")).map_or_else(|_| self.dir(), PathBuf::from)
    }

    fn server(&self) -> Option<u32> {
        let text = std::fs::read_to_string(self.root().join("data/postmaster.pid")).ok()?;
        text.lines().next()?.trim().parse().ok()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let root = self.root();
        wait_until(|| self.server().is_none());
        _ = std::fs::remove_dir_all(root);
    }
}

fn wait_until(holds: impl Fn() -> bool) -> bool {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(20) {
        if holds() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

const OPENED: &[u8] = br#"{"type":"opened","provider":"tamara","order":"T-1","at":"2026-11-18T09:12:00Z","currency":"SAR","amount":"300.00"}"#;

#[test]
fn data_is_kept_between_runs_and_the_server_goes_with_the_last() {
    let home = Home::new();
    let file = home.0.path().join("facts");
    std::fs::write(&file, OPENED).unwrap();
    let imported = told(&mut home.command(&["import", file.to_str().unwrap()]));
    assert_eq!(imported.code, 0, "{imported:?}");
    assert!(wait_until(|| home.server().is_none()), "the server outlived its last client");
    let shown = told(&mut home.command(&["show", "T-1", "--json"]));
    assert_eq!((shown.code, shown.one()["status"].as_str().unwrap().to_owned()), (0, "new".to_owned()));
}

#[test]
fn processes_share_one_server() {
    let home = Home::new();
    let all: Vec<_> = (0..8)
        .map(|_| home.command(&["board"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap())
        .collect();
    for child in all {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// After all processes and the server are killed, the next process finds its data.
#[test]
fn it_comes_back_after_everything_was_killed() {
    let home = Home::new();
    for round in 0..3 {
        // Reads standard input forever, and so keeps the server running.
        let mut holder = home.command(&["import", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        assert!(wait_until(|| home.server().is_some()), "round {round}");
        let answered = told(&mut home.command(&["board"]));
        assert_eq!(answered.code, 0, "{answered:?}");
        let server = home.server().unwrap() as i32;
        holder.kill().unwrap();
        holder.wait().unwrap();
        // The server may already be stopping.
        _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(server), nix::sys::signal::Signal::SIGKILL);
        let answered = told(&mut home.command(&["board"]));
        assert_eq!(answered.code, 0, "round {round}: {answered:?}");
    }
}

/// The process id of a killed server that nobody reaps still "exists"; Postgres alone would refuse to start.
#[test]
fn a_zombies_lock_is_buried() {
    let home = Home::new();
    assert_eq!(told(&mut home.command(&["board"])).code, 0);
    assert!(wait_until(|| home.server().is_none()));
    let mut zombie = Command::new("true").spawn().unwrap();
    let dead = || std::fs::read_to_string(format!("/proc/{}/stat", zombie.id())).is_ok_and(|stat| stat.contains(") Z"));
    assert!(wait_until(dead));
    let lock = format!("{}\n{}\n0\n5432\n\n\n\n", zombie.id(), home.root().join("data").display());
    std::fs::write(home.root().join("data/postmaster.pid"), lock).unwrap();
    let answered = told(&mut home.command(&["board"]));
    zombie.wait().unwrap();
    assert_eq!(answered.code, 0, "{answered:?}");
}

/// If there is no Postgres and the download is declined, the error says what to run.
#[test]
fn without_binaries_it_says_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let settings = Settings {
        dir: home.path().join("data"),
        binaries: Some(home.path().to_owned()),
        ask: Some(|_| false),
        ..settings("unused")
    };
    let error = Embedded::join(&settings).unwrap_err().to_string();
    assert!(error.contains("no PostgreSQL 14 or newer found") && error.contains("install it with"), "{error}");
}

#[test]
fn what_cannot_be_used_is_said_with_what_to_do() {
    let home = Home::new();
    let file = home.0.path().join("file");
    std::fs::write(&file, "").unwrap();
    let answered = told(home.command(&["board"]).env("RECOURSE_DATA_DIR", &file));
    assert_eq!(answered.code, 3, "{answered:?}");
    assert!(answered.err.contains("--data-dir"), "{answered:?}");
    let nobody = told(program(&["board"]).env("DATABASE_URL", "postgres://a:secret@127.0.0.1:1/b"));
    assert_eq!(nobody.code, 3, "{nobody:?}");
    assert!(!nobody.err.contains("secret") && nobody.err.contains("no database"), "{nobody:?}");
}

/// A folder with other files is not made into a database.
#[test]
fn other_peoples_files_are_left_alone() {
    let home = Home::new();
    std::fs::create_dir(home.dir()).unwrap();
    std::fs::write(home.dir().join("letter.txt"), "mine").unwrap();
    let before = std::fs::metadata(home.dir()).unwrap();
    let answered = told(&mut home.command(&["board"]));
    assert_eq!(answered.code, 3, "{answered:?}");
    assert!(answered.err.contains("holds other files") && answered.err.contains("--data-dir"), "{answered:?}");
    let after = std::fs::metadata(home.dir()).unwrap();
    use std::os::unix::fs::MetadataExt;
    assert_eq!((before.uid(), before.mode()), (after.uid(), after.mode()));
    assert_eq!(std::fs::read_dir(home.dir()).unwrap().count(), 1);
}

/// The process id of this server's keeper, from `/proc`.
fn keeper(home: &Home) -> Option<i32> {
    let root = home.root().display().to_string();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let is_keeper = |pid: &i32| {
        let words = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        words.contains("keep-private-server") && words.contains(&root)
    };
    numbers.into_iter().find(is_keeper)
}

/// Without its keeper a server would never stop, so the next process starts a new keeper.
#[test]
fn a_killed_keeper_is_replaced() {
    let home = Home::new();
    let hold = || home.command(&["import", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut first = hold();
    assert!(wait_until(|| home.server().is_some() && told(&mut home.command(&["board"])).code == 0));
    let kill = |pid: i32| nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL);
    kill(keeper(&home).expect("a keeper")).unwrap();
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(wait_until(|| keeper(&home).is_none()));
    assert!(home.server().is_some(), "the server stopped with its keeper");
    assert_eq!(told(&mut home.command(&["board"])).code, 0);
    assert!(wait_until(|| home.server().is_none()), "nobody stopped the server");
}

/// A lock file that names another program's process, or none, does not prevent a start.
#[test]
fn stale_locks_are_buried() {
    let home = Home::new();
    for stale in [format!("{}\n/x\n0\n5432\n\n\n\n", std::process::id()), String::new(), "junk\n".to_owned()] {
        assert_eq!(told(&mut home.command(&["board"])).code, 0);
        assert!(wait_until(|| home.server().is_none()));
        std::fs::write(home.root().join("data/postmaster.pid"), &stale).unwrap();
        let answered = told(&mut home.command(&["board"]));
        assert_eq!(answered.code, 0, "{stale:?}: {answered:?}");
    }
}

/// If the binaries that were named do not run, that is an error; no others are downloaded.
#[test]
fn named_binaries_are_the_only_ones() {
    let home = Home::new();
    let answered = told(home.command(&["board"]).env("RECOURSE_PG_BIN", "/nowhere"));
    assert_eq!(answered.code, 3, "{answered:?}");
    assert!(answered.err.contains("/nowhere has no PostgreSQL that runs here"), "{answered:?}");
    assert!(!home.root().join("postgres").exists());
}

/// What a demo left behind that was killed together with its keeper goes away with the next demo; one that runs stays.
#[test]
fn what_killed_demos_left_is_removed() {
    use recourse::store::embedded::{Keeping, Place, remove_leftovers};
    let home = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let demo = |name: &str| Settings { dir: home.path().join(name), keeping: Keeping::Throwaway, ..settings("unused") };
    std::fs::create_dir(home.path().join("demo-begins")).unwrap();
    std::fs::write(home.path().join("demo-file"), "").unwrap();
    let runs = Embedded::join(&demo("demo-runs")).unwrap();
    let killed = Embedded::join(&demo("demo-killed")).unwrap();
    let place = Place::prepare(&home.path().join("demo-killed")).unwrap();
    let server = std::fs::read_to_string(place.data().join("postmaster.pid")).unwrap();
    let server: i32 = server.lines().next().unwrap().parse().unwrap();
    let parent = |pid: i32| -> i32 {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("PPid:")).unwrap().trim().to_owned();
        line.parse().unwrap()
    };
    let kill =
        |pid: i32| nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL).unwrap();
    kill(parent(server));
    let left = || -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(home.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let all = ["demo-begins", "demo-file", "demo-killed", "demo-runs"];
    remove_leftovers(home.path(), "demo-");
    assert_eq!(left(), all, "its client lives");
    drop(killed);
    // A killed keeper holds its lock for a moment longer.
    let gone = || {
        remove_leftovers(home.path(), "demo-");
        left() == ["demo-begins", "demo-file", "demo-runs"]
    };
    assert!(wait_until(gone), "{:?}", left());
    assert!(wait_until(|| !std::path::Path::new(&format!("/proc/{server}/cwd")).exists()), "its server still runs");
    drop(runs);
    assert!(wait_until(|| left() == ["demo-begins", "demo-file"]), "{:?}", left());
}
