//! `bulla registration open`, `bulla trade open`.

use bulla_client::{Client, ProfileRef, StepBuilder};
use bulla_rules::profile::{Profile, ProfileId, ProfileKind};
use bulla_types::{ProfileDigest, ReasonCode};

use super::kind;
use super::taken::Taken;
use super::taking::{Setting, Stopped, TakingArguments};
use super::template::{choose_procedure, choose_step};
use super::texts::{FORM_OF_A_CASE, NAME_THE_PROFILE};
use super::written::{Written, pair};
use crate::context::Context;
use crate::failure::Failure;
use crate::text::Said;
use crate::{members, parse};

/// Open a case by its first step, and wait for the verified receipt | 以首个步骤立案，并等待经核验的回执
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Profile: its identifier on the ledger, or its digest | 规则配置：账本上的标识或摘要
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,
    /// Procedure | 程序
    #[arg(long, value_name = "PROCEDURE")]
    procedure: Option<String>,
    /// Step; without it, the only one that opens a case | 步骤，只有一个立案步骤时可省略
    #[arg(long, value_name = "STEP")]
    step: Option<String>,
    /// What the case is about: an identifier, such as R-4K7QPX-12-40 | 案件所涉事项的标识，如 R-4K7QPX-12-40
    #[arg(long, value_name = "IDENTIFIER")]
    about: Option<String>,
    /// A party that the opener names; once for each | 由立案人指明的当事人，每个一次
    #[arg(long = "named", value_name = "PARTY=MEMBER", value_parser = pair)]
    named: Vec<(String, String)>,
    #[command(flatten)]
    taking: TakingArguments,
}

impl Arguments {
    pub(super) fn run(self, context: &Context, wanted: ProfileKind) -> Result<u8, Failure> {
        let written = self.taking.written.read()?;
        context.show(&context.run(self.open(context, wanted, &written))?)
    }

    async fn open(
        &self,
        context: &Context,
        wanted: ProfileKind,
        written: &Written,
    ) -> Result<Taken, Failure> {
        let form = &written.form;
        if form.case.is_some() {
            return Err(Failure::usage(FORM_OF_A_CASE.with(&[&kind::command(wanted)])));
        }
        let named = self.profile.as_ref().or(form.profile.as_ref());
        let named = named.ok_or_else(|| Failure::usage(NAME_THE_PROFILE))?;
        let client = context.client().await?;
        let adopted = client.profile(&reference(named)?).await?;
        let profile: &Profile = &adopted.profile;
        kind::require(profile, wanted)?;
        let procedure = choose_procedure(profile, self.procedure.as_deref().or(form.procedure.as_deref()))?;
        let steps = procedure.opening_steps().collect();
        let step = choose_step(steps, self.step.as_deref().or(form.step.as_deref()))?;
        let setting = Setting { client: &client, profile, procedure, step, report: None };
        let (procedure, step) = (procedure.head.name.as_str(), step.head.name.as_str());
        let builder = StepBuilder::opening(client.ledger_id(), &adopted, procedure, step);
        let builder = match builder {
            Ok(builder) => self.about(&client, builder, written).await,
            Err(error) => Err(error.into()),
        };
        self.taking.carry_out(context, setting, builder, written).await
    }

    /// What the case is about, and whom its opener names.
    async fn about<'p>(
        &self,
        client: &Client,
        mut builder: StepBuilder<'p>,
        written: &Written,
    ) -> Result<StepBuilder<'p>, Stopped> {
        if let Some(about) = self.about.as_ref().or(written.form.about.as_ref()) {
            builder = builder.about(parse::anything(about, client.ledger_id())?)?;
        }
        let mut parties = written.form.parties.clone();
        parties.extend(self.named.iter().cloned());
        for (party, member) in parties {
            builder = builder.name_party(&party, members::find(client, &member).await?)?;
        }
        Ok(builder)
    }
}

/// A profile by its digest, or the version in force by its identifier.
fn reference(named: &str) -> Result<ProfileRef, Failure> {
    if let Ok(digest) = named.parse::<ProfileDigest>() {
        return Ok(ProfileRef::Digest(digest));
    }
    let id: Result<ProfileId, _> = named.parse();
    let unknown = |error| Failure::new(ReasonCode::ProfileUnknown, Said::english(error).of_thing(named));
    id.map(ProfileRef::InForce).map_err(unknown)
}
