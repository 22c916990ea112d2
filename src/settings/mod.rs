//! Settings. Each is a flag, an environment variable and a line in the configuration file, in that precedence. Only the
//! file has views, alerts, links and keys.

mod access;
pub mod args;
pub mod ask;
pub mod columns;
mod file;
pub mod files;
pub mod help;
pub mod keys;
pub mod prefs;
mod table;
pub mod theme;
pub mod token;
pub mod values;
pub mod view;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, FromArgMatches};

use crate::settings::args::{Args, Verb};
use crate::settings::keys::Keymap;
use crate::settings::theme::Named;
use crate::settings::view::View;
use crate::store::address;
use crate::stuck::rule;
use crate::stuck::rule::Rule;
pub use file::{Fault, File};
use strsim::osa_distance as distance;
pub use table::{SETTINGS, Setting, template};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag on the command line.
    Flag(String),
    /// An environment variable.
    Environment(String),
    /// A line of the configuration file.
    File(PathBuf, usize),
    /// The default.
    Default,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "flag --{flag}"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// What is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// A line of the file.
    #[error(transparent)]
    File(#[from] Fault),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// The settings in force, and where each came from.
#[derive(Debug)]
pub struct Settings {
    /// The effective arguments.
    pub args: Args,
    /// Where the value of each setting came from, in the order of [`SETTINGS`].
    pub origins: Vec<Origin>,
    /// The path of the configuration file, even if there is no file.
    pub path: Option<PathBuf>,
    /// The person's views, with their lines in the file; without any, the program's own.
    pub views: Vec<(View, Origin)>,
    /// The templates of links to orders, by provider.
    pub links: BTreeMap<String, (String, Origin)>,
    /// The alert rules, with their lines in the file; without any, the program's own.
    pub alerts: Vec<(Rule, Origin)>,
    /// The key bindings.
    pub keys: Keymap,
    /// All themes: the program's own, and those in the folder of the file.
    pub themes: Vec<Named>,
    /// What is wrong with the file, for commands that run anyway.
    pub fault: Option<String>,
    /// The key bindings that the file changed: scope, command, and where.
    pub bound: Vec<(String, String, Origin)>,
}

impl Settings {
    /// Reads the command line, the environment and the configuration file. Exits for help, version and wrong flags.
    ///
    /// # Errors
    ///
    /// [`Wrong`] if the configuration file or a theme cannot be read, or there is no theme of the chosen name. For
    /// commands that help to fix the file, it is in [`Settings::fault`] instead.
    pub fn load() -> Result<Self, Wrong> {
        // An empty variable counts as not set.
        let said = |argument: Arg| {
            let empty =
                argument.get_env().is_some_and(|name| std::env::var_os(name).is_some_and(|value| value.is_empty()));
            if empty { argument.env(None::<&str>) } else { argument }
        };
        Self::of(&help::command().mut_args(said).get_matches())
    }

    /// Reads this text as a configuration file, without flags and environment: for those who check one before they put it in place.
    ///
    /// # Errors
    ///
    /// [`Fault`] at the first line that cannot be read; its file is called config.toml.
    pub fn reading(text: &str) -> Result<Self, Fault> {
        let plain = help::command().mut_args(|argument| argument.env(None::<&str>));
        // Without arguments nothing can be wrong with them.
        let matches = plain.get_matches_from(["recourse"]);
        let mut args = Args::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        let mut settings = Self::plain(args.clone(), &matches);
        File::of("config.toml".into(), text).apply(&mut args, &mut settings)?;
        settings.args = args;
        Ok(settings)
    }

    fn of(matches: &ArgMatches) -> Result<Self, Wrong> {
        let mut args = Args::from_arg_matches(matches).unwrap_or_else(|error| error.exit());
        let mut settings = Self::plain(args.clone(), matches);
        let read = settings.read(&mut args);
        settings.args = args;
        match read {
            // These commands help to fix the file.
            Err(wrong)
                if matches!(settings.args.verb, Some(Verb::Doctor | Verb::Completions { .. } | Verb::Man { .. })) =>
            {
                settings.fault = Some(wrong.to_string());
            }
            Err(_) if matches!(&settings.args.verb, Some(Verb::Config(ask)) if ask.template) => {}
            read => read?,
        }
        Ok(settings)
    }

    /// What flags, environment and defaults say.
    fn plain(args: Args, matches: &ArgMatches) -> Self {
        let path = args.config_file();
        Self {
            origins: SETTINGS.iter().map(|setting| from(setting, matches)).collect(),
            path,
            args,
            views: View::shipped().into_iter().map(|view| (view, Origin::Default)).collect(),
            links: BTreeMap::new(),
            alerts: rule::shipped().into_iter().map(|rule| (rule, Origin::Default)).collect(),
            keys: Keymap::default(),
            bound: Vec::new(),
            themes: theme::shipped(),
            fault: None,
        }
    }

    /// Reads the file, and the themes in its folder.
    fn read(&mut self, args: &mut Args) -> Result<(), Wrong> {
        let file = self.path.as_ref().map(|path| File::read(path, args.config.is_some())).transpose()?;
        if let Some(file) = file.flatten() {
            file.apply(args, self)?;
        }
        // Commands without a database do not mind.
        let minds = !matches!(
            args.verb,
            Some(
                Verb::Law(_)
                    | Verb::Sample(_)
                    | Verb::Sandbox(_)
                    | Verb::Config(_)
                    | Verb::Completions { .. }
                    | Verb::Man { .. }
                    | Verb::Replay(_)
            )
        );
        let origin_of = |name: &str| {
            let at = SETTINGS.iter().position(|setting| setting.name == name);
            at.and_then(|at| self.origins.get(at))
        };
        let origin = origin_of("database-url");
        if minds && is_empty_on_purpose(args.database_url.as_deref()) {
            if let Some(Origin::File(path, line)) = origin {
                let text = format!("{EMPTY_URL}: write it, or remove the line to use the private database");
                return Err(Fault { path: path.clone(), line: *line, text }.into());
            }
            let instead =
                if matches!(origin, Some(Origin::Flag(_))) { "leave out --database-url" } else { "unset DATABASE_URL" };
            return Err(Wrong::Other(format!("{EMPTY_URL}: {instead} to use the private database, or write the URL")));
        }
        for (name, url) in [("database-url", &args.database_url), ("read-url", &args.read_url)] {
            if let (Some(Origin::Flag(_)), Some(url)) = (origin_of(name), url)
                && address::holds_password(url)
            {
                return Err(Wrong::Other(PASSWORD_IN_ARGUMENT.to_owned()));
            }
        }
        let folder = self.folder().map(|folder| folder.join("themes"));
        self.themes = theme::all(folder.as_deref()).map_err(Wrong::Other)?;
        if args.theme != theme::AUTO && !self.themes.iter().any(|theme| theme.name == args.theme) {
            let names = || self.themes.iter().map(|theme| theme.name.as_str());
            let nearest = names().min_by_key(|name| distance(name, &args.theme)).unwrap_or_default();
            let all = names().collect::<Vec<_>>().join(", ");
            let text = format!("no theme {:?}; the nearest is {nearest:?}; use one of {all}", args.theme);
            let at = SETTINGS.iter().position(|setting| setting.name == "theme");
            return Err(match at.and_then(|at| self.origins.get(at)) {
                Some(Origin::File(path, line)) => Fault { path: path.clone(), line: *line, text }.into(),
                _ => Wrong::Other(text),
            });
        }
        Ok(())
    }

    /// The alert rules.
    pub fn rules(&self) -> Vec<Rule> {
        self.alerts.iter().map(|(rule, _)| rule.clone()).collect()
    }

    /// The folder of the configuration file, which also has the themes.
    pub fn folder(&self) -> Option<&Path> {
        self.path.as_deref().and_then(Path::parent)
    }
}

/// Every user of a machine sees the arguments of every process.
const PASSWORD_IN_ARGUMENT: &str = "a password in an argument can be read by every user of this machine: put the URL into \
                                    DATABASE_URL, or leave the password out of it and keep it in the file that \
                                    PGPASSFILE names (~/.pgpass) or in a service file";

/// Whether the database's URL was given, and is empty: probably a variable that a script did not fill in.
/// How a fault begins that is about an address without a word in it.
pub const EMPTY_URL: &str = "the database URL is empty";

fn is_empty_on_purpose(url: Option<&str>) -> bool {
    let variable = || std::env::var("DATABASE_URL").ok();
    url.map(str::to_owned).or_else(variable).is_some_and(|url| url.trim().is_empty())
}

/// Where a value comes from: the command line, the environment or the default.
fn from(setting: &Setting, matches: &ArgMatches) -> Origin {
    // A flag may come before or after the command.
    let mut matches = matches;
    let mut source = None;
    loop {
        let here = matches.value_source(setting.id);
        source = match (source, here) {
            (Some(ValueSource::CommandLine), _) => source,
            (_, Some(ValueSource::DefaultValue) | None) => source,
            (_, here) => here,
        };
        match matches.subcommand() {
            Some((_, inner)) => matches = inner,
            None => break,
        }
    }
    match source {
        Some(ValueSource::CommandLine) => Origin::Flag(setting.name.to_owned()),
        Some(ValueSource::EnvVariable) => Origin::Environment(setting.env().unwrap_or_default()),
        _ => Origin::Default,
    }
}
