//! Why a command did not do what it was asked, and the exit code that scripts see.

use std::fmt::Display;
use std::io;
use std::path::Path;

use bulla_client::{BuildError, ClientError};
use bulla_crypto::key_file::KeyFileError;
use bulla_crypto::key_pem::KeyPemError;
use bulla_storage::StorageError;
use bulla_types::{Lang, ReasonCode};
use bulla_verify::Refused;
use serde_json::{Value, json};

use crate::messages::{ERROR, NOT_VERIFIED};

/// Exit codes of `bulla`.
pub(crate) mod exit {
    /// Done, proved, ready.
    pub(crate) const OK: u8 = 0;
    /// The command failed; the reason code says why.
    pub(crate) const FAILED: u8 = 1;
    /// The command line or a configuration is wrong. Also clap's own.
    pub(crate) const USAGE: u8 = 2;
    /// The ledger is not ready: no quorum, not caught up, disk full or failed.
    pub(crate) const NOT_READY: u8 = 3;
    /// A proof was checked and refused.
    pub(crate) const REFUSED: u8 = 4;
    /// `fsck` found damage.
    pub(crate) const DAMAGED: u8 = 5;
}

/// What a person is told, and what a script sees.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) reason: ReasonCode,
    /// Where a proof was refused; empty for everything else.
    pub(crate) place: String,
    pub(crate) detail: String,
    pub(crate) exit: u8,
}

impl Failure {
    pub(crate) fn new(reason: ReasonCode, detail: impl Into<String>) -> Self {
        Self { reason, place: String::new(), detail: detail.into(), exit: exit::FAILED }
    }

    /// A command line or configuration that cannot be followed.
    pub(crate) fn usage(detail: impl Into<String>) -> Self {
        Self { exit: exit::USAGE, ..Self::new(ReasonCode::ConfigInvalid, detail) }
    }

    /// A file that cannot be read or written.
    pub(crate) fn file(path: &Path, error: &io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => ReasonCode::NotFound,
            io::ErrorKind::StorageFull => ReasonCode::DiskFull,
            _ => ReasonCode::StorageFailed,
        };
        Self::new(reason, format!("{}: {error}", path.display()))
    }

    /// A file that holds something else than it should.
    pub(crate) fn invalid_file(path: &Path, error: &dyn Display) -> Self {
        Self::new(ReasonCode::Malformed, format!("{}: {error}", path.display()))
    }

    pub(crate) fn internal(error: &dyn Display) -> Self {
        Self::new(ReasonCode::Internal, error.to_string())
    }

    pub(crate) fn json(&self) -> Value {
        let mut error = json!({
            "reason": self.reason.as_str(),
            "message": { "en": self.reason.message(Lang::En), "zh": self.reason.message(Lang::Zh) },
            "detail": self.detail,
        });
        if !self.place.is_empty() {
            error["place"] = json!(self.place);
        }
        match self.exit {
            exit::REFUSED => json!({ "verified": false, "error": error }),
            _ => json!({ "error": error }),
        }
    }

    pub(crate) fn text(&self, lang: Lang) -> String {
        let label = if self.exit == exit::REFUSED { NOT_VERIFIED } else { ERROR };
        let what = format!("{}: {} [{}]", label.of(lang), self.reason.message(lang), self.reason.as_str());
        match (self.place.as_str(), self.detail.as_str()) {
            ("", "") => what,
            ("", detail) => format!("{what}\n  {detail}"),
            (place, detail) => format!("{what}\n  {place}: {detail}"),
        }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let Refused { reason, place, detail } = refused;
        Self { reason, place, detail, exit: exit::REFUSED }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::NotProved(refused) => refused.into(),
            ClientError::Address { .. } => Self::usage(error.to_string()),
            // The reason of a newer node keeps its name in the message.
            ClientError::Refused(refusal) => match refusal.known_reason() {
                Some(reason) => Self::new(reason, own_part(reason, &refusal.message)),
                None => Self::new(ReasonCode::Internal, refusal.to_string()),
            },
            other => {
                let reason = match &other {
                    ClientError::Transport { .. } | ClientError::StreamEnded => ReasonCode::Unreachable,
                    ClientError::Unasked(_) => ReasonCode::Malformed,
                    known => known.reason().unwrap_or(ReasonCode::Internal),
                };
                Self::new(reason, other.to_string())
            }
        }
    }
}

