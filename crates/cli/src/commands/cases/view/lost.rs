//! What a case rests on that is no longer valid: told, whatever the rules say of what follows.

use bulla_client::{LostStatus, NoLongerValid};
use bulla_types::{CertificateStatus, Lang, LedgerId, RegisterStatus, Subject};
use serde::Serialize;

use super::super::texts::NO_LONGER_VALID_SINCE;
use crate::lookup::identifier;
use crate::when;
use crate::words::{Word, of_code};

/// A registration or certificate that is not valid any more.
#[derive(Debug, Clone, Serialize)]
pub(in super::super) struct LostView {
    record: String,
    status: &'static str,
    since: String,
    #[serde(skip)]
    is_certificate: bool,
}

impl LostView {
    pub(in super::super) fn all(lost: &[NoLongerValid], ledger: LedgerId) -> Vec<Self> {
        lost.iter().map(|lost| Self::new(lost, ledger)).collect()
    }

    fn new(lost: &NoLongerValid, ledger: LedgerId) -> Self {
        Self {
            record: identifier(ledger, lost.subject),
            status: match lost.status {
                LostStatus::Registration(status) => status.code(),
                LostStatus::Certificate(status) => status.code(),
            },
            since: when::show(lost.since),
            is_certificate: matches!(lost.subject, Subject::Certificate(_)),
        }
    }

    fn line(&self, lang: Lang) -> String {
        let status = match self.is_certificate {
            true => of_code::<CertificateStatus>(self.status, lang),
            false => of_code::<RegisterStatus>(self.status, lang),
        };
        NO_LONGER_VALID_SINCE.fill(lang, &[&self.record, &status, &self.since])
    }
}

/// All of them for a person, a line each.
pub(in super::super) fn text(lost: &[LostView], lang: Lang) -> String {
    lost.iter().map(|lost| lost.line(lang)).collect::<Vec<_>>().join("\n")
}
