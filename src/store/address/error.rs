//! What a failed connection means, and what to do about it.

use std::io::ErrorKind;

use super::{Address, Host};
use crate::store::StoreError;
use crate::text::trouble;

/// Why a server could not be used, in one sentence.
pub fn explain(address: &Address, host: &Host, error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Io(error) => format!("{host}: {}", of_socket(error, host)),
        sqlx::Error::Tls(error) => format!("{host}: {}", of_tls(&error.to_string(), host)),
        sqlx::Error::Database(error) => {
            let (code, message) = (error.code().unwrap_or_default(), error.message());
            of_server(address, &code, message)
        }
        error => format!("{host}: {}", trouble(&error)),
    }
}

fn of_socket(error: &std::io::Error, host: &Host) -> String {
    match error.kind() {
        ErrorKind::ConnectionRefused | ErrorKind::NotFound => format!("no server answers there ({})", trouble(error)),
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset => "the server closed the connection".to_owned(),
        // The library hands a failed handshake on as a socket's error.
        ErrorKind::InvalidData => of_tls(&error.to_string(), host),
        _ if error.to_string().contains("failed to lookup address") => {
            format!("there is no host {}: check the address", host.name)
        }
        ErrorKind::InvalidInput if host.name.contains(':') => {
            format!("{} needs the network interface, as in {}%eth0", host.name, host.name)
        }
        _ => trouble(error),
    }
}

/// What is wrong with a certificate, by a word of the TLS library's message.
const CERTIFICATES: [(&str, &str); 9] = [
    (
        "UnsupportedCertVersion",
        "the server's certificate has version 1 of X.509, which is no longer taken; make one of version 3",
    ),
    (
        "CaUsedAsEndEntity",
        "the server's certificate is an authority's (CA:TRUE), not a server's; make one with CA:FALSE",
    ),
    (
        "NotValidForName",
        "the server's certificate is made for other names; make one for this host, or connect by a name that is in it",
    ),
    (
        "UnknownIssuer",
        "no known authority signed the server's certificate; name the authority's certificate with sslrootcert",
    ),
    (
        "not valid for name",
        "the server's certificate is made for other names; make one for this host, or connect by a name that is in it",
    ),
    (
        "BadSignature",
        "another authority signed the server's certificate; name that authority's certificate with sslrootcert",
    ),
    ("Expired", "the server's certificate has expired; make a new one"),
    ("NotValidYet", "the server's certificate is not valid yet; check both clocks"),
    ("BadEncoding", "the server's certificate cannot be read; make a new one"),
];

/// How to make a certificate that every client takes.
const MAKE: &str = "openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=HOST -addext subjectAltName=DNS:HOST \
                    -addext basicConstraints=critical,CA:FALSE -keyout server.key -out server.crt";

fn of_tls(message: &str, host: &Host) -> String {
    let name = if host.name.starts_with('/') { "HOST" } else { &host.name };
    let known = CERTIFICATES.iter().find(|(word, _)| message.contains(word));
    let known = known.or_else(|| {
        message.contains("expired").then(|| CERTIFICATES.iter().find(|(word, _)| *word == "Expired")).flatten()
    });
    match known {
        Some((word, words)) if !matches!(*word, "UnknownIssuer" | "NotValidYet" | "BadSignature") => {
            let command = MAKE.replace("HOST", name);
            let command = match host.name.parse::<std::net::IpAddr>() {
                Ok(_) => command.replace("DNS:", "IP:"),
                Err(_) => command,
            };
            format!("{words}: {command}")
        }
        Some((_, words)) => (*words).to_owned(),
        None if message.contains("server does not support TLS") => {
            "the server does not encrypt connections, which a server elsewhere has to: switch ssl on in postgresql.conf, or write sslmode=disable if everyone on the way may read the password"
                .to_owned()
        }
        None => format!("the encrypted connection failed: {message}"),
    }
}

/// What a pooler needs to be told.
const POOLER: &str = "a pooler in transaction mode stands before the database, where sessions cannot keep their settings: \
                      connect directly, or switch it to session mode (pool_mode = session)";

/// Whether an error comes from a pooler that gives every transaction another session.
pub fn is_pooled(code: &str, message: &str) -> bool {
    let lost = matches!(code, "42P05" | "26000") && message.contains("sqlx_s_");
    lost || (code.starts_with("08") && message.contains("unsupported startup parameter"))
}

/// The error of a database behind such a pooler.
pub fn pooled() -> StoreError {
    StoreError::Unreachable(POOLER.to_owned())
}

fn of_server(address: &Address, code: &str, message: &str) -> String {
    if is_pooled(code, message) {
        return POOLER.to_owned();
    }
    if code != "28P01" && !(code == "28000" && message.contains("password")) {
        return message.to_owned();
    }
    let advice = match (&address.passwords.ignored, &address.password) {
        (Some(file), None) => {
            let file = file.display();
            format!("{file} was not read because others can read it: run chmod 600 {file}")
        }
        (_, None) if !address.hosts.iter().any(|host| address.password(host).is_some()) => {
            "no password was given: set PGPASSWORD, or write it into ~/.pgpass".to_owned()
        }
        (..) => "check the login and its password".to_owned(),
    };
    format!("{message}; {advice}")
}
