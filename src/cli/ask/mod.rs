//! What the commands about the program itself are asked; [`case`] has the dispute desk's, [`work`] those that
//! watch and work by themselves.

pub mod case;
pub mod work;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

/// Views.
#[derive(Debug, Clone, ClapArgs)]
pub struct View {
    /// Without it, all are listed.
    #[command(subcommand)]
    pub verb: Option<ViewVerb>,
}

/// Changes to the shared views.
#[derive(Debug, Clone, Subcommand)]
pub enum ViewVerb {
    /// Keep a query under a name, for everybody.
    Save {
        /// The name.
        name: String,
        /// The query, as `orders --where` takes it.
        #[arg(long = "where", value_name = "QUERY", allow_hyphen_values = true)]
        query: String,
    },
    /// Forget a name.
    Remove {
        /// The name.
        name: String,
    },
}

/// What to play.
#[derive(Debug, Clone, ClapArgs)]
pub struct Replay {
    /// The recording.
    pub file: PathBuf,
    /// Show where it ends, as text, instead of playing it.
    #[arg(long)]
    pub print: bool,
    /// Show how it was after so many lines, as text.
    #[arg(long, value_name = "N")]
    pub at: Option<usize>,
}

/// What to take a picture of.
#[derive(Debug, Clone, ClapArgs)]
pub struct Screenshot {
    /// Where the picture goes.
    pub file: PathBuf,
    /// Keys to press first, with spaces between: 'enter j a'; text in double quotes.
    #[arg(long, default_value = "", value_name = "KEYS")]
    pub keys: String,
    /// Columns and lines.
    #[arg(long, default_value = "110x30", value_name = "WxH", value_parser = size)]
    pub size: (u16, u16),
}

/// The settings.
#[derive(Debug, Clone, ClapArgs)]
pub struct Config {
    /// The commented default configuration, to begin with.
    #[arg(long)]
    pub template: bool,
}

fn size(text: &str) -> Result<(u16, u16), String> {
    let size = text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    size.filter(|(width, height)| (1..=500).contains(width) && (1..=200).contains(height))
        .ok_or_else(|| "columns and lines, like 110x30".to_owned())
}
