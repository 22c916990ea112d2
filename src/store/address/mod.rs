//! Where the database is, in every way that libpq takes: a URL, `key=value` pairs, a service file, environment variables,
//! several hosts. What is not known is refused, never ignored: a misspelt `sslmode` would connect in plain text.
//!
//! Every form is read into `Parts`, keyword by keyword; `keywords` lists what is known.

mod error;
mod keywords;
mod pairs;
mod passfile;
mod reach;
mod service;
mod url;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

pub use error::{is_pooled, pooled};
use passfile::Passwords;
pub use reach::{PATIENT, Reached, close, own_limits};
pub use url::holds_password;

/// The value of each keyword that was given.
type Parts = BTreeMap<&'static str, String>;

/// How the program looks up an environment variable; tests have their own.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Why an address cannot be read. It never quotes a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Fault(String);

fn fault(words: impl Into<String>) -> Fault {
    Fault(words.into())
}

impl Fault {
    /// The same about a variable of the environment, which gave the value.
    fn of_variable(self, name: &str) -> Self {
        Self(self.0.replace("the database's address has", &format!("the variable {name} gives")))
    }
}

/// How long a server may take to answer, unless `connect_timeout` says otherwise.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where libpq looks for a server's socket when no host is named.
const SOCKETS: [&str; 3] = ["/var/run/postgresql", "/run/postgresql", "/tmp"];

/// One of the servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Its name or IP address, or the folder of its socket.
    pub name: String,
    /// The IP address to connect to, so that the name needs no lookup.
    pub at: Option<IpAddr>,
    /// Its port.
    pub port: u16,
}

impl Host {
    /// The folder of its socket, if it is one.
    fn socket(&self) -> Option<&Path> {
        self.name.starts_with(['/', '@']).then(|| Path::new(&self.name))
    }

    /// Whether it is on this machine.
    fn is_local(&self) -> bool {
        let loopback = self.name.parse::<IpAddr>().ok().or(self.at).is_some_and(|ip| ip.is_loopback());
        self.socket().is_some() || loopback || self.name == "localhost"
    }
}

impl std::fmt::Display for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.socket(), self.name.contains(':')) {
            (Some(folder), _) => write!(f, "{}/.s.PGSQL.{}", folder.display(), self.port),
            (None, true) => write!(f, "[{}]:{}", self.name, self.port),
            (None, false) => write!(f, "{}:{}", self.name, self.port),
        }
    }
}

/// Which of several servers will do (`target_session_attrs`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum Wanted {
    /// The first that answers.
    Any,
    /// One that takes writes.
    ReadWrite,
    /// One that refuses writes.
    ReadOnly,
    /// One that is no copy of another.
    Primary,
    /// A copy of another.
    Standby,
    /// A copy of another if there is one, else the first that answers.
    PreferStandby,
}

/// Where the database is, and how to log in.
#[derive(Debug, Clone)]
pub struct Address {
    /// The servers, in the order to try them.
    pub hosts: Vec<Host>,
    /// Which of them will do; unless it is said, the one that takes writes where the program may write.
    pub wanted: Option<Wanted>,
    /// How long each may take to answer.
    pub patience: Duration,
    login: String,
    password: Option<String>,
    database: Option<String>,
    settings: Vec<(String, String)>,
    name: String,
    tls: Tls,
    passwords: Passwords,
}

#[derive(Debug, Clone, Default)]
struct Tls {
    mode: PgSslMode,
    authority: Option<PathBuf>,
    own: Option<(PathBuf, PathBuf)>,
}

impl Address {
    /// Reads an address. What it leaves out comes from the service it names, then from the environment.
    ///
    /// # Errors
    ///
    /// [`Fault`] if it is no address, if a part of it is unknown or not supported, or if a file that it names cannot be
    /// read.
    pub fn read(text: &str, variable: Lookup<'_>) -> Result<Self, Fault> {
        let mut parts = match text.split_once("://") {
            Some(("postgres" | "postgresql", rest)) => url::parts(rest)?,
            Some(_) => return Err(fault(keywords::SHAPE)),
            None => pairs::parts(text)?,
        };
        if let Some(name) = parts.get("service").cloned().or_else(|| variable("PGSERVICE")) {
            for (keyword, value) in service::parts(&name, parts.get("servicefile").map(String::as_str), variable)? {
                parts.entry(keyword).or_insert(value);
            }
        }
        for (keyword, name) in keywords::variables() {
            if let (false, Some(value)) =
                (parts.contains_key(keyword), variable(name).filter(|value| !value.is_empty()))
            {
                keywords::check(keyword, &value).map_err(|fault| fault.of_variable(name))?;
                parts.insert(keyword, value);
            }
        }
        Self::of(&parts, variable)
    }

