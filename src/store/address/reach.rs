//! Connects to the first server that will do.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use super::error::explain;
use super::{Address, Host, Wanted};
use crate::store::StoreError;

/// A connection to one of the servers.
pub struct Reached {
    /// The connection.
    pub connection: PgConnection,
    /// How it was made, for further ones.
    pub options: PgConnectOptions,
}

/// What a server is.
#[derive(Debug, Clone, Copy)]
struct Kind {
    standby: bool,
    refuses: bool,
}

impl Wanted {
    const fn fits(self, kind: Kind) -> bool {
        match self {
            Self::Any => true,
            Self::ReadWrite => !kind.standby && !kind.refuses,
            Self::ReadOnly => kind.standby || kind.refuses,
            Self::Primary => !kind.standby,
            Self::Standby | Self::PreferStandby => kind.standby,
        }
    }

    /// Whether another server does where there is none of this kind.
    const fn is_a_wish(self) -> bool {
        matches!(self, Self::PreferStandby)
    }
}

impl Address {
    /// Connects to the first server that answers and will do.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unreachable`] if there is none; it says for each server why.
    pub async fn reach(&self, writes: bool) -> Result<Reached, StoreError> {
        // Of several servers, a program that writes needs the one that takes it; a copy is better than nothing.
        let several = self.hosts.len() > 1;
        let (wanted, wish) = match self.wanted {
            Some(wanted) => (wanted, wanted.is_a_wish()),
            None if writes && several => (Wanted::ReadWrite, true),
            None => (Wanted::Any, false),
        };
        let (mut spare, mut reasons) = (None, Vec::new());
        for host in &self.hosts {
            match self.attempt(host, wanted).await {
                Ok((reached, true)) => return Ok(reached),
                Ok((reached, false)) => {
                    reasons.push(format!("{host} is not {}", words(wanted)));
                    spare = spare.or(Some(reached));
                }
                Err(reason) => reasons.push(reason),
            }
        }
        match spare {
            Some(reached) if wish => Ok(reached),
            Some(_) | None => Err(StoreError::Unreachable(reasons.join("; "))),
        }
    }

    async fn attempt(&self, host: &Host, wanted: Wanted) -> Result<(Reached, bool), String> {
        let options = self.options(host);
        let work = async {
            let mut connection = options.connect().await?;
            // Until a session has its own settings, those of the login hold.
            own_limits(&mut connection, PATIENT).await?;
            let fits = match wanted {
                Wanted::Any => true,
                Wanted::ReadWrite | Wanted::ReadOnly | Wanted::Primary | Wanted::Standby | Wanted::PreferStandby => {
                    wanted.fits(kind(&mut connection).await?)
                }
            };
            Ok::<_, sqlx::Error>((connection, fits))
        };
        match timeout(self.patience, work).await {
            Ok(Ok((connection, fits))) => Ok((Reached { connection, options }, fits)),
            Ok(Err(error)) => Err(explain(self, host, &error)),
            Err(_) => {
                let seconds = self.patience.as_secs();
                let what =
                    if accepts(host).await { "accepts connections, but does not answer" } else { "does not answer" };
                Err(format!("{host} {what} (waited for {seconds} s)"))
            }
        }
    }
}

/// A login's own limits may be too short for any question, and its own role may see nothing.
pub const PATIENT: &str = "set statement_timeout = '60s'; set lock_timeout = '10s'; set role none";

/// How often a session tries to get its own limits.
const TRIES: u32 = 50;

/// Runs the statements that give a session its own limits. Until then those of the login hold, and on a busy machine they
/// may end even these: then they are run again.
///
/// # Errors
///
/// The error of the server, or of the connection.
pub async fn own_limits(connection: &mut PgConnection, sql: &str) -> Result<(), sqlx::Error> {
    let ended = |error: &sqlx::Error| {
        error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "57014")
    };
    let mut tries = 0;
    loop {
        match sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *connection).await {
            Err(error) if ended(&error) && tries < TRIES => tries += 1,
            done => return done.map(|_| ()),
        }
    }
}

async fn kind(connection: &mut PgConnection) -> Result<Kind, sqlx::Error> {
    let (standby, refuses) = sqlx::query_as(sql!("server_kind")).fetch_one(connection).await?;
    Ok(Kind { standby, refuses })
}

const fn words(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::Any => "a server",
        Wanted::ReadWrite => "one that takes writes",
        Wanted::ReadOnly => "read-only",
        Wanted::Primary => "a primary server",
        Wanted::Standby | Wanted::PreferStandby => "a standby",
    }
}

/// Whether something listens there at all.
async fn accepts(host: &Host) -> bool {
    let second = Duration::from_secs(1);
    match host.socket() {
        Some(folder) => {
            let path = folder.join(format!(".s.PGSQL.{}", host.port));
            matches!(timeout(second, UnixStream::connect(path)).await, Ok(Ok(_)))
        }
        None => {
            let name = host.at.map_or_else(|| host.name.clone(), |at| at.to_string());
            matches!(timeout(second, TcpStream::connect((name, host.port))).await, Ok(Ok(_)))
        }
    }
}

/// Closes a connection without waiting for the server.
pub async fn close(connection: PgConnection) {
    _ = timeout(Duration::from_secs(1), connection.close()).await;
}
