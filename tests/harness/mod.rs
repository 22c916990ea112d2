//! Test support: a private server with its own folder, a separate database for every test, and the real binary.

#[allow(dead_code, reason = "shared with the tests of the store")]
pub mod proxy;
pub mod raw;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use recourse::domain::*;
use recourse::store::embedded::{Embedded, Keeping, Settings};
use recourse::store::{Access, Database, Opening, Proof, Record, Store, append, connect, schema};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};

/// The binary under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_recourse");

/// Settings of a private test server, in a folder of this user and of the PostgreSQL that `RECOURSE_PG_BIN` names, if any.
pub fn settings(name: &str) -> Settings {
    let user = nix::unistd::Uid::effective();
    let named = std::env::var_os("RECOURSE_PG_BIN").map(PathBuf::from);
    let which = named.as_ref().map_or_else(String::new, |bin| {
        let digest = Sha256::digest(bin.as_os_str().as_encoded_bytes());
        format!("-{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2])
    });
    Settings {
        dir: PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{user}{which}")),
        binaries: named.or_else(|| if name == "server" { None } else { binaries() }),
        cache: cache(),
        program: PathBuf::from(PROGRAM),
        keeping: Keeping::Volatile,
        ask: None,
    }
}

/// Where the shared server's Postgres was downloaded, on a machine without one, so that it is downloaded only once.
pub fn binaries() -> Option<PathBuf> {
    server();
    let trees = std::fs::read_dir(cache()).ok()?.flatten().map(|entry| entry.path().join("usr/lib/postgresql"));
    trees.flat_map(std::fs::read_dir).flatten().flatten().map(|entry| entry.path().join("bin")).next()
}

/// Where the tests keep a PostgreSQL that they had to download.
pub fn cache() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cache")
}

/// The server that all tests share. The keeper stops it when the last test process is gone.
pub fn server() -> &'static Embedded {
    static SERVER: OnceLock<Embedded> = OnceLock::new();
    SERVER.get_or_init(|| Embedded::join(&settings("server")).expect("a private server"))
}

async fn admin(server: &Embedded) -> PgConnection {
    connect::options(server).database("postgres").disable_statement_logging().connect().await.unwrap()
}

async fn run(connection: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.unwrap();
}

/// A migrated database to clone. Its name has the digests of its migrations and its law.
async fn template(server: &Embedded) -> String {
    let parts = schema::PARTS.iter().flat_map(|part| part.checksum.iter().copied());
    let digest = Sha256::digest(parts.chain(recourse::store::law_rows::digest()).collect::<Vec<u8>>());
    let digest: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let name = format!("template_{digest}");
    let mut admin = admin(server).await;
    // One process makes it, the others wait.
    run(&mut admin, "select pg_advisory_lock(4711)".to_owned()).await;
    let there: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1 and datallowconn = false)")
            .bind(&name)
            .fetch_one(&mut admin)
            .await
            .unwrap();
    if !there {
        sweep(&mut admin).await;
        run(&mut admin, format!("drop database if exists {name} with (force)")).await;
        run(&mut admin, format!("create database {name}")).await;
        let store = Store::enter(&access(), connect::options(server).database(&name)).await.unwrap();
        store.pool.close().await;
        run(&mut admin, format!("alter database {name} allow_connections false")).await;
    }
    run(&mut admin, "select pg_advisory_unlock(4711)".to_owned()).await;
    name
}

/// Drops the databases of test processes that have ended.
async fn sweep(admin: &mut PgConnection) {
    let old: Vec<String> = sqlx::query_scalar("select datname::text from pg_database where datname like 'test\\_%'")
        .fetch_all(&mut *admin)
        .await
        .unwrap();
    for name in old {
        let process = name.split('_').nth(1).unwrap_or_default();
        if !std::path::Path::new("/proc").join(process).exists() {
            run(admin, format!("drop database if exists {name} with (force)")).await;
        }
    }
}

pub fn access() -> Access {
    Access {
        database: Database::Url(String::new()),
        person: None,
        read_only: false,
        where_written: false,
        connections: 8,
        schema: schema::NAME.to_owned(),
        migrate: false,
    }
}

