//! Arguments of the commands about the program itself. [`case`] has those of the dispute desk, [`work`] those of the
//! commands that watch and run automatically.

pub mod case;
pub mod work;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

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
