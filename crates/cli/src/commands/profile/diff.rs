//! `bulla profile diff`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use bulla_rules::profile::{Outline, Speaker};
use bulla_types::Lang;
use serde::Serialize;

use super::read::profile;
use super::texts::{PART, SAME};
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Show, table};

/// Show what differs between two profiles | 比较两个规则配置
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// A profile: its text (.toml) or its compiled bytes | 规则配置：文本（.toml）或编译结果
    #[arg(value_name = "FILE")]
    left: PathBuf,
    /// The other one | 另一个规则配置
    #[arg(value_name = "FILE")]
    right: PathBuf,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let (left, right) = (profile(&self.left)?, profile(&self.right)?);
        let outline = |profile| Speaker::new(profile, context.lang).outline();
        context.show(&Differences {
            left: self.left.display().to_string(),
            right: self.right.display().to_string(),
            differences: differences(outline(&left), outline(&right)),
        })
    }
}

/// What differs.
#[derive(Serialize)]
struct Differences {
    left: String,
    right: String,
    differences: Vec<Difference>,
}

/// What one part says on either side.
#[derive(Debug, Serialize, PartialEq, Eq)]
struct Difference {
    path: String,
    left: Vec<String>,
    right: Vec<String>,
}

/// Lists are compared by what stands in them, so that one more condition does not shift all others.
fn grouped(outline: Outline) -> BTreeMap<String, BTreeSet<String>> {
    let mut parts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, words) in outline {
        let path = path.split('[').next().unwrap_or_default().to_owned();
        parts.entry(path).or_default().insert(words);
    }
    parts
}

fn differences(left: Outline, right: Outline) -> Vec<Difference> {
    let (left, right) = (grouped(left), grouped(right));
    let none = BTreeSet::new();
    let paths: BTreeSet<_> = left.keys().chain(right.keys()).collect();
    let difference = |path: &&String| {
        let (left, right) = (left.get(*path).unwrap_or(&none), right.get(*path).unwrap_or(&none));
        let only = |of: &BTreeSet<String>, other| of.difference(other).cloned().collect::<Vec<_>>();
        let difference =
            Difference { path: (*path).clone(), left: only(left, right), right: only(right, left) };
        (left != right).then_some(difference)
    };
    paths.iter().filter_map(difference).collect()
}

impl Show for Differences {
    fn text(&self, lang: Lang) -> String {
        if self.differences.is_empty() {
            return SAME.of(lang).to_owned();
        }
        let row = |difference: &Difference| {
            [difference.path.clone(), difference.left.join("\n"), difference.right.join("\n")]
        };
        table([PART.of(lang), &self.left, &self.right], self.differences.iter().map(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(lines: &[(&str, &str)]) -> Outline {
        lines.iter().map(|(path, words)| ((*path).to_owned(), (*words).to_owned())).collect()
    }

    #[test]
    fn a_condition_put_before_others_is_the_only_difference() {
        let left = outline(&[("a.conditions[0]", "x"), ("a.conditions[1]", "y"), ("a.to", "end")]);
        let right = outline(&[
            ("a.conditions[0]", "new"),
            ("a.conditions[1]", "x"),
            ("a.conditions[2]", "y"),
            ("a.to", "end"),
        ]);
        let found = differences(left, right);
        let expected =
            Difference { path: "a.conditions".to_owned(), left: vec![], right: vec!["new".to_owned()] };
        assert_eq!(found, [expected]);
    }
}
