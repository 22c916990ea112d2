//! Addresses in every form, and what is wrong with others.

use std::collections::HashMap;
use std::fmt::Write;

use super::*;

/// Reads an address and shows what was read, or what is wrong.
fn shown(text: &str, environment: &[(&str, &str)]) -> String {
    let variables: HashMap<&str, &str> = environment.iter().copied().collect();
    let read = Address::read(text, &|name| variables.get(name).map(|value| (*value).to_owned()));
    let address = match read {
        Ok(address) => address,
        Err(fault) => return format!("refused: {fault}"),
    };
    let hosts: Vec<String> = address.hosts.iter().map(Host::to_string).collect();
    let mut shown = format!("{}@{}/{}", address.login, hosts.join(","), address.database());
    for host in &address.hosts {
        if let Some(password) = address.password(host) {
            _ = write!(shown, " password={password}");
        }
        if let Some(at) = host.at {
            _ = write!(shown, " at={at}");
        }
    }
    for (name, value) in &address.settings {
        _ = write!(shown, " {name}={value}");
    }
    let mode = format!("{:?}", address.tls.mode);
    if mode != if address.is_local() { "Prefer" } else { "Require" } {
        _ = write!(shown, " {mode}");
    }
    if let Some(wanted) = address.wanted {
        _ = write!(shown, " {wanted:?}");
    }
    if address.patience != PATIENCE {
        _ = write!(shown, " {} s", address.patience.as_secs());
    }
    shown
}

#[track_caller]
fn check(text: &str, expect: &str) {
    check_in(text, &[], expect);
}

#[track_caller]
fn check_in(text: &str, environment: &[(&str, &str)], expect: &str) {
    assert_eq!(shown(text, environment), expect, "{text}");
}

#[track_caller]
fn refused(text: &str, words: &str) {
    let shown = shown(text, &[]);
    assert!(shown.starts_with("refused: ") && shown.contains(words), "{text}: {shown}");
}

#[test]
fn urls() {
    check("postgres://u@h/d", "u@h:5432/d");
    check("postgresql://u:p%40ss@h:6432/d", "u@h:6432/d password=p@ss");
    check("postgres://u:a:b#c?d@h/d", "u@h:5432/d password=a:b#c?d");
    check("postgres://u@h", "u@h:5432/u");
    check("postgres://u@[::1]:5433/d", "u@[::1]:5433/d");
    check("postgres://u@[fe80::1]/d", "u@[fe80::1]:5432/d");
    check("postgres://u@a:1,b:2/d", "u@a:1,b:2/d");
    check("postgres://u@a,b,[::1]:3/d", "u@a:5432,b:5432,[::1]:3/d");
    check("postgres://u@/d?host=/sock", "u@/sock/.s.PGSQL.5432/d");
    check("postgres://u@%2Fsock/d", "u@/sock/.s.PGSQL.5432/d");
    check("postgres://u@h/d?port=7&connect_timeout=2", "u@h:7/d 2 s");
    check("postgres://u@h/d?hostaddr=127.0.0.1", "u@h:5432/d at=127.0.0.1");
    check("postgres://h/d?user=u&password=w", "u@h:5432/d password=w");
    check("postgres://u@h/d?sslmode=verify-full", "u@h:5432/d VerifyFull");
    check("postgres://u@h/d?ssl=true", "u@h:5432/d");
    check("postgres://u@localhost/d?ssl=true", "u@localhost:5432/d Require");
    check("postgres://u@h/d?sslmode=prefer", "u@h:5432/d Prefer");
    check("postgres://u@a,b/d?target_session_attrs=read-write", "u@a:5432,b:5432/d ReadWrite");
    check("postgres://u@h/d?options=-c%20geqo%3Doff%20--work-mem%3D8MB", "u@h:5432/d geqo=off work_mem=8MB");
    check("postgres://u@h/d?keepalives=1&gssencmode=disable&client_encoding=UTF8", "u@h:5432/d");
}

