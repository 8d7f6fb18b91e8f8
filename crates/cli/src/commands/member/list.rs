//! `bulla member list`.

use bulla_types::{Identifier, Lang, LedgerId, MemberNumber, MemberRecord, MemberStatus};
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::messages::{CREDIT_CODE, KIND, MEMBER, NAME, NUMBER, ROLES, STATUS};
use crate::output::{Show, table};
use crate::records::Span;
use crate::words::{self, Word};

/// List the members, as the node says | 列出成员（以节点所述为准）
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    span: Span,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let members = context.run(async {
            let client = context.client().await?;
            let page = async |from| {
                let (page, _) = client.members(MemberNumber(from), 0).await?;
                let next = page.last().and_then(|last| last.number.0.checked_add(1));
                Ok((page.iter().map(|record| Member::new(client.ledger_id(), record)).collect(), next))
            };
            self.span.read(page).await
        })?;
        context.show(&Members(members))
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Members(Vec<Member>);

/// The head of a member's record.
#[derive(Serialize)]
pub(super) struct Member {
    pub(super) number: u64,
    pub(super) member: String,
    pub(super) kind: &'static str,
    /// A natural person's is attached, not in the record.
    pub(super) name: Option<String>,
    pub(super) credit_code: Option<String>,
    pub(super) roles: Vec<&'static str>,
    pub(super) status: &'static str,
}

impl Member {
    pub(super) fn new(ledger: LedgerId, record: &MemberRecord) -> Self {
        Self {
            number: record.number.0,
            member: Identifier::member(&ledger, record.number).to_string(),
            kind: record.identity.kind().code(),
            name: record.identity.name().map(ToString::to_string),
            credit_code: record.identity.credit_code().map(ToString::to_string),
            roles: record.roles.iter().map(Word::code).collect(),
            status: record.status.code(),
        }
    }

    pub(super) fn kind(&self, lang: Lang) -> String {
        words::of_code::<bulla_types::MemberKind>(self.kind, lang)
    }

    pub(super) fn roles(&self, lang: Lang) -> String {
        let roles = self.roles.iter().map(|role| words::of_code::<bulla_types::Role>(role, lang));
        roles.collect::<Vec<_>>().join(if lang == Lang::Zh { "、" } else { ", " })
    }

    pub(super) fn status(&self, lang: Lang) -> String {
        words::of_code::<MemberStatus>(self.status, lang)
    }
}

impl Show for Members {
    fn text(&self, lang: Lang) -> String {
        let heading = [NUMBER, MEMBER, NAME, CREDIT_CODE, KIND, ROLES, STATUS].map(|text| text.of(lang));
        let row = |member: &Member| {
            [
                member.number.to_string(),
                member.member.clone(),
                member.name.clone().unwrap_or_default(),
                member.credit_code.clone().unwrap_or_default(),
                member.kind(lang),
                member.roles(lang),
                member.status(lang),
            ]
        };
        table(heading, self.0.iter().map(row))
    }
}
