//! Deposits of evidence.

use bulla_crypto::DocumentDigests;
use bulla_types::{
    Action, BlockTime, CaptureMode, DepositEvidence, DigestAlgorithm, Digests, DocumentDigest, EvidenceLink,
    MediaType, Provenance,
};

use crate::transaction::{ActionRequest, AttachedFields};

/// What to deposit (存证请求): digests and facts that all members may see, and texts that only a commitment of
/// goes into the log.
#[derive(Clone)]
pub struct DepositRequest {
    /// Digests of the document's bytes.
    pub digests: Digests,
    /// What kind of document it is.
    pub media_type: MediaType,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// How the data came into the depositor's hands, as he declares.
    pub capture: CaptureMode,
    /// When, if he declares it.
    pub captured_at: Option<BlockTime>,
    /// Links to earlier deposits.
    pub links: Vec<EvidenceLink>,
    /// Attached: the declaration on source, method and tool.
    pub statement: Option<String>,
    /// Attached: a title.
    pub title: Option<String>,
    /// Attached: a description.
    pub description: Option<String>,
}

impl DepositRequest {
    /// A deposit of the document with these digests, all three of them, and nothing attached.
    #[must_use]
    pub fn of(document: &DocumentDigests, media_type: MediaType, capture: CaptureMode) -> Self {
        let digests = vec![
            DocumentDigest { algorithm: DigestAlgorithm::Sha256, value: document.sha256 },
            DocumentDigest { algorithm: DigestAlgorithm::Sm3, value: document.sm3 },
            DocumentDigest { algorithm: DigestAlgorithm::Blake3, value: document.blake3 },
        ];
        #[allow(clippy::expect_used)]
        let digests = Digests::new(digests).expect("invariant: three algorithms, each once");
        Self {
            digests,
            media_type,
            size_bytes: document.length_bytes,
            capture,
            captured_at: None,
            links: Vec::new(),
            statement: None,
            title: None,
            description: None,
        }
    }
}

impl ActionRequest for DepositRequest {
    fn into_action(self, attached: &mut AttachedFields<'_>) -> Action {
        let mut attach = |path, value: Option<String>| value.map(|value| attached.attach(path, value));
        Action::DepositEvidence(DepositEvidence {
            digests: self.digests,
            media_type: self.media_type,
            size_bytes: self.size_bytes,
            provenance: Provenance {
                mode: self.capture,
                captured_at: self.captured_at,
                statement: attach("provenance.statement", self.statement),
            },
            links: self.links,
            title: attach("title", self.title),
            description: attach("description", self.description),
        })
    }
}
