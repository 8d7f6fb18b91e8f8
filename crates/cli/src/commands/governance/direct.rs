//! Acts that are signed and submitted at once.

use bulla_types::MemberStatus;
use clap::Args;

use super::acts::{ChangeRoles, SetParameters, Validators};
use crate::context::Context;
use crate::decision::DecisionArguments;
use crate::failure::Failure;
use crate::over::Over;
use crate::signers::Needed;

/// Add, remove and replace validators, or change their power, from the next height on | 增加、移除、更换验证节点或调整其表决权，自下一高度起生效
#[derive(Args)]
pub(super) struct ChangeValidators {
    #[command(flatten)]
    change: Validators,
    #[command(flatten)]
    decision: DecisionArguments,
}

impl ChangeValidators {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let done = context.run(async {
            let client = context.client().await?;
            let act = self.decision.begin(context, &client, Needed::Bodies).await?;
            let act = self.change.add(act)?;
            self.decision.carry_out(context, &client, act).await
        })?;
        context.show(&done)
    }
}

/// Change parameters, from the next height on; those that are not named stay | 变更账本参数，自下一高度起生效；未列出的参数不变
#[derive(Args)]
pub(super) struct ChangeParameters {
    #[command(flatten)]
    change: SetParameters,
    #[command(flatten)]
    decision: DecisionArguments,
}

impl ChangeParameters {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let done = context.run(async {
            let client = context.client().await?;
            let act = self.decision.begin(context, &client, Needed::Bodies).await?;
            let act = self.change.add(&client, act).await?;
            self.decision.carry_out(context, &client, act).await
        })?;
        context.show(&done)
    }
}

/// Grant roles to a member and take them away | 授予或撤销成员的角色
#[derive(Args)]
pub(super) struct Roles {
    #[command(flatten)]
    change: ChangeRoles,
    #[command(flatten)]
    decision: DecisionArguments,
}

impl Roles {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let done = context.run(async {
            let client = context.client().await?;
            let needed = Needed::BodiesOver(self.change.member(&client).await?);
            let act = self.decision.begin(context, &client, needed).await?;
            let act = self.change.add(&client, act).await?;
            self.decision.carry_out(context, &client, act).await
        })?;
        context.show(&done)
    }
}

/// Expel a member, for ever: its keys sign nothing any more, and it validates no more | 将成员除名，不可恢复：其密钥不再有效，也不再担任验证节点
#[derive(Args)]
pub(super) struct Expel {
    #[command(flatten)]
    over: Over,
    #[command(flatten)]
    decision: DecisionArguments,
}

impl Expel {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let done = context.run(async {
            let client = context.client().await?;
            let member = self.over.member(&client).await?;
            let act = self.decision.begin(context, &client, Needed::BodiesOver(member)).await?;
            let act = self.over.add(MemberStatus::Expelled, member, act);
            self.decision.carry_out(context, &client, act).await
        })?;
        context.show(&done)
    }
}
