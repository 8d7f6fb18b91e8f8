//! `bulla snapshot show`: what a snapshot says of itself.

use std::path::PathBuf;

use bulla_storage::SnapshotFolder;

use super::described::Described;
use super::texts::NOT_EXAMINED;
use crate::context::Context;
use crate::failure::Failure;

/// Show what a snapshot says of itself; nothing of it is verified | 显示快照的自述内容，不作核验
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The snapshot's folder | 快照目录
    #[arg(value_name = "DIR")]
    snapshot: PathBuf,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let manifest = SnapshotFolder::new(&self.snapshot).manifest()?;
        context.show(&Described::new(NOT_EXAMINED, self.snapshot, &manifest))
    }
}
