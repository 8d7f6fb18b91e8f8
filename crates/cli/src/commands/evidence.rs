//! `bulla evidence`: deposits of evidence (电子数据存证).

mod deposit;
mod digest;
mod find;
mod show;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;

pub(crate) use digest::Digest;

/// Deposit evidence, show and find deposits | 电子数据存证：存证、查看、查找
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Deposit(deposit::Arguments),
    Show(show::Arguments),
    Find(find::Arguments),
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        match self.command {
            Command::Deposit(arguments) => arguments.run(context),
            Command::Show(arguments) => arguments.run(context),
            Command::Find(arguments) => arguments.run(context),
        }
    }
}
