//! Which keys mean which row of the table: the default keys, or those of the person's configuration.

use std::collections::HashMap;

use crate::domain::Provider;
use crate::settings::keys::{Binding, Command, Scope, TABLE, event, name, working};
use strum::VariantArray;

/// What is wrong with a configured key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misbound {
    /// The scope has no such command.
    #[error("{0} has no command {1:?}")]
    NoCommand(&'static str, String),
    /// No key has this name.
    #[error(
        "no key is called {0:?}; write a letter, ctrl-a, enter, esc, tab, space, up, pgdn, f1, or two with a space between"
    )]
    NoKey(String),
    /// The keys have two meanings.
    #[error("{keys} means both {one:?} and {other:?} in {scope}; give one of them another key")]
    Taken {
        /// The keys.
        keys: String,
        /// The scope.
        scope: &'static str,
        /// One command.
        one: &'static str,
        /// The other command.
        other: &'static str,
    },
    /// The letter belongs to an action of the law.
    #[error("{0} is the fixed letter of an action in the menu; choose another key")]
    Letter(String),
    /// The command needs a key, so that no one is locked in.
    #[error("{0} needs a key")]
    Needed(String),
    /// The key types text in this scope.
    #[error("{0} types text here; choose a key with ctrl-, or one that is not a letter")]
    Text(String),
    /// Esc and this key arrive when a slow line splits an arrow key.
    #[error("{0} may be part of an arrow key on a slow line; choose another key")]
    Split(String),
}

impl Misbound {
    /// Whether it concerns this command.
    pub fn is_about(&self, command: &str) -> bool {
        match self {
            Self::Taken { one, other, .. } => [one, other].contains(&&command),
            Self::NoCommand(_, name) | Self::Needed(name) => name == command,
            Self::NoKey(_) | Self::Letter(_) | Self::Text(_) | Self::Split(_) => false,
        }
    }
}

/// The keys of every row.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Keymap {
    keys: Vec<Vec<String>>,
}

impl Default for Keymap {
    fn default() -> Self {
        let keys = |binding: &Binding| binding.keys.iter().map(|keys| (*keys).to_owned()).collect();
        Self { keys: TABLE.iter().map(keys).collect() }
    }
}

impl Keymap {
    /// Binds a command of a scope to other keys. Changes nothing if they are not allowed.
    ///
    /// # Errors
    ///
    /// [`Misbound::NoCommand`] for an unknown command, [`Misbound::Needed`] if a command that must have a key would
    /// have none, and otherwise why one of the keys is not allowed there.
    pub fn bind(&mut self, scope: Scope, command: &str, keys: &[String]) -> Result<(), Misbound> {
        let known = || Misbound::NoCommand(scope.name(), command.to_owned());
        let wanted: Command = command.parse().map_err(|_| known())?;
        let at = TABLE.iter().position(|it| it.scope == scope && it.command == wanted).ok_or_else(known)?;
        let needed = matches!(wanted, Command::Back | Command::Leave | Command::Go | Command::Choose);
        if needed && keys.is_empty() {
            return Err(Misbound::Needed(command.to_owned()));
        }
        let mut bound: Vec<String> = Vec::new();
        for keys in keys {
            let keys = Self::spelled(keys)?;
            self.may_be(scope, wanted, &keys)?;
            if !bound.contains(&keys) {
                bound.push(keys);
            }
        }
        self.keys[at] = bound;
        Ok(())
    }

    /// Keys by the names that they have when pressed: `ctrl-A` is `ctrl-a`, an Arabic letter is its Latin key.
    fn spelled(keys: &str) -> Result<String, Misbound> {
        let parts: Option<Vec<String>> = keys.split(' ').map(|part| name(&event(part)?)).collect();
        let parts = parts.filter(|parts| parts.len() < 3 && !keys.contains(char::is_control));
        parts.map(|parts| parts.join(" ")).ok_or_else(|| Misbound::NoKey(crate::text::clean(keys)))
    }

    fn may_be(&self, scope: Scope, command: Command, keys: &str) -> Result<(), Misbound> {
        let first = keys.split(' ').next().unwrap_or_default();
        let is_letter = first.chars().count() == 1 || first == "space";
        if is_letter && (scope.types() || scope == Scope::Everywhere) {
            return Err(Misbound::Text(keys.to_owned()));
        }
        // What opens by mistake and only shows something does no harm.
        let harmless = matches!(command, Command::Drift | Command::Team | Command::Thread | Command::View);
        if is_letter && matches!(first, "[" | "O" | "A" | "B" | "C" | "D") && !harmless {
            return Err(Misbound::Split(keys.to_owned()));
        }
        let in_menu = |letter: &str| {
            let mut letters = Provider::all().iter().flat_map(|provider| provider.definition().letters);
            letters.any(|row| row.2.to_string() == letter)
        };
        if matches!(scope, Scope::Menu | Scope::Many) && (in_menu(first) || first.parse::<u8>().is_ok()) {
            return Err(Misbound::Letter(keys.to_owned()));
        }
        Ok(())
    }

