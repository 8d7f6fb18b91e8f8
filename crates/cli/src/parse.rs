//! How people name things on the command line. What cannot be read is refused with its reason code.

use std::path::Path;
use std::str::FromStr;

use bulla_client::{EntryRef, kind_in};
use bulla_rules::CivilDate;
use bulla_types::{
    BlockTime, CaseNumber, CreditCode, CreditCodeError, EvidenceLink, EvidenceNumber, Identifier,
    IdentifierError, KeyId, Lang, LedgerId, LedgerShortId, MemberNumber, ReasonCode, Subject, SubjectKind,
    TransactionId,
};

use crate::complaints::{
    DATE_FORM, LINK_FORM, LINK_RELATION, NAMES_ANOTHER_KIND, NOT_A_KEY, NOT_AN_ENTRY, NUMBER_OF_WHAT,
    NUMBER_TOO_LARGE, NUMBERS_FROM_1, OF_ANOTHER_LEDGER, TEXT_EMPTY, TIME_TO_COME,
};
use crate::failure::Failure;
use crate::mistake::Mistake;
use crate::text::Said;
use crate::{key_files, when, words};

/// A member, by number or identifier.
pub(crate) fn member(text: &str, ledger: LedgerId) -> Result<MemberNumber, Failure> {
    match subject(text, ledger)? {
        Named::Number(number) => Ok(MemberNumber(number)),
        Named::Subject(Subject::Member(number)) => Ok(number),
        Named::Subject(other) => Err(another_kind(text, other, SubjectKind::Member)),
    }
}

/// A deposit, by number or identifier.
pub(crate) fn evidence(text: &str, ledger: LedgerId) -> Result<EvidenceNumber, Failure> {
    match subject(text, ledger)? {
        Named::Number(number) => Ok(EvidenceNumber(number)),
        Named::Subject(Subject::Evidence(number)) => Ok(number),
        Named::Subject(other) => Err(another_kind(text, other, SubjectKind::Evidence)),
    }
}

/// A case, by number or identifier.
pub(crate) fn case(text: &str, ledger: LedgerId) -> Result<CaseNumber, Failure> {
    numbered(text, ledger, SubjectKind::Case).map(CaseNumber)
}

/// The number of a thing of this kind, by number or identifier.
pub(crate) fn numbered(text: &str, ledger: LedgerId, kind: SubjectKind) -> Result<u64, Failure> {
    match subject(text, ledger)? {
        Named::Number(number) => Ok(number),
        Named::Subject(subject) if subject.kind() == kind => Ok(subject.number()),
        Named::Subject(other) => Err(another_kind(text, other, kind)),
    }
}

/// Anything that has a number, by its identifier.
pub(crate) fn anything(text: &str, ledger: LedgerId) -> Result<Subject, Failure> {
    match subject(text, ledger)? {
        Named::Subject(subject) => Ok(subject),
        Named::Number(_) => Err(unreadable(NUMBER_OF_WHAT.with(&[&text]))),
    }
}

/// An entry, by log index, transaction id or the identifier of a deposit in it.
pub(crate) fn entry(text: &str, ledger: LedgerId) -> Result<EntryRef, Failure> {
    // An id can be written in decimal digits only.
    if let Ok(id) = TransactionId::from_str(text) {
        return Ok(EntryRef::Transaction(id));
    }
    if let Some(index) = decimal(text)? {
        return Ok(EntryRef::Index(index));
    }
    if !text.contains('-') {
        return Err(unreadable(NOT_AN_ENTRY.with(&[&text])));
    }
    evidence(text, ledger).map(EntryRef::Evidence)
}

/// A text that is kept beside the log.
pub(crate) fn attached(text: &str) -> Result<String, Mistake> {
    if text.trim().is_empty() { Err(Mistake(TEXT_EMPTY.into())) } else { Ok(text.to_owned()) }
}

/// A link to an earlier deposit: `supersedes:E-4K7QPX-1024-53`.
pub(crate) fn link(text: &str, ledger: LedgerId) -> Result<EvidenceLink, Failure> {
    let (relation, number) = text.split_once(':').ok_or_else(|| Failure::usage(LINK_FORM.with(&[&text])))?;
    let relation =
        words::parse(relation).map_err(|mistake| Failure::usage(LINK_RELATION.with(&[&text, &mistake.0])))?;
    Ok(EvidenceLink { relation, evidence_number: evidence(number, ledger)? })
}

