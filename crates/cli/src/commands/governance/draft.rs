//! `bulla governance draft`: an act as a file, for signers elsewhere.

use bulla_client::{Client, TransactionBuilder};
use bulla_types::{BlockTime, MemberStatus, SignerRef, TransactionDraft};
use clap::{Args, Subcommand};

use super::acts::{ChangeRoles, Over, RetireKey, SetParameters, Validators};
use super::drafted::Drafted;
use super::parameters;
use crate::complaints::COSIGNER_FORM;
use crate::context::Context;
use crate::destination::Destination;
use crate::failure::Failure;
use crate::mistake::Mistake;
use crate::{members, parse};

/// Write an act as a file that others sign elsewhere | 将一项决定写成文件，供各方离线签名
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    destination: Destination,
    /// Who is to sign: member number, identifier or credit code, and the id of its ADMINISTER key; once for each | 应签名的成员及其管理密钥编号；每个签名方一次
    #[arg(long = "by", value_name = "MEMBER:KEY", required = true, value_parser = cosigner)]
    by: Vec<Cosigner>,
    /// When it shall be recorded, in UTC+8 unless it says otherwise; now by default. It can be within the ledger's request window of that time, before and after | 拟记录的时间，未注明时区的按 UTC+8，默认为现在；只能在该时间前后各一个请求窗口内记录
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    #[command(subcommand)]
    act: Act,
}

/// A member, as it is named, and the key that it signs with, by id or file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cosigner {
    member: String,
    key: String,
}

#[derive(Subcommand)]
enum Act {
    ChangeValidators(Validators),
    SetParameters(SetParameters),
    Roles(ChangeRoles),
    /// Expel a member, for ever | 将成员除名，不可恢复
    Expel(Over),
    /// Suspend a member: what its keys sign is refused | 暂停成员：其密钥的签名不再被接受
    Suspend(Over),
    /// Readmit a suspended member | 恢复被暂停的成员
    Readmit(Over),
    /// Retire a key in good order | 正常停用密钥
    RetireKey(RetireKey),
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        self.destination.check()?;
        let at = self.at.as_deref().map(parse::time).transpose()?;
        let draft = context.run(async {
            let client = context.client().await?;
            let mut signers = Vec::new();
            for Cosigner { member, key } in &self.by {
                let member = members::find(&client, member).await?;
                signers.push(SignerRef { member, key_id: parse::key(key)? });
            }
            let window_ms = parameters::read(&client).await?.request_window_ms;
            let act = at.map_or_else(|| client.transaction(), |at| client.transaction_at(at));
            let not_after = BlockTime(act.request_id().time_ms().saturating_add(window_ms));
            let act = self.act.add(&client, act.not_after(not_after)).await?;
            Ok::<TransactionDraft, Failure>(act.draft(&signers)?)
        })?;
        let file = self.destination.write(draft.encode())?;
        context.show(&Drafted::new(&draft, Some(&file)))
    }
}

impl Act {
    async fn add(&self, client: &Client, act: TransactionBuilder) -> Result<TransactionBuilder, Failure> {
        match self {
            Self::ChangeValidators(change) => change.add(act),
            Self::SetParameters(change) => change.add(client, act).await,
            Self::Roles(change) => change.add(client, act).await,
            Self::Expel(over) => over.add(MemberStatus::Expelled, client, act).await,
            Self::Suspend(over) => over.add(MemberStatus::Suspended, client, act).await,
            Self::Readmit(over) => over.add(MemberStatus::Active, client, act).await,
            Self::RetireKey(retirement) => retirement.add(act),
        }
    }
}

fn cosigner(text: &str) -> Result<Cosigner, Mistake> {
    match text.split_once(':') {
        Some((member, key)) if !member.is_empty() && !key.is_empty() => {
            Ok(Cosigner { member: member.to_owned(), key: key.to_owned() })
        }
        _ => Err(Mistake(COSIGNER_FORM.into())),
    }
}
