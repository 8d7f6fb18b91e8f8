//! `bulla member key`: keys of members on the ledger.

use std::path::PathBuf;

use bulla_client::{Client, TransactionBuilder};
use bulla_types::{
    Action, ChangeKeyStatus, EnrolKey, Identifier, KeyChange, KeyId, KeyPurpose, KeyRecord, KeyStatus, Lang,
    MemberNumber, ReasonCode, RecordKey, StateKey,
};
use clap::Subcommand;
use serde::Serialize;

use crate::act;
use crate::complaints::{KEY_IS_COMPROMISED, KEY_IS_RETIRED, KEY_OR_TOKEN_NEEDED, NO_MEMBER};
use crate::context::Context;
use crate::decision::DecisionArguments;
use crate::failure::Failure;
use crate::history::{self, Step};
use crate::messages::{KEY_ID, MEMBER, PUBLIC_KEY, PURPOSE, STATUS};
use crate::new_key::{IN_TOKEN, NewKey, TokenOptions};
use crate::output::{Show, facts};
use crate::signers::Needed;
use crate::text::Said;
use crate::words::{self, Word};
use crate::{members, parse};

/// Add, end and show keys of members | 成员密钥的增加、终止与查看
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Add a key to a member | 为成员增加密钥
    Add {
        #[command(flatten)]
        key: AddedKey,
        /// The member; the configured one by default | 成员，默认为配置中的成员
        #[arg(long)]
        member: Option<String>,
        #[command(flatten)]
        decision: DecisionArguments,
    },
    /// Retire a key in good order | 正常停用密钥
    Retire {
        /// Key id or key file | 密钥编号或密钥文件
        #[arg(value_hint = clap::ValueHint::AnyPath)]
        key: String,
        #[command(flatten)]
        decision: DecisionArguments,
    },
    /// Report a key compromised | 报告密钥泄露
    Compromised {
        /// Key id or key file | 密钥编号或密钥文件
        #[arg(value_hint = clap::ValueHint::AnyPath)]
        key: String,
        /// Since when it is not to be trusted, in UTC+8 unless it says otherwise | 自何时起不可信，未注明时区的按 UTC+8
        #[arg(long, value_name = "TIME")]
        from: String,
        #[command(flatten)]
        decision: DecisionArguments,
    },
    /// Show a key with its history, proved | 显示密钥及其历史（经证明）
    Show {
        /// Key id or key file | 密钥编号或密钥文件
        #[arg(value_hint = clap::ValueHint::AnyPath)]
        key: String,
    },
}

// The key that a member gets. No help text: commands that have it say what they do.
#[derive(clap::Args)]
pub(crate) struct AddedKey {
    /// The new key's file, if it is not in a token | 新密钥的文件；在令牌中的除外
    #[arg(value_name = "FILE", required_unless_present_any = IN_TOKEN, conflicts_with_all = IN_TOKEN)]
    file: Option<PathBuf>,
    #[command(flatten)]
    token: TokenOptions,
    /// Operate, administer or audit; of a node consensus, note or peer | 用途：operate 业务、administer 管理、audit 审计；节点的 consensus 共识、note 检查点、peer 组网
    #[arg(long, value_parser = words::Parser::<KeyPurpose>::new())]
    purpose: KeyPurpose,
}

impl AddedKey {
    fn open(&self) -> Result<NewKey, Failure> {
        match (self.token.place(), &self.file) {
            (Some(place), _) => NewKey::open(place),
            (None, Some(file)) => NewKey::read(file),
            (None, None) => Err(Failure::usage(KEY_OR_TOKEN_NEEDED)),
        }
    }

    /// Adds its enrolment for this member to an act.
    pub(crate) fn add(
        &self,
        member: MemberNumber,
        act: TransactionBuilder,
    ) -> Result<TransactionBuilder, Failure> {
        let key = self.open()?.declare(&act, self.purpose)?;
        Ok(act.action(Action::EnrolKey(EnrolKey { member, key })))
    }
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        match self.command {
            Command::Add { key, member, decision } => {
                context.show(&context.run(add(context, &key, member.as_deref(), &decision))?)
            }
            Command::Retire { key, decision } => end(context, &key, KeyChange::Retire, &decision),
            Command::Compromised { key, from, decision } => {
                let from = parse::time(&from)?;
                end(context, &key, KeyChange::ReportCompromised { from }, &decision)
            }
            Command::Show { key } => {
                let key_id = parse::key(&key)?;
                context.show(&context.run(async { Key::read(&context.client().await?, key_id).await })?)
            }
        }
    }
}