/// What a node's message says beyond the sentence of its reason, which is told in the reader's language.
fn own_part(reason: ReasonCode, message: &str) -> &str {
    let rest = message.strip_prefix(reason.message(Lang::En)).unwrap_or(message).trim();
    rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(rest)
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        Self::new(error.reason(), error.to_string())
    }
}

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Self {
        let reason = match &error {
            KeyFileError::Permissions { .. } => ReasonCode::KeyFilePermissions,
            KeyFileError::Content {
                source:
                    KeyPemError::PassphraseRequired | KeyPemError::PassphraseEmpty | KeyPemError::PassphraseWrong,
                ..
            } => ReasonCode::PassphraseWrong,
            KeyFileError::Content { .. } => ReasonCode::KeyFileInvalid,
            KeyFileError::Io { .. } => ReasonCode::StorageFailed,
            _ => ReasonCode::KeyFileInvalid,
        };
        Self::new(reason, error.to_string())
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        let reason = match &error {
            StorageError::Locked { .. } => ReasonCode::DataLocked,
            StorageError::NoLedger { .. } | StorageError::NotABullaFolder { .. } => ReasonCode::DataMissing,
            StorageError::OtherLedger { .. } => ReasonCode::DataOfOtherLedger,
            StorageError::NewerSchema { .. } => ReasonCode::DataSchemaNewer,
            StorageError::Corrupted { .. } => ReasonCode::DataCorrupt,
            StorageError::DiskFull { .. } => ReasonCode::DiskFull,
            _ => ReasonCode::StorageFailed,
        };
        let exit = if reason == ReasonCode::DataCorrupt { exit::DAMAGED } else { exit::FAILED };
        Self { exit, ..Self::new(reason, error.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_proof_has_its_own_exit_code_and_says_where() {
        let refused = Refused {
            reason: ReasonCode::InclusionInvalid,
            place: "receipts[0].inclusion_path".to_owned(),
            detail: "leads to another root".to_owned(),
        };
        let failure = Failure::from(refused);
        assert_eq!(failure.exit, exit::REFUSED);
        assert_eq!(failure.json()["verified"], false);
        assert_eq!(failure.json()["error"]["reason"], "INCLUSION_INVALID");
        assert_eq!(failure.json()["error"]["place"], "receipts[0].inclusion_path");
        assert!(failure.text(Lang::En).contains("receipts[0].inclusion_path: leads to another root"));
    }

    #[test]
    fn a_node_that_cannot_be_reached_is_a_plain_failure() {
        let failure = Failure::from(ClientError::StreamEnded);
        assert_eq!((failure.reason, failure.exit), (ReasonCode::Unreachable, exit::FAILED));
    }

    #[test]
    fn a_proof_that_a_node_cannot_give_is_a_refused_one() {
        let refused =
            Refused { reason: ReasonCode::AnchorMismatch, place: String::new(), detail: String::new() };
        assert_eq!(Failure::from(ClientError::NotProved(refused)).exit, exit::REFUSED);
    }

    #[test]
    fn the_sentence_of_a_reason_is_not_told_twice() {
        let sentence = ReasonCode::NotFound.message(Lang::En);
        assert_eq!(own_part(ReasonCode::NotFound, &format!("{sentence} (entry 9 (of 7))")), "entry 9 (of 7)");
        assert_eq!(own_part(ReasonCode::NotFound, "entry 9"), "entry 9");
    }

    #[test]
    fn a_failure_speaks_the_language_asked_for_and_json_both() {
        let failure = Failure::new(ReasonCode::NoQuorum, "2 of 4");
        assert!(failure.text(Lang::Zh).starts_with("错误"));
        assert!(failure.text(Lang::En).starts_with("error"));
        let message = &failure.json()["error"]["message"];
        assert!(message["zh"].is_string() && message["en"].is_string());
    }
}
