//! Finds the database and the person who uses it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::unistd::{Uid, User};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, FromRow, PgConnection, Row};
use tokio::time::timeout;

use super::StoreError;
use super::address::{self, Address, Reached, own_limits};
use super::embedded::{self, Embedded};
use super::feed::Bell;
use super::schema::{self, Change};

/// The database to use.
#[derive(Debug, Clone)]
pub enum Database {
    /// A server, by its address in any of libpq's forms.
    Url(String),
    /// The embedded server (default).
    Embedded(embedded::Settings),
}

/// How a program connects.
#[derive(Debug, Clone)]
pub struct Access {
    /// The database.
    pub database: Database,
    /// The person to act as, if the login may.
    pub person: Option<String>,
    /// Read only: the session itself also refuses writes.
    pub read_only: bool,
    /// Of several servers, reach the one where commands write, although this session may only read.
    pub where_written: bool,
    /// The maximum number of connections.
    pub connections: u32,
    /// The schema that has the tables, [`schema::NAME`] by default.
    pub schema: String,
    /// Whether a filled database may be changed: `recourse migrate`.
    pub migrate: bool,
}

/// An open order book.
#[derive(Debug, Clone)]
pub struct Store {
    /// Connections with the writer role or the reader role.
    pub pool: PgPool,
    /// The person who acts.
    pub person: String,
    /// Whether the person was named, and is not the one who logged in.
    pub(super) named: bool,
    /// Why writes are refused, if they are.
    pub read_only: Option<ReadOnly>,
    pub(super) schema: Arc<str>,
    session: Arc<str>,
    pub(super) bell: Arc<Bell>,
    /// How long a question and its answer took when it was opened.
    pub round_trip: Duration,
    server: Server,
}

/// Why nothing can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadOnly {
    /// It was asked for.
    #[error("nothing is written with --read-only")]
    Asked,
    /// The server is a copy of another.
    #[error("the server is a standby and takes no writes: connect to the primary server")]
    Standby,
    /// A setting of the login or of the database.
    #[error(
        "default_transaction_read_only is on for this login or this database: its owner can reset it (alter role … reset default_transaction_read_only)"
    )]
    Setting,
    /// The login has the reader's role only.
    #[error("this login can only read: the database owner can grant it recourse_writer")]
    Login,
}

/// What to do when the server is lost.
#[derive(Debug, Clone)]
enum Server {
    /// It is not ours.
    Given,
    /// It is one of these.
    At(Arc<Address>),
    /// It is a private one, which can be started again.
    Own(Arc<Embedded>),
}

/// The name of the program's database in an embedded cluster.
const NAME: &str = "recourse";

const ROLES: &str = "the roles of recourse are missing on this server: a dump was restored before them. Restore the roles \
                     (pg_dumpall --roles-only), then the dump into an empty database";

const UNGUARDED: &str = "session_replication_role is set for this login, which switches off what guards the tables: reset it \
                         (alter role … reset session_replication_role)";

/// What the server says of itself and of the login.
#[derive(Debug, FromRow)]
struct Entry {
    login: String,
    writer: bool,
    reader: bool,
    masked: bool,
    proxy: bool,
    roles: bool,
    standby: bool,
    refuses: bool,
    encoding: String,
    guarded: bool,
}

impl Entry {
    const fn may_look(&self) -> bool {
        self.writer || self.reader || self.masked
    }

    /// Where this login's sessions look up names. What a masked reader sees comes first.
    fn path(&self, schema: &str) -> String {
        let is_masked = self.masked && !self.writer && !self.reader;
        if is_masked { format!("{schema}_masked, {schema}") } else { schema.to_owned() }
    }
}

/// How long it may take to look at a server's schema, and to make one.
const STARTED: Duration = Duration::from_secs(30);

impl Store {
    /// Finds or starts the database, updates its schema, and connects as the person.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unreachable`] if the address cannot be read or no server answers; [`StoreError::Embedded`] if
    /// the embedded server cannot be started; everything that [`Store::enter`] returns.
    pub async fn open(access: &Access) -> Result<Self, StoreError> {
        match &access.database {
            Database::Url(text) => {
                let address = read(text).map_err(|fault| StoreError::Unreachable(fault.to_string()))?;
                let reached = address.reach(access.where_written || !access.read_only).await?;
                let started = Self::start(access, reached, Server::At(Arc::new(address)));
                let silent = || format!("it does not answer (waited for {} s)", STARTED.as_secs());
                let in_time = tokio::time::timeout(STARTED, started).await;
                in_time.unwrap_or_else(|_| Err(StoreError::Unreachable(silent())))
            }
            Database::Embedded(settings) => {
                let settings = settings.clone();
                let joined = tokio::task::spawn_blocking(move || Embedded::join(&settings)).await;
                let server = joined.map_err(|error| StoreError::Unreachable(error.to_string()))??;
                let options = options(&server);
                let mut connection = options.clone().database("postgres").connect().await?;
                create(&mut connection, NAME).await?;
                connection.close().await?;
                let options = options.database(NAME);
                let connection = options.connect().await?;
                Self::start(access, Reached { connection, options }, Server::Own(Arc::new(server))).await
            }
        }
    }

