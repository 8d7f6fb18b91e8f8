//! Why a command did not do what it was asked, and the exit code that scripts see.

use std::fmt::Display;
use std::io;
use std::path::Path;

use bulla_client::{BuildError, ClientError, RefusedStep};
use bulla_crypto::key_file::KeyFileError;
use bulla_crypto::key_pem::KeyPemError;
use bulla_node::operator::CallError;
use bulla_signer::TokenError;
use bulla_storage::{SnapshotError, StorageError};
use bulla_types::{BlockTime, Lang, ReasonCode, TransactionId};
use bulla_verify::Refused;
use serde_json::{Value, json};

use crate::commands::cases::StepRefused;
use crate::messages::{ERROR, NOT_VERIFIED};
use crate::text::Said;
use crate::when;

/// Exit codes of `bulla`.
pub(crate) mod exit {
    /// Done, proved, ready.
    pub(crate) const OK: u8 = 0;
    /// The command failed; the reason code says why.
    pub(crate) const FAILED: u8 = 1;
    /// The command line or a configuration is wrong. Also clap's own.
    pub(crate) const USAGE: u8 = 2;
    /// The ledger is not ready: no quorum, not caught up, disk full or failed; or no receipt came in time.
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
    pub(crate) detail: Said,
    pub(crate) exit: u8,
    /// The transaction whose outcome is open.
    pub(crate) pending: Option<Box<Pending>>,
    /// The step of a case that a node refused, as it says so.
    pub(crate) refused_step: Option<Box<RefusedStep>>,
    /// The same in the words of the profile, once somebody has looked there.
    pub(crate) step: Option<Box<StepRefused>>,
}

/// A transaction that may still be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pending {
    pub(crate) transaction_id: TransactionId,
    /// After it no block can hold the transaction.
    pub(crate) expires_at: BlockTime,
    /// Whether a node gave a ticket for it.
    pub(crate) admitted: bool,
}

impl Failure {
    pub(crate) fn new(reason: ReasonCode, detail: impl Into<Said>) -> Self {
        Self {
            reason,
            place: String::new(),
            detail: detail.into(),
            exit: exit::FAILED,
            pending: None,
            refused_step: None,
            step: None,
        }
    }

    /// A command line that cannot be followed.
    pub(crate) fn usage(detail: impl Into<Said>) -> Self {
        Self { exit: exit::USAGE, ..Self::new(ReasonCode::CommandInvalid, detail) }
    }

    /// A configuration that cannot be followed, or that lacks something.
    pub(crate) fn config(detail: impl Into<Said>) -> Self {
        Self { exit: exit::USAGE, ..Self::new(ReasonCode::ConfigInvalid, detail) }
    }

    /// A file or folder that cannot be read.
    pub(crate) fn file(path: &Path, error: &io::Error) -> Self {
        Self::new(ReasonCode::FileUnreadable, Said::english(error).of_thing(path.display()))
    }

    /// A file or folder that cannot be written.
    pub(crate) fn unwritable(path: &Path, error: &io::Error) -> Self {
        Self::new(ReasonCode::FileUnwritable, Said::english(error).of_thing(path.display()))
    }

    /// A file that is there already and stays as it is.
    pub(crate) fn exists(path: &Path) -> Self {
        Self::new(ReasonCode::FileExists, Said::name(path.display()))
    }

    pub(crate) fn internal(error: &dyn Display) -> Self {
        Self::new(ReasonCode::Internal, Said::english(error))
    }

    pub(crate) fn json(&self) -> Value {
        let mut error = json!({
            "reason": self.reason.as_str(),
            "message": { "en": self.reason.message(Lang::En), "zh": self.reason.message(Lang::Zh) },
            "detail": { "en": self.detail.en, "zh": self.detail.zh },
        });
        if !self.place.is_empty() {
            error["place"] = json!(self.place);
        }
        if let Some(pending) = &self.pending {
            error["transaction_id"] = json!(pending.transaction_id.to_string());
            error["expires_at"] = json!(when::show(pending.expires_at));
            error["admitted"] = json!(pending.admitted);
        }
        if let Some(step) = &self.step {
            error["step"] = json!(step);
        }
        match self.exit {
            exit::REFUSED => json!({ "verified": false, "error": error }),
            _ => json!({ "error": error }),
        }
    }

