//! `bulla governance expel`.

use bulla_client::ChangeMemberStatusRequest;
use bulla_types::MemberStatus;

use crate::context::Context;
use crate::failure::Failure;
use crate::signers::{Needed, SignerArguments};
use crate::{act, members, parse};

/// Expel a member, for ever: its keys sign nothing any more, and it validates no more | 将成员除名，不可恢复：其密钥不再有效，也不再担任验证节点
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Member number, identifier or unified social credit code | 成员编号、标识或统一社会信用代码
    #[arg(value_name = "MEMBER")]
    member: String,
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
            let signers = self.signers.load(context, &client, Needed::BodiesOver(member)).await?;
            let status = MemberStatus::Expelled;
            let act = act::begin(&client, &signers);
            let act = act.action(ChangeMemberStatusRequest { member, status, grounds: self.grounds });
            act::carry_out(context, &client, act, &self.signers.wait).await
        })?;
        context.show(&done)
    }
}