    /// Checks that no keys have two meanings in one layer.
    ///
    /// # Errors
    ///
    /// [`Misbound::Taken`] with the first keys that mean two commands, also where one is the first half of a chord.
    pub fn check(&self) -> Result<(), Misbound> {
        let mut seen: HashMap<(Scope, &str), &'static str> = HashMap::new();
        let rows = || TABLE.iter().zip(&self.keys).flat_map(|(it, keys)| keys.iter().map(move |keys| (it, keys)));
        let taken = |it: &Binding, keys: &str, one| {
            let (scope, other) = (it.scope.name(), it.command.name());
            Err(Misbound::Taken { keys: keys.to_owned(), scope, one, other })
        };
        for (binding, keys) in rows() {
            if let Some(one) = seen.insert((binding.scope, keys), binding.command.name()) {
                return taken(binding, keys, one);
            }
        }
        for (binding, keys) in rows() {
            let other = binding.scope.layers().filter(|layer| *layer != binding.scope);
            if let Some(one) = other.into_iter().find_map(|layer| seen.get(&(layer, keys))) {
                return taken(binding, keys, one);
            }
            // The first half of a chord cannot have a meaning of its own.
            let first = keys.split_once(' ').map(|(first, _)| first);
            let mut scopes = Scope::VARIANTS.iter().filter(|scope| scope.layers().any(|layer| layer == binding.scope));
            let alone = first.and_then(|first| {
                scopes.find_map(|scope| scope.layers().find_map(|layer| Some((first, seen.get(&(layer, first))?))))
            });
            if let Some((first, one)) = alone {
                return taken(binding, first, one);
            }
        }
        Ok(())
    }

    /// The keys of a row.
    pub fn keys(&self, binding: &Binding) -> &[String] {
        let at = TABLE.iter().position(|it| it.scope == binding.scope && it.command == binding.command);
        at.and_then(|at| self.keys.get(at)).map_or(&[], Vec::as_slice)
    }

    /// The first key of a command in a scope, for texts that name it; empty if it has none.
    pub fn of(&self, scope: Scope, command: Command) -> &str {
        let row = TABLE.iter().zip(&self.keys).find(|(it, _)| it.scope == scope && it.command == command);
        row.and_then(|(_, keys)| keys.first()).map_or("", String::as_str)
    }

    /// The row that these keys mean in this scope.
    pub fn find(&self, scope: Scope, keys: &str) -> Option<&'static Binding> {
        let here = |wanted: Scope| TABLE.iter().zip(&self.keys).filter(move |(it, _)| it.scope == wanted);
        let mut rows = scope.layers().flat_map(here);
        rows.find(|(_, bound)| bound.iter().any(|bound| bound == keys)).map(|(binding, _)| binding)
    }

    /// Whether this key starts a chord in this scope.
    pub fn begins(&self, scope: Scope, key: &str) -> bool {
        let begun = |keys: &String| keys.strip_prefix(key).is_some_and(|rest| rest.starts_with(' '));
        working(scope).any(|binding| self.keys(binding).iter().any(begun))
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::keys::map::*;

    #[test]
    fn no_key_has_two_meanings_in_one_layer() {
        Keymap::default().check().unwrap();
    }

    /// The table's own keys would also be allowed in a configuration.
    #[test]
    fn the_tables_own_keys_are_lawful() {
        let map = Keymap::default();
        for binding in TABLE {
            for keys in binding.keys {
                map.may_be(binding.scope, binding.command, keys).unwrap_or_else(|fault| panic!("{binding:?}: {fault}"));
            }
        }
    }

    #[test]
    fn every_command_has_a_key_and_one_row_a_layer() {
        let mut rows = HashMap::new();
        for binding in TABLE {
            assert!(!binding.keys.is_empty(), "{binding:?}");
            assert_eq!(rows.insert((binding.scope, binding.command), ()), None, "{binding:?}");
        }
        for command in Command::VARIANTS {
            assert!(TABLE.iter().any(|binding| binding.command == *command), "{command:?} cannot be reached");
        }
    }

    #[test]
    fn configured_keys_are_checked() {
        let check = |scope, command: &str, keys: &[&str], expect: &str| {
            let mut map = Keymap::default();
            let keys: Vec<String> = keys.iter().map(|keys| (*keys).to_owned()).collect();
            let result = map.bind(scope, command, &keys).and_then(|()| map.check());
            assert_eq!(result.err().map(|fault| fault.to_string()).unwrap_or_default(), expect);
        };
        check(Scope::Screens, "freeze", &["F"], "");
        check(Scope::Screens, "freez", &["F"], "screens has no command \"freez\"");
        check(
            Scope::Screens,
            "freeze",
            &["j"],
            "j means both \"freeze\" and \"down\" in panes; give one of them another key",
        );
        check(
            Scope::Screens,
            "freeze",
            &["ctrl-c"],
            "ctrl-c means both \"leave\" and \"freeze\" in screens; give one of them another key",
        );
        check(
            Scope::Screens,
            "freeze",
            &["g"],
            "g means both \"freeze\" and \"first\" in panes; give one of them another key",
        );
        check(
            Scope::Screens,
            "freeze",
            &["ctrl-x"],
            "ctrl-x means both \"freeze\" and \"dump\" in everywhere; give one of them another key",
        );
        check(Scope::Panes, "back", &[], "back needs a key");
        check(Scope::Screens, "freeze", &[], "");
        check(Scope::Screens, "freeze", &["ctrl-E", "F", "F"], "");
        check(Scope::Menu, "back", &["c"], "c is the fixed letter of an action in the menu; choose another key");
        check(Scope::Form, "back", &["x"], "x types text here; choose a key with ctrl-, or one that is not a letter");
        check(Scope::Panes, "open", &["A"], "A may be part of an arrow key on a slow line; choose another key");
    }
}
