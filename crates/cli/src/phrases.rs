//! The phrase book: what nodes, the verifier and the libraries beneath say in English, in Chinese.
//!
//! Their messages come as text, over the network too, and only here are they for people. A message that is not
//! in the book stays as it is, marked as the original wording: nothing is lost.

mod backup;
mod calendar;
mod cases;
mod client;
mod damage;
mod files;
mod form;
mod governance;
mod proof;
mod rules;
mod snapshot;
mod system;

use crate::text::fill;

/// An English message with `{}` for each value, and the same in Chinese with `{0}`, `{1}`, … for values that stay
/// as they are, and `{>0}`, `{>1}`, … for those that are messages themselves.
type Phrase = (&'static str, &'static str);

/// What other parts of Bulla say.
const OWN: &[&[Phrase]] = &[
    backup::PHRASES,
    calendar::PHRASES,
    cases::PHRASES,
    client::PHRASES,
    damage::PHRASES,
    files::PHRASES,
    form::PHRASES,
    governance::PHRASES,
    proof::PHRASES,
    rules::PHRASES,
    snapshot::PHRASES,
];

/// Messages within messages; what is deeper stays as it is. A node may send anything.
const DEPTH_MAX: usize = 16;

/// Put before wording that the book does not know.
const ORIGINAL_WORDING: &str = "原文：";

/// A message in Chinese.
pub(crate) fn in_chinese(message: &str) -> String {
    within(message, DEPTH_MAX)
}

/// A message that stands so many messages above the deepest.
fn within(message: &str, depth: usize) -> String {
    let Some(depth) = depth.checked_sub(1) else { return message.to_owned() };
    phrase(message, depth).or_else(|| of_something(message, depth)).unwrap_or_else(|| {
        match is_prose(message) {
            true => format!("{ORIGINAL_WORDING}{message}"),
            false => message.to_owned(),
        }
    })
}

/// By the phrase that fits best: the one that has most of the message in common.
fn phrase(message: &str, depth: usize) -> Option<String> {
    let fitting = book().filter_map(|(english, chinese)| Some((english, chinese, values(message, english)?)));
    let (_, chinese, values) = fitting.max_by_key(|(english, _, values)| english.len() - 2 * values.len())?;
    let value = |place: &str| values.get(place.parse::<usize>().ok()?).copied();
    Some(fill(chinese, |place| match place.strip_prefix('>') {
        Some(place) => value(place).map(|message| within(message, depth)),
        None => value(place).map(str::to_owned),
    }))
}

fn book() -> impl Iterator<Item = &'static Phrase> {
    OWN.iter().copied().flatten().chain(system::PHRASES)
}

/// What is said of something that is named first: `receipts[0].entry: missing`. A single word is a name.
fn of_something(message: &str, depth: usize) -> Option<String> {
    let (name, said) = message.split_once(": ")?;
    let name = if name.contains(' ') { within(name, depth) } else { name.to_owned() };
    Some(format!("{name}：{}", within(said, depth)))
}

/// The values of a message, if it is of this form.
fn values<'m>(message: &'m str, form: &str) -> Option<Vec<&'m str>> {
    let mut literals = form.split("{}");
    let mut rest = message.strip_prefix(literals.next()?)?;
    let mut values = Vec::new();
    let mut literals = literals.peekable();
    while let Some(literal) = literals.next() {
        let (value, after) = match literals.peek() {
            Some(_) => rest.split_once(literal)?,
            None => (rest.strip_suffix(literal)?, ""),
        };
        values.push(value);
        rest = after;
    }
    rest.is_empty().then_some(values)
}