    /// Connects with these options: prepares the schema, then opens the pool.
    ///
    /// # Errors
    ///
    /// [`StoreError::Foreign`] if the database is not this program's, or of another version; [`StoreError::NotAllowed`]
    /// if the login has no role that may read, or may not act as the person.
    pub async fn enter(access: &Access, options: PgConnectOptions) -> Result<Self, StoreError> {
        let options = options.application_name("recourse").disable_statement_logging();
        let connection = options.connect().await?;
        Self::start(access, Reached { connection, options }, Server::Given).await
    }

    async fn start(access: &Access, reached: Reached, server: Server) -> Result<Self, StoreError> {
        let Reached { mut connection, options } = reached;
        // Left in the session: if another connection sees it, a pooler gives every transaction another session.
        let mark = uuid::Uuid::new_v4().to_string();
        let asked = Instant::now();
        let entry = entry(&mut connection, &mark).await?;
        let round_trip = asked.elapsed();
        let read_only = match () {
            () if access.read_only => Some(ReadOnly::Asked),
            () if entry.standby => Some(ReadOnly::Standby),
            () if entry.refuses => Some(ReadOnly::Setting),
            () => None,
        };
        schema::fits(&entry.encoding)?;
        if !entry.guarded {
            return Err(StoreError::Foreign(UNGUARDED.to_owned()));
        }
        if entry.roles && !entry.may_look() && schema::exists(&mut connection, &access.schema).await? {
            return Err(without_role(&entry.login));
        }
        let change = match (read_only, access.migrate, &server) {
            (Some(_), ..) => Change::Nothing,
            (None, true, _) => Change::Another,
            (None, false, Server::Own(_)) => Change::Filled,
            (None, false, Server::Given | Server::At(_)) => Change::Empty,
        };
        let changed = schema::prepare(&mut connection, &access.schema, &entry.path(&access.schema), change).await?;
        // The first session of an empty database had no roles yet.
        let entry = if changed { self::entry(&mut connection, &mark).await? } else { entry };
        let login = &entry.login;
        if !entry.roles {
            return Err(StoreError::Foreign(ROLES.to_owned()));
        }
        if !entry.may_look() {
            return Err(without_role(login));
        }
        let read_only = read_only.or((!entry.writer).then_some(ReadOnly::Login));
        let person = person(access, &entry, &server)?;
        let named = access.person.as_ref().is_some_and(|person| *person != entry.login);
        let session = session(&entry.path(&access.schema), read_only);
        let pool = pool(&options, access.connections, session.clone()).await?;
        let mut another = pool.acquire().await?;
        let (own, other) = tokio::try_join!(seen_mark(&mut connection), seen_mark(&mut another))?;
        drop(another);
        if own.as_ref() != Some(&mark) || other.as_ref() == Some(&mark) {
            return Err(address::pooled());
        }
        address::close(connection).await;
        let schema = access.schema.as_str().into();
        Ok(Self { pool, person, named, read_only, schema, session, bell: Arc::default(), round_trip, server })
    }

    /// Whether writes are refused.
    pub const fn is_read_only(&self) -> bool {
        self.read_only.is_some()
    }

    /// One more connection like those of the pool.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unreachable`] if the database does not answer.
    pub async fn connection(&self) -> Result<PgConnection, StoreError> {
        let mut connection = self.pool.connect_options().connect().await?;
        own_limits(&mut connection, &self.session).await?;
        Ok(connection)
    }
}

/// What the server says of itself and of the login. Leaves the mark in the session.
///
/// Sent without parameters, like all that is asked before the first page: to prepare a statement is another way to the
/// server and back.
async fn entry(connection: &mut PgConnection, mark: &str) -> Result<Entry, StoreError> {
    let statement = sql!("enter").replace("$1", &format!("'{mark}'"));
    let row = sqlx::raw_sql(AssertSqlSafe(statement)).fetch_one(connection).await?;
    Ok(Entry::from_row(&row)?)
}

/// The mark that is in this session.
async fn seen_mark(connection: &mut PgConnection) -> Result<Option<String>, StoreError> {
    Ok(sqlx::raw_sql(sql!("session_mark")).fetch_one(connection).await?.try_get(0)?)
}

fn without_role(login: &str) -> StoreError {
    let name = crate::text::clean(login);
    StoreError::NotAllowed(format!(
        "the login {name} has no rights here; the database's owner can run: grant recourse_reader to \"{name}\" (to look), recourse_masked (without names and texts) or recourse_writer (to work)"
    ))
}