/// An order book for one test.
pub struct Book {
    pub store: Store,
    pub name: String,
    server: &'static Embedded,
}

/// An empty order book.
pub async fn book() -> Book {
    book_on(server()).await
}

/// An empty order book on this server.
pub async fn book_on(server: &'static Embedded) -> Book {
    let template = template(server).await;
    let name = format!("test_{}_{}", std::process::id(), uuid::Uuid::new_v4().simple());
    let mut admin = admin(server).await;
    run(&mut admin, format!("create database {name} template {template}")).await;
    // A copy does not have the settings of its template.
    run(&mut admin, format!("alter database {name} set search_path = recourse, public")).await;
    Book { store: open(server, &name).await, name, server }
}

async fn open(server: &Embedded, name: &str) -> Store {
    Store::enter(&access(), connect::options(server).database(name)).await.unwrap()
}

/// A book that its test has finished with leaves the disk: all books together would need some gigabytes. The book of a
/// failed test stays, to be looked at, until a later process sweeps it.
impl Drop for Book {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let (server, name) = (self.server, self.name.clone());
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime
                .block_on(async { run(&mut admin(server).await, format!("drop database {name} with (force)")).await });
        });
        dropped.join().expect("the book is dropped");
    }
}

impl Book {
    /// A session like psql's: no role set, and the rights of a superuser.
    pub async fn psql(&self) -> PgConnection {
        connect::options(self.server).database(&self.name).disable_statement_logging().connect().await.unwrap()
    }

    /// A session on another database of the same server, to act on the book from outside.
    pub async fn admin(&self) -> PgConnection {
        admin(self.server).await
    }

    pub fn url(&self) -> String {
        self.url_of("recourse")
    }

    /// The address for this login.
    pub fn url_of(&self, login: &str) -> String {
        let socket = self.server.socket_dir().to_string_lossy().replace('/', "%2F");
        format!("postgres://{login}@{socket}/{}", self.name)
    }

    /// Makes a login with these roles of the database. Logins belong to the server: tests share those of one name.
    pub async fn login(&self, login: &str, roles: &str) {
        let make = format!(
            "do $$ begin create role {login} login in role {roles}; exception when duplicate_object or unique_violation then null; end $$"
        );
        run(&mut self.psql().await, make).await;
    }

    /// How the program connects to it.
    pub fn options(&self) -> PgConnectOptions {
        connect::options(self.server).database(&self.name)
    }

    /// The folder of the server's socket.
    pub fn socket_dir(&self) -> &Path {
        self.server.socket_dir()
    }

    /// The binary on this book.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(arguments);
        command.env("DATABASE_URL", self.url());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Told {
        told(&mut self.command(arguments))
    }

    /// Runs the binary with the login of someone else.
    pub fn run_as(&self, login: &str, arguments: &[&str]) -> Told {
        let mut command = self.command(arguments);
        command.env("DATABASE_URL", self.url().replace("recourse@", &format!("{login}@")));
        told(&mut command)
    }

    /// Imports these lines with the binary, from a temporary file.
    pub fn import(&self, lines: &[u8]) -> Told {
        let file = std::env::temp_dir().join(format!("{}-{}", self.name, uuid::Uuid::new_v4().simple()));
        std::fs::write(&file, lines).unwrap();
        let told = self.run(&["import", file.to_str().unwrap(), "--json"]);
        std::fs::remove_file(&file).unwrap();
        told
    }

    /// Lets reported decisions of any amount through: for tests that are not about the policy's limits.
    pub async fn unlimited(&self) {
        self.policy("", &[("NGN = \"1000000\"", "NGN = \"none\""), ("USD = \"1000\"", "USD = \"none\"")]).await;
    }

    /// Sets the shipped policy with these changes, in the name of a person, or of the login.
    pub async fn policy(&self, person: &str, changes: &[(&str, &str)]) {
        let mut text = recourse::cases::policy::SHIPPED.to_owned();
        for (from, to) in changes {
            assert!(text.contains(from), "{from}");
            text = text.replacen(from, to, 1);
        }
        let policy = recourse::cases::Policy::parse(&text).unwrap();
        let set = "insert into recourse.desk_policy (number, body, source, recorder)
            select max(number) + 1, $1, $2, coalesce(nullif($3, ''), session_user) from recourse.desk_policy";
        let body = serde_json::to_value(&policy).unwrap();
        sqlx::query(set).bind(body).bind(text).bind(person).execute(&mut self.psql().await).await.unwrap();
    }

