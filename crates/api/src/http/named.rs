//! Numbers and records in paths and queries: plain, or identifiers of this ledger such as `C-4K7QPX-12-07`.

use bulla_types::{Identifier, LedgerShortId, ReasonCode, RecordKey, Subject, SubjectKind};

use crate::error::ApiError;
use crate::node_api::NodeApi;
use crate::status_proof;

impl NodeApi {
    /// The number of something of this kind.
    pub(super) fn number(&self, text: &str, kind: SubjectKind) -> Result<u64, ApiError> {
        if let Ok(number) = text.parse() {
            return Ok(number);
        }
        let subject = self.subject(text)?;
        if subject.kind() == kind {
            return Ok(subject.number());
        }
        let (found, expected) = (subject.kind().letter(), kind.letter());
        let detail = format!("{text} begins with {found}, asked for is {expected}");
        Err(ApiError::new(ReasonCode::IdentifierInvalid, detail))
    }

    /// A record that keeps its past: by its identifier, or by its state key in hexadecimal digits.
    pub(super) fn record_named(&self, text: &str) -> Result<RecordKey, ApiError> {
        if !text.contains('-') {
            let key = hex::decode(text).map_err(|_| {
                malformed("a record is named by its identifier or by its state key in hexadecimal digits")
            })?;
            return status_proof::record(&key);
        }
        RecordKey::of(self.subject(text)?).ok_or_else(|| {
            let detail = format!("{text}: a deposit never changes; its receipt proves it");
            ApiError::new(ReasonCode::IdentifierInvalid, detail)
        })
    }

    /// What an identifier names on this ledger.
    pub(super) fn subject(&self, text: &str) -> Result<Subject, ApiError> {
        let identifier: Identifier = text
            .parse()
            .map_err(|error| ApiError::new(ReasonCode::IdentifierInvalid, format!("{text}: {error}")))?;
        if identifier.ledger == LedgerShortId::from(&self.ledger_id()) {
            return Ok(identifier.subject);
        }
        let detail = format!("{text} is of ledger {}", identifier.ledger);
        Err(ApiError::new(ReasonCode::WrongLedger, detail))
    }
}

pub(super) fn malformed(detail: impl Into<String>) -> ApiError {
    ApiError::new(ReasonCode::Malformed, detail)
}