/// A key, by its id or by its key file.
pub(crate) fn key(text: &str) -> Result<KeyId, Failure> {
    if let Ok(id) = KeyId::from_str(text) {
        return Ok(id);
    }
    if !Path::new(text).exists() {
        return Err(Failure::new(ReasonCode::FileUnreadable, NOT_A_KEY.with(&[&text])));
    }
    Ok(KeyId::of(key_files::read(text.as_ref())?.public_key()))
}

/// A day, such as 2026-07-01.
pub(crate) fn day(text: &str) -> Result<CivilDate, Mistake> {
    text.parse().map_err(|_| Mistake(DATE_FORM.into()))
}

/// A time, in UTC+8 unless it says otherwise.
pub(crate) fn time(text: &str) -> Result<BlockTime, Failure> {
    when::parse(text).map_err(Failure::usage)
}

/// A time that has come, by this machine's clock.
pub(crate) fn past(text: &str) -> Result<BlockTime, Failure> {
    let time = time(text)?;
    if time <= when::now() { Ok(time) } else { Err(Failure::usage(TIME_TO_COME.with(&[&when::show(time)]))) }
}

/// A unified social credit code.
pub(crate) fn credit_code(text: &str) -> Result<CreditCode, Failure> {
    text.parse().map_err(|error: CreditCodeError| {
        Failure::new(ReasonCode::CreditCodeInvalid, Said::english(error).of_thing(text))
    })
}

/// What is named: by a number alone, or by an identifier of this ledger.
enum Named {
    Number(u64),
    Subject(Subject),
}

fn subject(text: &str, ledger: LedgerId) -> Result<Named, Failure> {
    if let Some(number) = decimal(text)? {
        let named = (number > 0).then_some(Named::Number(number));
        return named.ok_or_else(|| unreadable(NUMBERS_FROM_1.with(&[&text])));
    }
    let identifier: Identifier =
        text.parse().map_err(|error: IdentifierError| unreadable(Said::english(error).of_thing(text)))?;
    let here = LedgerShortId::from(&ledger);
    if identifier.ledger == here {
        Ok(Named::Subject(identifier.subject))
    } else {
        let detail = OF_ANOTHER_LEDGER.with(&[&text, &identifier.ledger, &here]);
        Err(Failure::new(ReasonCode::WrongLedger, detail))
    }
}

/// A number; `None` for what is written otherwise.
fn decimal(text: &str) -> Result<Option<u64>, Failure> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| unreadable(NUMBER_TOO_LARGE.with(&[&text])))
}

/// An identifier of something else than is asked for.
fn another_kind(text: &str, found: Subject, asked: SubjectKind) -> Failure {
    let said = |kind| Said { en: kind_in(kind, Lang::En).to_owned(), zh: kind_in(kind, Lang::Zh).to_owned() };
    unreadable(NAMES_ANOTHER_KIND.with(&[&text, &said(found.kind()), &said(asked), &asked.letter()]))
}

fn unreadable(why: Said) -> Failure {
    Failure::new(ReasonCode::IdentifierInvalid, why)
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
    fn a_transaction_id_of_decimal_digits_is_no_index() {
        let id = TransactionId::from_bytes([0x11; 32]);
        assert_eq!(entry(&"1".repeat(64), ledger()).unwrap(), EntryRef::Transaction(id));
    }

    #[test]
    fn numbers_that_name_nothing_are_told_apart() {
        for (text, told) in [("0", "编号从 1 开始"), ("99999999999999999999", "最大值")] {
            let failure = evidence(text, ledger()).unwrap_err();
            assert_eq!(failure.reason, ReasonCode::IdentifierInvalid);
            assert!(failure.detail.zh.contains(told), "{failure:?}");
        }
        assert!(entry("0", ledger()).is_ok() && entry("", ledger()).is_err());
    }

    #[test]
    fn a_time_to_come_is_no_time_of_capture() {
        assert!(past("2025-07-01").is_ok());
        assert_eq!(past("9999-01-01").unwrap_err().reason, ReasonCode::CommandInvalid);
    }

    #[test]
    fn what_is_neither_a_key_id_nor_a_file_is_told_so() {
        let failure = key("operate").unwrap_err();
        assert_eq!(failure.reason, ReasonCode::FileUnreadable);
        assert!(failure.detail.zh.contains("“operate”"), "{failure:?}");
    }

    #[test]
    fn a_link_says_how_two_deposits_relate() {
        let link = link("derived-from:12", ledger()).unwrap();
        assert_eq!((link.relation, link.evidence_number), (LinkRelation::DerivedFrom, EvidenceNumber(12)));
        assert!(super::link("12", ledger()).is_err());
        assert!(super::link("cites:12", ledger()).unwrap_err().detail.en.contains("supersedes"));
    }
}
