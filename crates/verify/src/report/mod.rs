//! What a file proves, as facts for a program: stable field names when serialised.
//!
//! Nothing stands in a report that was not verified, but for what it names as declared or not examined
//! ([`Claims`]). Digests, keys and ids are lower-case hexadecimal; times are milliseconds since 1970 UTC.

mod anchor;
mod claims;
mod deposit;
mod fork;
pub(crate) mod names;
mod openings;
mod proposal;
mod receipt;
mod record;
mod signer;
mod status;
mod taken;
pub(crate) mod words;

use bulla_types::{DigestAlgorithm, Identifier};
use serde::{Serialize, Serializer};

pub use anchor::{AnchorReport, LedgerReport};
pub(crate) use claims::Examined;
pub use claims::{Claim, Claims};
pub use deposit::{DepositReport, DigestReport, LinkReport, ProvenanceReport};
pub use fork::{DoubleSignerReport, ForkReport, ForkedBlockReport};
pub use openings::{OpenedReport, OpeningsReport};
pub use proposal::{CastVoteReport, ProposalRecordReport, ProposalReport};
pub use receipt::{
    ActionReport, Anchored, AsOf, AttestationReport, Content, DeadlineReport, EquivocationReport,
    LaterReport, ReceiptReport, TimeReport, TransactionReport, VotesReport,
};
pub use record::{
    AccountReport, CaseReport, CertificateReport, ContentReport, Contents, EncumbranceReport, FlagReport,
    HeldRightReport, RecordReport, RegistrationReport, ShareReport,
};
pub use signer::{Enrolment, LaterStep, SignerReport, StandingReport};
pub use status::{AnswerReport, SpanReport, StatusReport, StepReport, Verdict};
pub use taken::{ActorReport, OpenedCaseReport, TakenReport};

/// What was verified against which anchor.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The ledger.
    pub ledger: LedgerReport,
    /// What was trusted.
    pub anchor: AnchorReport,
    /// Each receipt of the file, in its order.
    pub receipts: Vec<ReceiptReport>,
    /// Each original given, in the order given.
    pub originals: Vec<OriginalReport>,
    /// What openings that their owner kept say, in the order given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub openings: Vec<OpeningsReport>,
}

/// An original document and the deposits that have its digests.
#[derive(Debug, Clone, Serialize)]
pub struct OriginalReport {
    /// Its name, as given.
    pub name: String,
    /// At least one.
    pub matches: Vec<MatchReport>,
}

/// A deposit whose digests are those of an original.
#[derive(Debug, Clone, Serialize)]
pub struct MatchReport {
    /// Index of the entry.
    pub entry_index: u64,
    /// Number of the deposit.
    #[serde(serialize_with = "text")]
    pub evidence: Identifier,
    /// Every algorithm that both have; the digests agree under all of them.
    #[serde(serialize_with = "texts")]
    pub algorithms: Vec<DigestAlgorithm>,
}

/// Serialises as the text that it displays.
pub(crate) fn text<T: ToString, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value.to_string())
}

pub(crate) fn text_if_any<T: ToString, S: Serializer>(
    value: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.as_ref().map(ToString::to_string).serialize(serializer)
}

pub(crate) fn texts<T: ToString, S: Serializer>(values: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(values.iter().map(ToString::to_string))
}