/// The person who acts: the login, or another if the login may act for others.
fn person(access: &Access, entry: &Entry, server: &Server) -> Result<String, StoreError> {
    let login = &entry.login;
    match (&access.person, server) {
        (Some(person), _) if person == login || entry.proxy => Ok(person.clone()),
        (Some(person), _) => {
            let advice = "use your own name, or connect as a member of recourse_proxy";
            Err(StoreError::NotAllowed(format!("{login} may not act as {person}; {advice}")))
        }
        (None, Server::Own(_)) => Ok(system_login()),
        (None, Server::At(_) | Server::Given) => Ok(login.clone()),
    }
}

/// The statements that every session starts with.
fn session(path: &str, read_only: Option<ReadOnly>) -> Arc<str> {
    let settings = sql!("session").replace("{path}", path);
    // A restored or promoted cluster counts its transactions from the start: the first writer notices.
    let last = if read_only.is_some() { "set default_transaction_read_only = on" } else { "select epoch_now()" };
    format!("{}; {last}", settings.trim_end()).into()
}

impl Store {
    /// Closes connections that are dead, or lead to a server that no longer takes this program's writes. Otherwise each
    /// would fail the next statement that uses it.
    pub async fn sweep(&self) {
        let mut held = Vec::new();
        while let Some(mut connection) = self.pool.try_acquire() {
            let standby = sqlx::query_scalar::<_, bool>("select pg_is_in_recovery()").fetch_one(&mut *connection);
            match timeout(Duration::from_secs(1), standby).await {
                Ok(Ok(standby)) if self.is_read_only() || !standby => {}
                _ => connection.close_on_drop(),
            }
            // Hold each one until all are checked, so that none is checked twice.
            held.push(connection);
        }
    }

    /// Whether the server answers and takes this program's writes.
    pub async fn takes_writes(&self) -> bool {
        let primary = sqlx::query_scalar::<_, bool>("select not pg_is_in_recovery()").fetch_one(&self.pool);
        !self.is_read_only() && matches!(timeout(Duration::from_secs(5), primary).await, Ok(Ok(true)))
    }

    /// Brings the server back: restarts a private one that died, and finds the one that takes writes among several.
    ///
    /// # Errors
    ///
    /// [`StoreError::Embedded`] if a private server cannot be started again; [`StoreError::Unreachable`] if none of
    /// several will do.
    pub async fn revive(&self) -> Result<(), StoreError> {
        match &self.server {
            Server::Own(server) => {
                let server = server.clone();
                let revived = tokio::task::spawn_blocking(move || server.revive()).await;
                revived.map_err(|error| StoreError::Unreachable(error.to_string()))?.map_err(StoreError::from)
            }
            Server::At(address) if address.hosts.len() > 1 => {
                let reached = address.reach(!self.is_read_only()).await?;
                self.pool.set_connect_options(reached.options);
                address::close(reached.connection).await;
                Ok(())
            }
            Server::At(_) | Server::Given => Ok(()),
        }
    }
}

/// Whether an address names servers on this machine only.
pub fn is_local(text: &str) -> bool {
    read(text).is_ok_and(|address| address.is_local())
}

/// The hosts and the database that an address names, for people; never the password.
pub fn place(text: &str) -> String {
    read(text).map_or_else(|_| "?".to_owned(), |address| address.place())
}

fn read(text: &str) -> Result<Address, address::Fault> {
    Address::read(text, &|name| std::env::var(name).ok())
}

/// The connection options of an embedded server.
pub fn options(server: &Embedded) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass().socket(server.socket_dir()).port(5432).username(embedded::USER)
}

/// Creates a database unless it exists.
///
/// # Errors
///
/// [`StoreError::NotAllowed`] if the login may not create databases; another [`StoreError`] if the database cannot be
/// reached.
pub async fn create(connection: &mut PgConnection, name: &'static str) -> Result<(), StoreError> {
    let there: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(name)
        .fetch_one(&mut *connection)
        .await?;
    if there {
        return Ok(());
    }
    let made = sqlx::query(AssertSqlSafe(format!("create database {name}"))).execute(connection).await;
    match made {
        // Another process created it first.
        Err(error)
            if error.as_database_error().is_some_and(|e| matches!(e.code().as_deref(), Some("42P04" | "23505"))) =>
        {
            Ok(())
        }
        other => other.map(|_| ()).map_err(StoreError::from),
    }
}

async fn pool(options: &PgConnectOptions, connections: u32, session: Arc<str>) -> Result<PgPool, StoreError> {
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        // A dead connection fails at its first statement, which only reads. A ping before each use would cost as much
        // as that read.
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            let session = session.to_string();
            Box::pin(async move { own_limits(connection, &session).await })
        })
        .connect_with(options.clone())
        .await?;
    Ok(pool)
}

/// The system login of the current user.
fn system_login() -> String {
    User::from_uid(Uid::effective()).ok().flatten().map_or_else(|| Uid::effective().to_string(), |user| user.name)
}
