//! `bulla profile check`.

use bulla_client::ProfileSummary;
use bulla_rules::profile::Profile;
use bulla_types::Lang;
use serde::Serialize;

use super::read::{Files, Loaded, Located, Unread};
use super::texts::{ADOPTED_OTHERWISE, BYTES, DIGEST, NO_PROBLEM, PROBLEMS, PROFILE, UNSET_VALUES};
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::output::{Show, facts};

/// Check a profile, and with an overlay whether it may be adopted; where a ledger is named, also against what was adopted there under this version | 检查规则配置；附补充规定时检查可否采用；指明账本时并与账本已采用的同一版本核对
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    files: Files,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let checked = match self.files.read() {
            Ok(loaded) => {
                let other =
                    if context.names_a_ledger() { adopted_otherwise(context, &loaded)? } else { None };
                Checked::of(loaded, other)
            }
            Err(Unread::Problems(problems)) => Checked { profile: None, problems, adopted_otherwise: None },
            Err(Unread::Failure(failure)) => return Err(failure),
        };
        context.show(&checked)
    }
}

/// What the ledger has adopted under the id and version of a profile, where that is something else.
fn adopted_otherwise(context: &Context, loaded: &Loaded) -> Result<Option<String>, Failure> {
    let adopted = context.run(async { Ok(context.client().await?.profiles().await?) })?;
    Ok(other_of_version(&loaded.profile, &adopted))
}

/// The digest of another profile of the same id and version.
fn other_of_version(profile: &Profile, adopted: &[ProfileSummary]) -> Option<String> {
    let mut same = adopted.iter().filter(|one| one.id == profile.id && one.version == profile.version);
    same.find(|one| one.digest.0 != profile.digest()).map(|other| other.digest.to_string())
}

/// What a check has found.
#[derive(Serialize)]
struct Checked {
    #[serde(flatten)]
    profile: Option<Identity>,
    problems: Vec<Located>,
    /// Digest of what the ledger has adopted under this id and version, where that is something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    adopted_otherwise: Option<String>,
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
    fn of(loaded: Loaded, adopted_otherwise: Option<String>) -> Self {
        let Loaded { profile, problems } = loaded;
        let unset = profile.values.iter().filter(|value| value.is_unset());
        let identity = Identity {
            id: profile.id.to_string(),
            version: profile.version,
            digest: profile.digest().to_string(),
            bytes: profile.encode().len(),
            unset: unset.map(|value| value.head.name.to_string()).collect(),
        };
        Self { profile: Some(identity), problems, adopted_otherwise }
    }
}

impl Show for Checked {
    fn text(&self, lang: Lang) -> String {
        if !self.problems.is_empty() {
            let mut lines: Vec<_> = self.problems.iter().map(|problem| problem.line(lang)).collect();
            lines.push(PROBLEMS.fill(lang, &[&self.problems.len()]));
            return lines.join("\n");
        }
        let mut lines = vec![match &self.adopted_otherwise {
            None => NO_PROBLEM.of(lang).to_owned(),
            Some(adopted) => ADOPTED_OTHERWISE.fill(lang, &[adopted]),
        }];
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
        let is_sound = self.problems.is_empty() && self.adopted_otherwise.is_none();
        if is_sound { exit::OK } else { exit::FAILED }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_types::{ProfileDigest, ProfileStatus};

    use super::*;

    fn published() -> [Profile; 2] {
        let [register, venue] = [
            include_str!("../../../../../profiles/cn-tj-tjifa-003-2022.toml"),
            include_str!("../../../../../profiles/cn-gz-trade-2022.toml"),
        ];
        [register, venue].map(|text| bulla_rules::profile::text::parse(text).unwrap().0)
    }

    fn adopted(profile: &Profile) -> ProfileSummary {
        ProfileSummary {
            id: profile.id.clone(),
            version: profile.version,
            digest: ProfileDigest(profile.digest()),
            status: ProfileStatus::Superseded,
            kind: profile.kind,
            title: profile.title.clone(),
        }
    }

    #[test]
    fn other_bytes_under_an_adopted_version_are_told_and_fail_the_check() {
        let [register, venue] = published();
        let ledger = [adopted(&venue), adopted(&register)];
        assert_eq!(other_of_version(&register, &ledger), None);
        let mut changed = register.clone();
        changed.title.en.push('!');
        let other = other_of_version(&changed, &ledger);
        assert_eq!(other, Some(ProfileDigest(register.digest()).to_string()));
        let checked = Checked::of(Loaded { profile: changed.clone(), problems: Vec::new() }, other.clone());
        assert_eq!(checked.exit(), exit::FAILED);
        let (en, zh) = (checked.text(Lang::En), checked.text(Lang::Zh));
        assert!(en.contains(other.as_ref().unwrap()) && en.contains("raise the version"), "{en}");
        assert!(zh.contains(other.as_ref().unwrap()) && zh.contains("提高版本号"), "{zh}");
        // A version of its own differs from nothing.
        changed.version += 1;
        assert_eq!(other_of_version(&changed, &ledger), None);
    }
}
