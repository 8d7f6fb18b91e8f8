//! Which language to speak.

use std::ffi::OsString;
use std::str::FromStr;

use bulla_types::Lang;

use crate::complaints::LANGUAGE_FORM;
use crate::mistake::Mistake;

/// The environment variable that says the language.
const ENVIRONMENT: &str = "BULLA_LANG";

/// A language as it is named on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Language(pub(crate) Lang);

impl FromStr for Language {
    type Err = Mistake;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "zh" | "zh-cn" | "zh_cn" => Ok(Self(Lang::Zh)),
            "en" => Ok(Self(Lang::En)),
            _ => Err(Mistake(LANGUAGE_FORM.into())),
        }
    }
}

/// The language of `--lang`, of the environment, or of the locale. Found out before the command line is
/// parsed, since help and errors of parsing are in it too.
pub(crate) fn choose(arguments: impl IntoIterator<Item = OsString>) -> Lang {
    asked(arguments)
        .or_else(|| std::env::var(ENVIRONMENT).ok()?.parse().ok())
        .map_or_else(|| of_locale(sys_locale::get_locale().as_deref()), |Language(lang)| lang)
}

fn asked(arguments: impl IntoIterator<Item = OsString>) -> Option<Language> {
    let mut arguments = options(arguments);
    while let Some(argument) = arguments.next() {
        match argument.strip_prefix("--lang") {
            Some("") => return arguments.next()?.parse().ok(),
            Some(value) if value.starts_with('=') => return value[1..].parse().ok(),
            _ => {}
        }
    }
    None
}

/// Whether a program reads the output: found out before the command line is parsed, since the answer to one that
/// cannot be followed is JSON too.
pub(crate) fn asks_for_json(arguments: impl IntoIterator<Item = OsString>) -> bool {
    options(arguments).any(|argument| argument == "--json")
}

/// The arguments that can be options: those before `--`.
fn options(arguments: impl IntoIterator<Item = OsString>) -> impl Iterator<Item = String> {
    let arguments = arguments.into_iter().map(|argument| argument.to_string_lossy().into_owned());
    arguments.take_while(|argument| argument != "--")
}

fn of_locale(locale: Option<&str>) -> Lang {
    match locale {
        Some(locale) if locale.to_ascii_lowercase().starts_with("zh") => Lang::Zh,
        _ => Lang::En,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked_in(line: &str) -> Option<Lang> {
        asked(line.split(' ').map(OsString::from)).map(|Language(lang)| lang)
    }

    #[test]
    fn the_language_is_taken_from_the_command_line_in_either_form() {
        assert_eq!(asked_in("bulla status --lang zh"), Some(Lang::Zh));
        assert_eq!(asked_in("bulla --lang=en status"), Some(Lang::En));
        assert_eq!(asked_in("bulla status"), None);
        assert_eq!(asked_in("bulla --lang fr"), None);
    }

    #[test]
    fn json_is_asked_for_before_the_end_of_the_options() {
        let asked = |line: &str| asks_for_json(line.split(' ').map(OsString::from));
        assert!(asked("bulla status --json") && asked("bulla --json statsu"));
        assert!(!asked("bulla evidence deposit -- --json"));
    }

    #[test]
    fn chinese_locales_of_every_region_speak_chinese_and_all_others_english() {
        assert_eq!(of_locale(Some("zh-Hans-CN")), Lang::Zh);
        assert_eq!(of_locale(Some("zh_TW.UTF-8")), Lang::Zh);
        assert_eq!(of_locale(Some("C")), Lang::En);
        assert_eq!(of_locale(None), Lang::En);
    }
}
