//! `bulla member`: members and their keys (成员与密钥).

mod enrol;
mod key;
mod list;
mod show;
mod standing;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;

pub(crate) use enrol::NewMember;
pub(crate) use key::AddedKey;

/// Enrol, show, suspend members; add and end their keys | 成员的准入、查看、暂停与恢复，密钥的增加与终止
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Enrol(enrol::Arguments),
    Show(show::Arguments),
    List(list::Arguments),
    /// Suspend a member: what its keys sign is refused | 暂停成员：其密钥的签名不再被接受
    Suspend(standing::Arguments),
    /// Readmit a suspended member | 恢复被暂停的成员
    Readmit(standing::Arguments),
    Key(key::Arguments),
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        use bulla_types::MemberStatus::{Active, Suspended};
        match self.command {
            Command::Enrol(arguments) => arguments.run(context),
            Command::Show(arguments) => arguments.run(context),
            Command::List(arguments) => arguments.run(context),
            Command::Suspend(arguments) => arguments.run(context, Suspended),
            Command::Readmit(arguments) => arguments.run(context, Active),
            Command::Key(arguments) => arguments.run(context),
        }
    }
}