async fn add(
    context: &Context,
    key: &AddedKey,
    member: Option<&str>,
    decision: &DecisionArguments,
) -> Result<act::Done, Failure> {
    let client = context.client().await?;
    let configured = context.config()?.member.map(MemberNumber);
    let member = match member {
        Some(named) => members::find(&client, named).await?,
        None => configured.ok_or_else(|| Failure::config(NO_MEMBER))?,
    };
    let act = decision.begin(context, &client, Needed::Holder(member)).await?;
    decision.carry_out(context, &client, key.add(member, act)?).await
}

fn end(context: &Context, key: &str, change: KeyChange, decision: &DecisionArguments) -> Result<u8, Failure> {
    let key_id = parse::key(key)?;
    let done = context.run(async {
        let client = context.client().await?;
        let key = record(&client, key_id).await?;
        refuse_idle(&key, key_id, change)?;
        let act = decision.begin(context, &client, Needed::Holder(key.member)).await?;
        let change = Action::ChangeKeyStatus(ChangeKeyStatus { key_id, change });
        decision.carry_out(context, &client, act.action(change)).await
    })?;
    context.show(&done)
}

/// Refuses to retire a key that has ended. The ledger would too, but not say of which key.
fn refuse_idle(key: &KeyRecord, key_id: KeyId, change: KeyChange) -> Result<(), Failure> {
    let (reason, why) = match (change, key.status) {
        (KeyChange::Retire, KeyStatus::Retired) => (ReasonCode::KeyRetired, KEY_IS_RETIRED),
        (KeyChange::Retire, KeyStatus::Compromised) => (ReasonCode::KeyCompromised, KEY_IS_COMPROMISED),
        _ => return Ok(()),
    };
    Err(Failure::new(reason, why.with(&[&key_id])))
}

async fn record(client: &Client, key_id: KeyId) -> Result<KeyRecord, Failure> {
    let record = client.record(&StateKey::Key(key_id)).await?.read::<KeyRecord>()?;
    record.ok_or_else(|| Failure::new(ReasonCode::KeyUnknown, Said::name(key_id)))
}

/// A key as the ledger proves it.
#[derive(Serialize)]
pub(super) struct Key {
    pub(super) key_id: String,
    member: String,
    pub(super) purpose: &'static str,
    public_key: String,
    pub(super) status: &'static str,
    history: Vec<Step>,
}

impl Key {
    /// Reads a key's record and history.
    pub(super) async fn read(client: &Client, key_id: KeyId) -> Result<Self, Failure> {
        let record = record(client, key_id).await?;
        let key = record.key.parse().map_err(|error| Failure::internal(&error))?;
        Ok(Self {
            key_id: key_id.to_string(),
            member: Identifier::member(&client.ledger_id(), record.member).to_string(),
            purpose: record.purpose.code(),
            public_key: key.to_string(),
            status: record.status.code(),
            history: history::read::<KeyStatus>(client, RecordKey::Key(key_id), record.history_count).await?,
        })
    }

    /// Its status, since when.
    pub(super) fn standing(&self, lang: Lang) -> String {
        let status = words::of_code::<KeyStatus>(self.status, lang);
        match self.history.last() {
            Some(step) => format!("{status} {}", step.time),
            None => status,
        }
    }
}

impl Show for Key {
    fn text(&self, lang: Lang) -> String {
        let head = facts([
            (KEY_ID.of(lang), self.key_id.clone()),
            (MEMBER.of(lang), self.member.clone()),
            (PURPOSE.of(lang), words::of_code::<KeyPurpose>(self.purpose, lang)),
            (PUBLIC_KEY.of(lang), self.public_key.clone()),
            (STATUS.of(lang), words::of_code::<KeyStatus>(self.status, lang)),
        ]);
        format!("{head}\n\n{}", history::table::<KeyStatus>(&self.history, lang))
    }
}
