//! `bulla profile show`.

use bulla_rules::profile::{Closed, Outline, Profile, Speaker};
use bulla_types::Lang;
use serde::Serialize;

use super::page;
use super::read::Files;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::Show;

/// Show a profile as a page to read | 以可阅读的形式显示规则配置
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    files: Files,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let profile = self.files.whole()?;
        context.show(&Page {
            id: profile.id.to_string(),
            version: profile.version,
            kind: profile.kind.name(),
            digest: profile.digest().to_string(),
            outline: Speaker::new(&profile, context.lang).outline(),
            profile,
        })
    }
}

/// A profile to read.
#[derive(Serialize)]
struct Page {
    id: String,
    version: u32,
    kind: &'static str,
    digest: String,
    /// Path of each part, and what it says.
    outline: Outline,
    #[serde(skip)]
    profile: Profile,
}

impl Show for Page {
    fn text(&self, lang: Lang) -> String {
        page::of(&self.profile, lang)
    }
}
