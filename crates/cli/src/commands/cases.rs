//! `bulla registration` and `bulla trade`: cases under the rules of a register or of a venue (登记案件、交易案件).
//!
//! One machinery for both: what they ask, say and call things stands in the profile of the case.

mod actors;
mod conditions;
mod form;
mod kind;
mod list;
mod open;
mod openings;
mod page;
mod refusal;
mod registered;
mod show;
mod step;
mod taken;
mod taking;
mod template;
#[cfg(test)]
mod testing;
mod texts;
mod view;
mod written;

use bulla_rules::profile::ProfileKind;
use clap::Subcommand;

pub(crate) use refusal::StepRefused;

use crate::context::Context;
use crate::failure::Failure;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Open(open::Arguments),
    Step(step::Arguments),
    Show(show::Arguments),
    List(list::Arguments),
    Work(list::WorkArguments),
    Template(template::Arguments),
}

impl Arguments {
    pub(crate) fn run(self, context: &Context, kind: ProfileKind) -> Result<u8, Failure> {
        match self.command {
            Command::Open(arguments) => arguments.run(context, kind),
            Command::Step(arguments) => arguments.run(context, kind),
            Command::Show(arguments) => arguments.run(context, kind),
            Command::List(arguments) => arguments.run(context, kind),
            Command::Work(arguments) => arguments.run(context, kind),
            Command::Template(arguments) => arguments.run(context, kind),
        }
    }
}
