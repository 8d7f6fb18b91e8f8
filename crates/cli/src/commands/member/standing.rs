//! `bulla member suspend` and `bulla member readmit`.

use bulla_types::MemberStatus;

use crate::context::Context;
use crate::decision::DecisionArguments;
use crate::failure::Failure;
use crate::over::Over;
use crate::signers::Needed;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    over: Over,
    #[command(flatten)]
    decision: DecisionArguments,
}

impl Arguments {
    pub(super) fn run(self, context: &Context, status: MemberStatus) -> Result<u8, Failure> {
        let done = context.run(async {
            let client = context.client().await?;
            let member = self.over.member(&client).await?;
            let act = self.decision.begin(context, &client, Needed::BodiesOver(member)).await?;
            self.decision.carry_out(context, &client, self.over.add(status, member, act)).await
        })?;
        context.show(&done)
    }
}
