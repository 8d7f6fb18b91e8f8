//! Numbers of members, cases and the like, plain or as identifiers.

use bulla_types::{Identifier, LedgerId, LedgerShortId, Subject, SubjectKind};

use super::error::Asked;

/// Reads the number of something of this kind, or its identifier on this ledger.
pub(super) fn subject(text: &str, kind: SubjectKind, ledger: &LedgerId) -> Result<Subject, Asked> {
    let plain = text.bytes().all(|c| c.is_ascii_digit()) && !text.starts_with('0');
    if plain && let Ok(number) = text.parse() {
        return Ok(Subject::new(kind, number));
    }
    let identifier: Identifier = text.parse().map_err(|_| Asked::Number(kind))?;
    if identifier.subject.kind() != kind {
        return Err(Asked::Number(kind));
    }
    if identifier.ledger == LedgerShortId::from(ledger) {
        Ok(identifier.subject)
    } else {
        Err(Asked::ThisLedger(kind))
    }
}
