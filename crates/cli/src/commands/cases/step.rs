//! `bulla registration step`, `bulla trade step`.

use bulla_client::{ProfileRef, StepBuilder};
use bulla_rules::profile::ProfileKind;
use bulla_types::ReasonCode;

use super::kind;
use super::taken::Taken;
use super::taking::{Setting, TakingArguments};
use super::template::{choose_procedure, choose_step};
use super::texts::{NAME_THE_CASE, NOT_THAT_CASE};
use super::written::Written;
use crate::context::Context;
use crate::failure::Failure;
use crate::parse;

/// Take a step in a case, and wait for the verified receipt | 在案件中办理一个步骤，并等待经核验的回执
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Case number or identifier; the form may say it | 案件编号或标识，可由模板给出
    #[arg(value_name = "CASE")]
    case: Option<String>,
    /// Step; the form may say it | 步骤，可由模板给出
    #[arg(value_name = "STEP")]
    step: Option<String>,
    #[command(flatten)]
    taking: TakingArguments,
}

impl Arguments {
    pub(super) fn run(self, context: &Context, wanted: ProfileKind) -> Result<u8, Failure> {
        let written = self.taking.written.read()?;
        context.show(&context.run(self.take(context, wanted, &written))?)
    }

    async fn take(
        &self,
        context: &Context,
        wanted: ProfileKind,
        written: &Written,
    ) -> Result<Taken, Failure> {
        let form = &written.form;
        let named = self.case.as_ref().or(form.case.as_ref()).ok_or_else(|| Failure::usage(NAME_THE_CASE))?;
        let client = context.client().await?;
        let number = parse::case(named, client.ledger_id())?;
        // A form that was filled in for one case is not sent to another by a slip.
        if let Some(of_form) = &form.case
            && parse::case(of_form, client.ledger_id())? != number
        {
            return Err(Failure::new(ReasonCode::CommandInvalid, NOT_THAT_CASE.with(&[of_form, named])));
        }
        let report = client.case(number).await?;
        let adopted = client.profile(&ProfileRef::Digest(report.record.profile)).await?;
        kind::require(&adopted.profile, wanted)?;
        let procedure = choose_procedure(&adopted.profile, Some(report.record.procedure.as_str()))?;
        let named = self.step.as_deref().or(form.step.as_deref());
        // What is not taken in this state is refused with what is.
        let steps = match named {
            Some(_) => procedure.steps.iter().collect(),
            None => procedure.steps_from(report.record.state.as_str()).collect(),
        };
        let step = choose_step(steps, named)?;
        let builder = StepBuilder::of_case(client.ledger_id(), &adopted, &report, step.head.name.as_str());
        let setting =
            Setting { client: &client, profile: &adopted.profile, procedure, step, report: Some(&report) };
        self.taking.carry_out(context, setting, builder.map_err(Into::into), written).await
    }
}
