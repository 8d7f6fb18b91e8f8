//! `bulla snapshot restore`: makes a data folder of a snapshot.

use std::path::PathBuf;

use bulla_storage::{Joining, StoreOptions};

use super::described::Described;
use super::texts::{RESTORED, RESTORING};
use super::verified;
use crate::context::Context;
use crate::failure::Failure;
use crate::progress;

/// Make a data folder of a snapshot, verified from the genesis on before any of it is used; exit code 4 when it does not hold | 由快照建立数据目录，先由创世文件起核验，再行使用；核验不通过时退出码为 4
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The snapshot's folder | 快照目录
    #[arg(value_name = "DIR")]
    snapshot: PathBuf,
    /// The data folder to make | 要建立的数据目录
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let snapshot = verified(context, &self.snapshot)?;
        let joining = Joining::begin(&self.data, snapshot.manifest().header.ledger_id)?;
        let bar = progress::bytes(snapshot.manifest().content_bytes(), context.say(RESTORING));
        let restored = snapshot.restore(joining, &StoreOptions::default(), &mut |progress| {
            bar.set_position(progress.done_bytes);
        });
        bar.finish_and_clear();
        restored?;
        context.show(&Described::new(RESTORED, self.data, snapshot.manifest()))
    }
}
