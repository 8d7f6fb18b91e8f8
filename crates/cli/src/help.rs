//! Help in one language, out of definitions in two.

use std::io::{self, IsTerminal};

use bulla_types::Lang;
use clap::builder::StyledStr;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Command, CommandFactory};

use crate::arguments::Arguments;
use crate::failure::{Failure, exit};
use crate::messages::{
    HELP_ARGUMENTS, HELP_COMMAND, HELP_COMMANDS, HELP_DEFAULT, HELP_EVERYWHERE, HELP_OPTIONS, HELP_SHOWN,
    HELP_USAGE, HELP_VALUES, HELP_VERSION,
};
use crate::output;

/// Stands between the two languages of a help text.
const BETWEEN: &str = " | ";

/// What stands for the values of options and arguments, in Chinese.
const VALUES_ZH: &[(&str, &str)] = &[
    ("ACCOUNT", "账户"),
    ("ADDRESS", "地址"),
    ("BOOL", "是否"),
    ("CASE", "案件"),
    ("CATEGORY=DOCUMENT", "类别=材料"),
    ("CERTIFICATE", "证书"),
    ("CODE", "代码"),
    ("DAY", "日期"),
    ("DECLARATION", "创立声明"),
    ("DIR", "目录"),
    ("FIELD=VALUE", "事项=内容"),
    ("FILE", "文件"),
    ("FILE|DIGEST", "文件|摘要"),
    ("FOUNDER", "创立成员"),
    ("FROM", "起始日"),
    ("GENESIS_OR_CHECKPOINT", "创世文件或检查点"),
    ("HEIGHT", "高度"),
    ("HEX", "十六进制"),
    ("ID", "标识"),
    ("IDENTIFIER", "标识"),
    ("INDEX_OR_TXID", "索引或交易编号"),
    ("IP:PORT", "IP:端口"),
    ("KEY", "密钥"),
    ("KEY[=POWER]", "密钥[=表决权]"),
    ("KIND", "类型"),
    ("LABEL", "标签"),
    ("LANG", "语言"),
    ("MEMBER", "成员"),
    ("MEMBER:KEYFILE", "成员:密钥文件"),
    ("MEMBER[:KEY]", "成员[:密钥]"),
    ("MODE", "方式"),
    ("N", "数量"),
    ("NAME", "名称"),
    ("NUMBER", "编号"),
    ("PARTY", "身份"),
    ("PARTY=MEMBER", "身份=成员"),
    ("PEER", "节点"),
    ("PLAN", "创立方案"),
    ("PORT", "端口"),
    ("PROCEDURE", "程序"),
    ("PROFILE", "规则配置"),
    ("PROPOSAL", "提案"),
    ("PURPOSE", "用途"),
    ("R", "速率"),
    ("RECORD", "记录"),
    ("RELATION:NUMBER", "关系:存证号"),
    ("ROLE", "角色"),
    ("S", "秒数"),
    ("SECONDS", "秒数"),
    ("SHELL", "shell"),
    ("SPAN", "时长"),
    ("STEP", "步骤"),
    ("TEXT", "文本"),
    ("TIME", "时间"),
    ("TO", "截止日"),
    ("TYPE/SUBTYPE", "类型/子类型"),
    ("URL", "地址"),
    ("VERSION", "版本"),
    ("VKEY", "核验公钥"),
    ("YEAR", "年份"),
    ("YEAR_OR_FILE", "年份或文件"),
    ("[PARTY=]MEMBER[/AGENT]:KEYFILE", "[身份=]成员[/代理人]:密钥文件"),
];

/// The command line with help in this language.
pub(crate) fn command(lang: Lang) -> Command {
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    let version = version.help(HELP_VERSION.of(lang)).help_heading(HELP_OPTIONS.of(lang));
    localised(Arguments::command(), lang).disable_version_flag(true).arg(version)
}

/// Whether somebody is to see help, or the version, in place of an error.
pub(crate) fn is_wanted(error: &clap::Error, json: bool) -> bool {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => true,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => !json,
        _ => false,
    }
}

