//! `bulla profile adopt`.

use bulla_rules::profile::Profile;
use bulla_types::{Action, AdoptProfile, Lang, ReasonCode};
use serde::Serialize;

use super::read::Files;
use super::texts::{DIGEST, NO_ADOPTION, PROFILE};
use crate::context::Context;
use crate::decided::Decided;
use crate::decision::DecisionArguments;
use crate::failure::Failure;
use crate::output::{Show, facts};
use crate::titled::Titled;

/// Put a profile in force for new cases, signed by the registration bodies | 由登记机构签名采用规则配置，新案件自此适用
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    adoption: Adoption,
    #[command(flatten)]
    decision: DecisionArguments,
}

// The profile. No help text: commands that have it say what they do.
#[derive(clap::Args)]
pub(crate) struct Adoption {
    #[command(flatten)]
    files: Files,
}

impl Adoption {
    /// The adoption of the profile.
    pub(crate) fn action(&self) -> Result<Action, Failure> {
        Ok(adopt(&self.profile()?))
    }

    fn profile(&self) -> Result<Profile, Failure> {
        let profile = self.files.whole()?;
        // The ledger refuses it too, but knows nothing of overlays.
        if profile.adoption.is_none() {
            return Err(Failure::new(ReasonCode::ProfileInvalid, NO_ADOPTION));
        }
        Ok(profile)
    }
}

fn adopt(profile: &Profile) -> Action {
    Action::AdoptProfile(AdoptProfile { profile: profile.encode().into() })
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let profile = self.adoption.profile()?;
        let decided = context.run(self.decision.on(context, [adopt(&profile)]))?;
        context.show(&Adopted {
            profile: Titled::profile(&profile),
            version: profile.version,
            digest: profile.digest().to_string(),
            decided,
        })
    }
}

/// A profile that is in force now.
#[derive(Serialize)]
struct Adopted {
    profile: Titled,
    version: u32,
    digest: String,
    #[serde(flatten)]
    decided: Decided,
}

impl Show for Adopted {
    fn text(&self, lang: Lang) -> String {
        let named = format!("{} · {} {}", self.profile.in_lang(lang), self.profile.name, self.version);
        let head = [(PROFILE.of(lang), named), (DIGEST.of(lang), self.digest.clone())];
        facts(head.into_iter().chain(self.decided.facts(lang)))
    }
}