    fn of(parts: &Parts, variable: Lookup<'_>) -> Result<Self, Fault> {
        let text = |keyword: &str| parts.get(keyword).filter(|value| !value.is_empty()).cloned();
        let home = variable("HOME").map(PathBuf::from);
        let passfile = text("passfile").map(PathBuf::from);
        let wanted = text("target_session_attrs").map(|it| keywords::one_of::<Wanted>("target_session_attrs", &it));
        let hosts = hosts(parts)?;
        let local = hosts.iter().all(Host::is_local);
        Ok(Self {
            hosts,
            wanted: wanted.transpose()?,
            patience: patience(text("connect_timeout"))?,
            login: text("user").or_else(system_login).unwrap_or_else(|| "postgres".to_owned()),
            password: text("password"),
            database: text("dbname"),
            settings: settings(&text("options").unwrap_or_default())?,
            name: text("application_name").unwrap_or_else(|| "recourse".to_owned()),
            tls: Tls::of(parts, home.as_deref(), local)?,
            passwords: Passwords::read(passfile.or_else(|| home.map(|home| home.join(".pgpass")))),
        })
    }

    /// Whether every server is on this machine.
    pub fn is_local(&self) -> bool {
        self.hosts.iter().all(Host::is_local)
    }

    /// The hosts and the database, for people; never the password.
    pub fn place(&self) -> String {
        let name = |host: &Host| host.socket().map_or_else(|| host.name.clone(), |_| "local".to_owned());
        let hosts: Vec<String> = self.hosts.iter().map(name).collect();
        format!("{}/{}", hosts.join(","), self.database())
    }

    fn database(&self) -> &str {
        self.database.as_deref().unwrap_or(&self.login)
    }

    fn password(&self, host: &Host) -> Option<String> {
        let of_file = || self.passwords.of(host, self.database(), &self.login);
        self.password.clone().or_else(of_file)
    }

    /// How to connect to one of the servers.
    fn options(&self, host: &Host) -> PgConnectOptions {
        let at = host.at.map_or_else(|| host.name.clone(), |at| at.to_string());
        let mut options = PgConnectOptions::new_without_pgpass()
            .host(&at)
            .port(host.port)
            .username(&self.login)
            .database(self.database())
            .application_name(&self.name)
            // Poolers refuse it, and no number here is a floating one.
            .extra_float_digits(None)
            .ssl_mode(self.tls.mode)
            .disable_statement_logging();
        // Poolers refuse options, even empty ones.
        if !self.settings.is_empty() {
            options = options.options(self.settings.iter().map(|(name, value)| (name, value)));
        }
        if let Some(password) = self.password(host) {
            options = options.password(&password);
        }
        if let Some(folder) = host.socket() {
            options = options.socket(folder);
        }
        if let Some(authority) = &self.tls.authority {
            options = options.ssl_root_cert(authority);
        }
        if let Some((certificate, key)) = &self.tls.own {
            options = options.ssl_client_cert(certificate).ssl_client_key(key);
        }
        options
    }
}

/// The servers: names, IP addresses and ports are lists of the same length, or one port for all.
fn hosts(parts: &Parts) -> Result<Vec<Host>, Fault> {
    let list = |keyword: &str| -> Vec<String> {
        parts.get(keyword).map(|text| text.split(',').map(|it| it.trim().to_owned()).collect()).unwrap_or_default()
    };
    let (mut names, ips, ports) = (list("host"), list("hostaddr"), list("port"));
    if names.is_empty() {
        names = if ips.is_empty() { vec![String::new()] } else { ips.clone() };
    }
    if !ips.is_empty() && ips.len() != names.len() {
        return Err(fault(format!("{} hosts, but {} hostaddr: write as many", names.len(), ips.len())));
    }
    if ports.len() > 1 && ports.len() != names.len() {
        return Err(fault(format!("{} hosts, but {} ports: write as many, or one for all", names.len(), ports.len())));
    }
    let mut hosts = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let port = ports.get(index).or_else(|| ports.first()).map_or("", String::as_str);
        let port = match port {
            "" => 5432,
            port => port
                .parse()
                .ok()
                .filter(|port| *port > 0)
                .ok_or_else(|| fault("the port is not a number from 1 to 65535"))?,
        };
        let at = ips.get(index).filter(|it| !it.is_empty());
        let at = at.map(|it| it.parse::<IpAddr>().map_err(|_| fault("hostaddr is not an IP address"))).transpose()?;
        if name.contains(['@', ' ']) && !name.starts_with(['/', '@']) {
            return Err(fault(format!("the host is not a name or an IP address; {}", keywords::ENCODE)));
        }
        let name = if name.is_empty() { default_host(port) } else { name.clone() };
        hosts.push(Host { name, at, port });
    }
    Ok(hosts)
}

