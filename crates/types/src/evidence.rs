//! Deposit of evidence (电子数据存证).

use crate::digest::Digests;
use crate::error::DecodeError;
use crate::field::{At, Required, distinct, list};
use crate::limits::LINKS_MAX;
use crate::media_type::MediaType;
use crate::number::EvidenceNumber;
use crate::opening::Commitment;
use crate::proto;
use crate::time::BlockTime;
use crate::wire_enum::{unknown, wire_enum};

wire_enum! {
    /// How the data came into the depositor's hands before it was fixed here; declared, never proved.
    pub enum CaptureMode: unknown => {
        /// 原始取得: produced by the depositor or the party it acts for.
        Original = 1,
        /// 采集取得: collected from elsewhere.
        Collected = 2,
        /// 交易取得: acquired by a trade.
        Traded = 3,
        /// 其他方式.
        Other = 4,
    }
}

wire_enum! {
    /// How a deposit relates to an earlier one.
    pub enum LinkRelation: unknown => {
        /// The linked deposit is an earlier version of the same document.
        Supersedes = 1,
        /// The linked deposit is a part or an annex.
        Contains = 2,
        /// This was derived from the linked deposit.
        DerivedFrom = 3,
        /// Both belong to one matter.
        Related = 4,
    }
}

/// Provenance before the chain (上链存证前的来源), as the depositor declares it: T/TJIFA 003-2022 cl. 7.2.1.
/// Courts examine it apart from integrity since storage: Online Litigation Rules (2021) art. 18.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provenance {
    /// How the data was obtained.
    pub mode: CaptureMode,
    /// When it was captured, if declared.
    pub captured_at: Option<BlockTime>,
    /// Attached declaration on source, method and tool. Path `provenance.statement`.
    pub statement: Option<Commitment>,
}

impl Provenance {
    fn from_message(message: &proto::Provenance) -> Result<Self, DecodeError> {
        Ok(Self {
            mode: CaptureMode::from_wire(message.mode).at("mode")?,
            captured_at: BlockTime::optional(message.captured_at_ms),
            statement: Commitment::optional(message.statement.as_ref()).at("statement")?,
        })
    }

    fn to_message(self) -> proto::Provenance {
        proto::Provenance {
            mode: self.mode.to_wire(),
            captured_at_ms: BlockTime::optional_to_wire(self.captured_at),
            statement: self.statement.map(Commitment::to_message),
        }
    }
}

/// A link to an earlier deposit on the same ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EvidenceLink {
    /// How the two relate.
    pub relation: LinkRelation,
    /// The earlier deposit.
    pub evidence_number: EvidenceNumber,
}

impl EvidenceLink {
    fn from_message(message: &proto::EvidenceLink) -> Result<Self, DecodeError> {
        Ok(Self {
            relation: LinkRelation::from_wire(message.relation).at("relation")?,
            evidence_number: EvidenceNumber::from_wire(message.evidence_number).at("evidence_number")?,
        })
    }

    fn to_message(self) -> proto::EvidenceLink {
        proto::EvidenceLink { relation: self.relation.to_wire(), evidence_number: self.evidence_number.0 }
    }

    fn list_from_messages(messages: &[proto::EvidenceLink]) -> Result<Vec<Self>, DecodeError> {
        let links = list(messages, "links", 0..=LINKS_MAX, Self::from_message)?;
        distinct(&links, "links", |link| *link)?;
        Ok(links)
    }
}

/// Fixes the digests of one document in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepositEvidence {
    /// Digests of the document's bytes.
    pub digests: Digests,
    /// What kind of document it is.
    pub media_type: MediaType,
    /// Size of the document in bytes.
    pub size_bytes: u64,
    /// Where it came from, as declared.
    pub provenance: Provenance,
    /// At most 16 links to earlier deposits, none twice.
    pub links: Vec<EvidenceLink>,
    /// Attached. Path `title`.
    pub title: Option<Commitment>,
    /// Attached. Path `description`.
    pub description: Option<Commitment>,
}

impl DepositEvidence {
    pub(crate) fn from_message(message: proto::DepositEvidence) -> Result<Self, DecodeError> {
        Ok(Self {
            digests: Digests::from_messages(&message.digests)?,
            media_type: MediaType::try_from(message.media_type).at("media_type")?,
            size_bytes: message.size_bytes,
            provenance: message.provenance.as_ref().required("provenance", Provenance::from_message)?,
            links: EvidenceLink::list_from_messages(&message.links)?,
            title: Commitment::optional(message.title.as_ref()).at("title")?,
            description: Commitment::optional(message.description.as_ref()).at("description")?,
        })
    }

    pub(crate) fn to_message(&self) -> proto::DepositEvidence {
        proto::DepositEvidence {
            digests: self.digests.to_messages(),
            media_type: self.media_type.to_string(),
            size_bytes: self.size_bytes,
            provenance: Some(self.provenance.to_message()),
            links: self.links.iter().map(|link| link.to_message()).collect(),
            title: self.title.map(Commitment::to_message),
            description: self.description.map(Commitment::to_message),
        }
    }
}
