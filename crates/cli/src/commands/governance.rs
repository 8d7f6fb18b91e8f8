//! `bulla governance`: the ledger's own affairs, by its registration bodies (账本治理).

mod change_validators;
mod expel;
mod fields;
mod parameters;
mod roles;
mod set_parameters;
mod validators;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;

/// Validators, parameters, roles and expulsion, by the registration bodies | 账本治理：由登记机构变更验证节点、账本参数、成员角色，以及除名
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Validators(validators::Arguments),
    ChangeValidators(change_validators::Arguments),
    Parameters(parameters::Arguments),
    SetParameters(set_parameters::Arguments),
    Roles(roles::Arguments),
    Expel(expel::Arguments),
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        match self.command {
            Command::Validators(arguments) => arguments.run(context),
            Command::ChangeValidators(arguments) => arguments.run(context),
            Command::Parameters(arguments) => arguments.run(context),
            Command::SetParameters(arguments) => arguments.run(context),
            Command::Roles(arguments) => arguments.run(context),
            Command::Expel(arguments) => arguments.run(context),
        }
    }
}
