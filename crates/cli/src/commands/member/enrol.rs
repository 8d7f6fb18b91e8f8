//! `bulla member enrol`.

use std::path::PathBuf;

use bulla_client::{EnrolPersonRequest, TransactionBuilder};
use bulla_types::{
    Action, EnrolMember, KeyPurpose, MemberIdentity, MemberKind, Name, OrganisationForm, ReasonCode, Role,
    Roles,
};

use crate::complaints::{CREDIT_CODE_NEEDED, CREDIT_CODE_NOT_WANTED, KEY_NEEDED};
use crate::context::Context;
use crate::decision::DecisionArguments;
use crate::failure::Failure;
use crate::new_key::{NewKey, TokenOptions};
use crate::signers::Needed;
use crate::text::Said;
use crate::{parse, words};

/// Enrol a member, signed by the registration bodies | 由登记机构签名办理成员准入
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    member: NewMember,
    #[command(flatten)]
    decision: DecisionArguments,
}

// Who is enrolled, with which keys. No help text: commands that have it say what they do.
#[derive(clap::Args)]
pub(crate) struct NewMember {
    /// Name as it stands in the register; a natural person's stays outside the log | 登记名称；自然人姓名不进入日志
    #[arg(long)]
    name: String,
    /// Unified social credit code of an organisation | 组织的统一社会信用代码
    #[arg(long, value_name = "CODE")]
    credit_code: Option<String>,
    /// Legal-person, unincorporated or natural-person | 主体类型：legal-person 法人、unincorporated 非法人组织、natural-person 自然人
    #[arg(long, default_value = "legal-person", value_parser = words::Parser::<MemberKind>::new())]
    kind: MemberKind,
    /// A role, once for each: registration-body, evidence-service, exchange, service-institution, judicial, supervisor, subject, agent | 角色，可重复：registration-body 登记机构、evidence-service 存证服务机构、exchange 数据交易场所、service-institution 第三方服务机构、judicial 司法机构、supervisor 监管部门、subject 登记主体、agent 代理人
    #[arg(long, required = true, value_parser = words::Parser::<Role>::new())]
    role: Vec<Role>,
    /// Key file for daily business | 业务密钥文件
    #[arg(long, value_name = "FILE")]
    operate_key: Vec<PathBuf>,
    /// Key file for membership and keys | 管理密钥文件
    #[arg(long, value_name = "FILE")]
    administer_key: Vec<PathBuf>,
    /// Key file for restricted reads | 审计密钥文件
    #[arg(long, value_name = "FILE")]
    audit_key: Vec<PathBuf>,
    /// Key file of its node's votes; one in a token is named by --module, --token and --key | 节点共识密钥文件；在令牌中的用 --module、--token、--key 指明
    #[arg(long, value_name = "FILE")]
    consensus_key: Vec<PathBuf>,
    /// Key file of its node's checkpoints | 节点检查点密钥文件
    #[arg(long, value_name = "FILE")]
    note_key: Vec<PathBuf>,
    /// Key file of its node on the members' network | 节点组网密钥文件
    #[arg(long, value_name = "FILE")]
    peer_key: Vec<PathBuf>,
    #[command(flatten)]
    consensus_token: TokenOptions,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let keys = self.member.keys()?;
        let done = context.run(async {
            let client = context.client().await?;
            let act = self.decision.begin(context, &client, Needed::Bodies).await?;
            self.decision.carry_out(context, &client, self.member.enrolment(act, &keys)?).await
        })?;
        context.show(&done)
    }
}

impl NewMember {
    /// Adds the enrolment to an act.
    pub(crate) fn add(&self, act: TransactionBuilder) -> Result<TransactionBuilder, Failure> {
        self.enrolment(act, &self.keys()?)
    }

    fn keys(&self) -> Result<Vec<(KeyPurpose, NewKey)>, Failure> {
        let files = [
            (KeyPurpose::Operate, &self.operate_key),
            (KeyPurpose::Administer, &self.administer_key),
            (KeyPurpose::Audit, &self.audit_key),
            (KeyPurpose::Consensus, &self.consensus_key),
            (KeyPurpose::Note, &self.note_key),
            (KeyPurpose::Peer, &self.peer_key),
        ];
        let files =
            files.into_iter().flat_map(|(purpose, files)| files.iter().map(move |file| (purpose, file)));
        let keys = files.map(|(purpose, file)| Ok((purpose, NewKey::read(file)?)));
        let mut keys: Vec<_> = keys.collect::<Result<_, Failure>>()?;
        if let Some(place) = self.consensus_token.place() {
            keys.push((KeyPurpose::Consensus, NewKey::open(place)?));
        }
        if keys.is_empty() {
            return Err(Failure::usage(KEY_NEEDED));
        }
        Ok(keys)
    }

    fn enrolment(
        &self,
        act: TransactionBuilder,
        keys: &[(KeyPurpose, NewKey)],
    ) -> Result<TransactionBuilder, Failure> {
        let keys = keys.iter().map(|(purpose, key)| key.declare(&act, *purpose));
        let keys = keys.collect::<Result<_, Failure>>()?;
        let roles = Roles::new(self.role.iter().copied()).ok_or_else(|| Failure::usage("--role"))?;
        let name = self.name.parse::<Name>();
        let name = name.map_err(|error| {
            Failure::new(ReasonCode::TextInvalid, Said::english(error).of_thing("--name"))
        })?;
        let form = match self.kind {
            MemberKind::LegalPerson => OrganisationForm::LegalPerson,
            MemberKind::Unincorporated => OrganisationForm::Unincorporated,
            MemberKind::NaturalPerson => {
                if self.credit_code.is_some() {
                    return Err(Failure::usage(CREDIT_CODE_NOT_WANTED));
                }
                return Ok(act.action(EnrolPersonRequest { name: name.to_string(), roles, keys }));
            }
        };
        let missing = || Failure::usage(CREDIT_CODE_NEEDED);
        let credit_code = parse::credit_code(self.credit_code.as_deref().ok_or_else(missing)?)?;
        let identity = MemberIdentity::Organisation { form, name, credit_code };
        Ok(act.action(Action::EnrolMember(EnrolMember { identity, roles, keys })))
    }
}
