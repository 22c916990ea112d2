//! Finding the database, and who is at it.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use nix::unistd::{Uid, User};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::time::timeout;

use super::embedded::{self, Embedded};
use super::feed::Bell;
use super::{StoreError, schema};

/// Which database.
#[derive(Debug, Clone)]
pub enum Database {
    /// A server, by URL.
    Url(String),
    /// The embedded default.
    Embedded(embedded::Settings),
}

/// How a program wants in.
#[derive(Debug, Clone)]
pub struct Access {
    /// Which database.
    pub database: Database,
    /// The person to act as, where that is allowed.
    pub person: Option<String>,
    /// Only to read: refused by the session itself, too.
    pub read_only: bool,
    /// How many connections at the most.
    pub connections: u32,
}

/// An open order book.
#[derive(Debug, Clone)]
pub struct Store {
    /// Connections in the writer's role, or the reader's.
    pub pool: PgPool,
    /// Who acts.
    pub person: String,
    /// Whether writing is off.
    pub read_only: bool,
    /// How to make one more connection of the same kind.
    pub options: PgConnectOptions,
    pub(super) bell: Arc<Bell>,
    server: Option<Arc<Embedded>>,
}

const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// The name of the program's database in an embedded cluster.
const NAME: &str = "recourse";

impl Store {
    /// Finds or starts the database, brings an empty one to the present schema, and comes in as the person.
    pub async fn open(access: &Access) -> Result<Self, StoreError> {
        match &access.database {
            Database::Url(url) => {
                if !SCHEMES.iter().any(|scheme| url.starts_with(scheme)) {
                    let shape = "postgres://login@host/database".to_owned();
                    return Err(StoreError::Unreachable(format!(
                        "the database URL is not of PostgreSQL; write {shape}"
                    )));
                }
                let options = PgConnectOptions::from_str(url)
                    .map_err(|error| StoreError::Unreachable(format!("the database URL cannot be read: {error}")))?;
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

    /// Comes in over these options: migrations first, then the pool.
    pub async fn enter(
        access: &Access,
        options: PgConnectOptions,
        server: Option<Embedded>,
    ) -> Result<Self, StoreError> {
        let options = options.application_name("recourse").disable_statement_logging();
        let mut connection = options.connect().await?;
        schema::prepare(&mut connection, access.read_only).await?;
        let login: String = sqlx::query_scalar("select session_user::text").fetch_one(&mut connection).await?;
        let member =
            |role: &'static str| sqlx::query_scalar("select pg_has_role(session_user, $1, 'member')").bind(role);
        let writer: bool = member("recourse_writer").fetch_one(&mut connection).await?;
        let reader: bool = member("recourse_reader").fetch_one(&mut connection).await?;
        let proxy: bool = member("recourse_proxy").fetch_one(&mut connection).await?;
        connection.close().await?;
        // Who may only read is not refused, but reads.
        let read_only = access.read_only || !writer;
        let setting = match (read_only, reader, writer) {
            (false, ..) => sql!("session_writer"),
            (true, true, _) => sql!("session_reader"),
            (true, false, true) => concat!(sql!("session_writer"), "; set default_transaction_read_only = on"),
            (true, false, false) => {
                let grant = format!("an owner can: grant recourse_writer to {login:?}");
                return Err(StoreError::NotAllowed(format!("{login} is a member of no role that may read; {grant}")));
            }
        };
        let person = match (&access.person, &server) {
            (Some(person), _) if *person == login || proxy => person.clone(),
            (Some(person), _) => {
                let advice = "name yourself, or connect as a member of recourse_proxy";
                return Err(StoreError::NotAllowed(format!("{login} may not act as {person}; {advice}")));
            }
            (None, Some(_)) => system_login(),
            (None, None) => login,
        };
        let pool = pool(&options, access.connections, setting).await?;
        Ok(Self { pool, person, read_only, options, bell: Arc::default(), server: server.map(Arc::new) })
    }
}

impl Store {
    /// Throws away the connections that died: each would else be found out by somebody's first statement.
    pub async fn sweep(&self) {
        let mut held = Vec::new();
        while let Some(mut connection) = self.pool.try_acquire() {
            let alive = timeout(Duration::from_secs(1), connection.ping()).await;
            if !matches!(alive, Ok(Ok(()))) {
                connection.close_on_drop();
            }
            // Until all were looked at, none goes back to be looked at again.
            held.push(connection);
        }
    }

    /// Starts the embedded server again, should it have died. Of any other somebody else takes care.
    pub async fn revive(&self) -> Result<(), StoreError> {
        let Some(server) = self.server.clone() else { return Ok(()) };
        let revived = tokio::task::spawn_blocking(move || server.revive()).await;
        revived.map_err(|error| StoreError::Unreachable(error.to_string()))?.map_err(StoreError::from)
    }
}

/// What a URL says, if it is one of PostgreSQL's and nothing in it looks like a part of a password that was not escaped.
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

/// Which database a URL names, for people: host and database, never a password.
pub fn place(url: &str) -> String {
    let Some(options) = options_of(url) else { return "?".to_owned() };
    let host = options.get_socket().map_or_else(|| options.get_host().to_owned(), |_| "local".to_owned());
    format!("{host}/{}", options.get_database().unwrap_or(options.get_username()))
}

/// How to reach an embedded server.
pub fn options(server: &Embedded) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass().socket(server.socket_dir()).port(5432).username(embedded::USER)
}

/// Makes a database unless it is there.
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
        // Another process was faster.
        Err(error)
            if error.as_database_error().is_some_and(|e| matches!(e.code().as_deref(), Some("42P04" | "23505"))) =>
        {
            Ok(())
        }
        other => other.map(|_| ()).map_err(StoreError::from),
    }
}

async fn pool(options: &PgConnectOptions, connections: u32, setting: &'static str) -> Result<PgPool, StoreError> {
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        // A dead connection shows at the first statement, which is always a reading one; a ping before each would cost
        // as much as the reading.
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            Box::pin(async move { sqlx::raw_sql(setting).execute(connection).await.map(|_| ()) })
        })
        .connect_with(options.clone())
        .await?;
    Ok(pool)
}

/// The system's name for whoever runs this.
fn system_login() -> String {
    User::from_uid(Uid::effective()).ok().flatten().map_or_else(|| Uid::effective().to_string(), |user| user.name)
}