    /// Everything that `verify` finds wrong.
    pub async fn faults(&self) -> Vec<String> {
        let report = recourse::store::verify::verify(&self.store, None, |_| {}).await.unwrap();
        report.faults.into_iter().map(|fault| format!("{} {:?}: {}", fault.place, fault.seq, fault.what)).collect()
    }
}

/// The binary, with only `PATH` and an unusable `HOME` in its environment.
pub fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", "/nonexistent");
    command.args(arguments).stdin(Stdio::null());
    command
}

/// The exit code and output of one run of the binary.
#[derive(Debug)]
pub struct Told {
    pub code: i32,
    pub out: String,
    pub err: String,
}

pub fn told(command: &mut Command) -> Told {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Told { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
}

impl Told {
    pub fn lines(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect()
    }

    pub fn one(&self) -> Value {
        let mut lines = self.lines();
        assert_eq!(lines.len(), 1, "{self:?}");
        lines.remove(0)
    }
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The opening of an order, with a merchant and a buyer.
pub fn opening(order: Order) -> Opening {
    Opening { order, cancellation_fee: None, merchant: Some("m-7".into()), buyer: Some("Ada".into()), seller: None }
}

/// Opens an order and records these steps, in one transaction.
pub async fn put(store: &Store, order: &Order, steps: &[Step]) {
    let proof = |seq: usize| Proof {
        note: Some("told".into()),
        reference: Some(format!("r-{seq}")),
        ..Proof::new(Source::Import, &store.person)
    };
    let mut records = vec![Record::Opening(opening(order.clone()), proof(1))];
    records.extend(steps.iter().zip(2..).map(|(step, seq)| Record::Step(step.clone(), proof(seq))));
    let mut tx = store.pool.begin().await.unwrap();
    append::append(&mut tx, &records).await.unwrap();
    tx.commit().await.unwrap();
}

/// The shortest lawful steps from an opened order to this status, with partial amounts where the status needs them.
pub fn way_to(order: &Order, goal: Status) -> Vec<Step> {
    let mut ways: Vec<(Order, Vec<Step>)> = vec![(order.clone(), Vec::new())];
    for _ in 0..8 {
        if let Some((_, steps)) = ways.iter().find(|(order, _)| order.status == goal) {
            return steps.clone();
        }
        ways = ways
            .iter()
            .flat_map(|(order, steps)| {
                let soon = order.moved_at + chrono::TimeDelta::hours(1);
                let late = order
                    .due_at()
                    .into_iter()
                    .flat_map(|due| moves(order, due))
                    .filter(|step| step.actor() == Actor::Clock);
                let by_hand = moves(order, soon).into_iter().filter(|step| step.actor() != Actor::Clock);
                by_hand
                    .chain(late)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .map(|step| {
                        let mut steps = steps.clone();
                        steps.push(step.clone());
                        (step.into_order(), steps)
                    })
                    .collect::<Vec<_>>()
            })
            .collect();
    }
    panic!("no steps lead to {goal}");
}

/// Every lawful step of an order, with the full amount and with a third of it.
pub fn moves(order: &Order, at: DateTime<Utc>) -> Vec<Step> {
    let mut steps = Vec::new();
    for choice in menu(order, By::Fact, at) {
        let Ok(offer) = choice.verdict else { continue };
        let parts = offer.parts.then_some(Parts {
            to_seller: order.amount.minor / 3,
            to_buyer: order.amount.minor - order.amount.minor / 3,
        });
        let ask = Ask { amount: offer.most, parts, ..Ask::new(choice.action, choice.actor, at, By::Fact) };
        let third = Ask { amount: offer.most.map(|most| Money { minor: (most.minor / 3).max(1), ..most }), ..ask };
        steps.extend([ask, third].iter().filter_map(|ask| decide(order, ask).ok()));
    }
    steps
}