fn default_host(port: u16) -> String {
    let there = SOCKETS.iter().find(|folder| Path::new(folder).join(format!(".s.PGSQL.{port}")).exists());
    there.map_or_else(|| "localhost".to_owned(), |folder| (*folder).to_owned())
}

fn patience(text: Option<String>) -> Result<Duration, Fault> {
    let Some(text) = text else { return Ok(PATIENCE) };
    match text.trim().parse::<i64>() {
        // As in libpq: no limit. A year stands for it.
        Ok(..=0) => Ok(Duration::from_secs(365 * 86_400)),
        Ok(seconds) => Ok(Duration::from_secs(seconds.unsigned_abs())),
        Err(_) => Err(fault("connect_timeout is not a whole number of seconds")),
    }
}

/// The settings in `options`: `-c name=value` and `--name=value`.
fn settings(text: &str) -> Result<Vec<(String, String)>, Fault> {
    let text = text.replace("-c ", "--");
    let words = text.split_whitespace().map(|word| {
        let setting = word.strip_prefix("--").or_else(|| word.strip_prefix("-c"));
        let (name, value) = setting
            .and_then(|setting| setting.split_once('='))
            .ok_or_else(|| fault("options is read as -c name=value only; write one for each setting"))?;
        Ok((name.replace('-', "_"), value.to_owned()))
    });
    words.collect()
}

fn system_login() -> Option<String> {
    nix::unistd::User::from_uid(nix::unistd::Uid::effective()).ok().flatten().map(|user| user.name)
}

impl Tls {
    fn of(parts: &Parts, home: Option<&Path>, local: bool) -> Result<Self, Fault> {
        let text = |keyword: &str| parts.get(keyword).filter(|value| !value.is_empty()).cloned();
        let usual = |name: &str| home.map(|home| home.join(".postgresql").join(name)).filter(|path| path.is_file());
        // A server elsewhere must not get the password in the clear because it, or someone on the way, declines encryption.
        let usual_mode = if local { PgSslMode::Prefer } else { PgSslMode::Require };
        let mode = text("sslmode").map_or(Ok(usual_mode), |mode| keywords::one_of("sslmode", &mode))?;
        // As libpq does: who names an authority wants its certificates checked.
        let mode = match mode {
            PgSslMode::Require if text("sslrootcert").is_some() => PgSslMode::VerifyCa,
            mode => mode,
        };
        let verifies = matches!(mode, PgSslMode::VerifyCa | PgSslMode::VerifyFull);
        let authority = match text("sslrootcert") {
            Some(name) if name == "system" => None,
            Some(path) => Some(certificates(readable("sslrootcert", path)?)?),
            None => usual("root.crt").filter(|_| verifies),
        };
        let own = match (text("sslcert"), text("sslkey")) {
            (Some(certificate), Some(key)) => Some((readable("sslcert", certificate)?, readable("sslkey", key)?)),
            (None, None) => usual("postgresql.crt").zip(usual("postgresql.key")),
            _ => return Err(fault("sslcert and sslkey belong together: write both")),
        };
        Ok(Self { mode, authority, own })
    }
}

/// The path, if the file has a certificate.
fn certificates(path: PathBuf) -> Result<PathBuf, Fault> {
    match std::fs::read(&path) {
        Ok(bytes) if !String::from_utf8_lossy(&bytes).contains("-----BEGIN") => {
            Err(fault(format!("sslrootcert: {} has no certificate (PEM) in it", path.display())))
        }
        Ok(_) | Err(_) => Ok(path),
    }
}

fn readable(keyword: &str, path: String) -> Result<PathBuf, Fault> {
    match std::fs::File::open(&path) {
        Ok(_) => Ok(path.into()),
        Err(error) => Err(fault(format!("{keyword}: cannot read {path}: {}", crate::text::trouble(&error)))),
    }
}

#[cfg(test)]
mod tests;
