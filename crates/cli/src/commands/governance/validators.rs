//! `bulla governance validators`.

use bulla_client::Client;
use bulla_types::{
    Identifier, KeyId, KeyRecord, Lang, MemberRecord, ReasonCode, StateKey, Validator, ValidatorSet,
};
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::messages::{ADDRESS, KEY_ID, MEMBER, NAME, POWER};
use crate::output::{Show, table};
use crate::text::Said;

/// List the validators of the next height, proved | 列出下一高度的验证节点（经证明）
#[derive(clap::Args)]
pub(super) struct Arguments {}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let validators = context.run(async { read(&context.client().await?).await })?;
        context.show(&validators)
    }
}

async fn read(client: &Client) -> Result<Validators, Failure> {
    let set = client.record(&StateKey::Validators).await?.read::<ValidatorSet>()?;
    let set = set.ok_or_else(|| missing("validators"))?;
    let mut validators = Vec::new();
    for validator in set.validators() {
        validators.push(Row::read(client, validator).await?);
    }
    Ok(Validators(validators))
}

fn missing(what: &str) -> Failure {
    Failure::new(ReasonCode::StorageFailed, Said::name(what))
}

/// In rising order of address.
#[derive(Serialize)]
#[serde(transparent)]
struct Validators(Vec<Row>);

#[derive(Serialize)]
struct Row {
    member: String,
    number: u64,
    name: Option<String>,
    power: u64,
    key_id: String,
    address: String,
}

impl Row {
    async fn read(client: &Client, validator: &Validator) -> Result<Self, Failure> {
        let key_id = KeyId::of(validator.key());
        let key = client.record(&StateKey::Key(key_id)).await?.read::<KeyRecord>()?;
        let number = key.ok_or_else(|| missing("key"))?.member;
        let member = client.record(&StateKey::Member(number)).await?.read::<MemberRecord>()?;
        Ok(Self {
            member: Identifier::member(&client.ledger_id(), number).to_string(),
            number: number.0,
            name: member.and_then(|member| member.identity.name().map(ToString::to_string)),
            power: validator.power(),
            key_id: key_id.to_string(),
            address: validator.address().to_string(),
        })
    }
}

impl Show for Validators {
    fn text(&self, lang: Lang) -> String {
        let heading = [MEMBER, NAME, POWER, KEY_ID, ADDRESS].map(|text| text.of(lang));
        let row = |row: &Row| {
            let name = row.name.clone().unwrap_or_default();
            [row.member.clone(), name, row.power.to_string(), row.key_id.clone(), row.address.clone()]
        };
        table(heading, self.0.iter().map(row))
    }
}
