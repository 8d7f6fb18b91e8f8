//! `bulla backup restore`: puts a backup back into a new folder.

use std::path::PathBuf;

use bulla_storage::restore_backup;
use bulla_types::Lang;
use serde::Serialize;

use super::sound::{Sound, go_through};
use crate::context::Context;
use crate::failure::Failure;
use crate::messages::{DATA_FOLDER, RESTORED_WHAT_NEXT};
use crate::output::Show;

/// Put a backup back into a folder that is not there yet; checked whole, as fsck does, before it gets its name | 将备份恢复到尚不存在的目录；经完整核验（同 fsck）后才就位
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The backup: one of those that list shows | 备份，即 list 所列之一
    #[arg(value_name = "DIR")]
    backup: PathBuf,
    /// The data folder to make | 要建立的数据目录
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        let sound = go_through(context, &mut |expected, options, hook, watch| {
            restore_backup(&self.backup, &self.data, expected, options, hook, watch)
        })?;
        context.show(&Restored { data: self.data, backup: self.backup, found: sound })
    }
}

#[derive(Serialize)]
struct Restored {
    data: PathBuf,
    backup: PathBuf,
    #[serde(flatten)]
    found: Sound,
}

impl Show for Restored {
    fn text(&self, lang: Lang) -> String {
        let facts = self.found.text(lang, DATA_FOLDER.of(lang), &self.data);
        format!("{facts}\n\n{}", RESTORED_WHAT_NEXT.of(lang))
    }
}
