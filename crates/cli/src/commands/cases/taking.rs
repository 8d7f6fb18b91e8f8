//! What open and step have in common: the step is made, signed, submitted, and its receipt waited for.

use std::path::PathBuf;

use bulla_client::{CaseReport, Client, StepBuilder, StepError, StepRequest};
use bulla_rules::profile::{Procedure, Profile, Step};
use clap::Args;

use super::actors::{Acting, ActorArguments};
use super::openings::Openings;
use super::refusal;
use super::taken::Taken;
use super::written::{Written, WrittenArguments};
use crate::act;
use crate::context::Context;
use crate::failure::Failure;
use crate::lookup::Lookup;
use crate::waiting::WaitArguments;

/// A step on the command line.
#[derive(Args)]
pub(super) struct TakingArguments {
    #[command(flatten)]
    pub(super) written: WrittenArguments,
    /// Where to write the openings of committed fields: keep this file, the ledger does not | 承诺事项内容的保存文件：账本不保存，请妥善保管
    #[arg(long, value_name = "FILE")]
    openings: Option<PathBuf>,
    /// Overwrite that file if it is there | 该文件已存在时予以覆盖
    #[arg(long, requires = "openings")]
    force: bool,
    #[command(flatten)]
    actors: ActorArguments,
    #[command(flatten)]
    wait: WaitArguments,
}

/// Where a step is taken.
#[derive(Clone, Copy)]
pub(super) struct Setting<'p> {
    pub(super) client: &'p Client,
    pub(super) profile: &'p Profile,
    pub(super) procedure: &'p Procedure,
    pub(super) step: &'p Step,
    /// The open case; `None` for a new one.
    pub(super) report: Option<&'p CaseReport>,
}

/// Why a step was not submitted.
pub(super) enum Stopped {
    /// The profile does not allow it so.
    Step(Box<StepError>),
    Failure(Failure),
}

impl From<StepError> for Stopped {
    fn from(error: StepError) -> Self {
        Self::Step(Box::new(error))
    }
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl TakingArguments {
    /// Makes the step, submits it and waits for its receipt. A refusal, by the profile or by a node, is told with
    /// what would be possible instead.
    pub(super) async fn carry_out(
        &self,
        context: &Context,
        setting: Setting<'_>,
        builder: Result<StepBuilder<'_>, Stopped>,
        written: &Written,
    ) -> Result<Taken, Failure> {
        let Setting { client, profile, procedure, step, .. } = setting;
        let made = match builder {
            Ok(builder) => self.make(context, setting, builder, written).await,
            Err(stopped) => Err(stopped),
        };
        let (request, acting) = match made {
            Ok(made) => made,
            Err(Stopped::Failure(failure)) => return Err(failure),
            Err(Stopped::Step(error)) => return Err(refusal::early(*error, setting).await),
        };
        let mut openings = Openings::new(self.openings.as_deref(), self.force, &request)?;
        let transaction = act::begin(client, &acting.signers).action(request);
        let (submission, kept) = transaction.build_keeping()?;
        // Before it is sent: nobody else has them.
        openings.write(kept.as_ref())?;
        match act::submit(context, client, &submission, &self.wait).await {
            Ok(receipt) => {
                Taken::read(client, &receipt, profile, procedure, step, openings.into_path()).await
            }
            Err(failure) => {
                // Whatever else went wrong, the step may be recorded.
                if failure.refused_step.is_some() {
                    openings.remove();
                }
                Err(refusal::told(failure, client, &mut Lookup::new(client), profile, procedure).await)
            }
        }
    }

    /// The step with everything that was entered.
    async fn make(
        &self,
        context: &Context,
        setting: Setting<'_>,
        builder: StepBuilder<'_>,
        written: &Written,
    ) -> Result<(StepRequest, Acting), Stopped> {
        let mut builder = written.enter(builder, setting.profile)?;
        let Setting { client, step, report, .. } = setting;
        let possible = report.and_then(|report| {
            report.possible.iter().find(|possible| step.head.name == *possible.step.as_str())
        });
        let party = written.form.party.as_deref();
        let acting = self.actors.load(context, client, step, party, possible).await?;
        builder = builder.party(&acting.party)?;
        for (party, member, agent) in &acting.actors {
            builder = match agent {
                Some(agent) => builder.actor_by_agent(party, *member, *agent)?,
                None => builder.actor(party, *member)?,
            };
        }
        Ok((builder.finish()?, acting))
    }
}
