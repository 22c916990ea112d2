//! The Postgres database. The program writes only decided transitions; named constraints refuse everything else.
//!
//! [`address`] reads where the database is; [`connect`] opens it, as a person. [`schema`] checks the database before it changes anything. [`append`]
//! writes the log; [`read`] and [`feed`] read it. [`facts`] stores facts, [`seen`] what providers show of orders, [`people`] stores roles. [`verify`] checks
//! everything. [`embedded`] runs a private server (default).

/// The text of `assets/sql/$name.sql`: one statement per file; its first line says what it does.
macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/sql/", $name, ".sql"))
    };
}

pub mod accounts;
pub mod address;
pub mod alerts;
pub mod append;
pub mod cases;
pub mod connect;
pub mod constraints;
pub mod days;
pub mod deliveries;
pub mod drift;
pub mod due;
pub mod embedded;
pub mod erasure;
pub mod error;
pub mod evidence;
pub mod facts;
pub mod feed;
pub mod guards;
pub mod health;
pub mod heartbeat;
pub mod inbox;
pub mod law_rows;
pub mod messages;
pub mod page;
pub mod people;
pub mod plans;
pub mod read;
pub mod received;
pub mod reconcile;
pub mod requests;
pub mod row;
pub mod schema;
mod seals;
pub mod seen;
pub mod statements;
pub mod sweep;
pub mod verify;
pub mod views;
pub mod watch;
pub mod workspaces;

pub use append::{Opening, Proof, Record};
pub use connect::{Access, Database, Store};
pub use error::StoreError;
