//! `bulla snapshot create`: makes a snapshot of a data folder.

use std::path::PathBuf;

use bulla_chain::make_snapshot;
use bulla_storage::{Store, StoreOptions, ledger_of};

use super::described::Described;
use super::texts::{MADE, MAKING};
use crate::context::Context;
use crate::failure::Failure;
use crate::progress;

/// Make a snapshot of a data folder that no node has open; a running node makes them by its configuration | 为未被节点占用的数据目录制作快照；运行中的节点按其配置制作
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The data folder | 数据目录
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The folder to make | 要新建的目录
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let store = Store::open(&self.data, &StoreOptions::default(), ledger_of(&self.data)?)?.store;
        let waiting = progress::waiting(context.say(MAKING));
        let made = make_snapshot(&store, |_| self.output.clone(), || ());
        waiting.finish_and_clear();
        context.show(&Described::new(MADE, self.output, &made?))
    }
}
