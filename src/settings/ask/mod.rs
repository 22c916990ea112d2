//! Arguments of the commands about the program itself. [`case`] has those of the dispute desk, [`tell`] those of what is told to others, [`work`] those of the
//! commands that watch and run automatically.

pub mod case;
pub mod many;
pub mod orders;
pub mod provider;
pub mod tell;
pub mod work;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use crate::domain::Role;
use crate::settings::values;

/// Views.
#[derive(Debug, Clone, ClapArgs)]
pub struct View {
    /// Without it, lists all views.
    #[command(subcommand)]
    pub verb: Option<ViewVerb>,
}

/// Changes to the shared views.
#[derive(Debug, Clone, Subcommand)]
pub enum ViewVerb {
    /// Save a query under a name, for everyone.
    Save {
        /// The name.
        name: String,
        /// The query, in the syntax of `orders --where`.
        #[arg(long = "where", value_name = "QUERY", allow_hyphen_values = true)]
        query: String,
    },
    /// Remove a shared view.
    Remove {
        /// The name.
        name: String,
    },
}

/// The workspaces of a database.
#[derive(Debug, Clone, ClapArgs)]
pub struct WorkspaceAsk {
    /// Without it, lists them.
    #[command(subcommand)]
    pub verb: Option<WorkspaceVerb>,
}

/// Changes to the workspaces of a database.
#[derive(Debug, Clone, Subcommand)]
pub enum WorkspaceVerb {
    /// Make a workspace: orders, cases, people and policy of its own.
    Create {
        /// Lower-case letters, digits and _, at most 40, with a letter first.
        #[arg(value_parser = values::schema)]
        name: String,
    },
    /// Drop a workspace with everything in it. It cannot be undone: dump it first.
    Drop {
        /// Its name.
        #[arg(value_parser = values::schema)]
        name: String,
        /// The name once more.
        #[arg(long, value_name = "NAME")]
        confirm: String,
    },
}

/// People and their roles.
#[derive(Debug, Clone, ClapArgs)]
pub struct People {
    /// Without it, lists everyone.
    #[command(subcommand)]
    pub verb: Option<PeopleVerb>,
}

/// Changes to people's roles.
#[derive(Debug, Clone, Subcommand)]
pub enum PeopleVerb {
    /// Give a person roles. The first person must be an admin.
    Add {
        /// The database login, or the name given with --as.
        login: String,
        /// Roles: viewer, agent, lead, ops, admin.
        #[arg(required = true, value_parser = values::role)]
        roles: Vec<Role>,
        /// Why; everyone can read it.
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
    },
    /// Remove roles from a person.
    Remove {
        /// The database login, or the name given with --as.
        login: String,
        /// Roles: viewer, agent, lead, ops, admin.
        #[arg(required = true, value_parser = values::role)]
        roles: Vec<Role>,
        /// Why; everyone can read it.
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
    },
}

/// What concerns a person.
#[derive(Debug, Clone, ClapArgs)]
pub struct Inbox {
    /// Without it, lists what you have not read, the newest first.
    #[command(subcommand)]
    pub verb: Option<InboxVerb>,
    /// Include what you have read.
    #[arg(long)]
    pub all: bool,
    /// Print only how many items you have not read.
    #[arg(long, conflicts_with = "all")]
    pub count: bool,
    /// List at most this many.
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub limit: u32,
    /// Continue after the item with this number.
    #[arg(long, value_name = "ID")]
    pub after: Option<i64>,
}

/// Changes to an inbox.
#[derive(Debug, Clone, Subcommand)]
pub enum InboxVerb {
    /// Mark items as read.
    Read {
        /// The numbers of the items.
        #[arg(required_unless_present = "all", value_name = "ID")]
        ids: Vec<i64>,
        /// Mark every item as read.
        #[arg(long, conflicts_with = "ids")]
        all: bool,
    },
}

/// What to play back.
#[derive(Debug, Clone, ClapArgs)]
pub struct Replay {
    /// The recording.
    pub file: PathBuf,
    /// Print the last screen as text, instead of playing.
    #[arg(long)]
    pub print: bool,
    /// Print the screen after this many lines, as text.
    #[arg(long, value_name = "N")]
    pub at: Option<usize>,
}

/// The picture to make.
#[derive(Debug, Clone, ClapArgs)]
pub struct Screenshot {
    /// The file to write.
    pub file: PathBuf,
    /// Press these keys first, separated by spaces: 'enter j a'; text in double quotes.
    #[arg(long, default_value = "", value_name = "KEYS")]
    pub keys: String,
    /// The size in columns and lines.
    #[arg(long, default_value = "110x30", value_name = "WxH", value_parser = size)]
    pub size: (u16, u16),
}

/// The settings.
#[derive(Debug, Clone, ClapArgs)]
pub struct Config {
    /// Print the commented default configuration, to start from.
    #[arg(long)]
    pub template: bool,
}

fn size(text: &str) -> Result<(u16, u16), String> {
    let size = text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    size.filter(|(width, height)| (1..=500).contains(width) && (1..=200).contains(height))
        .ok_or_else(|| "use columns and lines, like 110x30".to_owned())
}
