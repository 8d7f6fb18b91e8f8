//! `bulla backup verify`: checks a backup where it lies.

use std::path::PathBuf;

use bulla_storage::check_backup;
use bulla_types::Lang;
use serde::Serialize;

use super::sound::{Sound, go_through};
use crate::context::Context;
use crate::failure::Failure;
use crate::messages::{BACKUP_FOLDER, BACKUP_SOUND};
use crate::output::Show;

/// Check a backup whole, as fsck does, without changing it; exit code 5 when it cannot be put back | 完整核验备份（同 fsck），不作改动；不能用于恢复时退出码为 5
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The backup: one of those that list shows | 备份，即 list 所列之一
    #[arg(value_name = "DIR")]
    backup: PathBuf,
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        let sound = go_through(context, &mut |expected, options, hook, watch| {
            check_backup(&self.backup, expected, options, hook, watch)
        })?;
        context.show(&Verified { sound: true, backup: self.backup, found: sound })
    }
}

#[derive(Serialize)]
struct Verified {
    sound: bool,
    backup: PathBuf,
    #[serde(flatten)]
    found: Sound,
}

impl Show for Verified {
    fn text(&self, lang: Lang) -> String {
        let facts = self.found.text(lang, BACKUP_FOLDER.of(lang), &self.backup);
        format!("{facts}\n\n{}", BACKUP_SOUND.of(lang))
    }
}
