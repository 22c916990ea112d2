//! Addresses that lead nowhere, are misspelt, or would show a password.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::time::Instant;

use super::cluster::{check, recourse};
use super::harness::{program, told};

/// A server that takes connections and never says a word.
fn mute() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    let (_listener, port) = mute();
    let url = format!("postgres://a@127.0.0.1:{port}/x?connect_timeout=1");
    for command in ["board", "doctor"] {
        let began = Instant::now();
        check(&recourse(&url, &[command]), 3, "accepts connections, but does not answer (waited for 1 s)");
        assert!(began.elapsed().as_secs() < 8);
    }
    check(&recourse("postgres://a@127.0.0.1:1/x", &["board"]), 3, "127.0.0.1:1: no server answers there");
    check(
        &recourse(&format!("postgres://a@127.0.0.1:1,127.0.0.1:{port}/x?connect_timeout=1"), &["board"]),
        3,
        "127.0.0.1:1: no server",
    );
}

#[test]
fn an_ipv6_address_is_reached_without_its_brackets() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else { return };
    let port = listener.local_addr().unwrap().port();
    let heard = std::thread::spawn(move || {
        let (mut peer, _) = listener.accept().unwrap();
        let mut start = [0; 8];
        TcpStream::read(&mut peer, &mut start).unwrap()
    });
    recourse(&format!("postgres://a@[::1]:{port}/x?connect_timeout=1"), &["board"]);
    assert_eq!(heard.join().unwrap(), 8, "the program said something");
}

#[test]
fn what_is_misspelt_is_refused() {
    for (url, words) in [
        ("postgres://u@localhost/db?sslmod=verify-full", "did you mean sslmode?"),
        ("postgres://u@localhost/db?SSLMODE=verify-full", "did you mean sslmode?"),
        ("postgres://u@localhost/db?sslrootcert=/nonexistent&sslmode=verify-full", "cannot read /nonexistent"),
        ("postgres://u:p@ss:w/rd#%?x@localhost/db", "percent-encode it (@ is %40"),
        ("service=none", "there is no service \"none\""),
    ] {
        let told = recourse(url, &["board"]);
        check(&told, 3, words);
        assert!(!told.err.contains("ss:w"), "{told:?}");
    }
}

#[test]
fn a_password_in_an_argument_is_refused() {
    for url in ["postgres://u:p@ss:w/rd#%?x@localhost/db", "postgres://u:pass@localhost/db", "host=h password=pass"] {
        let told = told(&mut program(&["board", "--database-url", url]));
        for words in ["DATABASE_URL", "PGPASSFILE", "service file"] {
            check(&told, 2, words);
        }
        assert!(!told.err.contains("pass@") && !told.err.contains("ss:w"), "{told:?}");
    }
    let empty = told(program(&["board"]).env("DATABASE_URL", ""));
    check(&empty, 2, "the database URL is empty");
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    std::fs::write(&config, "zone = \"UTC\"\ndatabase-url = \" \"\n").unwrap();
    let told = told(program(&["board", "--config", config.to_str().unwrap()]).env_remove("DATABASE_URL"));
    check(&told, 2, "config.toml:2: the database URL is empty: write it, or remove the line");
}

#[test]
fn every_form_of_libpq_reaches_the_same_book() {
    let cluster = super::cluster::Cluster::primary();
    check(&recourse(&cluster.url(), &["board"]), 0, "");
    let sockets = cluster.sockets();
    let file = super::cluster::folder("services");
    std::fs::write(&file, format!("[esc]\nhost={sockets}\nuser=recourse\ndbname=book\n")).unwrap();
    let service = file.to_str().unwrap();
    let pairs = format!("host={sockets} dbname=book user=recourse");
    let first_dead = format!("host=/nonexistent,{sockets} dbname=book user=recourse");
    for (url, variables) in [
        ("postgres://", vec![("PGSERVICE", "esc")]),
        ("service=esc", vec![]),
        ("postgres:///?service=esc", vec![]),
        (pairs.as_str(), vec![]),
        (first_dead.as_str(), vec![]),
        ("dbname=book", vec![("PGHOST", sockets.as_str()), ("PGUSER", "recourse")]),
    ] {
        let mut command = program(&["board"]);
        command.env("DATABASE_URL", url).env("PGSERVICEFILE", service).envs(variables);
        check(&told(&mut command), 0, "");
    }
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn a_missing_password_is_told_apart_from_a_wrong_one() {
    let cluster = super::cluster::Cluster::primary();
    check(&recourse(&cluster.url(), &["board"]), 0, "");
    cluster.sql("book", "create role ada login password 'Tr0ub4dor'; grant recourse_writer to ada");
    cluster.ask_for_password("ada");
    let home = super::cluster::folder("home");
    std::fs::create_dir_all(&home).unwrap();
    let file = home.join(".pgpass");
    let board = |variables: &[(&str, &str)]| {
        let mut command = program(&["board"]);
        command.env("DATABASE_URL", cluster.url().replace("recourse@", "ada@")).env("HOME", &home);
        told(command.envs(variables.iter().copied()))
    };
    check(&board(&[]), 3, "no password was given: set PGPASSWORD, or write it into ~/.pgpass");
    check(&board(&[("PGPASSWORD", "wrong")]), 3, "check the login and its password");
    check(&board(&[("PGPASSWORD", "Tr0ub4dor")]), 0, "");
    std::fs::write(&file, "*:*:book:ada:Tr0ub4dor\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let ignored = board(&[]);
    check(&ignored, 3, "was not read because others can read it: run chmod 600");
    assert!(ignored.err.contains(file.to_str().unwrap()) && !ignored.err.contains("Tr0ub4dor"), "{ignored:?}");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    check(&board(&[]), 0, "");
    std::fs::remove_dir_all(&home).unwrap();
}
