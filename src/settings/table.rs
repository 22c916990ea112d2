//! The one table of settings. Reading, showing and the commented template all use it.

use std::fmt::Write;
use std::path::PathBuf;

use clap::CommandFactory;

use super::file::quoted;
use crate::settings::args::Args;
use crate::settings::ask::work;
use crate::settings::keys;
use crate::settings::keys::Scope;
use crate::settings::prefs::Prefs;
use crate::settings::values::{bidi, log_format, log_level, login, schema, times, zone};
use crate::settings::view::SHIPPED;
use crate::store::connect;
use crate::store::schema::NAME;
use crate::stuck::rule;
use strum::VariantArray;

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The flag, and the key in the file.
    pub name: &'static str,
    /// Its id in the command line's parser.
    pub id: &'static str,
    /// Sets a value from the file; empty means no value.
    pub set: fn(&mut Args, &str) -> Result<(), String>,
    /// The value to show, never a secret.
    pub show: fn(&Args) -> String,
}

fn flag(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "use true or false".to_owned())
}

fn said(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

fn path(path: &Option<PathBuf>) -> String {
    path.as_ref().map_or_else(String::new, |path| path.display().to_string())
}

/// Shows only that a value is set, since it may hold a secret.
fn secret(text: Option<&String>) -> String {
    text.map_or_else(String::new, |_| "(set)".to_owned())
}

macro_rules! flags {
    ($name:literal, $field:ident) => {
        Setting {
            name: $name,
            id: stringify!($field),
            set: |args, text| flag(text).map(|on| args.$field = on),
            show: |args| args.$field.to_string(),
        }
    };
    ($name:literal, work.$field:ident) => {
        Setting {
            name: $name,
            id: stringify!($field),
            set: |args, text| flag(text).map(|on| args.work.$field = on),
            show: |args| args.work.$field.to_string(),
        }
    };
}

/// All settings, in the order of the template.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "database-url",
        id: "database_url",
        set: |args, text| {
            args.database_url = said(text);
            Ok(())
        },
        show: |args| args.database_url.as_deref().filter(|url| !url.is_empty()).map(connect::place).unwrap_or_default(),
    },
    Setting {
        name: "read-url",
        id: "read_url",
        set: |args, text| {
            args.read_url = said(text);
            Ok(())
        },
        show: |args| args.read_url.as_deref().map(connect::place).unwrap_or_default(),
    },
    Setting {
        name: "schema",
        id: "schema",
        set: |args, text| {
            args.schema = said(text).map_or(Ok(NAME.to_owned()), |text| schema(&text))?;
            Ok(())
        },
        show: |args| args.schema.clone(),
    },
    Setting {
        name: "data-dir",
        id: "data_dir",
        set: |args, text| {
            args.data_dir = said(text).map(PathBuf::from);
            Ok(())
        },
        show: |args| path(&args.data_dir),
    },
    Setting {
        name: "as",
        id: "person",
        set: |args, text| {
            args.person = said(text).map(|name| login(&name)).transpose()?;
            Ok(())
        },
        show: |args| args.person.clone().unwrap_or_default(),
    },
    Setting {
        name: "role",
        id: "role",
        set: |args, text| {
            args.role = said(text)
                .map(|text| text.parse().map_err(|_| "use viewer, agent, lead, ops or admin".to_owned()))
                .transpose()?;
            Ok(())
        },
        show: |args| args.role.map_or_else(String::new, |role| role.name().to_owned()),
    },
    flags!("read-only", read_only),
    flags!("json", json),
    Setting {
        name: "log",
        id: "log",
        set: |args, text| {
            args.log = log_level(text)?;
            Ok(())
        },
        show: |args| <&str>::from(args.log).to_owned(),
    },
    Setting {
        name: "log-format",
        id: "log_format",
        set: |args, text| {
            args.log_format = log_format(text)?;
            Ok(())
        },
        show: |args| <&str>::from(args.log_format).to_owned(),
    },
    Setting {
        name: "environment",
        id: "environment",
        set: |args, text| {
            args.environment = said(text);
            Ok(())
        },
        show: |args| args.environment.clone().unwrap_or_default(),
    },
    Setting {
        name: "theme",
        id: "theme",
        set: |args, text| {
            text.clone_into(&mut args.theme);
            Ok(())
        },
        show: |args| args.theme.clone(),
    },
    flags!("ascii", ascii),
    flags!("plain", plain),
    flags!("mask", mask),
    flags!("mouse", mouse),
    Setting {
        name: "bidi",
        id: "bidi",
        set: |args, text| {
            args.bidi = bidi(text)?;
            Ok(())
        },
        show: |args| <&str>::from(args.bidi).to_owned(),
    },
    Setting {
        name: "times",
        id: "times",
        set: |args, text| {
            args.times = times(text)?;
            Ok(())
        },
        show: |args| <&str>::from(args.times).to_owned(),
    },
    Setting {
        name: "zone",
        id: "zone",
        set: |args, text| {
            args.zone = Some(zone(text)?);
            Ok(())
        },
        show: |args| args.zone.unwrap_or_default().to_string(),
    },
    flags!("run-clock", work.run_clock),
    Setting {
        name: "expire-new",
        id: "expire_new",
        set: |args, text| {
            args.work.expire_new = work::mode(text)?;
            Ok(())
        },
        show: |args| <&str>::from(args.work.expire_new).to_owned(),
    },
    Setting {
        name: "expire-approved",
        id: "expire_approved",
        set: |args, text| {
            args.work.expire_approved = work::mode(text)?;
            Ok(())
        },
        show: |args| <&str>::from(args.work.expire_approved).to_owned(),
    },
    Setting {
        name: "expire-authorised",
        id: "expire_authorised",
        set: |args, text| {
            args.work.expire_authorised = work::mode(text)?;
            Ok(())
        },
        show: |args| <&str>::from(args.work.expire_authorised).to_owned(),
    },
    Setting {
        name: "auto-authorise",
        id: "auto_authorise",
        set: |args, text| {
            text.clone_into(&mut args.work.auto_authorise);
            Ok(())
        },
        show: |args| args.work.auto_authorise.clone(),
    },
    Setting {
        name: "alert-webhook",
        id: "alert_webhook",
        set: |args, text| {
            args.work.alert_webhook = said(text);
            Ok(())
        },
        show: |args| secret(args.work.alert_webhook.as_ref()),
    },
    Setting {
        name: "alert-command",
        id: "alert_command",
        set: |args, text| {
            args.work.alert_command = said(text);
            Ok(())
        },
        show: |args| secret(args.work.alert_command.as_ref()),
    },
    Setting {
        name: "alert-second-webhook",
        id: "alert_second_webhook",
        set: |args, text| {
            args.work.alert_second_webhook = said(text);
            Ok(())
        },
        show: |args| secret(args.work.alert_second_webhook.as_ref()),
    },
    Setting {
        name: "alert-second-command",
        id: "alert_second_command",
        set: |args, text| {
            args.work.alert_second_command = said(text);
            Ok(())
        },
        show: |args| secret(args.work.alert_second_command.as_ref()),
    },
    Setting {
        name: "alert-escalate",
        id: "alert_escalate",
        set: |args, text| {
            args.work.alert_escalate = work::length(text)?;
            Ok(())
        },
        show: |args| work::in_words(args.work.alert_escalate),
    },
    Setting {
        name: "alert-repeat",
        id: "alert_repeat",
        set: |args, text| {
            args.work.alert_repeat = work::length(text)?;
            Ok(())
        },
        show: |args| work::in_words(args.work.alert_repeat),
    },
    Setting {
        name: "plan-rate",
        id: "plan_rate",
        set: |args, text| {
            args.work.plan_rate = work::rate(text)?;
            Ok(())
        },
        show: |args| args.work.plan_rate.to_string(),
    },
    Setting {
        name: "plan-stop-after",
        id: "plan_stop_after",
        set: |args, text| {
            args.work.plan_stop_after = work::stop_after(text)?;
            Ok(())
        },
        show: |args| args.work.plan_stop_after.to_string(),
    },
    flags!("plan-approval", work.plan_approval),
    flags!("alert-bell", work.alert_bell),
    Setting {
        name: "alert-desktop",
        id: "alert_desktop",
        set: |args, text| {
            args.work.alert_desktop = work::desktop(text)?;
            Ok(())
        },
        show: |args| <&str>::from(args.work.alert_desktop).to_owned(),
    },
];

