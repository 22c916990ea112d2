//! The help of the command line: commands in groups, each command's own options first, the common ones folded into one line.

use std::fmt::Write;

use clap::{Arg, Command, CommandFactory};

use crate::settings::args::Args;

/// The commands by what they are for, in the order of the help. A test checks that each command is in one group.
pub const GROUPS: &[(&str, &[&str])] = &[
    ("Orders", &["board", "orders", "show", "actions", "act", "view", "inbox"]),
    ("Disputes", &["next", "case", "letter", "report", "policy"]),
    ("Stuck orders", &["stuck", "plan", "clock"]),
    ("Providers", &["serve", "requests", "drift", "statement", "reconcile", "accounts", "sandbox"]),
    ("Facts", &["import", "quarantine", "sample"]),
    ("Data", &["export", "verify", "erase", "metrics", "law"]),
    ("Setup", &["demo", "people", "migrate", "workspace", "doctor", "config", "completions", "man"]),
    ("Console", &["screenshot", "replay"]),
];

/// The flags of the common options that the folded line names.
const FOLDED: &str = "Common options: --json, --read-only, --as LOGIN, --role ROLE, --database-url URL, and others: recourse help options";

/// The parser with its help. The help of a command shows only its own options.
pub fn command() -> Command {
    let whole = Args::command();
    let groups = groups(&whole);
    let options = options(&whole);
    let mut folded = fold(whole.mut_args(hidden));
    folded = folded
        .subcommand(Command::new("options").hide(true).about("The options that every command has").after_help(options));
    folded.override_usage("recourse [COMMAND] [OPTIONS]").help_template(
        format!("{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}\nrecourse help COMMAND explains a command.\n{FOLDED}\n\nOptions:\n{{options}}{{after-help}}"),
    )
}

/// Common options keep their meaning and lose their lines.
fn hidden(argument: Arg) -> Arg {
    if argument.is_global_set() { argument.hide(true) } else { argument }
}

fn fold(command: Command) -> Command {
    command.mut_subcommands(|sub| {
        let is_group = sub.has_subcommands();
        let long = sub.get_after_long_help().map(|long| format!("{long}\n\n{FOLDED}"));
        let sub = match long {
            Some(long) => sub.after_help(FOLDED).after_long_help(long),
            None => sub.after_help(FOLDED),
        };
        if is_group { fold(sub) } else { sub }
    })
}

fn groups(whole: &Command) -> String {
    let mut text = String::new();
    for (title, names) in GROUPS {
        _ = writeln!(text, "{title}:");
        for name in *names {
            let about = whole.find_subcommand(name).and_then(Command::get_about).map(ToString::to_string);
            _ = writeln!(text, "  {name:<12} {}", about.unwrap_or_default());
        }
        text.push('\n');
    }
    text
}

/// Every common option with its environment variable.
fn options(whole: &Command) -> String {
    let mut text =
        String::from("Each option can also be set by its environment variable, or in the configuration file.\n");
    for argument in whole.get_arguments().filter(|it| it.is_global_set() && !it.is_hide_set()) {
        let Some(long) = argument.get_long() else { continue };
        // A switch takes a value only to be switched off.
        let is_switch = argument.get_num_args().is_some_and(|count| count.min_values() == 0);
        let names = argument.get_value_names().filter(|_| !is_switch);
        let value = names.and_then(|names| names.first()).map_or_else(String::new, |name| format!(" {name}"));
        let about = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let env = argument.get_env().map(|env| format!(" [{}]", env.to_string_lossy())).unwrap_or_default();
        _ = writeln!(text, "\n  --{long}{value}{env}\n      {about}");
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::settings::help::*;

    #[test]
    fn every_command_is_in_one_group() {
        let whole = Args::command();
        let mut named: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        named.sort_unstable();
        let mut known: Vec<&str> =
            whole.get_subcommands().filter(|it| !it.is_hide_set()).map(Command::get_name).collect();
        known.sort_unstable();
        assert_eq!(named, known);
    }

    #[test]
    fn a_commands_help_shows_its_own_options() {
        let mut whole = command();
        whole.build();
        let mut help = |name: &str| whole.find_subcommand_mut(name).unwrap().render_long_help().to_string();
        let orders = help("orders");
        assert!(orders.contains("--limit") && !orders.contains("--theme"), "{orders}");
        assert!(orders.contains("recourse help options"), "{orders}");
        let options = help("options");
        assert!(options.contains("--theme") && options.contains("RECOURSE_THEME"), "{options}");
    }

    #[test]
    fn old_names_still_work() {
        let check = |words: &str| {
            let parsed = command().try_get_matches_from(format!("recourse {words}").split(' '));
            assert!(parsed.is_ok(), "{words}: {}", parsed.unwrap_err());
        };
        check("watch alerts");
        check("case claim T-1");
        check("case take T-1 --reason away");
        check("case classify T-1 --reason damaged");
        check("case check T-1 1");
        check("case answer T-1 --from buyer yes");
        check("case resume T-1 --reason late");
        check("case reject T-1 --reason why");
        check("case retract T-1");
        check("case pay T-1 --sent");
    }
}
