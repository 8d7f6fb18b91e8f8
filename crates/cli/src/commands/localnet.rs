//! `bulla localnet`: a test ledger of several nodes on this machine.

pub(crate) mod clock;
mod down;
mod founding;
mod layout;
mod nodes;
mod ports;
mod process;
mod span;
mod status;
mod texts;
mod up;

use std::path::PathBuf;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;

#[cfg(test)]
pub(crate) use founding::tests::test_genesis;
pub(crate) use layout::{Localnet, Node};
pub(crate) use nodes::running;

/// Run a test ledger on this machine | 在本机运行测试账本
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Up(up::Arguments),
    /// Stop the nodes that run | 停止正在运行的节点
    Down {
        #[command(flatten)]
        at: Folder,
    },
    Clock(clock::Arguments),
    /// Show the nodes | 显示各节点
    Status {
        #[command(flatten)]
        at: Folder,
    },
}

#[derive(clap::Args)]
struct Folder {
    /// The network's folder | 网络所在目录
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        match self.command {
            Command::Up(arguments) => arguments.run(context),
            Command::Down { at } => down::run(context, &at.dir),
            Command::Clock(arguments) => arguments.run(context),
            Command::Status { at } => status::run(context, &at.dir),
        }
    }
}
