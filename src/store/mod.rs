//! Postgres and nothing else. It writes only what was decided, and refuses the rest by named constraints.
//!
//! [`connect`] finds the database and the person; [`schema`] looks before it touches; [`append`] writes; [`read`] and
//! [`feed`] read; [`inbox`] keeps what came in; [`people`] knows who may; [`verify`] proves it all; [`embedded`] runs a
//! private server where none is named.

/// The text of `assets/sql/$name.sql`: one statement a file, its first line a sentence.
macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/sql/", $name, ".sql"))
    };
}

pub mod alerts;
pub mod append;
pub mod cases;
pub mod connect;
pub mod due;
pub mod embedded;
pub mod error;
pub mod evidence;
pub mod feed;
pub mod health;
pub mod heartbeat;
pub mod inbox;
pub mod page;
pub mod people;
pub mod plans;
pub mod read;
pub mod row;
pub mod schema;
pub mod verify;
pub mod views;
pub mod watch;

pub use append::{Opening, Proof, Record};
pub use connect::{Access, Database, Store};
pub use error::StoreError;
pub use row::{Entry, Stored};