impl Setting {
    /// The help of the flag.
    pub fn about(&self) -> String {
        let command = Args::command();
        let argument = command.get_arguments().find(|argument| argument.get_id() == self.id);
        argument.and_then(|argument| argument.get_help()).map(ToString::to_string).unwrap_or_default()
    }

    /// The environment variable.
    pub fn env(&self) -> Option<String> {
        let command = Args::command();
        let argument = command.get_arguments().find(|argument| argument.get_id() == self.id)?;
        argument.get_env().map(|name| name.to_string_lossy().into_owned())
    }
}

/// A value as written in the file: text in quotes, true and false without.
fn value(text: &str) -> String {
    if matches!(text, "true" | "false") { text.to_owned() } else { quoted(text) }
}

/// The commented default configuration. Removing the `#` before every name changes nothing.
pub fn template(defaults: &Args) -> String {
    let mut text = String::from(
        "# The defaults of recourse. To change one, remove its # and edit the value.\n\
         # A flag overrides the environment, and the environment overrides this file.\n",
    );
    let mut line = |words: String| _ = writeln!(text, "{words}");
    for setting in SETTINGS {
        let env = setting.env().map_or_else(String::new, |env| format!(", {env}"));
        line(format!("\n# {} (--{}{env})", setting.about(), setting.name));
        line(format!("#{} = {}", setting.name, value(&(setting.show)(defaults))));
    }
    line("\n# Views: named queries, written as for recourse orders --where. They are in the left pane.".to_owned());
    line("#[views]".to_owned());
    SHIPPED.iter().for_each(|(name, query)| line(format!("#{} = {}", quoted(name), quoted(query))));
    line("\n# Alerts: a measure and its limit; recourse stuck --help lists the measures.".to_owned());
    line("#[alerts]".to_owned());
    rule::SHIPPED.iter().for_each(|(name, text)| line(format!("#{} = {}", quoted(name), quoted(text))));
    line("\n# Links to orders, for copying; {id} is the order id.".to_owned());
    line("#[links]".to_owned());
    Prefs::providers().for_each(|name| line(format!("#{name} = \"recourse:{name}:{{id}}\"")));
    line("\n# Keys: a letter, ctrl-a, enter, esc, tab, space, up, pgdn, f1, or two with a space between.".to_owned());
    for &scope in Scope::VARIANTS {
        line(format!("\n# {}", scope.title()));
        line(format!("#[keys.{}]", scope.name()));
        for binding in keys::of(scope) {
            let keys: Vec<String> = binding.keys.iter().map(|keys| quoted(keys)).collect();
            line(format!("#{} = [{}]", binding.command.name(), keys.join(", ")));
        }
    }
    text
}
