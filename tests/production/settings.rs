//! Settings that a login or a database has.

use super::cluster::{Cluster, check, recourse};

#[test]
fn settings_of_the_login_do_no_harm_or_are_named() {
    let cluster = Cluster::primary();
    check(&recourse(&cluster.url(), &["board"]), 0, "");
    cluster.sql(
        "book",
        "create schema app; create table app.orders (x int); create table app.law (version int); \
                         create schema recourse_2; create table recourse_2.orders (x int)",
    );
    for setting in [
        "search_path = 'app'",
        "search_path = '\"$user\", app'",
        "statement_timeout = '1ms'",
        "lock_timeout = '1ms'",
        "datestyle = 'German'",
        "timezone = 'Asia/Riyadh'",
        "bytea_output = 'escape'",
        "standard_conforming_strings = off",
        "default_transaction_isolation = 'serializable'",
        "client_encoding = 'LATIN1'",
        "intervalstyle = 'iso_8601'",
    ] {
        cluster.sql("postgres", &format!("alter role recourse set {setting}"));
        check(&recourse(&cluster.url(), &["board"]), 0, "");
        check(&recourse(&cluster.url(), &["clock", "--once"]), 0, "");
        check(&recourse(&cluster.url(), &["doctor"]), 0, "can be written");
        cluster.sql("postgres", "alter role recourse reset all");
    }
    for (set, reset) in [
        ("alter role recourse set default_transaction_read_only = on", "alter role recourse reset all"),
        (
            "alter database book set default_transaction_read_only = on",
            "alter database book reset default_transaction_read_only",
        ),
    ] {
        cluster.sql("postgres", set);
        check(&recourse(&cluster.url(), &["board"]), 0, "");
        check(&recourse(&cluster.url(), &["clock", "--once"]), 2, "default_transaction_read_only is on");
        check(&recourse(&cluster.url(), &["doctor"]), 0, "default_transaction_read_only is on");
        cluster.sql("postgres", &format!("begin read write; {reset}; commit"));
    }
}

#[test]
fn a_database_that_cannot_hold_every_name_is_refused() {
    let cluster = Cluster::primary();
    for encoding in ["LATIN1", "SQL_ASCII"] {
        let create =
            format!("create database other encoding '{encoding}' lc_collate 'C' lc_ctype 'C' template template0");
        cluster.sql("postgres", &create);
        let url = cluster.url().replace("/book?", "/other?");
        check(&recourse(&url, &["board"]), 1, &format!("encoding is {encoding}, and names need UTF8"));
        check(&recourse(&url, &["doctor"]), 1, "encoding 'UTF8'");
        assert_eq!(cluster.sql("other", "select count(*) from pg_namespace where nspname = 'recourse'"), "0");
        cluster.sql("postgres", "drop database other");
    }
    check(&recourse(&cluster.url(), &["board"]), 0, "");
    check(&recourse(&cluster.url(), &["doctor"]), 0, "UTF8");
}
