//! `bulla network`: founding a ledger, each founder on a machine of its own. What they exchange are files without a
//! secret: the plan, a declaration of each, the genesis. And the configuration of a node that joins later.

mod check;
mod configure;
mod declare;
mod founding;
mod init;
mod join;
mod made_keys;
mod plan;
mod template;
mod texts;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;

#[cfg(test)]
pub(crate) use template::template;

/// Found a ledger, each founder on its own machine; make a node that joins one | 创立账本，各创立成员在自己的机器上操作；配置加入账本的节点
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Template(template::Arguments),
    Plan(plan::Arguments),
    Declare(declare::Arguments),
    Init(init::Arguments),
    Check(check::Arguments),
    Configure(configure::Arguments),
    Join(join::Arguments),
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        match self.command {
            Command::Template(arguments) => arguments.run(context),
            Command::Plan(arguments) => arguments.run(context),
            Command::Declare(arguments) => arguments.run(context),
            Command::Init(arguments) => arguments.run(context),
            Command::Check(arguments) => arguments.run(context),
            Command::Configure(arguments) => arguments.run(context),
            Command::Join(arguments) => arguments.run(context),
        }
    }
}