/// Shows it: to stdout if it was asked for.
pub(crate) fn show(help: &clap::Error, lang: Lang) -> Result<u8, Failure> {
    let text = |styled: bool| {
        let text = help.render();
        let text = if styled { text.ansi().to_string() } else { text.to_string() };
        in_lang(text.trim_end(), lang)
    };
    let colour = std::env::var_os("NO_COLOR").is_none();
    if help.use_stderr() {
        output::note_as_is(&text(colour && io::stderr().is_terminal()));
        Ok(exit::USAGE)
    } else {
        output::print(&text(colour && io::stdout().is_terminal()))?;
        Ok(exit::OK)
    }
}

/// Puts what clap itself says of the form of a command line into this language.
fn in_lang(help: &str, lang: Lang) -> String {
    if lang == Lang::En {
        return help.to_owned();
    }
    let headings = [HELP_COMMANDS, HELP_ARGUMENTS, HELP_OPTIONS, HELP_EVERYWHERE].map(|text| text.of(lang));
    let help = help.replace("[OPTIONS]", "[选项]");
    headings.iter().fold(help, |help, heading| help.replace(&format!("{heading}:"), &format!("{heading}：")))
}

fn localised(command: Command, lang: Lang) -> Command {
    let about = command.get_about().map(|text| half(text, lang)).unwrap_or_default();
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help(HELP_SHOWN.of(lang));
    let template = format!("{{about-with-newline}}\n{}{{usage}}\n\n{{all-args}}", HELP_USAGE.of(lang));
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
        .subcommand_value_name(HELP_COMMAND.of(lang))
        .help_template(template)
}

fn told(argument: Arg, lang: Lang) -> Arg {
    let heading = match (argument.is_positional(), argument.is_global_set()) {
        (true, _) => HELP_ARGUMENTS,
        (false, true) => HELP_EVERYWHERE,
        (false, false) => HELP_OPTIONS,
    };
    let mut help = argument.get_help().map(|text| half(text, lang)).unwrap_or_default();
    let known = argument.get_possible_values();
    let known: Vec<_> = known.iter().map(clap::builder::PossibleValue::get_name).collect();
    let default: Vec<_> = argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    for (text, values) in [(HELP_VALUES, known.join(", ")), (HELP_DEFAULT, default.join(", "))] {
        // What the text tells itself is not told again.
        if argument.get_action().takes_values() && !values.is_empty() && !tells(&help, &values) {
            help = format!("{help} {}", text.fill(lang, &[&values]));
        }
    }
    let names = argument.get_value_names().unwrap_or_default();
    let names: Vec<_> = names.iter().filter_map(|name| value_name(name.as_str(), lang)).collect();
    let argument = argument.help(help).help_heading(heading.of(lang));
    if !argument.get_action().takes_values() {
        return argument;
    }
    let argument = argument.hide_default_value(true).hide_possible_values(true);
    if names.is_empty() { argument } else { argument.value_names(names) }
}

/// Whether a text names all of these values.
fn tells(help: &str, values: &str) -> bool {
    values.contains(", ") && values.split(", ").all(|value| help.to_ascii_lowercase().contains(value))
}

/// Another name for a value in this language.
fn value_name(name: &str, lang: Lang) -> Option<&'static str> {
    let found = VALUES_ZH.iter().find(|(english, _)| *english == name);
    found.filter(|_| lang == Lang::Zh).map(|(_, chinese)| *chinese)
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
    fn every_value_has_a_name_in_chinese() {
        fn visit(command: &Command) {
            for argument in command.get_arguments().filter(|argument| argument.get_action().takes_values()) {
                for name in argument.get_value_names().unwrap_or_default() {
                    assert!(value_name(name, Lang::Zh).is_some(), "{} {name}", command.get_name());
                }
            }
            command.get_subcommands().for_each(visit);
        }
        visit(&Arguments::command());
        assert!(VALUES_ZH.is_sorted());
    }

    /// The whole of what `--help` prints, of every command.
    #[test]
    fn help_in_chinese_has_no_english_left_but_names() {
        fn visit(command: &Command, line: &[&str]) {
            let line = [line, &[command.get_name()]].concat();
            let asked = super::command(Lang::Zh).try_get_matches_from(line.iter().copied().chain(["--help"]));
            let shown = in_lang(&asked.unwrap_err().render().to_string(), Lang::Zh);
            for english in ["OPTIONS", "COMMAND", "default", "possible", "Usage", "env:", "选项:"] {
                assert!(!shown.contains(english), "{line:?}: {english} in\n{shown}");
            }
            command.get_subcommands().for_each(|command| visit(command, &line));
        }
        visit(&Arguments::command(), &[]);
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
