//! The one table of domains, and the frame that every hashed or signed message starts with.

use std::fmt;

use crate::{Hash, sha256};

/// The suite of algorithms in force: 1 = SHA-256 and Ed25519.
///
/// A later suite is a new number; this one is never given another meaning.
pub const SUITE: u8 = 1;

macro_rules! domains {
    ($($(#[$meaning:meta])* $name:ident = $text:literal,)*) => {
        /// What a hashed or signed message is for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Domain {
            $($(#[$meaning])* $name,)*
        }

        impl Domain {
            /// Every domain, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The domain string: ASCII, under 256 bytes.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("bulla/1/", $text),)*
                }
            }
        }
    };
}

domains! {
    /// Hash of a canonical genesis: the ledger id.
    Genesis = "genesis",
    /// Hash of a canonical transaction body: the transaction id.
    Transaction = "transaction",
    /// A signer's signature over a transaction id.
    TransactionSignature = "transaction-signature",
    /// A new key's signature that shows its owner holds it.
    Possession = "possession",
    /// Hash of (algorithm, public key): the key id.
    KeyId = "key-id",
    /// Hash of (algorithm, public key): a validator's address.
    Address = "address",
    /// Hash of a block header: the block hash.
    Header = "header",
    /// A validator's vote.
    Vote = "vote",
    /// A proposer's signature over a proposal.
    Proposal = "proposal",
    /// A proposer's signature over the parts of a proposal.
    ProposalPart = "proposal-part",
    /// A validator's proof that a network identity is its own.
    ValidatorProof = "validator-proof",
    /// Hash of a canonical commit certificate.
    Certificate = "certificate",
    /// Hash of a canonical validator set.
    Validators = "validators",
    /// Hash of canonical ledger parameters.
    Parameters = "parameters",
    /// Commitment to an attached or committed field.
    Opening = "opening",
    /// Path of a record in the state map.
    StateKey = "state-key",
    /// A record's value in the state map.
    StateValue = "state-value",
    /// A node's signature over a ticket of admission.
    Ticket = "ticket",
    /// A member's signature over an access token.
    Access = "access",
    /// Hash of a canonical trust bundle.
    Bundle = "bundle",
    /// Hash of a canonical receipt.
    Receipt = "receipt",
    /// Hash of a canonical calendar year.
    Calendar = "calendar",
    /// Hash of a canonical rule profile.
    Profile = "profile",
    /// Hash of (a profile's id, a name in it).
    RuleName = "rule-name",
    /// Hash of what makes an object unique.
    ObjectKey = "object-key",
    /// What a file that proves a record's status begins with, and the hash of such a file.
    StatusProof = "status-proof",
    /// Hash of a canonical founding plan.
    FoundingPlan = "founding-plan",
    /// What a founder's declaration begins with, and the signature of every key in it.
    FounderDeclaration = "founder-declaration",
    /// What a file that proves a fork begins with, and the hash of such a file.
    ForkProof = "fork-proof",
    /// Hash of the manifest of a snapshot: the snapshot's id.
    Snapshot = "snapshot",
    /// Hash of canonical acts of administration that are proposed.
    GovernanceProposal = "governance-proposal",
}

impl fmt::Display for Domain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The frame of a message in `domain`: one length byte, the domain string, the suite.
///
/// A signed message is this frame followed by its payload.
#[must_use]
pub fn frame(domain: Domain) -> Vec<u8> {
    let text = domain.as_str().as_bytes();
    let length = length_byte(domain);
    let mut frame = Vec::with_capacity(text.len() + 2);
    frame.push(length);
    frame.extend_from_slice(text);
    frame.push(SUITE);
    frame
}

/// SHA-256 of the frame of `domain` followed by the parts, with nothing between them.
#[must_use]
pub fn framed(domain: Domain, parts: &[&[u8]]) -> Hash {
    let frame = frame(domain);
    let mut framed_parts = Vec::with_capacity(parts.len() + 1);
    framed_parts.push(frame.as_slice());
    framed_parts.extend_from_slice(parts);
    sha256(&framed_parts)
}

fn length_byte(domain: Domain) -> u8 {
    #[allow(clippy::expect_used)]
    u8::try_from(domain.as_str().len()).expect("invariant: a domain string is under 256 bytes")
}
