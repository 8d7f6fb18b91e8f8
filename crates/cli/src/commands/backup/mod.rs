//! `bulla backup`: copies of a node's data folder, made while it runs and checked before they are used.

mod create;
mod list;
mod restore;
mod sound;
mod verify;

use bulla_storage::BackupError;
use clap::Subcommand;

use crate::context::Context;
use crate::failure::{Failure, exit};

/// Make, list, check and put back backups of a node's data | 备份节点数据：生成、列出、核验、恢复
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Create(create::Arguments),
    List(list::Arguments),
    Verify(verify::Arguments),
    Restore(restore::Arguments),
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        match self.command {
            Command::Create(arguments) => arguments.run(context),
            Command::List(arguments) => arguments.run(context),
            Command::Verify(arguments) => arguments.run(context),
            Command::Restore(arguments) => arguments.run(context),
        }
    }
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        match (error.reason(), error) {
            (None, BackupError::Store(error)) => error.into(),
            (reason, error) => {
                let reason = reason.unwrap_or(bulla_types::ReasonCode::StorageFailed);
                let damaged = reason == bulla_types::ReasonCode::BackupInvalid;
                Self {
                    exit: if damaged { exit::DAMAGED } else { exit::FAILED },
                    ..Self::new(reason, error.to_string())
                }
            }
        }
    }
}
