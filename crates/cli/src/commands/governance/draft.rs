//! `bulla governance draft`: an act as a file, for signers elsewhere.

use std::path::{Path, PathBuf};

use bulla_client::TransactionBuilder;
use bulla_types::{MemberStatus, ReasonCode, SignerRef, VotedOn};
use clap::{Args, Subcommand};

use super::acts::{ChangeRoles, RetireKey, SetParameters, Validators};
use super::cosigners;
use super::desk::Desk;
use super::drafted::Drafted;
use super::protocol::Schedule;
use super::sign::{read, require_for};
use super::vote::{Vote, Withdrawal};
use crate::commands::member::{AddedKey, NewMember};
use crate::commands::{calendar, clocks, profile};
use crate::complaints::{COSIGNER_FORM, DRAFT_SIGNED_ALREADY};
use crate::context::Context;
use crate::decision::ProposalArguments;
use crate::destination::Destination;
use crate::failure::Failure;
use crate::mistake::Mistake;
use crate::over::Over;
use crate::parse;
use crate::text::Said;

/// Write an act as a file that others sign elsewhere | 将一项决定写成文件，供各方离线签名
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    destination: Destination,
    /// Add the act to those of this draft, which nobody has signed yet, or to its proposal; signers and time stay as they are there | 将该项决定并入尚无人签名的文件或其中的提案，签名方与时间不变
    #[arg(long, value_name = "FILE", conflicts_with_all = ["by", "at", "propose"])]
    add_to: Option<PathBuf>,
    /// Who is to sign: member number, identifier or credit code, and the id of its ADMINISTER key if that is not the one it was enrolled with; once for each. Whether they can is looked up, where a node is named | 应签名的成员及其管理密钥编号（准入时登记的可省略）；每个签名方一次；指定节点时查验其能否签名
    #[arg(long = "by", value_name = "MEMBER[:KEY]", required_unless_present = "add_to", value_parser = cosigner)]
    by: Vec<Cosigner>,
    /// When it shall be recorded, in UTC+8 unless it says otherwise; now by default. It can be within the ledger's request window of that time, before and after | 拟记录的时间，未注明时区的按 UTC+8，默认为现在；只能在该时间前后各一个请求窗口内记录
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    #[command(flatten)]
    proposal: ProposalArguments,
    #[command(subcommand)]
    act: Act,
}

/// A member, as it is named, and the key that it signs with, by id or file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cosigner {
    member: String,
    key: Option<String>,
}

#[derive(Subcommand)]
enum Act {
    ChangeValidators(Validators),
    SetParameters(SetParameters),
    ScheduleProtocol(Schedule),
    Roles(ChangeRoles),
    /// Expel a member, for ever | 将成员除名，不可恢复
    Expel(Over),
    /// Enrol a member; its keys are read where the draft is made, and stay there | 成员准入；其密钥在拟定文件的机器上读取，不离开该机器
    Enrol(NewMember),
    /// Suspend a member: what its keys sign is refused | 暂停成员：其密钥的签名不再被接受
    Suspend(Over),
    /// Readmit a suspended member | 恢复被暂停的成员
    Readmit(Over),
    /// Add a key to a member; it is used where the draft is made, and stays there | 为成员增加密钥；密钥在拟定文件的机器上使用，不离开该机器
    AddKey(AddKey),
    /// Retire a key in good order | 正常停用密钥
    RetireKey(RetireKey),
    /// Put a profile in force for new cases | 采用规则配置，新案件自此适用
    AdoptProfile(profile::Adoption),
    /// Put years of the calendar in force | 采用年度日历
    AdoptCalendar(calendar::Adoption),
    /// Have these days not counted | 下列日期不计入期限
    SuspendClocks(clocks::Suspension),
    /// Vote on a proposal; the file holds what is proposed | 对提案表决；文件载有提案内容
    Vote(Vote),
    /// Withdraw a proposal | 撤回提案
    Withdraw(Withdrawal),
}

