//! Stories: cases that follow one another, each step when the one before it has come about.

use bulla_types::{CaseNumber, CaseOutcome, CertificateNumber, Commitment, RegistrationNumber};

use super::scene::Scene;

/// A whole registration with its vouchers, a return and an objection that is dismissed.
pub(super) const REGISTRATION: &[Scene] = &[
    Scene::SubmitEvidence,
    Scene::IssueReport,
    Scene::SubmitDeidentification,
    Scene::IssueDeidentification,
    Scene::SubmitStructuring,
    Scene::IssueStructuring,
    Scene::Apply,
    Scene::Return,
    Scene::Resubmit,
    Scene::Register,
    Scene::Object,
    Scene::Reply,
    Scene::Dismiss,
];

/// A registration as far as its publicity.
pub(super) const UP_TO_PUBLICITY: &[Scene] = &[
    Scene::SubmitEvidence,
    Scene::IssueReport,
    Scene::SubmitDeidentification,
    Scene::IssueDeidentification,
    Scene::SubmitStructuring,
    Scene::IssueStructuring,
    Scene::Apply,
    Scene::Register,
];

/// After publicity: the certificate, and the asset offered for trade.
pub(super) const UP_TO_ITEM: &[Scene] =
    &[Scene::IssueCertificate, Scene::Archive, Scene::ApplyForItem, Scene::RegisterItem];

/// The certificate alone.
pub(super) const UP_TO_CERTIFICATE: &[Scene] = &[Scene::IssueCertificate, Scene::Archive];

/// A party of the venue.
pub(super) const PARTY: &[Scene] = &[Scene::ApplyAsParty, Scene::RegisterParty];

/// A party that is refused.
pub(super) const PARTY_REFUSED: &[Scene] = &[Scene::ApplyAsParty, Scene::RefuseParty];

/// An item that is refused.
pub(super) const ITEM_REFUSED: &[Scene] = &[Scene::ApplyForItem, Scene::RefuseItem];

/// A trade from the inquiry to the vouchers.
pub(super) const TRADE: &[Scene] = &[
    Scene::Inquire,
    Scene::Propose,
    Scene::SignContract,
    Scene::Instruct,
    Scene::Settle,
    Scene::Deliver,
    Scene::ConfirmDelivery,
    Scene::FileTrade,
];

/// Who plays in a story, and about what.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    /// Right holder, party or seller: a position among the subjects.
    pub(super) applicant: usize,
    /// Objector or demander, another one.
    pub(super) other: usize,
    /// What tells the asset from all others.
    pub(super) asset: [u8; 32],
}

/// What came of the steps so far. A script asks for nothing that its steps have not brought about.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    case: Option<CaseNumber>,
    vouchers: Vec<CertificateNumber>,
    certificate: Option<CertificateNumber>,
    item: Option<RegistrationNumber>,
    price: Option<Commitment>,
}

/// A story under way.
#[derive(Debug, Clone)]
pub(super) struct Story {
    pub(super) parts: Parts,
    pub(super) memory: Memory,
    script: &'static [Scene],
    at: usize,
}

#[allow(clippy::expect_used, reason = "every script is played in a test")]
impl Memory {
    pub(super) fn case(&self) -> CaseNumber {
        self.case.expect("invariant: a case is opened before it goes on")
    }

    pub(super) fn certificate(&self) -> CertificateNumber {
        self.certificate.expect("invariant: an item has a certificate")
    }

    pub(super) fn item(&self) -> RegistrationNumber {
        self.item.expect("invariant: a trade is about an item")
    }

    pub(super) fn price(&self) -> Commitment {
        self.price.expect("invariant: a price is proposed before it is agreed on")
    }

    pub(super) fn vouchers(&self) -> &[CertificateNumber] {
        &self.vouchers
    }
}

impl Story {
    pub(super) fn new(parts: Parts, script: &'static [Scene]) -> Self {
        Self { parts, memory: Memory::default(), script, at: 0 }
    }

    /// Another story that begins with what this one has brought about.
    pub(super) fn go_on(&self, script: &'static [Scene]) -> Self {
        Self { script, at: 0, ..self.clone() }
    }

    /// Steps that are left to take.
    pub(super) fn left(&self) -> usize {
        self.script.len() - self.at
    }

    /// The step to take now; `None` at the end.
    pub(super) fn scene(&self) -> Option<Scene> {
        self.script.get(self.at).copied()
    }

    /// The step is sent; this price stands in it.
    pub(super) fn taking(&mut self, price: Option<Commitment>) {
        self.memory.price = price.or(self.memory.price);
    }

    /// The step has been taken.
    pub(super) fn taken(&mut self, outcome: &CaseOutcome) {
        let first = outcome.certificates.first().copied();
        match self.scene() {
            Some(Scene::IssueReport | Scene::IssueDeidentification | Scene::IssueStructuring) => {
                self.memory.vouchers.extend(first);
            }
            Some(Scene::IssueCertificate) => self.memory.certificate = first,
            Some(Scene::RegisterItem) => self.memory.item = outcome.registrations.first().copied(),
            _ => {}
        }
        self.memory.case = Some(outcome.case);
        self.at += 1;
    }
}
