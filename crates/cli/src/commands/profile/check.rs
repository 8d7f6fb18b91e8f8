//! `bulla profile check`.

use bulla_types::Lang;
use serde::Serialize;

use super::read::{Files, Loaded, Located, Unread};
use super::texts::{BYTES, DIGEST, NO_PROBLEM, PROBLEMS, PROFILE, UNSET_VALUES};
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::output::{Show, facts};

/// Check a profile, and with an overlay whether it may be adopted | 检查规则配置；附补充规定时检查可否采用
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    files: Files,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let checked = match self.files.read() {
            Ok(loaded) => Checked::of(loaded),
            Err(Unread::Problems(problems)) => Checked { profile: None, problems },
            Err(Unread::Failure(failure)) => return Err(failure),
        };
        context.show(&checked)
    }
}

/// What a check has found.
#[derive(Serialize)]
struct Checked {
    #[serde(flatten)]
    profile: Option<Identity>,
    problems: Vec<Located>,
}

#[derive(Serialize)]
struct Identity {
    id: String,
    version: u32,
    digest: String,
    bytes: usize,
    /// Values that the source leaves open.
    unset: Vec<String>,
}

impl Checked {
    fn of(loaded: Loaded) -> Self {
        let Loaded { profile, problems } = loaded;
        let unset = profile.values.iter().filter(|value| value.is_unset());
        let identity = Identity {
            id: profile.id.to_string(),
            version: profile.version,
            digest: profile.digest().to_string(),
            bytes: profile.encode().len(),
            unset: unset.map(|value| value.head.name.to_string()).collect(),
        };
        Self { profile: Some(identity), problems }
    }
}

impl Show for Checked {
    fn text(&self, lang: Lang) -> String {
        if !self.problems.is_empty() {
            let mut lines: Vec<_> = self.problems.iter().map(|problem| problem.line(lang)).collect();
            lines.push(PROBLEMS.fill(lang, &[&self.problems.len()]));
            return lines.join("\n");
        }
        let mut lines = vec![NO_PROBLEM.of(lang).to_owned()];
        if let Some(profile) = &self.profile {
            lines.push(facts([
                (PROFILE.of(lang), format!("{} {}", profile.id, profile.version)),
                (DIGEST.of(lang), profile.digest.clone()),
                (BYTES.of(lang), profile.bytes.to_string()),
            ]));
            if !profile.unset.is_empty() {
                lines.push(UNSET_VALUES.fill(lang, &[&profile.unset.join(", ")]));
            }
        }
        lines.join("\n")
    }

    fn exit(&self) -> u8 {
        if self.problems.is_empty() { exit::OK } else { exit::FAILED }
    }
}
