//! The configuration file. Every error says the file, the line and how to fix it.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Origin, SETTINGS, Settings};
use crate::settings::args::Args;
use crate::settings::keys::Scope;
use crate::settings::prefs::Prefs;
use crate::settings::view::View;
use crate::stuck::rule;
use strsim::osa_distance as distance;
use strum::VariantArray;

/// What is wrong with the configuration, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}: {text}", .path.display())]
pub struct Fault {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and how to fix it.
    pub text: String,
}

/// A configuration file that was read.
#[derive(Debug)]
pub struct File {
    path: PathBuf,
    text: String,
}

/// The tables of the file. Everything else is a setting.
const TABLES: [&str; 4] = ["views", "alerts", "links", "keys"];

/// A text as a TOML string.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> &'a str {
    names.min_by_key(|name| distance(name, word)).unwrap_or_default()
}

impl File {
    /// A file with this text.
    pub fn of(path: PathBuf, text: &str) -> Self {
        Self { path, text: text.to_owned() }
    }

    /// Reads the file. A missing file is `None`, unless the person named it.
    ///
    /// # Errors
    ///
    /// [`Fault`] if the file is there and cannot be read, or if the person named one that is not there.
    pub fn read(path: &Path, named: bool) -> Result<Option<Self>, Fault> {
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some(Self { path: path.to_owned(), text })),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => Ok(None),
            // A folder that we may not enter has no configuration for us. A file that is there must be readable.
            Err(error)
                if error.kind() == std::io::ErrorKind::PermissionDenied
                    && !named
                    && std::fs::metadata(path).is_err() =>
            {
                Ok(None)
            }
            Err(error) => Err(Fault {
                path: path.to_owned(),
                line: 1,
                text: format!("the configuration cannot be read: {}", crate::text::trouble(&error)),
            }),
        }
    }

    fn line(&self, at: usize) -> usize {
        self.text[..at.min(self.text.len())].matches('\n').count() + 1
    }

    fn fault(&self, at: usize, text: impl Into<String>) -> Fault {
        Fault { path: self.path.clone(), line: self.line(at), text: text.into() }
    }

    fn origin(&self, at: usize) -> Origin {
        Origin::File(self.path.clone(), self.line(at))
    }

    /// Applies the file to every setting that neither a flag nor the environment has set.
    ///
    /// # Errors
    ///
    /// [`Fault`] at the first line that is not TOML, has an unknown key, or a value that cannot be used.
    pub fn apply(&self, args: &mut Args, settings: &mut Settings) -> Result<(), Fault> {
        let table = DeTable::parse(&self.text)
            .map_err(|error| self.fault(error.span().map_or(0, |span| span.start), error.message()))?;
        for (key, value) in table.get_ref() {
            let name = key.get_ref().as_ref();
            match (name, value.get_ref()) {
                ("views", DeValue::Table(table)) => self.views(table, settings)?,
                ("alerts", DeValue::Table(table)) => self.alerts(table, settings)?,
                ("links", DeValue::Table(table)) => self.links(table, settings)?,
                ("keys", DeValue::Table(table)) => self.keys(table, settings)?,
                _ if TABLES.contains(&name) => {
                    return Err(self.fault(key.span().start, format!("{name} must be a table: [{name}]")));
                }
                _ => self.setting(key.span().start, name, value, args, settings)?,
            }
        }
        Ok(())
    }

    fn setting(
        &self,
        at: usize,
        name: &str,
        value: &Spanned<DeValue<'_>>,
        args: &mut Args,
        settings: &mut Settings,
    ) -> Result<(), Fault> {
        let Some(place) = SETTINGS.iter().position(|setting| setting.name == name) else {
            let names = SETTINGS.iter().map(|setting| setting.name).chain(TABLES);
            return Err(self.fault(at, format!("{name:?} is not a setting; the nearest is {:?}", nearest(name, names))));
        };
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Boolean(on) => on.to_string(),
            _ => {
                let is_flag = matches!((SETTINGS[place].show)(args).as_str(), "true" | "false");
                let shape = if is_flag { "true or false" } else { "text in quotes" };
                return Err(self.fault(at, format!("{name} must be {shape}")));
            }
        };
        if settings.origins[place] == Origin::Default {
            let wrong = |fault| self.fault(at, format!("{name}: {fault}"));
            (SETTINGS[place].set)(args, &text).map_err(wrong)?;
            settings.origins[place] = self.origin(at);
        }
        Ok(())
    }

    /// The pairs of a table, in the order of the file.
    fn pairs<'t>(table: &'t DeTable<'_>) -> Vec<(usize, &'t str, &'t Spanned<DeValue<'t>>)> {
        let pairs = table.iter().map(|(key, value)| (key.span().start, key.get_ref().as_ref(), value));
        let mut pairs: Vec<_> = pairs.collect();
        pairs.sort_by_key(|(at, ..)| *at);
        pairs
    }

    fn views(&self, table: &DeTable<'_>, settings: &mut Settings) -> Result<(), Fault> {
        settings.views.clear();
        for (at, name, value) in Self::pairs(table) {
            if name.trim().is_empty() {
                return Err(self.fault(at, "a view needs a name"));
            }
            let DeValue::String(text) = value.get_ref() else {
                return Err(self.fault(at, format!("the view {name:?} must be a query in quotes")));
            };
            let view = View::new(name, text, false)
                .map_err(|fault| self.fault(at, format!("the view {name:?}:\n{}", fault.pointing(text))))?;
            settings.views.push((view, self.origin(at)));
        }
        Ok(())
    }

    fn alerts(&self, table: &DeTable<'_>, settings: &mut Settings) -> Result<(), Fault> {
        settings.alerts.clear();
        for (at, name, value) in Self::pairs(table) {
            let DeValue::String(text) = value.get_ref() else {
                return Err(self.fault(at, format!("the alert {name:?} must be a rule in quotes")));
            };
            let rule =
                rule::read(name, text).map_err(|fault| self.fault(at, format!("the alert {name:?}: {fault}")))?;
            settings.alerts.push((rule, self.origin(at)));
        }
        Ok(())
    }

    fn links(&self, table: &DeTable<'_>, settings: &mut Settings) -> Result<(), Fault> {
        for (at, name, value) in Self::pairs(table) {
            if !Prefs::providers().any(|known| known == name) {
                let nearest = nearest(name, Prefs::providers());
                return Err(self.fault(at, format!("{name:?} is not a provider; the nearest is {nearest:?}")));
            }
            match value.get_ref() {
                DeValue::String(text) if text.contains("{id}") => {
                    settings.links.insert(name.to_owned(), (text.to_string(), self.origin(at)));
                }
                _ => return Err(self.fault(at, "a link must be text in quotes that contains {id}")),
            }
        }
        Ok(())
    }

    fn keys(&self, table: &DeTable<'_>, settings: &mut Settings) -> Result<(), Fault> {
        let end = self.text.len();
        for (at, name, value) in Self::pairs(table) {
            let (Ok(scope), DeValue::Table(commands)) = (name.parse::<Scope>(), value.get_ref()) else {
                let nearest = nearest(name, Scope::VARIANTS.iter().map(|scope| scope.name()));
                return Err(self.fault(at, format!("{name:?} is not a table of keys; the nearest is [keys.{nearest}]")));
            };
            for (at, command, value) in Self::pairs(commands) {
                let words = match value.get_ref() {
                    DeValue::String(text) => Some(vec![text.to_string()]),
                    DeValue::Array(keys) => keys.iter().map(|key| key.get_ref().as_str().map(str::to_owned)).collect(),
                    _ => None,
                };
                let Some(words) = words else {
                    return Err(self.fault(at, format!("{command} needs a list of keys: [\"x\", \"ctrl-x\"]")));
                };
                settings.keys.bind(scope, command, &words).map_err(|fault| {
                    let names = crate::settings::keys::of(scope).map(|binding| binding.command.name());
                    let near = match fault {
                        crate::settings::keys::Misbound::NoCommand(..) => {
                            format!("; the nearest is {:?}", nearest(command, names))
                        }
                        _ => String::new(),
                    };
                    self.fault(at, format!("{fault}{near}"))
                })?;
                settings.bound.push((name.to_owned(), command.to_owned(), self.origin(at)));
            }
        }
        // Checked only after all are bound: two commands may swap their keys.
        settings.keys.check().map_err(|fault| {
            let lines = settings.bound.iter().rev().filter(|(_, command, _)| fault.is_about(command));
            let line = lines.filter_map(|(.., origin)| match origin {
                Origin::File(_, line) => Some(*line),
                Origin::Flag(_) | Origin::Environment(_) | Origin::Default => None,
            });
            let line = line.max().unwrap_or_else(|| self.line(end));
            Fault { path: self.path.clone(), line, text: fault.to_string() }
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, FromArgMatches};

    use super::*;
    use crate::settings::{Wrong, template};

    /// Loads this configuration with these arguments.
    fn load(arguments: &[&str], text: &str) -> Result<(Settings, Args), Wrong> {
        let words = std::iter::once("recourse").chain(arguments.iter().copied());
        let matches = Args::command().mut_args(|argument| argument.env(None::<&str>)).get_matches_from(words);
        let mut settings = Settings::of(&matches)?;
        let mut args = Args::from_arg_matches(&matches).unwrap();
        let file = File::of(PathBuf::from("config.toml"), text);
        file.apply(&mut args, &mut settings)?;
        Ok((settings, args))
    }

    #[test]
    fn faults_say_where_and_what_would_be_right() {
        let check = |text: &str, expect: &str| {
            let fault = load(&["board"], text).expect_err(text);
            assert_eq!(fault.to_string(), expect);
        };
        check("mask = true\nthme = \"light\"", "config.toml:2: \"thme\" is not a setting; the nearest is \"theme\"");
        check(
            "zone = \"Mars\"",
            "config.toml:1: zone: use a name like Asia/Riyadh or Africa/Lagos, utc, or an offset east of UTC like +03:00, or local",
        );
        check("mask = 3", "config.toml:1: mask must be true or false");
        check("theme = 3", "config.toml:1: theme must be text in quotes");
        check("views = 1", "config.toml:1: views must be a table: [views]");
        check("[links]\ntamra = \"x{id}\"", "config.toml:2: \"tamra\" is not a provider; the nearest is \"tamara\"");
        check(
            "[keys.screens]\nfreez = \"f\"",
            "config.toml:2: screens has no command \"freez\"; the nearest is \"freeze\"",
        );
        check(
            "[keys.panse]\nx = \"F\"",
            "config.toml:1: \"panse\" is not a table of keys; the nearest is [keys.panes]",
        );
        check(
            "\n[keys.screens]\nfreeze = \"j\"",
            "config.toml:3: j means both \"freeze\" and \"down\" in panes; give one of them another key",
        );
        let fault = load(&["board"], "[views]\nold = \"aeg>48h\"").expect_err("a wrong query").to_string();
        assert!(fault.contains("config.toml:2") && fault.contains("the nearest is \"age\""), "{fault}");
        let fault = load(&["board"], "mask = \n").expect_err("no TOML").to_string();
        assert!(fault.starts_with("config.toml:1: "), "{fault}");
    }

    #[test]
    fn flags_come_before_the_file() {
        let (settings, args) =
            load(&["--theme", "mono", "board"], "theme = \"light\"\nmask = true\n[keys.screens]\nfreeze = [\"z\"]")
                .unwrap();
        assert_eq!((args.theme.as_str(), args.mask), ("mono", true));
        let origin = |name: &str| settings.origins[SETTINGS.iter().position(|it| it.name == name).unwrap()].to_string();
        assert_eq!(
            (origin("theme"), origin("mask"), origin("mouse")),
            ("flag --theme".to_owned(), "config.toml:2".to_owned(), "default".to_owned())
        );
        assert_eq!(settings.keys.find(Scope::Panes, "z").map(|it| it.command.name()), Some("freeze"));
        assert_eq!(settings.keys.find(Scope::Panes, "F"), None);
        let (_, args) = load(&["--mask=false", "board"], "mask = true").unwrap();
        assert!(!args.mask);
        let (settings, _) = load(&["board", "--theme", "mono"], "theme = \"light\"").unwrap();
        assert_eq!(settings.args.theme, "mono");
    }

    /// The template without the # before each name sets what is the default.
    #[test]
    fn the_template_is_the_default() {
        let (before, defaults) = load(&["board"], "").unwrap();
        let shipped = template(&defaults);
        let taken =
            |line: &str| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line).to_owned();
        let text: String = shipped.lines().map(|line| taken(line) + "\n").collect();
        let (after, args) = load(&["board"], &text).unwrap();
        for setting in SETTINGS {
            assert_eq!((setting.show)(&args), (setting.show)(&defaults), "{}", setting.name);
            assert!(!setting.about().is_empty(), "{} has no help", setting.name);
        }
        assert_eq!(after.keys, before.keys);
        let views = |settings: &Settings| settings.views.iter().map(|(view, _)| view.clone()).collect::<Vec<_>>();
        assert_eq!(views(&after), views(&before));
        assert!(after.origins.iter().all(|origin| matches!(origin, Origin::File(..))), "{:?}", after.origins);
        assert!(text.contains("\nfreeze = [\"F\"]\n") && text.contains("\n[views]\n"), "{text}");
    }
}