// A key and whose it is to be.
#[derive(Args)]
struct AddKey {
    /// Member number, identifier or unified social credit code | 成员编号、标识或统一社会信用代码
    #[arg(long)]
    member: String,
    #[command(flatten)]
    key: AddedKey,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        self.destination.check()?;
        let draft = context.run(async {
            let desk = Desk::open(context).await?;
            let (begun, signers, mut voted_on) = match &self.add_to {
                Some(file) => continued(file, &desk)?,
                None => self.begin(&desk).await.map(|(act, signers)| (act, signers, Vec::new()))?,
            };
            let (act, proposal) = self.act.add(&desk, begun).await?;
            voted_on.extend(proposal);
            let draft = act.draft(&signers)?.with_voted_on(voted_on);
            let draft = draft.map_err(|error| Failure::new(error.reason(), Said::english(error)))?;
            if let Desk::Ledger(client) = &desk {
                cosigners::check(client, draft.body()).await?;
            }
            Ok(draft)
        })?;
        let file = self.destination.write(draft.encode())?;
        context.show(&Drafted::new(&draft, Some(&file)))
    }

    /// A new one, and who is to sign it.
    async fn begin(&self, desk: &Desk) -> Result<(TransactionBuilder, Vec<SignerRef>), Failure> {
        let mut signers = Vec::new();
        for Cosigner { member, key } in &self.by {
            let member = desk.member(member).await?;
            signers.push(SignerRef { member, key_id: desk.key(member, key.as_deref()).await? });
        }
        let at = self.at.as_deref().map(parse::time).transpose()?;
        Ok((self.proposal.begin(desk.begin(at).await?)?, signers))
    }
}

/// The acts of a draft, its signers, and what its votes are on.
fn continued(
    file: &Path,
    desk: &Desk,
) -> Result<(TransactionBuilder, Vec<SignerRef>, Vec<VotedOn>), Failure> {
    let draft = read(file)?;
    require_for(&draft, desk.ledger_id())?;
    let signers = draft.body().signers.clone();
    if draft.missing().len() < signers.len() {
        let said = DRAFT_SIGNED_ALREADY.with(&[]).of_thing(file.display());
        return Err(Failure::new(ReasonCode::SignedAlready, said));
    }
    let voted_on = draft.all_voted_on().to_vec();
    Ok((TransactionBuilder::of_draft(&draft), signers, voted_on))
}

impl Act {
    /// Adds it; gives what it votes on too.
    async fn add(
        &self,
        desk: &Desk,
        act: TransactionBuilder,
    ) -> Result<(TransactionBuilder, Option<VotedOn>), Failure> {
        let act = match self {
            Self::ChangeValidators(change) => change.add(act)?,
            Self::SetParameters(change) => change.add(desk.ledger()?, act).await?,
            Self::ScheduleProtocol(schedule) => schedule.add(act),
            Self::Roles(change) => change.add(desk.ledger()?, act).await?,
            Self::Expel(over) => over.add(MemberStatus::Expelled, desk.member(over.named()).await?, act),
            Self::Suspend(over) => over.add(MemberStatus::Suspended, desk.member(over.named()).await?, act),
            Self::Readmit(over) => over.add(MemberStatus::Active, desk.member(over.named()).await?, act),
            Self::Enrol(member) => member.add(act)?,
            Self::AddKey(addition) => addition.key.add(desk.member(&addition.member).await?, act)?,
            Self::RetireKey(retirement) => retirement.add(act)?,
            Self::AdoptProfile(adoption) => act.action(adoption.action()?),
            Self::AdoptCalendar(adoption) => {
                adoption.actions()?.into_iter().fold(act, TransactionBuilder::action)
            }
            Self::SuspendClocks(suspension) => act.action(suspension.request(desk.ledger_id())?),
            Self::Vote(vote) => {
                let proposal = vote.proposal(desk.ledger()?).await?;
                return Ok((act.action(vote.on(&proposal)), proposal.into_voted_on()));
            }
            Self::Withdraw(withdrawal) => act.action(withdrawal.read(desk.ledger()?).await?.0),
        };
        Ok((act, None))
    }
}

fn cosigner(text: &str) -> Result<Cosigner, Mistake> {
    let (member, key) = match text.split_once(':') {
        None => (text, None),
        Some((member, key)) => (member, Some(key)),
    };
    if member.is_empty() || key.is_some_and(str::is_empty) {
        return Err(Mistake(COSIGNER_FORM.into()));
    }
    Ok(Cosigner { member: member.to_owned(), key: key.map(ToOwned::to_owned) })
}
