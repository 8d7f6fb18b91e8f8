//! `bulla profile list`.

use bulla_client::ProfileSummary;
use bulla_rules::profile::{Closed, ProfileKind};
use bulla_types::{Lang, ProfileStatus};
use serde::Serialize;

use super::texts::{CALLED, DIGEST, KIND, NONE_ADOPTED, PROFILE, VERSION_NUMBER};
use crate::context::Context;
use crate::failure::Failure;
use crate::messages::STATUS;
use crate::output::{Show, table};
use crate::text::Said;
use crate::titled::said;
use crate::words::{Word, of_code};

/// List the profiles that the ledger has adopted, as the node says | 列出账本采用的规则配置（以节点所述为准）
#[derive(clap::Args)]
pub(super) struct Arguments {}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let mut profiles = context.run(async { Ok(context.client().await?.profiles().await?) })?;
        profiles.sort_by(|a, b| (&a.id, a.version).cmp(&(&b.id, b.version)));
        context.show(&Profiles(profiles.iter().map(Adopted::new).collect()))
    }
}

/// Every version of every profile, by identifier.
#[derive(Serialize)]
#[serde(transparent)]
struct Profiles(Vec<Adopted>);

#[derive(Serialize)]
struct Adopted {
    id: String,
    version: u32,
    kind: &'static str,
    status: &'static str,
    digest: String,
    title: Said,
}

impl Adopted {
    fn new(summary: &ProfileSummary) -> Self {
        Self {
            id: summary.id.to_string(),
            version: summary.version,
            kind: summary.kind.name(),
            status: summary.status.code(),
            digest: summary.digest.to_string(),
            title: said(&summary.title),
        }
    }
}

impl Show for Profiles {
    fn text(&self, lang: Lang) -> String {
        if self.0.is_empty() {
            return NONE_ADOPTED.of(lang).to_owned();
        }
        let heading = [PROFILE, VERSION_NUMBER, CALLED, KIND, STATUS, DIGEST].map(|text| text.of(lang));
        let row = |profile: &Adopted| {
            let kind = ProfileKind::from_name(profile.kind).map_or(profile.kind, |kind| kind.label(lang));
            [
                profile.id.clone(),
                profile.version.to_string(),
                profile.title.of(lang).to_owned(),
                kind.to_owned(),
                of_code::<ProfileStatus>(profile.status, lang),
                profile.digest.clone(),
            ]
        };
        table(heading, self.0.iter().map(row))
    }
}
