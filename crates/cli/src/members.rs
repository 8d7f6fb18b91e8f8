//! Finding a member by whatever names it: number, identifier or unified social credit code.

use bulla_client::Client;
use bulla_types::{CreditCode, MemberNumber, OwnerRecord, ReasonCode, StateKey};

use crate::complaints::MEMBER_OF_CODE;
use crate::failure::Failure;
use crate::parse;

/// The member that is named. A credit code is looked up, proved; whether there is a member of a number is not
/// asked.
pub(crate) async fn find(client: &Client, text: &str) -> Result<MemberNumber, Failure> {
    match text.parse::<CreditCode>() {
        Ok(code) => owner(client, code).await,
        Err(_) => parse::member(text, client.ledger_id()),
    }
}

async fn owner(client: &Client, code: CreditCode) -> Result<MemberNumber, Failure> {
    let owner = client.record(&StateKey::CreditCode(code)).await?.read::<OwnerRecord>()?;
    let unknown = || Failure::new(ReasonCode::MemberUnknown, MEMBER_OF_CODE.with(&[&code]));
    owner.map(|record| record.member).ok_or_else(unknown)
}
