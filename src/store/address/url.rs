//! `postgres://login:password@host:port,host:port/database?keyword=value`.

use super::keywords::{self, ENCODE};
use super::{Fault, Parts, fault};

/// The parts of what follows the scheme.
///
/// # Errors
///
/// [`Fault`] if it is no URL of this shape. It quotes nothing that may be a piece of a password.
pub fn parts(rest: &str) -> Result<Parts, Fault> {
    let mut parts = Parts::new();
    let (login, rest) = split_login(rest);
    // An unescaped password ends up anywhere behind the login.
    if rest.contains('@') {
        return Err(unreadable());
    }
    if let Some(login) = login {
        let (name, password) = login.split_once(':').map_or((login, None), |(name, word)| (name, Some(word)));
        insert(&mut parts, "user", name)?;
        insert(&mut parts, "password", password.unwrap_or_default())?;
    }
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (servers, database) = place.split_once('/').unwrap_or((place, ""));
    insert(&mut parts, "dbname", database)?;
    let servers: Vec<(String, &str)> = servers.split(',').map(server).collect::<Result<_, _>>()?;
    let join = |words: Vec<&str>| words.iter().any(|word| !word.is_empty()).then(|| words.join(","));
    let hosts = join(servers.iter().map(|(host, _)| host.as_str()).collect());
    let ports = join(servers.iter().map(|(_, port)| *port).collect());
    parts.extend(hosts.map(|hosts| ("host", hosts)).into_iter().chain(ports.map(|ports| ("port", ports))));
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').ok_or_else(|| fault("a parameter of the URL has no value"))?;
        let keyword = keywords::known(&decoded(name)?)?;
        let value = decoded(value)?;
        keywords::check(keyword, &value)?;
        match keyword {
            "ssl" => parts.insert("sslmode", "require".to_owned()),
            keyword => parts.insert(keyword, value),
        };
    }
    Ok(parts)
}

/// The login and its password, and what follows them.
fn split_login(rest: &str) -> (Option<&str>, &str) {
    match rest.find(['@', '/']) {
        Some(at) if rest[at..].starts_with('@') => (Some(&rest[..at]), &rest[at + 1..]),
        Some(_) | None => (None, rest),
    }
}

/// A host without its brackets, and its port.
fn server(text: &str) -> Result<(String, &str), Fault> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or_else(|| fault("an IPv6 address has no closing bracket"))?;
            (host, port.strip_prefix(':').unwrap_or(port))
        }
        None => text.split_once(':').unwrap_or((text, "")),
    };
    let is_number = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(port) && port.len() <= 6 && port.starts_with(|digit: char| digit.is_ascii_digit()) {
        return Err(fault(format!("the port {:?} is not a number", crate::text::clean(port))));
    }
    if !is_number(port) {
        return Err(unreadable());
    }
    Ok((decoded(host)?, port))
}

fn insert(parts: &mut Parts, keyword: &'static str, text: &str) -> Result<(), Fault> {
    if !text.is_empty() {
        parts.insert(keyword, decoded(text)?);
    }
    Ok(())
}

fn unreadable() -> Fault {
    fault(format!("the database's URL cannot be read: {ENCODE}"))
}

/// Resolves `%40` and its like.
fn decoded(text: &str) -> Result<String, Fault> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = match (*first, after) {
            (b'%', [high, low, after @ ..]) => {
                let digit = |byte: u8| char::from(byte).to_digit(16).ok_or_else(unreadable);
                let byte = digit(*high)? * 16 + digit(*low)?;
                bytes.push(u8::try_from(byte).ok().filter(|byte| *byte != 0).ok_or_else(unreadable)?);
                after
            }
            (b'%', _) => return Err(unreadable()),
            (byte, after) => {
                bytes.push(byte);
                after
            }
        };
    }
    String::from_utf8(bytes).map_err(|_| unreadable())
}

/// Whether an address has a password in it, or what may be one: every user of the machine can read arguments.
pub fn holds_password(text: &str) -> bool {
    // `p%61ssword` is the same word.
    let lower = decoded(text).unwrap_or_else(|_| text.to_owned()).to_lowercase();
    let named = lower.match_indices("password").any(|(at, name)| {
        let value = lower[at + name.len()..].trim_start().strip_prefix('=');
        value.is_some_and(|value| !value.trim_start().is_empty() && !value.starts_with('&'))
    });
    let login = text.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@'));
    named || login.is_some_and(|(login, _)| login.split_once(':').is_some_and(|(_, word)| !word.is_empty()))
}
