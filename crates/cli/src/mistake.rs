//! Mistakes on the command line.

use std::error::Error;
use std::fmt;

use clap::error::{ContextKind, ContextValue};

use crate::complaints::INVALID_VALUE;
use crate::failure::Failure;
use crate::text::Said;

/// What begins the part of a message that is no more about the mistake.
const AFTERWORDS: [&str; 2] = ["Usage:", "For more information"];

/// What is wrong with a value, told by whoever reads such values.
#[derive(Debug, Clone)]
pub(crate) struct Mistake(pub(crate) Said);

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.en)
    }
}

impl Error for Mistake {}

/// Why a command line was not understood.
pub(crate) fn failure(error: &clap::Error) -> Failure {
    if let Some(mistake) = error.source().and_then(|source| source.downcast_ref::<Mistake>()) {
        let told = |kind| match error.get(kind) {
            Some(ContextValue::String(text)) => text.clone(),
            _ => String::new(),
        };
        let (argument, value) = (told(ContextKind::InvalidArg), told(ContextKind::InvalidValue));
        return Failure::usage(INVALID_VALUE.with(&[&value, &argument, &mistake.0]));
    }
    let message = error.render().to_string();
    let lines = message.strip_prefix("error: ").unwrap_or(&message).lines().map(str::trim);
    let lines = lines.take_while(|line| !AFTERWORDS.iter().any(|begin| line.starts_with(begin)));
    let told: Vec<_> = lines.filter(|line| !line.is_empty()).map(Said::english).collect();
    Failure::usage(Said::lines(&told))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_types::Lang;

    use super::*;
    use crate::failure::exit;
    use crate::help;

    fn refused(line: &str) -> Failure {
        let command = help::command(Lang::Zh);
        let failure = failure(&command.try_get_matches_from(line.split(' ')).unwrap_err());
        assert_eq!(failure.exit, exit::USAGE, "{line}");
        failure
    }

    #[test]
    fn every_kind_of_mistake_is_told_in_chinese() {
        for (line, told) in [
            ("bulla status --jsno", "无法识别的参数“--jsno”"),
            ("bulla statsu", "没有“statsu”这个命令"),
            ("bulla --json", "“bulla”之后须有一个命令"),
            ("bulla receipt 1", "--output <文件>"),
            ("bulla completion tcsh", "可用的值：bash, elvish, fish, powershell, zsh"),
            ("bulla evidence deposit a --mode found", "“found”无效：应为以下之一：original, collected"),
            ("bulla bench --rate x --duration 1", "应为 0 至"),
            ("bulla bench --rate 1 --duration 99999", "应为 1 至 3600 之间的数"),
            ("bulla localnet up --dir a --base-port 0", "应为 1 至 65535 之间的数"),
            ("bulla --lang fr status", "“fr”无效：应为 zh 或 en"),
            ("bulla key new a --plain --plain", "“--plain”不能重复给出"),
            ("bulla receipt 1 -o a --bundle=perhaps", "可用的值：true, false"),
            ("bulla member list --from -1", "无法识别的参数“-1”"),
            ("bulla clocks suspend --from 2025-02-29", "“2025-02-29”无效：应为日期"),
            ("bulla clocks suspend --authority a", "<--all|--profile <标识>...|--case <案件>>"),
            ("bulla clocks suspend --all --case 1 --profile a", "同时使用"),
            ("bulla status extra", "无法识别的参数“extra”"),
            ("bulla evidence deposit a --title", "缺少值"),
        ] {
            let detail = refused(line).detail;
            assert!(detail.zh.contains(told), "{line}: {}", detail.zh);
            assert!(!detail.zh.contains("原文"), "{line}: {}", detail.zh);
        }
    }

    #[test]
    fn what_follows_the_mistake_is_left_out() {
        let detail = refused("bulla status --jsno").detail;
        assert_eq!(detail.en, "unexpected argument '--jsno' found\ntip: a similar argument exists: '--json'");
    }
}
