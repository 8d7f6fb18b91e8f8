//! What is proved, what is only declared, and what was not examined: a court judges each apart
//! (Online Litigation Rules 2021, articles 16 to 19).

use serde::Serialize;

/// The claims of one receipt, sorted by what stands behind them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claims {
    /// Verified against the anchor.
    pub proved: Vec<Claim>,
    /// Verified from the genesis that the anchor names, and so true unless the keys of the validators of then
    /// have come into wrong hands since: a checkpoint alone says nothing of these keys. Empty when the
    /// genesis is an anchor.
    pub conditional: Vec<Claim>,
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
    /// The time at which it was recorded, as the entry states it.
    Time,
    /// The signers held the keys that they signed with.
    SignedByKeys,
    /// Which members the signers are, and that they and their keys were in force.
    SignersInForce,
    /// How the data was captured and where it came from before it was recorded (存证前的来源).
    CaptureBeforeStorage,
    /// Media type and size of the document.
    MediaTypeAndSize,
    /// A quorum of the validators decided the block, and so held its time to be within the bound that the
    /// report states.
    DecidedByQuorum,
    /// Later inclusions for log sizes whose root is not known here.
    LaterInclusions,
    /// The record as of a block, and every step of its past: none is altered, left out or added.
    StatusHistory,
    /// Attestations of others: time-stamp tokens, cosignatures, evidence records.
    Attestations,
}

/// On what the claims of a receipt depend.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Examined {
    /// The anchor trusts the keys of past validators.
    pub(crate) validators_trusted: bool,
    /// The entry has signers.
    pub(crate) signed: bool,
    /// The entry has deposits.
    pub(crate) deposits: bool,
    /// Some later inclusion has an unknown root.
    pub(crate) unknown_roots: bool,
    /// There are attestations.
    pub(crate) attestations: bool,
}

impl Claims {
    /// The claims of a status proof: all of them hang on the validators' keys.
    pub(crate) fn of_status(validators_trusted: bool) -> Self {
        let claims = vec![Claim::StatusHistory, Claim::DecidedByQuorum];
        let (proved, conditional) = if validators_trusted { (claims, vec![]) } else { (vec![], claims) };
        Self { proved, conditional, declared: Vec::new(), not_examined: Vec::new() }
    }

    pub(crate) fn new(examined: Examined) -> Self {
        let Examined { validators_trusted, signed, deposits, unknown_roots, attestations } = examined;
        let select = |claims: &[(bool, Claim)]| {
            claims.iter().filter(|(holds, _)| *holds).map(|(_, claim)| *claim).collect()
        };
        Self {
            proved: select(&[
                (true, Claim::IntegritySinceStorage),
                (true, Claim::Time),
                (signed, Claim::SignedByKeys),
                (validators_trusted && signed, Claim::SignersInForce),
                (validators_trusted, Claim::DecidedByQuorum),
            ]),
            conditional: select(&[
                (!validators_trusted && signed, Claim::SignersInForce),
                (!validators_trusted, Claim::DecidedByQuorum),
            ]),
            declared: select(&[(deposits, Claim::CaptureBeforeStorage), (deposits, Claim::MediaTypeAndSize)]),
            not_examined: select(&[
                (unknown_roots, Claim::LaterInclusions),
                (attestations, Claim::Attestations),
            ]),
        }
    }
}
