//! Help in one language, out of definitions in two.

use bulla_types::Lang;
use clap::builder::StyledStr;
use clap::{Arg, ArgAction, Command, CommandFactory};

use crate::arguments::Arguments;
use crate::messages::{
    HELP_ARGUMENTS, HELP_COMMANDS, HELP_EVERYWHERE, HELP_OPTIONS, HELP_SHOWN, HELP_USAGE, HELP_VERSION,
};

/// Stands between the two languages of a help text.
const BETWEEN: &str = " | ";

/// The command line with help in this language.
pub(crate) fn command(lang: Lang) -> Command {
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    let version = version.help(HELP_VERSION.of(lang)).help_heading(HELP_OPTIONS.of(lang));
    localised(Arguments::command(), lang).disable_version_flag(true).arg(version)
}

fn localised(command: Command, lang: Lang) -> Command {
    let about = command.get_about().map(|text| half(text, lang)).unwrap_or_default();
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help(HELP_SHOWN.of(lang));
    let template = format!("{{about-with-newline}}\n{}: {{usage}}\n\n{{all-args}}", HELP_USAGE.of(lang));
    let has_commands = command.has_subcommands();
    command
        .about(about)
        .arg_required_else_help(has_commands)
        .mut_args(|argument| told(argument, lang))
        .mut_subcommands(|subcommand| localised(subcommand, lang))
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .arg(help.help_heading(HELP_OPTIONS.of(lang)))
        .subcommand_help_heading(HELP_COMMANDS.of(lang))
        .help_template(template)
}

fn told(argument: Arg, lang: Lang) -> Arg {
    let heading = match (argument.is_positional(), argument.is_global_set()) {
        (true, _) => HELP_ARGUMENTS,
        (false, true) => HELP_EVERYWHERE,
        (false, false) => HELP_OPTIONS,
    };
    let help = argument.get_help().map(|text| half(text, lang)).unwrap_or_default();
    argument.help(help).help_heading(heading.of(lang))
}

fn half(text: &StyledStr, lang: Lang) -> String {
    let text = text.to_string();
    match (text.split_once(BETWEEN), lang) {
        (None, _) => text,
        (Some((english, _)), Lang::En) => english.to_owned(),
        (Some((_, chinese)), Lang::Zh) => chinese.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Every help text of a command line, with the place where it stands.
    fn texts(command: &Command, place: &str, found: &mut Vec<(String, String)>) {
        let place = format!("{place} {}", command.get_name());
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        found.push((place.clone(), about));
        for argument in command.get_arguments() {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            found.push((format!("{place} {}", argument.get_id()), help));
        }
        command.get_subcommands().for_each(|subcommand| texts(subcommand, &place, found));
    }

    #[test]
    fn the_definition_of_the_command_line_holds_together() {
        command(Lang::En).debug_assert();
        command(Lang::Zh).debug_assert();
    }

    #[test]
    fn every_help_text_is_there_in_both_languages() {
        let mut found = Vec::new();
        texts(&Arguments::command(), "", &mut found);
        for (place, text) in found {
            let (english, chinese) = text.split_once(BETWEEN).unwrap_or_else(|| panic!("{place}: {text:?}"));
            assert!(english.is_ascii(), "{place}: {english}");
            assert!(!chinese.is_ascii(), "{place}: {chinese}");
            assert!(!chinese.contains(BETWEEN), "{place}: {chinese}");
        }
    }

    #[test]
    fn help_speaks_one_language() {
        let mut found = Vec::new();
        texts(&command(Lang::En), "", &mut found);
        assert!(found.iter().all(|(_, text)| text.is_ascii() && !text.is_empty()), "{found:?}");
        let mut found = Vec::new();
        texts(&command(Lang::Zh), "", &mut found);
        assert!(found.iter().all(|(_, text)| !text.contains(BETWEEN) && !text.is_ascii()), "{found:?}");
    }

    /// The page for people cannot forget a command or an option.
    #[test]
    fn the_page_names_every_command_and_every_option() {
        let page = include_str!("../../../docs/cli.md");
        let mut missing = Vec::new();
        for command in Arguments::command().get_subcommands() {
            collect_missing(command, "bulla", page, &mut missing);
        }
        assert!(missing.is_empty(), "docs/cli.md lacks {missing:?}");
    }

    fn collect_missing(command: &Command, parent: &str, page: &str, missing: &mut Vec<String>) {
        let name = format!("{parent} {}", command.get_name());
        if !page.contains(&name) {
            missing.push(name.clone());
        }
        for option in command.get_arguments().filter_map(Arg::get_long) {
            if !page.contains(&format!("--{option}")) {
                missing.push(format!("{name} --{option}"));
            }
        }
        command.get_subcommands().for_each(|subcommand| collect_missing(subcommand, &name, page, missing));
    }
}