    pub(crate) fn text(&self, lang: Lang) -> String {
        let label = if self.exit == exit::REFUSED { NOT_VERIFIED } else { ERROR }.of(lang);
        let (sentence, code) = (self.reason.message(lang), self.reason.as_str());
        let what = match lang {
            Lang::En => format!("{label}: {sentence} [{code}]"),
            Lang::Zh => format!("{label}：{sentence}[{code}]"),
        };
        let detail = match (self.place.as_str(), self.detail.of(lang)) {
            ("", "") => String::new(),
            ("", detail) => detail.to_owned(),
            (place, "") => place.to_owned(),
            (place, detail) => match lang {
                Lang::En => format!("{place}: {detail}"),
                Lang::Zh => format!("{place}：{detail}"),
            },
        };
        let instead = self.step.as_ref().and_then(|step| step.instead(lang));
        let more = [Some(detail), instead].into_iter().flatten().filter(|part| !part.is_empty());
        let more = more.map(|part| format!("\n  {}", part.trim_end().replace('\n', "\n  ")));
        std::iter::once(what).chain(more).collect()
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let Refused { reason, place, detail } = refused;
        Self { place, exit: exit::REFUSED, ..Self::new(reason, detail) }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::NotProved(refused) => refused.into(),
            ClientError::Address { .. } => Self::config(error.to_string()),
            // The reason of a newer node keeps its name in the message.
            ClientError::Refused(refusal) => match refusal.known_reason() {
                Some(reason) => Self {
                    exit: if is_not_ready(reason) { exit::NOT_READY } else { exit::FAILED },
                    refused_step: refusal.step,
                    ..Self::new(reason, own_part(reason, &refusal.message))
                },
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

/// Whether a node that gives this reason would do what it was asked at another time.
fn is_not_ready(reason: ReasonCode) -> bool {
    use ReasonCode::{DiskFull, LedgerDiffers, LedgerForked, NoQuorum, NodeFailed, Syncing, WaitTimedOut};
    matches!(reason, DiskFull | LedgerDiffers | LedgerForked | NoQuorum | NodeFailed | Syncing | WaitTimedOut)
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

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        Self::new(error.reason(), error.to_string())
    }
}

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Self {
        let reason = match &error {
            KeyFileError::NotFound { .. } | KeyFileError::NotAFile { .. } | KeyFileError::Io { .. } => {
                ReasonCode::FileUnreadable
            }
            KeyFileError::Exists { .. } => ReasonCode::FileExists,
            KeyFileError::Permissions { .. } => ReasonCode::KeyFilePermissions,
            KeyFileError::Content { source, .. } => match source {
                KeyPemError::PassphraseRequired | KeyPemError::PassphraseEmpty => {
                    ReasonCode::PassphraseRequired
                }
                KeyPemError::PassphraseWrong => ReasonCode::PassphraseWrong,
                _ => ReasonCode::KeyFileInvalid,
            },
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
            StorageError::OlderSchema { .. } => ReasonCode::DataSchemaOlder,
            StorageError::UnknownProtocol(_) => ReasonCode::ProtocolVersionUnknown,
            StorageError::Corrupted { .. } => ReasonCode::DataCorrupt,
            StorageError::DiskFull { .. } => ReasonCode::DiskFull,
            StorageError::AlreadyExists { .. } => ReasonCode::FileExists,
            StorageError::BeforeSnapshot { .. } => ReasonCode::HistoryNotHeld,
            _ => ReasonCode::StorageFailed,
        };
        let exit = if reason == ReasonCode::DataCorrupt { exit::DAMAGED } else { exit::FAILED };
        Self { exit, ..Self::new(reason, error.to_string()) }
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error {
            CallError::NotRunning(_) | CallError::NoAnswer(_) => {
                Self::new(ReasonCode::Unreachable, error.to_string())
            }
            CallError::Io { path, source } => Self::file(&path, &source),
            CallError::Refused { reason, detail } => match reason.parse() {
                Ok(reason) => Self::new(reason, detail),
                Err(_) => Self::new(ReasonCode::Internal, Said::english(detail).of_thing(reason)),
            },
        }
    }
}

impl From<SnapshotError> for Failure {
    fn from(error: SnapshotError) -> Self {
        match error {
            SnapshotError::Storage(error) => error.into(),
            error => {
                let reason = error.reason().unwrap_or(ReasonCode::StorageFailed);
                let exit = if error.is_of_the_snapshot() { exit::REFUSED } else { exit::FAILED };
                Self { exit, ..Self::new(reason, error.to_string()) }
            }
        }
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
        let failure = Failure::new(ReasonCode::MemberUnknown, "there is no member 9");
        assert!(failure.text(Lang::Zh).starts_with("错误：") && failure.text(Lang::Zh).contains("编号为 9"));
        assert!(failure.text(Lang::En).starts_with("error: "));
        let error = &failure.json()["error"];
        for part in ["message", "detail"] {
            assert!(error[part]["zh"].is_string() && error[part]["en"].is_string(), "{error}");
        }
    }

    #[test]
    fn a_local_file_is_never_called_a_record_that_a_node_lacks() {
        let missing = io::Error::from_raw_os_error(2);
        let failure = Failure::file("合同.pdf".as_ref(), &missing);
        assert_eq!(failure.reason, ReasonCode::FileUnreadable);
        assert!(failure.text(Lang::Zh).contains("合同.pdf：文件或目录不存在"), "{}", failure.text(Lang::Zh));
        assert_eq!(Failure::unwritable("a".as_ref(), &missing).reason, ReasonCode::FileUnwritable);
    }

    #[test]
    fn a_disk_of_ones_own_that_is_full_is_not_called_the_nodes() {
        let full = Failure::unwritable("回执".as_ref(), &io::Error::from_raw_os_error(28));
        assert_eq!((full.reason, full.exit), (ReasonCode::FileUnwritable, exit::FAILED));
        assert!(full.text(Lang::Zh).contains("回执：磁盘空间不足"), "{}", full.text(Lang::Zh));
    }

    #[test]
    fn a_node_that_is_not_ready_gives_the_exit_code_of_that() {
        let refusal = |reason: ReasonCode| {
            ClientError::Refused(bulla_client::NodeRefusal {
                reason: reason.as_str().to_owned(),
                message: String::new(),
                retry_after: None,
                transient: true,
                step: None,
            })
        };
        assert_eq!(Failure::from(refusal(ReasonCode::DiskFull)).exit, exit::NOT_READY);
        assert_eq!(Failure::from(refusal(ReasonCode::MemberSuspended)).exit, exit::FAILED);
    }
}
