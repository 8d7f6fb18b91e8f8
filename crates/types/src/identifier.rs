//! Identifiers for people: readable aloud, checked against typing errors.

use std::fmt;
use std::str::FromStr;

use crate::ids::LedgerId;
use crate::number::{EvidenceNumber, MemberNumber};
use crate::subject::{Subject, SubjectKind};

/// The first 30 bits of a ledger id, six characters for people. It tells ledgers apart in daily use and
/// proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LedgerShortId(u32);

/// A global name such as `E-4K7QPX-1024-53`: kind, ledger, number, and two check digits of ISO 7064
/// MOD 97-10 over everything before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier {
    /// The ledger that gave the number.
    pub ledger: LedgerShortId,
    /// What it names there.
    pub subject: Subject,
}

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Not four parts, or a part of another form.
    #[error("an identifier looks like E-4K7QPX-1024-53: kind, ledger, number, check digits")]
    Form,
    /// A kind that is not known.
    #[error(
        "unknown kind {0:?}: M names a member, E a deposit of evidence, A an account, C a case, O an object, R a \
         registration, Z a certificate, P a proposal"
    )]
    Kind(String),
    /// The check digits do not fit: a mistyped identifier.
    #[error("the check digits are {found:02}, the rest requires {expected:02}: probably mistyped")]
    Check {
        /// Digits found.
        found: u32,
        /// Digits required.
        expected: u32,
    },
}

/// Crockford's base 32: no I, L, O or U.
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl LedgerShortId {
    const CHARACTERS: usize = 6;

    fn parse(text: &str) -> Option<Self> {
        if text.len() != Self::CHARACTERS {
            return None;
        }
        let value =
            |c: u8| CROCKFORD.iter().zip(0_u32..).find_map(|(&known, value)| (known == c).then_some(value));
        text.bytes().try_fold(0, |bits, c| Some(bits << 5 | value(c)?)).map(Self)
    }
}

impl From<&LedgerId> for LedgerShortId {
    fn from(id: &LedgerId) -> Self {
        let [a, b, c, d, ..] = *id.as_bytes();
        Self(u32::from_be_bytes([a, b, c, d]) >> 2)
    }
}

impl fmt::Display for LedgerShortId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in (0..Self::CHARACTERS).rev() {
            let digit = (self.0 >> (5 * place)) & 31;
            write!(f, "{}", char::from(CROCKFORD[digit as usize]))?;
        }
        Ok(())
    }
}

impl Identifier {
    /// The identifier of a member of this ledger.
    #[must_use]
    pub fn member(ledger: &LedgerId, number: MemberNumber) -> Self {
        Self { ledger: ledger.into(), subject: Subject::Member(number) }
    }

    /// The identifier of a deposit on this ledger.
    #[must_use]
    pub fn evidence(ledger: &LedgerId, number: EvidenceNumber) -> Self {
        Self { ledger: ledger.into(), subject: Subject::Evidence(number) }
    }

    fn without_check(&self) -> String {
        format!("{}-{}-{}", self.subject.kind().letter(), self.ledger, self.subject.number())
    }
}

/// ISO 7064 MOD 97-10: letters count as 10 to 35; with the two digits appended the number leaves 1.
fn check_digits(text: &str) -> u32 {
    let append = |rest: u32, c: char| match c.to_digit(36) {
        Some(value) if value < 10 => (rest * 10 + value) % 97,
        Some(value) => (rest * 100 + value) % 97,
        None => rest,
    };
    98 - text.chars().fold(0, append) * 100 % 97
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.without_check();
        write!(f, "{text}-{:02}", check_digits(&text))
    }
}

impl FromStr for Identifier {
    type Err = IdentifierError;

    /// Reads an identifier in upper or lower case, exact otherwise.
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let text = text.to_ascii_uppercase();
        let [kind, ledger, number, check] =
            text.split('-').collect::<Vec<_>>().try_into().map_err(|_| IdentifierError::Form)?;
        let ledger = LedgerShortId::parse(ledger).ok_or(IdentifierError::Form)?;
        let number = decimal(number).ok_or(IdentifierError::Form)?;
        let is_kind = |known: &&SubjectKind| kind.chars().eq([known.letter()]);
        let kind =
            SubjectKind::ALL.iter().find(is_kind).ok_or_else(|| IdentifierError::Kind(kind.to_owned()))?;
        let identifier = Self { ledger, subject: Subject::new(*kind, number) };
        if check.len() != 2 || !check.bytes().all(|c| c.is_ascii_digit()) {
            return Err(IdentifierError::Form);
        }
        let found = check.parse().map_err(|_| IdentifierError::Form)?;
        let expected = check_digits(&identifier.without_check());
        if found == expected { Ok(identifier) } else { Err(IdentifierError::Check { found, expected }) }
    }
}

/// A decimal number from 1, without sign or leading zero.
fn decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|c| c.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn ledger() -> LedgerId {
        LedgerId::from_bytes([0xa5; 32])
    }

    #[test]
    fn an_identifier_reads_back_as_written() {
        for identifier in [
            Identifier::member(&ledger(), MemberNumber(7)),
            Identifier::evidence(&ledger(), EvidenceNumber(u64::MAX)),
            Identifier { ledger: (&ledger()).into(), subject: Subject::new(SubjectKind::Certificate, 3) },
        ] {
            let text = identifier.to_string();
            assert_eq!(text.parse(), Ok(identifier));
            assert_eq!(text.to_lowercase().parse(), Ok(identifier));
        }
    }

    /// The same rule gives the check digits of legal entity identifiers (ISO 17442): this is GLEIF's own.
    #[test]
    fn check_digits_are_those_of_iso_7064() {
        assert_eq!(check_digits("506700GE1G29325QX3"), 63);
    }

    /// A digit for a letter changes the length of the number that is checked; 1 in 97 of these slip through.
    #[test]
    fn every_digit_for_a_digit_and_letter_for_a_letter_is_found() {
        let text = Identifier::evidence(&ledger(), EvidenceNumber(1024)).to_string();
        for (position, right) in text.bytes().enumerate().filter(|&(_, right)| right != b'-') {
            let class = if right.is_ascii_digit() { b'0'..=b'9' } else { b'A'..=b'Z' };
            for wrong in class.filter(|&wrong| wrong != right) {
                let mut mistyped = text.clone().into_bytes();
                mistyped[position] = wrong;
                let mistyped = String::from_utf8(mistyped).unwrap();
                assert!(mistyped.parse::<Identifier>().is_err(), "{mistyped}");
            }
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "E-4K7QPX-1024",
            "E-4K7QPX-01024-53",
            "E-4K7QPX-+1024-53",
            "E-4K7QP-1024-53",
            "E-4K7QPX-0-53",
        ] {
            assert_eq!(text.parse::<Identifier>(), Err(IdentifierError::Form), "{text}");
        }
    }
}
