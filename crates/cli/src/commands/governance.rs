//! `bulla governance`: the ledger's own affairs, by its registration bodies (账本治理).

mod acts;
mod cosigners;
mod described;
mod desk;
mod direct;
mod draft;
mod drafted;
mod fields;
mod parameters;
mod proposal;
mod proposals;
mod protocol;
mod sign;
mod submit;
mod texts;
mod validators;
mod vote;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;

/// Validators, parameters, roles and expulsion, by the registration bodies: signed together, or proposed and voted on | 账本治理：由登记机构共同签名或提案表决，变更验证节点、账本参数、成员角色，以及除名
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Validators(validators::Arguments),
    ChangeValidators(direct::ChangeValidators),
    Parameters(parameters::Arguments),
    SetParameters(direct::ChangeParameters),
    Protocol(protocol::Arguments),
    ScheduleProtocol(protocol::ScheduleArguments),
    Roles(direct::Roles),
    Expel(direct::Expel),
    Proposals(proposals::Arguments),
    Proposal(proposal::Arguments),
    Vote(vote::Arguments),
    Withdraw(vote::WithdrawArguments),
    Draft(Box<draft::Arguments>),
    Show(sign::ShowArguments),
    Sign(sign::SignArguments),
    Submit(submit::Arguments),
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        match self.command {
            Command::Validators(arguments) => arguments.run(context),
            Command::ChangeValidators(arguments) => arguments.run(context),
            Command::Parameters(arguments) => arguments.run(context),
            Command::SetParameters(arguments) => arguments.run(context),
            Command::Protocol(arguments) => arguments.run(context),
            Command::ScheduleProtocol(arguments) => arguments.run(context),
            Command::Roles(arguments) => arguments.run(context),
            Command::Expel(arguments) => arguments.run(context),
            Command::Proposals(arguments) => arguments.run(context),
            Command::Proposal(arguments) => arguments.run(context),
            Command::Vote(arguments) => arguments.run(context),
            Command::Withdraw(arguments) => arguments.run(context),
            Command::Draft(arguments) => arguments.run(context),
            Command::Show(arguments) => arguments.run(context),
            Command::Sign(arguments) => arguments.run(context),
            Command::Submit(arguments) => arguments.run(context),
        }
    }
}
