//! Why a command did not do what it was asked, and the exit code that scripts see.

use std::fmt::Display;
use std::path::Path;

use bulla_types::{Lang, ReasonCode};
use serde_json::{Value, json};

/// Exit codes of `bulla`. 0 is success; 2 is clap's own for a wrong command line.
pub(crate) mod exit {
    /// The command failed; the reason code says why.
    pub(crate) const FAILED: u8 = 1;
    /// The command line or a configuration is wrong.
    pub(crate) const USAGE: u8 = 2;
    /// The ledger is not ready: no quorum, or not caught up.
    pub(crate) const NOT_READY: u8 = 3;
    /// A proof was checked and refused.
    pub(crate) const REFUSED: u8 = 4;
    /// `fsck` found damage.
    pub(crate) const DAMAGED: u8 = 5;
}

/// What a person is told, and what a script sees.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) reason: ReasonCode,
    pub(crate) detail: String,
    pub(crate) exit: u8,
}

impl Failure {
    pub(crate) fn new(reason: ReasonCode, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), exit: exit::FAILED }
    }

    pub(crate) fn usage(detail: impl Into<String>) -> Self {
        Self { reason: ReasonCode::ConfigInvalid, detail: detail.into(), exit: exit::USAGE }
    }

    pub(crate) fn with_exit(self, exit: u8) -> Self {
        Self { exit, ..self }
    }

    /// A file that cannot be read or written.
    pub(crate) fn file(path: &Path, error: &dyn Display) -> Self {
        Self::new(ReasonCode::NotFound, format!("{}: {error}", path.display()))
    }

    /// A file that holds something else than it should.
    pub(crate) fn invalid_file(path: &Path, error: &dyn Display) -> Self {
        Self::new(ReasonCode::Malformed, format!("{}: {error}", path.display()))
    }

    /// A key file that cannot be used.
    pub(crate) fn key_file(path: &Path, error: &dyn Display) -> Self {
        Self::new(ReasonCode::KeyFileInvalid, format!("{}: {error}", path.display()))
    }

    pub(crate) fn internal(error: &dyn Display) -> Self {
        Self::new(ReasonCode::Internal, error.to_string())
    }

    pub(crate) fn json(&self) -> Value {
        json!({ "error": {
            "reason": self.reason.as_str(),
            "message": { "en": self.reason.message(Lang::En), "zh": self.reason.message(Lang::Zh) },
            "detail": self.detail,
        } })
    }

    pub(crate) fn text(&self, lang: Lang) -> String {
        let label = match lang {
            Lang::Zh => "错误",
            Lang::En => "error",
        };
        format!("{label}: {} [{}]\n  {}", self.reason.message(lang), self.reason.as_str(), self.detail)
    }
}
