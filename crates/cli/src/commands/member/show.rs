//! `bulla member show`.

use bulla_client::Client;
use bulla_types::{
    KeyPurpose, Lang, MemberNumber, MemberRecord, MemberStatus, ReasonCode, RecordKey, StateKey,
};
use serde::Serialize;

use super::key::Key;
use super::list::Member;
use crate::context::Context;
use crate::enrolment::Enrolment;
use crate::failure::Failure;
use crate::history::{self, Step};
use crate::messages::{
    CREDIT_CODE, KEY_ID, KEYS_AT_ENROLMENT, KEYS_WITHHELD, KIND, MEMBER, NAME, NUMBER, PURPOSE, ROLES, STATUS,
};
use crate::output::{Show, facts, table};
use crate::written::quoted;
use crate::{members, words};

/// Show a member with its history and keys, proved | 显示成员及其历史与密钥（经证明）
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Member number, identifier or unified social credit code | 成员编号、标识或统一社会信用代码
    #[arg(value_name = "MEMBER")]
    member: String,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        context.show(&context.run(async {
            let client = context.client().await?;
            let number = members::find(&client, &self.member).await?;
            Shown::read(&client, number).await
        })?)
    }
}

/// A member as the ledger proves it.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    member: Member,
    history: Vec<Step>,
    /// The keys that it was enrolled with; `None` where only members may read the entry that says so. The ledger has no
    /// list by member of those added later.
    keys: Option<Vec<Key>>,
}

impl Shown {
    async fn read(client: &Client, number: MemberNumber) -> Result<Self, Failure> {
        let record = client.record(&StateKey::Member(number)).await?.read::<MemberRecord>()?;
        let unknown = || Failure::new(ReasonCode::MemberUnknown, format!("there is no member {number}"));
        let record = record.ok_or_else(unknown)?;
        let mut member = Member::new(client.ledger_id(), &record);
        let history =
            history::read::<MemberStatus>(client, RecordKey::Member(number), record.history_count).await?;
        let enrolment = Enrolment::read(client, number, &history).await?;
        let Some(enrolment) = enrolment else { return Ok(Self { member, history, keys: None }) };
        member.name = member.name.or(enrolment.person);
        let mut keys = Vec::new();
        for key_id in enrolment.keys {
            keys.push(Key::read(client, key_id).await?);
        }
        Ok(Self { member, history, keys: Some(keys) })
    }
}

impl Show for Shown {
    fn text(&self, lang: Lang) -> String {
        let member = &self.member;
        let head = facts([
            (MEMBER.of(lang), member.member.clone()),
            (NUMBER.of(lang), member.number.to_string()),
            (NAME.of(lang), member.name.as_deref().map(quoted).unwrap_or_default()),
            (CREDIT_CODE.of(lang), member.credit_code.clone().unwrap_or_default()),
            (KIND.of(lang), member.kind(lang)),
            (ROLES.of(lang), member.roles(lang)),
            (STATUS.of(lang), member.status(lang)),
        ]);
        let heading = [PURPOSE, STATUS, KEY_ID].map(|text| text.of(lang));
        let row = |key: &Key| {
            [words::of_code::<KeyPurpose>(key.purpose, lang), key.standing(lang), key.key_id.clone()]
        };
        let steps = history::table::<MemberStatus>(&self.history, lang);
        let keys = match &self.keys {
            Some(keys) => table(heading, keys.iter().map(row)),
            None => KEYS_WITHHELD.of(lang).to_owned(),
        };
        format!("{head}\n\n{steps}\n\n{}\n{keys}", KEYS_AT_ENROLMENT.of(lang))
    }
}
