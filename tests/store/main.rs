//! The store on a real Postgres: what it refuses, what it keeps, and who wins a race.

mod answered;
mod answers;
mod arrival;
mod aside;
mod benches;
mod case_stories;
mod cases;
mod clock;
mod command_line;
mod constraints;
mod constraints_of_cases;
mod constraints_of_law;
mod constraints_of_requests;
mod constraints_of_statements;
mod constraints_of_work;
mod crash;
mod days;
mod desk;
mod drift;
mod embedded;
mod erasure;
mod facts;
mod feed;
#[path = "../bench/fill.rs"]
mod fill;
mod find;
#[path = "../harness/mod.rs"]
#[allow(dead_code, reason = "shared with the console's tests")]
mod harness;
mod inbox;
mod intake;
mod lines;
mod masked;
mod model;
mod money;
mod payouts;
mod plans;
mod program;
mod questions;
mod races;
mod references;
mod reported;
mod schema;
mod seals;
mod shift;
mod statements;
mod stories;
#[path = "../law/story.rs"]
mod story;
mod tampering;
mod telling;
mod texts;
mod watch;
mod word;
mod workspaces;