/// Whether somebody who reads no English misses something: two words side by side, and no list of names.
fn is_prose(text: &str) -> bool {
    if text.starts_with("bulla ") {
        return false;
    }
    let is_word = |word: &str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let words: Vec<_> = text.split(' ').map(|word| is_word(word.trim_matches([';', '(', ')']))).collect();
    words.windows(2).any(|pair| pair[0] && pair[1])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn a_message_is_put_with_its_values() {
        assert_eq!(in_chinese("action 0: there is no member 99"), "操作 0：没有编号为 99 的成员");
        assert_eq!(in_chinese("receipts[0].entry: missing"), "receipts[0].entry：缺少该字段");
        assert_eq!(in_chinese("member 1, step 0"), "成员 1 的第 0 步");
        let suspension = "action 0: the suspension is not to be adopted: no profile cn-a was adopted";
        assert_eq!(in_chinese(suspension), "操作 0：该中止不能采用：未采用规则配置 cn-a");
    }

    #[test]
    fn names_stay_and_unknown_wording_is_marked() {
        for name in ["w/合同.pdf", "E-4K7QPX-1024-53", "original, collected", "", "http://127.0.0.1:1"] {
            assert_eq!(in_chinese(name), name);
        }
        assert_eq!(in_chinese("something quite new"), "原文：something quite new");
        assert_eq!(in_chinese("entry 7: something quite new"), "条目 7：原文：something quite new");
    }

    /// There may be a file with any name.
    #[test]
    fn a_name_that_is_also_a_phrase_stays() {
        assert_eq!(in_chinese("missing is not a regular file"), "missing 不是普通文件");
        assert_eq!(in_chinese("Note: missing"), "Note：缺少该字段");
        assert_eq!(in_chinese("member 7 is already Suspended"), "成员 7 已处于“暂停”状态");
    }

    #[test]
    fn a_message_without_end_of_a_hostile_node_is_no_trouble() {
        let message = "a b: action 0: ".repeat(10_000);
        assert!(in_chinese(&message).contains("操作 0"));
    }

    #[test]
    fn a_form_matches_whole_messages_only() {
        assert_eq!(values("a 1 b 2", "a {} b {}"), Some(vec!["1", "2"]));
        assert_eq!(values("a 1 b 2 c", "a {} b {} c"), Some(vec!["1", "2"]));
        assert_eq!(values("a", "a"), Some(vec![]));
        for (message, form) in [("a 1", "a {} b"), ("ab", "a"), ("xa 1", "a {}")] {
            assert_eq!(values(message, form), None, "{message}");
        }
    }

    #[test]
    fn every_value_of_a_phrase_is_told_in_chinese() {
        for (english, chinese) in book() {
            assert!(!chinese.is_ascii(), "{english}");
            let count = english.matches("{}").count();
            for place in 0..8 {
                let told = ["", ">"].iter().any(|how| chinese.contains(&format!("{{{how}{place}}}")));
                assert_eq!(told, place < count, "{english}: {place}");
            }
        }
    }

    /// Whoever changes a message finds its phrase here.
    #[test]
    fn every_phrase_of_bulla_is_still_said_somewhere() {
        let crates = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let mut said = String::new();
        for item in fs::read_dir(crates).unwrap() {
            let item = item.unwrap();
            if item.file_name() != "cli" {
                read_sources(&item.path().join("src"), &mut said);
            }
        }
        read_sources(&crates.join("cli/src/commands"), &mut said);
        read_sources(&crates.join("../node/src"), &mut said);
        let own = OWN.iter().copied().flatten();
        let gone: Vec<_> = own.filter(|(english, _)| !said.contains(english)).collect();
        assert!(gone.is_empty(), "no longer said: {gone:#?}");
    }

    /// Appends the source files of a folder with all places `{…}` as `{}` and continued lines joined.
    fn read_sources(folder: &Path, said: &mut String) {
        for item in fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                read_sources(&path, said);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap().replace("\\\"", "\"");
                let joined = text.split("\\\n").map(str::trim_start).collect::<String>();
                let mut pieces = joined.split('{');
                said.extend(pieces.next());
                for piece in pieces {
                    let place = piece.split_once('}').filter(|(name, _)| !name.contains([' ', '\n']));
                    said.push('{');
                    said.extend(place.map_or([piece, ""], |(_, after)| ["}", after]));
                }
            }
        }
    }
}
