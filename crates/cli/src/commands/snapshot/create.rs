//! `bulla snapshot create`: has the running node make a snapshot, or makes one of a folder whose node is stopped.

use std::path::{Path, PathBuf};

use bulla_chain::make_snapshot;
use bulla_node::operator;
use bulla_storage::{SnapshotFolder, Store, StoreOptions, ledger_of};

use super::described::Described;
use super::texts::{MADE, MAKING};
use crate::context::Context;
use crate::failure::Failure;
use crate::progress;

/// Have the running node make a snapshot of its newest block, in snapshots/ of its data folder; with --output, make one of a folder that no node has open | 由运行中的节点在其数据目录的 snapshots/ 中制作最新区块的快照；指定 --output 时，为未被节点占用的数据目录制作
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The data folder | 数据目录
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The folder to make, of a data folder that no node has open | 为未被节点占用的数据目录制作快照时要新建的目录
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let waiting = progress::waiting(context.say(MAKING));
        let made = match self.output {
            Some(output) => offline(&self.data, output),
            None => online(&self.data),
        };
        waiting.finish_and_clear();
        let folder = made?;
        let manifest = SnapshotFolder::new(&folder).manifest()?;
        context.show(&Described::new(MADE, folder, &manifest))
    }
}

fn online(data: &Path) -> Result<PathBuf, Failure> {
    let made = operator::make_snapshot(data)?.path;
    // The node names it by the path that its own configuration has.
    Ok(data.join("snapshots").join(made.file_name().unwrap_or_default()))
}

fn offline(data: &Path, output: PathBuf) -> Result<PathBuf, Failure> {
    let store = Store::open(data, &StoreOptions::default(), ledger_of(data)?)?.store;
    make_snapshot(&store, |_| output.clone(), || ())?;
    Ok(output)
}
