//! Finds the database and the person who uses it.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use nix::unistd::{Uid, User};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use tokio::time::timeout;

use super::StoreError;
use super::embedded::{self, Embedded};
use super::feed::Bell;
use super::schema::{self, Change};

/// The database to use.
#[derive(Debug, Clone)]
pub enum Database {
    /// A server, by URL.
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
    /// Whether writes are refused.
    pub read_only: bool,
    options: PgConnectOptions,
    session: Arc<str>,
    pub(super) bell: Arc<Bell>,
    server: Option<Arc<Embedded>>,
}

const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// The name of the program's database in an embedded cluster.
const NAME: &str = "recourse";

impl Store {
    /// Finds or starts the database, updates its schema, and connects as the person.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unreachable`] if the URL cannot be read or the server does not answer; [`StoreError::Embedded`] if
    /// the embedded server cannot be started; everything that [`Store::enter`] returns.
    pub async fn open(access: &Access) -> Result<Self, StoreError> {
        match &access.database {
            Database::Url(url) => {
                if !SCHEMES.iter().any(|scheme| url.starts_with(scheme)) {
                    let shape = "postgres://login@host/database".to_owned();
                    return Err(StoreError::Unreachable(format!("this is not a PostgreSQL URL; write {shape}")));
                }
                let options = PgConnectOptions::from_str(url)
                    .map_err(|error| StoreError::Unreachable(format!("cannot read the database URL: {error}")))?;
                Self::enter(access, options, None).await
            }
            Database::Embedded(settings) => {
                let settings = settings.clone();
                let joined = tokio::task::spawn_blocking(move || Embedded::join(&settings)).await;
                let server = joined.map_err(|error| StoreError::Unreachable(error.to_string()))??;
                let options = options(&server);
                let mut connection = options.clone().database("postgres").connect().await?;
                create(&mut connection, NAME).await?;
                connection.close().await?;
                Self::enter(access, options.database(NAME), Some(server)).await
            }
        }
    }

    /// Connects with these options: runs the migrations, then opens the pool.
    ///
    /// # Errors
    ///
    /// [`StoreError::Foreign`] if the database is not this program's, or of another version; [`StoreError::NotAllowed`]
    /// if the login has no role that may read, or may not act as the person.
    pub async fn enter(
        access: &Access,
        options: PgConnectOptions,
        server: Option<Embedded>,
    ) -> Result<Self, StoreError> {
        let options = options.application_name("recourse").disable_statement_logging();
        let mut connection = options.connect().await?;
        let change = match (access.read_only, access.migrate || server.is_some()) {
            (true, _) => Change::Nothing,
            (false, true) => Change::Filled,
            (false, false) => Change::Empty,
        };
        schema::prepare(&mut connection, &access.schema, change).await?;
        let login: String = sqlx::query_scalar("select session_user::text").fetch_one(&mut connection).await?;
        let has = |role: &'static str| sqlx::query_scalar("select pg_has_role(session_user, $1, 'usage')").bind(role);
        let writer: bool = has("recourse_writer").fetch_one(&mut connection).await?;
        let reader: bool = has("recourse_reader").fetch_one(&mut connection).await?;
        let proxy: bool = has("recourse_proxy").fetch_one(&mut connection).await?;
        connection.close().await?;
        if !writer && !reader {
            let grant = format!("the database owner can run: grant recourse_writer to {login:?}");
            return Err(StoreError::NotAllowed(format!("{login} has no role that may read; {grant}")));
        }
        // A login that may only read is not refused; its session is read-only.
        let read_only = access.read_only || !writer;
        let session = session(&access.schema, read_only);
        let person = match (&access.person, &server) {
            (Some(person), _) if *person == login || proxy => person.clone(),
            (Some(person), _) => {
                let advice = "use your own name, or connect as a member of recourse_proxy";
                return Err(StoreError::NotAllowed(format!("{login} may not act as {person}; {advice}")));
            }
            (None, Some(_)) => system_login(),
            (None, None) => login,
        };
        let pool = pool(&options, access.connections, session.clone()).await?;
        Ok(Self { pool, person, read_only, options, session, bell: Arc::default(), server: server.map(Arc::new) })
    }

    /// One more connection like those of the pool.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unreachable`] if the database does not answer.
    pub async fn connection(&self) -> Result<PgConnection, StoreError> {
        let mut connection = self.options.connect().await?;
        sqlx::raw_sql(AssertSqlSafe(self.session.to_string())).execute(&mut connection).await?;
        Ok(connection)
    }
}

/// The statements that every session starts with.
fn session(schema: &str, read_only: bool) -> Arc<str> {
    let settings = sql!("session").replace("{schema}", schema);
    let reads = if read_only { "; set default_transaction_read_only = on" } else { "" };
    format!("{}{reads}", settings.trim_end()).into()
}

impl Store {
    /// Closes dead connections. Otherwise each would fail the next statement that uses it.
    pub async fn sweep(&self) {
        let mut held = Vec::new();
        while let Some(mut connection) = self.pool.try_acquire() {
            let alive = timeout(Duration::from_secs(1), connection.ping()).await;
            if !matches!(alive, Ok(Ok(()))) {
                connection.close_on_drop();
            }
            // Hold each one until all are checked, so that none is checked twice.
            held.push(connection);
        }
    }

    /// Restarts the embedded server if it died. Does nothing for any other server.
    ///
    /// # Errors
    ///
    /// [`StoreError::Embedded`] if the server died and cannot be started again.
    pub async fn revive(&self) -> Result<(), StoreError> {
        let Some(server) = self.server.clone() else { return Ok(()) };
        let revived = tokio::task::spawn_blocking(move || server.revive()).await;
        revived.map_err(|error| StoreError::Unreachable(error.to_string()))?.map_err(StoreError::from)
    }
}

/// The options in a PostgreSQL URL. `None` for other URLs, or if a part looks like an unescaped piece of a password.
fn options_of(url: &str) -> Option<PgConnectOptions> {
    let known = SCHEMES.iter().any(|scheme| url.starts_with(scheme));
    let options = PgConnectOptions::from_str(url).ok().filter(|_| known)?;
    let odd = |part: &str| part.contains(['@', '/', ':']) && !part.starts_with('/');
    let clear = !odd(options.get_host()) && !odd(options.get_database().unwrap_or_default());
    clear.then_some(options)
}

/// Whether a URL names a server on this machine.
pub fn is_local(url: &str) -> bool {
    options_of(url).is_some_and(|it| {
        it.get_socket().is_some()
            || it.get_host().starts_with('/')
            || ["localhost", "127.0.0.1", "::1"].contains(&it.get_host())
    })
}

/// The host and database that a URL names, for people; never the password.
pub fn place(url: &str) -> String {
    let Some(options) = options_of(url) else { return "?".to_owned() };
    let host = options.get_socket().map_or_else(|| options.get_host().to_owned(), |_| "local".to_owned());
    format!("{host}/{}", options.get_database().unwrap_or(options.get_username()))
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
    let made = sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}"))).execute(connection).await;
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
            let session = AssertSqlSafe(session.to_string());
            Box::pin(async move { sqlx::raw_sql(session).execute(connection).await.map(|_| ()) })
        })
        .connect_with(options.clone())
        .await?;
    Ok(pool)
}

/// The system login of the current user.
fn system_login() -> String {
    User::from_uid(Uid::effective()).ok().flatten().map_or_else(|| Uid::effective().to_string(), |user| user.name)
}
