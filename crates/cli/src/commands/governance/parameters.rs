//! `bulla governance parameters`.

use std::collections::BTreeMap;

use bulla_client::Client;
use bulla_types::{Lang, Parameters, ReasonCode, StateKey};
use serde::Serialize;

use super::fields;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Show, facts};
use crate::text::Said;

/// Show the parameters of the next height, proved | 显示下一高度的账本参数（经证明）
#[derive(clap::Args)]
pub(super) struct Arguments {}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let parameters = context.run(async { read(&context.client().await?).await })?;
        context.show(&Shown(fields::all(&parameters)))
    }
}

/// The parameters of the next height.
pub(super) async fn read(client: &Client) -> Result<Parameters, Failure> {
    let parameters = client.record(&StateKey::Parameters).await?.read::<Parameters>()?;
    parameters.ok_or_else(|| Failure::new(ReasonCode::StorageFailed, Said::name("parameters")))
}

/// Names and values, in the order of the format.
struct Shown(Vec<(&'static str, String)>);

impl Serialize for Shown {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)).collect::<BTreeMap<_, _>>())
    }
}

impl Show for Shown {
    fn text(&self, _: Lang) -> String {
        facts(self.0.iter().map(|(name, value)| (*name, value.clone())))
    }
}
