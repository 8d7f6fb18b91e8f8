//! `bulla snapshot verify`: whether a snapshot is what the ledger's validators decided.

use std::path::PathBuf;

use super::described::Described;
use super::texts::{COMPARING, LEADS_TO_GENESIS};
use super::verified;
use crate::context::Context;
use crate::failure::Failure;
use crate::progress;

/// Verify a snapshot from the genesis on, and every chunk of its content; its roots are compared when it is restored; exit code 4 when it does not hold | 由创世文件起核验快照及其全部数据块；各项根在恢复时比对；核验不通过时退出码为 4
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The snapshot's folder | 快照目录
    #[arg(value_name = "DIR")]
    snapshot: PathBuf,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let snapshot = verified(context, &self.snapshot)?;
        let bar = progress::bytes(snapshot.manifest().content_bytes(), context.say(COMPARING));
        let compared = snapshot.check(&mut |bytes| bar.set_position(bytes));
        bar.finish_and_clear();
        compared?;
        context.show(&Described::new(LEADS_TO_GENESIS, self.snapshot, snapshot.manifest()))
    }
}
