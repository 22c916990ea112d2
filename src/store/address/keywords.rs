//! The keywords of an address, as libpq has them.

use std::str::FromStr;

use super::{Fault, fault};
use crate::text::clean;
use strsim::osa_distance as distance;

/// How an address is written.
pub const SHAPE: &str =
    "this is not the address of a PostgreSQL server: write postgres://login@host/database, or host=… dbname=… user=…";

/// What to do if a password makes a URL unreadable.
pub const ENCODE: &str = "if a password is in it, percent-encode it (@ is %40, : is %3A, / is %2F, % is %25), or leave \
                          it out and set PGPASSWORD or write ~/.pgpass";

/// What the program does with a keyword's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// Uses it.
    All,
    /// Behaves like these values anyway, and refuses others.
    Only(&'static [&'static str]),
    /// It changes nothing that this program does.
    NoMatter,
}

use Takes::{All, NoMatter, Only};

/// Each keyword, the environment variable that also gives it (or none), and what the program does with it.
const KEYWORDS: [(&str, &str, Takes); 46] = [
    ("host", "PGHOST", All),
    ("hostaddr", "PGHOSTADDR", All),
    ("port", "PGPORT", All),
    ("dbname", "PGDATABASE", All),
    ("user", "PGUSER", All),
    ("password", "PGPASSWORD", All),
    ("passfile", "PGPASSFILE", All),
    ("service", "", All),
    ("servicefile", "", All),
    ("connect_timeout", "PGCONNECT_TIMEOUT", All),
    ("target_session_attrs", "PGTARGETSESSIONATTRS", All),
    ("application_name", "PGAPPNAME", All),
    ("options", "PGOPTIONS", All),
    ("sslmode", "PGSSLMODE", All),
    ("sslrootcert", "PGSSLROOTCERT", All),
    ("sslcert", "PGSSLCERT", All),
    ("sslkey", "PGSSLKEY", All),
    ("fallback_application_name", "", NoMatter),
    ("client_encoding", "PGCLIENTENCODING", Only(&["auto", "utf8", "utf-8"])),
    ("channel_binding", "PGCHANNELBINDING", Only(&["prefer", "disable"])),
    ("gssencmode", "PGGSSENCMODE", Only(&["prefer", "disable"])),
    ("krbsrvname", "PGKRBSRVNAME", NoMatter),
    ("gsslib", "PGGSSLIB", NoMatter),
    ("gssdelegation", "PGGSSDELEGATION", Only(&["0"])),
    ("load_balance_hosts", "PGLOADBALANCEHOSTS", Only(&["disable"])),
    ("replication", "", Only(&["false", "off", "no", "0"])),
    ("require_auth", "PGREQUIREAUTH", Only(&[])),
    ("requirepeer", "PGREQUIREPEER", Only(&[])),
    ("requiressl", "PGREQUIRESSL", Only(&["0"])),
    ("sslcertmode", "PGSSLCERTMODE", Only(&["allow"])),
    ("sslcompression", "PGSSLCOMPRESSION", Only(&["0"])),
    ("sslcrl", "PGSSLCRL", Only(&[])),
    ("sslcrldir", "PGSSLCRLDIR", Only(&[])),
    ("sslnegotiation", "PGSSLNEGOTIATION", Only(&["postgres"])),
    ("sslpassword", "", Only(&[])),
    ("sslsni", "PGSSLSNI", Only(&["1"])),
    ("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION", Only(&["TLSv1", "TLSv1.1", "TLSv1.2"])),
    ("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION", Only(&["TLSv1.3"])),
    ("min_protocol_version", "PGMINPROTOCOLVERSION", Only(&["3.0"])),
    ("max_protocol_version", "PGMAXPROTOCOLVERSION", Only(&["3.0", "3.2", "latest"])),
    ("keepalives", "", NoMatter),
    ("keepalives_idle", "", NoMatter),
    ("keepalives_interval", "", NoMatter),
    ("keepalives_count", "", NoMatter),
    ("tcp_user_timeout", "", NoMatter),
    ("ssl", "", Only(&["true"])),
];

/// The keywords that an environment variable gives, each with its variable. An unsupported one counts, too: a person who
/// demands a revocation list must not get a connection without one.
pub fn variables() -> impl Iterator<Item = (&'static str, &'static str)> {
    KEYWORDS.iter().map(|(keyword, variable, _)| (*keyword, *variable)).filter(|(_, variable)| !variable.is_empty())
}

/// Finds a keyword.
///
/// # Errors
///
/// [`Fault`] if there is none of this name; it names the nearest.
pub fn known(name: &str) -> Result<&'static str, Fault> {
    if let Some((keyword, ..)) = KEYWORDS.iter().find(|(keyword, ..)| *keyword == name) {
        return Ok(keyword);
    }
    let lower = name.to_lowercase().replace('-', "_");
    let nearest = KEYWORDS.iter().map(|(keyword, ..)| *keyword).min_by_key(|keyword| distance(keyword, &lower));
    let nearest = nearest.filter(|keyword| distance(keyword, &lower) <= keyword.len().max(lower.len()) / 2);
    let advice = nearest.map_or_else(String::new, |keyword| format!("; did you mean {keyword}?"));
    Err(fault(format!("the database's address has an unknown parameter {:?}{advice}", clean(name))))
}

/// Refuses a value that would be ignored.
///
/// # Errors
///
/// [`Fault`] if the keyword is known to PostgreSQL, but this value of it not supported here.
pub fn check(keyword: &str, value: &str) -> Result<(), Fault> {
    let takes = KEYWORDS.iter().find(|(it, ..)| *it == keyword).map(|(.., takes)| *takes);
    match takes {
        Some(Only(values)) if !values.iter().any(|it| it.eq_ignore_ascii_case(value)) => {
            let instead = match (keyword, values) {
                ("requiressl" | "ssl", _) => "write sslmode=require".to_owned(),
                (_, []) => "leave it out".to_owned(),
                (_, values) => format!("leave it out, or write {}", values.join(" or ")),
            };
            Err(fault(format!("the database's address has {keyword}, which recourse does not support: {instead}")))
        }
        Some(All | Only(_) | NoMatter) | None => Ok(()),
    }
}

/// Reads a value that is one of a few words.
///
/// # Errors
///
/// [`Fault`] if it is none of them.
pub fn one_of<T: FromStr>(keyword: &str, value: &str) -> Result<T, Fault> {
    let words = match keyword {
        "sslmode" => "disable, allow, prefer, require, verify-ca or verify-full",
        _ => "any, read-write, read-only, primary, standby or prefer-standby",
    };
    value.parse().map_err(|_| fault(format!("{keyword} is not one of {words}")))
}