#[test]
fn pairs() {
    check("host=h dbname=d user=u", "u@h:5432/d");
    check("host = h  dbname = 'my book' user=u password='it\\'s'", "u@h:5432/my book password=it's");
    check("host=a,b port=1,2 user=u", "u@a:1,b:2/u");
    check("host=a,b port=6 user=u", "u@a:6,b:6/u");
    refused("h", "write postgres://login@host/database");
    refused("host h=1", "write postgres://login@host/database");
    refused("host='h", "does not end");
    refused("mysql://u@h/d", "not the address of a PostgreSQL server");
    refused("host=a,b port=1,2,3", "2 hosts, but 3 ports");
    refused("host=a port=x", "not a number");
}

#[test]
fn what_is_not_known_is_refused() {
    refused("postgres://u@h/d?sslmod=verify-full", "\"sslmod\"; did you mean sslmode?");
    refused("postgres://u@h/d?SSLMODE=verify-full", "did you mean sslmode?");
    refused("postgres://u@h/d?ssl-mode=require", "did you mean sslmode?");
    refused("postgres://u@h/d?statement-cache-capacity=1", "unknown parameter");
    refused("host=h sslrootcrt=x", "did you mean sslrootcert?");
    refused("postgres://u@h/d?sslmode=verify", "sslmode is not one of disable");
    refused("postgres://u@h/d?target_session_attrs=master", "not one of any, read-write");
    refused("postgres://u@h:54x/d", "the port \"54x\" is not a number");
    refused("postgres://u@h/d?connect_timeout=soon", "connect_timeout is not a whole number");
    refused(
        "postgres://u@h/d?channel_binding=require",
        "recourse does not support: leave it out, or write prefer or disable",
    );
    refused("postgres://u@h/d?sslcrl=/x", "sslcrl, which recourse does not support: leave it out");
    refused("postgres://u@h/d?gssencmode=require", "gssencmode, which recourse does not support");
    refused("postgres://u@h/d?sslrootcert=/nonexistent", "sslrootcert: cannot read /nonexistent");
    refused("postgres://u@h/d?sslcert=/nonexistent", "sslcert and sslkey belong together");
    refused("postgres://u@h/d?options=work_mem", "-c name=value");
    let demanded = shown("postgres://u@h/d", &[("PGSSLCRL", "/x")]);
    assert!(demanded.contains("sslcrl, which recourse does not support"), "{demanded}");
}

#[test]
fn a_password_never_shows_in_what_is_wrong() {
    for url in [
        "postgres://u:p@ss:w/rd#%?x@localhost/db",
        "postgres://u:secret/rd@localhost/db",
        "postgres://u:secret%@localhost/db",
        "postgres://u:secret@word@localhost/db",
        "postgres://u:12/secret?x=1@localhost/db",
        "postgres://u:secret:x/db",
    ] {
        let shown = shown(url, &[]);
        assert!(shown.contains("percent-encode it (@ is %40") && shown.contains("PGPASSWORD"), "{url}: {shown}");
        assert!(!shown.contains("secret") && !shown.contains("ss:w"), "{url}: {shown}");
    }
}

#[test]
fn passwords_in_arguments_are_noticed() {
    for text in [
        "postgres://u:p@h/d",
        "postgres://u:p@ss:w/rd#%?x@localhost/db",
        "postgres://h/d?user=u&password=p",
        "host=h password=p",
        "host=h PASSWORD = 'p'",
        "postgres://h/d?sslpassword=p",
        "postgres://h/d?user=u&p%61ssword=p",
    ] {
        assert!(holds_password(text), "{text}");
    }
    for text in ["postgres://u@h/d", "postgres://u@[::1]:5432/d", "host=h user=u", "service=esc", "postgres://u:@h/d"] {
        assert!(!holds_password(text), "{text}");
    }
}

#[test]
fn the_environment_fills_what_is_left_out() {
    let environment =
        [("PGHOST", "e"), ("PGPORT", "7"), ("PGUSER", "eve"), ("PGDATABASE", "ed"), ("PGSSLMODE", "require")];
    check_in("postgres://", &environment, "eve@e:7/ed");
    check_in("postgres://u@h:1/d?sslmode=disable", &environment, "u@h:1/d Disable");
    check_in("dbname=d", &[("PGHOST", "e"), ("PGUSER", "eve"), ("PGPASSWORD", "w")], "eve@e:5432/d password=w");
}

