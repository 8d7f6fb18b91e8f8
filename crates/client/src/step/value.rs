//! One value of a field, read from text.

use bulla_crypto::Hash;
use bulla_rules::CivilDate;
use bulla_rules::profile::{FieldType, Profile};
use bulla_types::{
    CreditCode, DigestAlgorithm, Digests, DocumentDigest, FieldValue, LedgerId, MemberNumber, RuleName,
    Share, Shares, Subject, SubjectKind, canonical,
};

use super::amount::{minor_units, parts_per_million};
use super::error::Asked;
use super::numbers::subject;

/// Reads a value of a field of this type.
pub(super) fn read(
    text: &str,
    of: &FieldType,
    profile: &Profile,
    ledger: &LedgerId,
) -> Result<FieldValue, Asked> {
    let text = text.trim();
    let number = |kind| subject(text, kind, ledger).map(value_of);
    match of {
        FieldType::Text { bytes_max } => {
            let max = usize::try_from(*bytes_max).unwrap_or(usize::MAX);
            let fits = !text.is_empty() && canonical::text(text, max).is_ok();
            if fits {
                Ok(FieldValue::Text(text.to_owned()))
            } else {
                Err(Asked::Text { bytes_max: *bytes_max })
            }
        }
        FieldType::Term { vocabulary } => {
            let terms =
                profile.vocabularies.get(vocabulary.as_str()).map_or(&[][..], |found| &found.terms[..]);
            let found = terms.iter().find(|term| term.name == *text);
            let name = found.and_then(|term| term.name.as_str().parse::<RuleName>().ok());
            name.map(FieldValue::Term).ok_or_else(|| Asked::Term(terms.to_vec()))
        }
        FieldType::Integer => {
            let plain = text.bytes().all(|c| c.is_ascii_digit());
            text.parse().ok().filter(|_| plain).map(FieldValue::Integer).ok_or(Asked::Integer)
        }
        FieldType::Ratio => parts_per_million(text).map(FieldValue::Ratio).ok_or(Asked::Ratio),
        FieldType::Amount { currency } => minor_units(text, currency)
            .map(FieldValue::Amount)
            .ok_or_else(|| Asked::Amount { currency: currency.clone() }),
        FieldType::Date => {
            let date = text.parse::<CivilDate>().map_err(|_| Asked::Date)?;
            Ok(FieldValue::Date(date.to_number()))
        }
        FieldType::Boolean => match text {
            "true" | "yes" | "是" => Ok(FieldValue::Answer(true)),
            "false" | "no" | "否" => Ok(FieldValue::Answer(false)),
            _ => Err(Asked::Answer),
        },
        FieldType::CreditCode => {
            CreditCode::parse(text.as_bytes()).map(FieldValue::CreditCode).map_err(|_| Asked::CreditCode)
        }
        FieldType::Digest => digests(text).map(FieldValue::Digests).ok_or(Asked::Digests),
        FieldType::Member => number(SubjectKind::Member),
        FieldType::Account => number(SubjectKind::Account),
        FieldType::Entry => number(SubjectKind::Registration),
        FieldType::Certificate { .. } => number(SubjectKind::Certificate),
        FieldType::Case => number(SubjectKind::Case),
        FieldType::Shares => shares(text, ledger).map(FieldValue::Shares),
    }
}

fn value_of(subject: Subject) -> FieldValue {
    match subject {
        Subject::Member(number) => FieldValue::Member(number),
        Subject::Account(number) => FieldValue::Account(number),
        Subject::Registration(number) => FieldValue::Registration(number),
        Subject::Certificate(number) => FieldValue::Certificate(number),
        Subject::Case(number) => FieldValue::Case(number),
        // Fields name nothing of these kinds.
        Subject::Evidence(_) | Subject::Object(_) | Subject::Proposal(_) => {
            FieldValue::Integer(subject.number())
        }
    }
}

/// Reads digests of one document: `sha256:HEX`, and others of it behind commas.
pub(super) fn digests(text: &str) -> Option<Digests> {
    let digest = |text: &str| {
        let (algorithm, value) = text.trim().split_once(':')?;
        let algorithm = match algorithm {
            "sha256" => DigestAlgorithm::Sha256,
            "sm3" => DigestAlgorithm::Sm3,
            "blake3" => DigestAlgorithm::Blake3,
            _ => return None,
        };
        Some(DocumentDigest { algorithm, value: value.parse::<Hash>().ok()? })
    };
    Digests::new(text.split(',').map(digest).collect::<Option<_>>()?).ok()
}

fn shares(text: &str, ledger: &LedgerId) -> Result<Shares, Asked> {
    let share = |text: &str| {
        let (member, share) = text.split_once('=').ok_or(Asked::Shares)?;
        let member = subject(member.trim(), SubjectKind::Member, ledger).map_err(|asked| match asked {
            Asked::ThisLedger(_) => asked,
            _ => Asked::Shares,
        })?;
        let share_ppm = parts_per_million(share.trim()).ok_or(Asked::Shares)?;
        Ok(Share { member: MemberNumber(member.number()), ppm: share_ppm })
    };
    let shares = text.split(',').map(share).collect::<Result<_, Asked>>()?;
    Shares::new(shares).map_err(|_| Asked::Shares)
}
