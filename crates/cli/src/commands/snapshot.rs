//! `bulla snapshot`: the ledger as it is after one block, to join from (快照).

mod create;
mod described;
mod restore;
mod show;
mod texts;
mod verify;

use std::path::Path;

use bulla_chain::VerifiedSnapshot;
use bulla_storage::SnapshotFolder;
use clap::Subcommand;

use crate::complaints::NO_GENESIS;
use crate::context::{Context, read_genesis};
use crate::failure::Failure;

/// Snapshots: what a new node joins from, verified before any of it is used | 快照：新节点据以加入，先核验后使用
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Create(create::Arguments),
    Show(show::Arguments),
    Verify(verify::Arguments),
    Restore(restore::Arguments),
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        match self.command {
            Command::Create(arguments) => arguments.run(context),
            Command::Show(arguments) => arguments.run(context),
            Command::Verify(arguments) => arguments.run(context),
            Command::Restore(arguments) => arguments.run(context),
        }
    }
}

/// A snapshot whose proof leads from the genesis that the person trusts to its header.
fn verified(context: &Context, snapshot: &Path) -> Result<VerifiedSnapshot, Failure> {
    let genesis = context.config()?.genesis.ok_or_else(|| Failure::config(NO_GENESIS))?;
    let ledger_id = read_genesis(&genesis)?.ledger_id();
    Ok(VerifiedSnapshot::open(SnapshotFolder::new(snapshot), ledger_id)?)
}
