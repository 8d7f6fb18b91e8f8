//! `bulla governance roles`.

use bulla_client::ChangeRolesRequest;
use bulla_types::{MemberRecord, ReasonCode, Role, Roles, StateKey};

use crate::complaints::NO_ROLE_LEFT;
use crate::context::Context;
use crate::failure::Failure;
use crate::signers::{Needed, SignerArguments};
use crate::text::Said;
use crate::{act, members, parse, words};

/// Grant roles to a member and take them away | 授予或撤销成员的角色
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("change").required(true).multiple(true)))]
pub(super) struct Arguments {
    /// Member number, identifier or unified social credit code | 成员编号、标识或统一社会信用代码
    #[arg(value_name = "MEMBER")]
    member: String,
    /// A role that it shall have | 授予的角色
    #[arg(long, value_name = "ROLE", num_args = 1.., group = "change", value_parser = words::Parser::<Role>::new())]
    grant: Vec<Role>,
    /// A role that it shall have no more | 撤销的角色
    #[arg(long, value_name = "ROLE", num_args = 1.., group = "change", value_parser = words::Parser::<Role>::new())]
    revoke: Vec<Role>,
    /// Grounds; erasable, only their commitment goes into the log | 理由，可删除，日志中只有其承诺值
    #[arg(long, value_name = "TEXT", value_parser = parse::attached)]
    grounds: Option<String>,
    #[command(flatten)]
    signers: SignerArguments,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let done = context.run(async {
            let client = context.client().await?;
            let member = members::find(&client, &self.member).await?;
            let record = client.record(&StateKey::Member(member)).await?.read::<MemberRecord>()?;
            let record = record.ok_or_else(|| Failure::new(ReasonCode::MemberUnknown, Said::name(member)))?;
            let stay = record.roles.iter().filter(|role| !self.revoke.contains(role));
            let roles = Roles::new(stay.chain(self.grant.iter().copied()))
                .ok_or_else(|| Failure::new(ReasonCode::RoleMissing, NO_ROLE_LEFT))?;
            let signers = self.signers.load(context, &client, Needed::BodiesOver(member)).await?;
            let request = ChangeRolesRequest { member, roles, grounds: self.grounds };
            let act = act::begin(&client, &signers).action(request);
            act::carry_out(context, &client, act, &self.signers.wait).await
        })?;
        context.show(&done)
    }
}
