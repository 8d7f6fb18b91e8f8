//! `bulla member suspend` and `bulla member readmit`.

use bulla_client::ChangeMemberStatusRequest;
use bulla_types::MemberStatus;

use crate::context::Context;
use crate::decision::DecisionArguments;
use crate::failure::Failure;
use crate::signers::Needed;
use crate::{members, parse};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Member number, identifier or unified social credit code | 成员编号、标识或统一社会信用代码
    #[arg(value_name = "MEMBER")]
    member: String,
    /// Grounds; erasable, only their commitment goes into the log | 理由，可删除，日志中只有其承诺值
    #[arg(long, value_name = "TEXT", value_parser = parse::attached)]
    grounds: Option<String>,
    #[command(flatten)]
    decision: DecisionArguments,
}

impl Arguments {
    pub(super) fn run(self, context: &Context, status: MemberStatus) -> Result<u8, Failure> {
        let done = context.run(async {
            let client = context.client().await?;
            let member = members::find(&client, &self.member).await?;
            let act = self.decision.begin(context, &client, Needed::BodiesOver(member)).await?;
            let request = ChangeMemberStatusRequest { member, status, grounds: self.grounds };
            self.decision.carry_out(context, &client, act.action(request)).await
        })?;
        context.show(&done)
    }
}
