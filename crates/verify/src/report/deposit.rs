//! Deposits of evidence (电子数据存证).

use bulla_crypto::Hash;
use bulla_types::{
    Commitment, DepositEvidence, DigestAlgorithm, EvidenceNumber, Identifier, LedgerId, MediaType, Provenance,
};
use serde::Serialize;

use super::{text, words};

/// One deposit, as it stands in the entry.
#[derive(Debug, Clone, Serialize)]
pub struct DepositReport {
    /// Its number (存证号).
    #[serde(serialize_with = "text")]
    pub evidence: Identifier,
    /// Position among the transaction's actions, from 0.
    pub action: usize,
    /// Digests of the document; proved.
    pub digests: Vec<DigestReport>,
    /// Media type; declared.
    #[serde(serialize_with = "text")]
    pub media_type: MediaType,
    /// Size of the document in bytes; declared, and proved by an original that matches.
    pub size_bytes: u64,
    /// Where it came from; declared.
    pub provenance: ProvenanceReport,
    /// Links to earlier deposits; declared.
    pub links: Vec<LinkReport>,
    /// Commitment to the attached title.
    #[serde(serialize_with = "shown")]
    pub title: Option<Commitment>,
    /// Commitment to the attached description.
    #[serde(serialize_with = "shown")]
    pub description: Option<Commitment>,
}

/// A digest of a document.
#[derive(Debug, Clone, Serialize)]
pub struct DigestReport {
    /// The algorithm.
    #[serde(serialize_with = "text")]
    pub algorithm: DigestAlgorithm,
    /// The digest.
    #[serde(serialize_with = "text")]
    pub value: Hash,
}

/// Provenance before the chain, as declared.
#[derive(Debug, Clone, Serialize)]
pub struct ProvenanceReport {
    /// `original`, `collected`, `traded` or `other`.
    pub mode: &'static str,
    /// When it was captured.
    pub captured_at_ms: Option<u64>,
    /// Commitment to the attached statement.
    #[serde(serialize_with = "shown")]
    pub statement: Option<Commitment>,
}

/// A link to an earlier deposit.
#[derive(Debug, Clone, Serialize)]
pub struct LinkReport {
    /// `supersedes`, `contains`, `derived_from` or `related`.
    pub relation: &'static str,
    /// The earlier deposit.
    #[serde(serialize_with = "text")]
    pub evidence: Identifier,
}

impl DepositReport {
    pub(crate) fn new(
        ledger_id: &LedgerId,
        action: usize,
        number: EvidenceNumber,
        deposit: &DepositEvidence,
    ) -> Self {
        let digests = deposit.digests.as_slice().iter();
        let links = deposit.links.iter();
        Self {
            evidence: Identifier::evidence(ledger_id, number),
            action,
            digests: digests.map(|d| DigestReport { algorithm: d.algorithm, value: d.value }).collect(),
            media_type: deposit.media_type.clone(),
            size_bytes: deposit.size_bytes,
            provenance: ProvenanceReport::new(&deposit.provenance),
            links: links
                .map(|link| LinkReport {
                    relation: words::relation(link.relation),
                    evidence: Identifier::evidence(ledger_id, link.evidence_number),
                })
                .collect(),
            title: deposit.title,
            description: deposit.description,
        }
    }
}

impl ProvenanceReport {
    fn new(provenance: &Provenance) -> Self {
        Self {
            mode: words::capture_mode(provenance.mode),
            captured_at_ms: provenance.captured_at.map(|time| time.0),
            statement: provenance.statement,
        }
    }
}

fn shown<S: serde::Serializer>(value: &Option<Commitment>, serializer: S) -> Result<S::Ok, S::Error> {
    value.map(|commitment| commitment.0.to_string()).serialize(serializer)
}
