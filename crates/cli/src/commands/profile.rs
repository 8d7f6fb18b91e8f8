//! `bulla profile`: rule profiles, the law as data (规则配置).

mod adopt;
mod check;
mod compile;
mod diff;
mod list;
mod page;
mod read;
mod show;
mod texts;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;

pub(crate) use adopt::Adoption;
pub(crate) use read::profile as read_file;

/// Rule profiles: what a legal source asks, as data | 规则配置：将法规标准写成数据
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(check::Arguments),
    Show(show::Arguments),
    Diff(diff::Arguments),
    Compile(compile::Arguments),
    Adopt(adopt::Arguments),
    List(list::Arguments),
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        match self.command {
            Command::Check(arguments) => arguments.run(context),
            Command::Show(arguments) => arguments.run(context),
            Command::Diff(arguments) => arguments.run(context),
            Command::Compile(arguments) => arguments.run(context),
            Command::Adopt(arguments) => arguments.run(context),
            Command::List(arguments) => arguments.run(context),
        }
    }
}
