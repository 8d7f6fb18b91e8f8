//! `bulla governance set-parameters`.

use bulla_types::{Action, ChangeParameters, ReasonCode};

use super::fields::Setting;
use super::parameters;
use crate::act;
use crate::context::Context;
use crate::failure::Failure;
use crate::signers::{Needed, SignerArguments};
use crate::text::Said;

/// Change parameters, from the next height on; those that are not named stay | 变更账本参数，自下一高度起生效；未列出的参数不变
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// A parameter and the value that it shall have, such as block_entries_max=5000 | 参数及其新值，如 block_entries_max=5000
    #[arg(value_name = "FIELD=VALUE", required = true, value_parser = Setting::parse)]
    settings: Vec<Setting>,
    #[command(flatten)]
    signers: SignerArguments,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let done = context.run(async {
            let client = context.client().await?;
            let present = parameters::read(&client).await?;
            let (former, mut parameters) = (present.hash(), present);
            for setting in &self.settings {
                setting
                    .apply(&mut parameters)
                    .map_err(|said| Failure::new(ReasonCode::ParametersInvalid, said))?;
            }
            parameters
                .check()
                .map_err(|error| Failure::new(ReasonCode::ParametersInvalid, Said::english(error)))?;
            let signers = self.signers.load(context, &client, Needed::Bodies).await?;
            let change = Action::ChangeParameters(ChangeParameters { former, parameters });
            let act = act::begin(&client, &signers).action(change);
            act::carry_out(context, &client, act, &self.signers.wait).await
        })?;
        context.show(&done)
    }
}
