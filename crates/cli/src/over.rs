//! A member and grounds: what acts over members are given by.

use bulla_client::{ChangeMemberStatusRequest, Client, TransactionBuilder};
use bulla_types::{MemberNumber, MemberStatus};
use clap::Args;

use crate::failure::Failure;
use crate::{members, parse};

// A member, and why. No help text: commands that have it say what they do.
#[derive(Args)]
pub(crate) struct Over {
    /// Member number, identifier or unified social credit code | 成员编号、标识或统一社会信用代码
    #[arg(value_name = "MEMBER")]
    member: String,
    /// Grounds; erasable, only their commitment goes into the log | 理由，可删除，日志中只有其承诺值
    #[arg(long, value_name = "TEXT", value_parser = parse::attached)]
    grounds: Option<String>,
}

impl Over {
    /// The member, looked up.
    pub(crate) async fn member(&self, client: &Client) -> Result<MemberNumber, Failure> {
        members::find(client, &self.member).await
    }

    /// How the member is named.
    pub(crate) fn named(&self) -> &str {
        &self.member
    }

    /// Adds a change of the member's status to an act.
    pub(crate) fn add(
        &self,
        status: MemberStatus,
        member: MemberNumber,
        act: TransactionBuilder,
    ) -> TransactionBuilder {
        act.action(ChangeMemberStatusRequest { member, status, grounds: self.grounds.clone() })
    }

    /// Why.
    pub(crate) fn grounds(&self) -> Option<String> {
        self.grounds.clone()
    }
}