#[test]
fn services_and_password_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (services, passwords) = (folder.path().join("services"), folder.path().join("passwords"));
    std::fs::write(&services, "# ours\n[other]\nhost=o\n\n[esc]\nhost=h\nport=6\nuser=u\ndbname=d\n[bad]\nhots=x\n")
        .unwrap();
    std::fs::write(&passwords, "# ours\nh:6:*:u:it\\:s\n*:*:*:*:any\n").unwrap();
    let mode = |bits| std::fs::set_permissions(&passwords, std::fs::Permissions::from_mode(bits)).unwrap();
    mode(0o600);
    let (file, words) = (services.to_str().unwrap(), passwords.to_str().unwrap());
    let environment = [("PGSERVICEFILE", file), ("PGPASSFILE", words)];
    check_in("service=esc", &environment, "u@h:6/d password=it:s");
    check_in("postgres://", &[environment[0], environment[1], ("PGSERVICE", "esc")], "u@h:6/d password=it:s");
    check_in("postgres:///?service=esc", &environment, "u@h:6/d password=it:s");
    check_in("postgres://v@x/?service=esc", &environment, "v@x:6/d password=any");
    mode(0o644);
    check_in("service=esc", &environment, "u@h:6/d");
    for (name, words) in [("none", "there is no service \"none\""), ("bad", "services:11: ")] {
        let shown = shown(&format!("service={name}"), &environment);
        assert!(shown.starts_with("refused: ") && shown.contains(words), "{shown}");
    }
    let missing = shown("service=esc", &[("PGSERVICEFILE", "/nonexistent")]);
    assert!(missing.contains("cannot read the service file /nonexistent"), "{missing}");
}

#[test]
fn a_certificate_that_is_not_taken_is_explained() {
    let address = Address::read("postgres://u@db.example.com/d", &|_| None).unwrap();
    let host = &address.hosts[0];
    for (message, words) in [
        ("invalid peer certificate: Other(OtherError(UnsupportedCertVersion))", "version 1 of X.509"),
        ("invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))", "is an authority's (CA:TRUE)"),
        ("invalid peer certificate: certificate not valid for name \"db\"; NotValidForName", "made for other names"),
        ("invalid peer certificate: UnknownIssuer", "name the authority's certificate with sslrootcert"),
        ("invalid peer certificate: certificate expired: verification time 1 (UNIX)", "has expired"),
    ] {
        let error = sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::InvalidData, message));
        let told = error::explain(&address, host, &error);
        assert!(told.contains(words) && !told.contains("OtherError"), "{told}");
        let makes = told.contains("openssl req -x509") && told.contains("subjectAltName=DNS:db.example.com");
        assert_eq!(makes, !message.contains("UnknownIssuer"), "{told}");
    }
}

/// A server elsewhere has to encrypt unless told otherwise, and who names an authority wants it checked.
#[test]
fn passwords_go_to_no_one_in_the_clear() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, other) = (folder.path().join("ca.crt"), folder.path().join("hosts"));
    std::fs::write(&authority, "-----BEGIN CERTIFICATE-----\n").unwrap();
    std::fs::write(&other, "127.0.0.1 localhost\n").unwrap();
    let mode =
        |text: &str| Address::read(text, &|_| None).map(|it| format!("{:?}", it.tls.mode)).map_err(|it| it.to_string());
    for (text, expect) in [
        ("host=h", "Require"),
        ("host=h,localhost", "Require"),
        ("host=h sslmode=prefer", "Prefer"),
        ("host=h sslmode=disable", "Disable"),
        ("host=localhost", "Prefer"),
        ("host=127.0.0.1", "Prefer"),
        ("host=/sock", "Prefer"),
    ] {
        assert_eq!(mode(text).as_deref(), Ok(expect), "{text}");
    }
    let named = |more: &str| mode(&format!("host=h sslrootcert={} {more}", authority.display()));
    assert_eq!(named("sslmode=require").as_deref(), Ok("VerifyCa"));
    assert_eq!(named("").as_deref(), Ok("VerifyCa"));
    assert_eq!(named("sslmode=verify-full").as_deref(), Ok("VerifyFull"));
    let told = mode(&format!("host=h sslrootcert={}", other.display())).unwrap_err();
    assert!(told.ends_with("hosts has no certificate (PEM) in it"), "{told}");
}
