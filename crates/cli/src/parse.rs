//! How people name things on the command line. What cannot be read is refused with its reason code.

use std::fmt::Display;
use std::str::FromStr;

use bulla_client::EntryRef;
use bulla_types::{
    BlockTime, CreditCode, EvidenceLink, EvidenceNumber, Identifier, IdentifierError, KeyId, LedgerId,
    LedgerShortId, MemberNumber, ReasonCode, Subject, TransactionId,
};

use crate::failure::Failure;
use crate::{key_files, when, words};

/// A member, by number or identifier.
pub(crate) fn member(text: &str, ledger: LedgerId) -> Result<MemberNumber, Failure> {
    match subject(text, ledger)? {
        Named::Number(number) => Ok(MemberNumber(number)),
        Named::Subject(Subject::Member(number)) => Ok(number),
        Named::Subject(Subject::Evidence(_)) => Err(unreadable(text, &"names a deposit, not a member")),
    }
}

/// A deposit, by number or identifier.
pub(crate) fn evidence(text: &str, ledger: LedgerId) -> Result<EvidenceNumber, Failure> {
    match subject(text, ledger)? {
        Named::Number(number) => Ok(EvidenceNumber(number)),
        Named::Subject(Subject::Evidence(number)) => Ok(number),
        Named::Subject(Subject::Member(_)) => Err(unreadable(text, &"names a member, not a deposit")),
    }
}

/// An entry, by log index, transaction id or the identifier of a deposit in it.
pub(crate) fn entry(text: &str, ledger: LedgerId) -> Result<EntryRef, Failure> {
    if let Some(index) = decimal(text) {
        return Ok(EntryRef::Index(index));
    }
    if let Ok(id) = TransactionId::from_str(text) {
        return Ok(EntryRef::Transaction(id));
    }
    evidence(text, ledger).map(EntryRef::Evidence)
}

/// A link to an earlier deposit: `supersedes:E-4K7QPX-1024-53`.
pub(crate) fn link(text: &str, ledger: LedgerId) -> Result<EvidenceLink, Failure> {
    let (relation, number) =
        text.split_once(':').ok_or_else(|| Failure::usage(format!("--link {text}: RELATION:NUMBER")))?;
    let relation =
        words::parse(relation).map_err(|known| Failure::usage(format!("--link {text}: {known}")))?;
    Ok(EvidenceLink { relation, evidence_number: evidence(number, ledger)? })
}

/// A key, by its id or by its key file.
pub(crate) fn key(text: &str) -> Result<KeyId, Failure> {
    match KeyId::from_str(text) {
        Ok(id) => Ok(id),
        Err(_) => Ok(KeyId::of(key_files::read(text.as_ref())?.public_key())),
    }
}

/// A time, in UTC+8 unless it says otherwise.
pub(crate) fn time(text: &str) -> Result<BlockTime, Failure> {
    when::parse(text).map_err(|forms| Failure::usage(format!("{text:?}: {forms}")))
}

/// A unified social credit code.
pub(crate) fn credit_code(text: &str) -> Result<CreditCode, Failure> {
    text.parse().map_err(|error| Failure::new(ReasonCode::CreditCodeInvalid, format!("{text}: {error}")))
}

/// What is named: by a number alone, or by an identifier of this ledger.
enum Named {
    Number(u64),
    Subject(Subject),
}

fn subject(text: &str, ledger: LedgerId) -> Result<Named, Failure> {
    if let Some(number) = decimal(text) {
        return Ok(Named::Number(number));
    }
    let identifier: Identifier = text.parse().map_err(|error: IdentifierError| unreadable(text, &error))?;
    let here = LedgerShortId::from(&ledger);
    if identifier.ledger == here {
        Ok(Named::Subject(identifier.subject))
    } else {
        let detail = format!("{text} is of ledger {}, this is {here}", identifier.ledger);
        Err(Failure::new(ReasonCode::WrongLedger, detail))
    }
}

fn decimal(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn unreadable(text: &str, why: &dyn Display) -> Failure {
    Failure::new(ReasonCode::IdentifierInvalid, format!("{text:?}: {why}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_types::LinkRelation;

    use super::*;

    fn ledger() -> LedgerId {
        LedgerId::from_bytes([7; 32])
    }

    #[test]
    fn things_are_named_by_number_or_by_identifier() {
        let identifier = Identifier::evidence(&ledger(), EvidenceNumber(1024)).to_string();
        assert_eq!(evidence("1024", ledger()).unwrap(), EvidenceNumber(1024));
        assert_eq!(evidence(&identifier, ledger()).unwrap(), EvidenceNumber(1024));
        let identifier = Identifier::member(&ledger(), MemberNumber(5)).to_string();
        assert_eq!(member(&identifier, ledger()).unwrap(), MemberNumber(5));
        assert_eq!(evidence(&identifier, ledger()).unwrap_err().reason, ReasonCode::IdentifierInvalid);
    }

    #[test]
    fn an_identifier_of_another_ledger_is_refused() {
        let elsewhere = Identifier::evidence(&LedgerId::from_bytes([9; 32]), EvidenceNumber(1)).to_string();
        assert_eq!(evidence(&elsewhere, ledger()).unwrap_err().reason, ReasonCode::WrongLedger);
    }

    #[test]
    fn a_mistyped_identifier_is_refused() {
        let mut mistyped = Identifier::evidence(&ledger(), EvidenceNumber(1024)).to_string();
        mistyped.replace_range(0..1, "M");
        assert_eq!(member(&mistyped, ledger()).unwrap_err().reason, ReasonCode::IdentifierInvalid);
    }

    #[test]
    fn an_entry_is_named_in_three_ways() {
        let id = TransactionId::from_bytes([3; 32]);
        let identifier = Identifier::evidence(&ledger(), EvidenceNumber(9)).to_string();
        assert_eq!(entry("0", ledger()).unwrap(), EntryRef::Index(0));
        assert_eq!(entry(&id.to_string(), ledger()).unwrap(), EntryRef::Transaction(id));
        assert_eq!(entry(&identifier, ledger()).unwrap(), EntryRef::Evidence(EvidenceNumber(9)));
        assert_eq!(entry("ninth", ledger()).unwrap_err().reason, ReasonCode::IdentifierInvalid);
    }

    #[test]
    fn a_link_says_how_two_deposits_relate() {
        let link = link("derived-from:12", ledger()).unwrap();
        assert_eq!((link.relation, link.evidence_number), (LinkRelation::DerivedFrom, EvidenceNumber(12)));
        assert!(super::link("12", ledger()).is_err());
        assert!(super::link("cites:12", ledger()).unwrap_err().detail.contains("supersedes"));
    }
}
