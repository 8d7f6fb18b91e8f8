//! What is proved, what is only declared, and what was not examined: a court judges each apart
//! (Online Litigation Rules 2021, articles 16 to 19).

use serde::Serialize;

/// The claims of one receipt, sorted by what stands behind them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claims {
    /// Verified against the anchor.
    pub proved: Vec<Claim>,
    /// Said by the depositor, and proved to have been said; not proved to be true.
    pub declared: Vec<Claim>,
    /// Carried by the file and not verified with this anchor.
    pub not_examined: Vec<Claim>,
}

/// Something that a receipt may be used to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// The entry, and so the digests in it, has not been altered since it was recorded (存证后未被篡改).
    IntegritySinceStorage,
    /// The time at which it was recorded, within the bound that the report states.
    Time,
    /// The signers held the keys that they signed with.
    SignedByKeys,
    /// Which members the signers are, and that they and their keys were in force.
    SignersInForce,
    /// How the data was captured and where it came from before it was recorded (存证前的来源).
    CaptureBeforeStorage,
    /// Media type and size of the document.
    MediaTypeAndSize,
    /// A quorum of the validators decided the block.
    DecidedByQuorum,
    /// Later inclusions for log sizes whose root is not known here.
    LaterInclusions,
    /// Attestations of others: time-stamp tokens, cosignatures, evidence records.
    Attestations,
}
