//! Servers of their own: a primary, and a standby that follows it.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use recourse::store::embedded::binaries::Binaries;
use recourse::store::embedded::find::find;
use recourse::store::embedded::{Keeping, Place, Settings};
use std::os::unix::process::CommandExt;

use crate::harness::{PROGRAM, Told, binaries, cache, program, told};

/// A server with a database `book`. It ends with this value, and its data with it.
pub struct Cluster {
    place: Place,
    binaries: Binaries,
    process: Option<Child>,
    /// What the server's environment has besides.
    environment: Vec<(&'static str, String)>,
}

/// A folder that no other test uses.
pub fn folder(name: &str) -> PathBuf {
    let unique = uuid::Uuid::new_v4().simple().to_string();
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", &unique[..8]))
}

impl Cluster {
    fn prepare(name: &str) -> Self {
        let dir = folder(name);
        let place = Place::prepare(&dir).unwrap();
        let named = std::env::var_os("RECOURSE_PG_BIN").map(PathBuf::from).or_else(binaries);
        let settings = Settings {
            dir,
            binaries: named,
            cache: cache(),
            program: PROGRAM.into(),
            keeping: Keeping::Volatile,
            ask: None,
        };
        let binaries = find(&settings, &place).unwrap();
        Self { place, binaries, process: None, environment: Vec::new() }
    }

    /// A new server with an empty database `book`.
    pub fn primary() -> Self {
        Self::primary_with(&[], &[])
    }

    /// The same, in an environment with these variables, made with these arguments.
    pub fn primary_with(environment: &[(&'static str, String)], made: &[&str]) -> Self {
        let mut it = Self::prepare("primary");
        it.environment = environment.to_vec();
        let plain = ["-U", "recourse", "-A", "trust", "-E", "UTF8", "--no-locale", "-N", "-D", &it.data()];
        it.run("initdb", &[&plain[..], made].concat());
        it.start();
        it.sql("postgres", "create database book");
        it
    }

    /// A copy of this server that follows it. The primary waits for it with every commit.
    pub fn standby(&self) -> Self {
        let mut it = Self::prepare("standby");
        it.run("pg_basebackup", &["-h", &self.sockets(), "-U", "recourse", "-D", &it.data(), "-R", "-c", "fast"]);
        it.start();
        self.sql("postgres", "alter system set synchronous_standby_names = '*'");
        self.sql("postgres", "select pg_reload_conf()");
        it.until("it follows", || {
            self.sql("postgres", "select count(*) from pg_stat_replication where sync_state = 'sync'") == "1"
        });
        it
    }

    fn data(&self) -> String {
        self.place.data().to_string_lossy().into_owned()
    }

    pub fn sockets(&self) -> String {
        self.place.sockets.to_string_lossy().into_owned()
    }

    /// The user that may run servers here: none can be root.
    pub const fn runs_as(&self) -> Option<(u32, u32)> {
        self.place.runs_as
    }

    pub fn url(&self) -> String {
        self.url_of("recourse")
    }

    /// The address for this login.
    pub fn url_of(&self, login: &str) -> String {
        format!("postgres://{login}@/book?host={}", self.sockets())
    }

    /// Both of these, in this order.
    pub fn url_of_both(&self, other: &Self) -> String {
        format!("postgres://recourse@/book?host={},{}", self.sockets(), other.sockets())
    }

    pub fn command(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command = self.binaries.command(name);
        command.args(arguments).stdin(Stdio::null()).current_dir("/");
        if let Some((user, group)) = self.place.runs_as {
            command.uid(user).gid(group);
        }
        command
    }

    /// Runs one of PostgreSQL's programs and returns what it printed.
    #[track_caller]
    pub fn run(&self, name: &str, arguments: &[&str]) -> String {
        let done = self.command(name, arguments).output().unwrap();
        assert!(done.status.success(), "{name} {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }

    /// psql's answer to one statement.
    #[track_caller]
    pub fn sql(&self, database: &str, statement: &str) -> String {
        self.run(
            "psql",
            &[
                "-h",
                &self.sockets(),
                "-U",
                "recourse",
                "-d",
                database,
                "-qAtX",
                "-v",
                "ON_ERROR_STOP=1",
                "-c",
                statement,
            ],
        )
    }

    pub fn start(&mut self) {
        let log = std::fs::File::options().create(true).append(true).open(self.place.log()).unwrap();
        let (data, sockets) = (self.data(), self.sockets());
        let arguments =
            ["-D", &data, "-k", &sockets, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_wal_size=128MB"];
        let mut command = self.command("postgres", &arguments);
        command.envs(self.environment.iter().cloned());
        self.process = Some(command.process_group(0).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap());
        self.until("it answers", || {
            self.command("pg_isready", &["-q", "-h", &self.sockets()]).status().unwrap().success()
        });
    }

    /// From now on this login needs a password.
    pub fn ask_for_password(&self, login: &str) {
        let file = self.place.data().join("pg_hba.conf");
        let rules = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("local all {login} scram-sha-256\n{rules}")).unwrap();
        self.sql("postgres", "select pg_reload_conf()");
    }

    /// From now on no file of the server can be longer than so many bytes, as on a disk that is full; `None` takes that back.
    pub fn limit_files(&self, bytes: Option<u32>) {
        let process = self.process.as_ref().unwrap().id().to_string();
        let limit = bytes.map_or_else(|| "--fsize=unlimited:".to_owned(), |bytes| format!("--fsize={bytes}:"));
        let mut prlimit = Command::new("prlimit");
        prlimit.args(["--pid", &process, &limit]);
        if let Some((user, group)) = self.place.runs_as {
            prlimit.uid(user).gid(group);
        }
        assert!(prlimit.status().unwrap().success(), "prlimit is in util-linux, which every Debian has");
    }

    /// Ends the server as a crash would.
    pub fn crash(&mut self) {
        if let Some(mut process) = self.process.take() {
            _ = kill(Pid::from_raw(process.id() as i32), Signal::SIGQUIT);
            process.wait().unwrap();
        }
    }

    pub fn promote(&self) {
        self.run("pg_ctl", &["promote", "-w", "-D", &self.data()]);
    }

    #[track_caller]
    pub fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let began = Instant::now();
        while !holds() {
            assert!(
                began.elapsed() < Duration::from_secs(90),
                "{what}: {:?}",
                std::fs::read_to_string(self.place.log())
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.crash();
        _ = std::fs::remove_dir_all(&self.place.root);
    }
}

/// The program on this address.
pub fn recourse(url: &str, arguments: &[&str]) -> Told {
    told(program(arguments).env("DATABASE_URL", url))
}

/// Fails with what the program printed, unless it ended with this code and these words.
#[track_caller]
pub fn check(told: &Told, code: i32, words: &str) {
    let all = format!("{}{}", told.out, told.err);
    assert!(told.code == code && all.contains(words), "expected {code} {words:?}: {told:?}");
}
