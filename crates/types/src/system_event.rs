//! Entries that no member signs: they follow from the genesis or prove themselves.

use bulla_crypto::{PublicKey, Signature};

use crate::cases::{CycleEnded, DeadlineReached, DeadlineSettled, OutageEnded};
use crate::error::{DecodeError, Fault};
use crate::field::At;
use crate::ids::{Address, BlockHash, LedgerId};
use crate::key::{signature_from_wire, signature_to_wire};
use crate::number::Height;
use crate::proto;
use crate::proto::system_event::Kind;
use crate::vote::{Vote, VoteType, value_to_wire};

/// An event of the ledger itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "events are rare and short-lived")]
pub enum SystemEvent {
    /// The first entry of every ledger: log index 0, height 1.
    Founded {
        /// The ledger's id.
        ledger_id: LedgerId,
    },
    /// A validator broke the protocol.
    Equivocation(Equivocation),
    /// A deadline has come.
    DeadlineReached(DeadlineReached),
    /// A calendar or a suspension of clocks moves a deadline, or a calendar settles it.
    DeadlineSettled(DeadlineSettled),
    /// The ledger goes on after it stood still.
    OutageEnded(OutageEnded),
    /// A cycle of reports has ended.
    CycleEnded(CycleEnded),
}

impl SystemEvent {
    pub(crate) fn from_message(message: &proto::SystemEvent) -> Result<Self, DecodeError> {
        match &message.kind {
            Some(Kind::Founded(proto::Founded { ledger_id })) => {
                let ledger_id = LedgerId::from_wire(ledger_id).at("ledger_id").at("founded")?;
                Ok(Self::Founded { ledger_id })
            }
            Some(Kind::Equivocation(equivocation)) => {
                Equivocation::from_message(equivocation).at("equivocation").map(Self::Equivocation)
            }
            Some(Kind::DeadlineReached(reached)) => {
                DeadlineReached::from_message(reached).at("deadline_reached").map(Self::DeadlineReached)
            }
            Some(Kind::DeadlineSettled(settled)) => {
                DeadlineSettled::from_message(settled).at("deadline_settled").map(Self::DeadlineSettled)
            }
            Some(Kind::OutageEnded(ended)) => {
                OutageEnded::from_message(ended).at("outage_ended").map(Self::OutageEnded)
            }
            Some(Kind::CycleEnded(ended)) => {
                CycleEnded::from_message(ended).at("cycle_ended").map(Self::CycleEnded)
            }
            None => Err(Fault::Missing.into()),
        }
    }

    pub(crate) fn to_message(self) -> proto::SystemEvent {
        let kind = match self {
            Self::Founded { ledger_id } => Kind::Founded(proto::Founded { ledger_id: ledger_id.to_wire() }),
            Self::Equivocation(equivocation) => Kind::Equivocation(equivocation.to_message()),
            Self::DeadlineReached(reached) => Kind::DeadlineReached(reached.to_message()),
            Self::DeadlineSettled(settled) => Kind::DeadlineSettled(settled.to_message()),
            Self::OutageEnded(ended) => Kind::OutageEnded(ended.to_message()),
            Self::CycleEnded(ended) => Kind::CycleEnded(ended.to_message()),
        };
        proto::SystemEvent { kind: Some(kind) }
    }
}

/// One of the two votes of an equivocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SignedValue {
    /// The block voted for; `None` is nil.
    pub value: Option<BlockHash>,
    /// The validator's signature over the vote.
    pub signature: Signature,
}

/// Two votes of one validator for different values at one height, round and step: proof that it broke the
/// protocol. It proves itself, so it needs no signer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Equivocation {
    address: Address,
    height: Height,
    round: u32,
    vote_type: VoteType,
    votes: [SignedValue; 2],
}

impl Equivocation {
    /// Joins two votes, in either order; the signatures are not verified.
    ///
    /// # Errors
    /// Both votes are for one value.
    pub fn new(
        address: Address,
        height: Height,
        round: u32,
        vote_type: VoteType,
        mut votes: [SignedValue; 2],
    ) -> Result<Self, Fault> {
        votes.sort_by_key(|vote| vote.value);
        if votes[0].value == votes[1].value {
            return Err(Fault::Rule("two votes for one value are no equivocation"));
        }
        Ok(Self { address, height, round, vote_type, votes })
    }

    /// The validator.
    #[must_use]
    pub fn address(&self) -> Address {
        self.address
    }

    /// The height of both votes.
    #[must_use]
    pub fn height(&self) -> Height {
        self.height
    }

    /// The round of both votes.
    #[must_use]
    pub fn round(&self) -> u32 {
        self.round
    }

    /// The step of both votes.
    #[must_use]
    pub fn vote_type(&self) -> VoteType {
        self.vote_type
    }

    /// The votes, in rising order of value; nil comes first.
    #[must_use]
    pub fn votes(&self) -> &[SignedValue; 2] {
        &self.votes
    }

    /// Whether the holder of this key signed both votes on this ledger, by `verify_strict`.
    #[must_use]
    pub fn is_proved(&self, ledger_id: LedgerId, key: &PublicKey) -> bool {
        let Self { address, height, round, vote_type, votes } = *self;
        let signed = |vote: &SignedValue| {
            let preimage =
                Vote { ledger_id, vote_type, height, round, value: vote.value, address }.preimage();
            key.verify_strict(&preimage, &vote.signature).is_ok()
        };
        Address::of(key) == address && votes.iter().all(signed)
    }

    fn from_message(message: &proto::Equivocation) -> Result<Self, DecodeError> {
        let vote_type = VoteType::from_wire(message.r#type).at("type")?;
        let first = SignedValue {
            value: value_from_wire(&message.first_value).at("first_value")?,
            signature: signature_from_wire(&message.first_signature).at("first_signature")?,
        };
        let second = SignedValue {
            value: value_from_wire(&message.second_value).at("second_value")?,
            signature: signature_from_wire(&message.second_signature).at("second_signature")?,
        };
        if first.value > second.value {
            return Err(Fault::NotRising).at("second_value");
        }
        let address = Address::from_wire(&message.address).at("address")?;
        let height = Height::from_wire(message.height).at("height")?;
        Ok(Self::new(address, height, message.round, vote_type, [first, second])?)
    }

    fn to_message(self) -> proto::Equivocation {
        let [first, second] = self.votes;
        proto::Equivocation {
            address: self.address.to_wire(),
            height: self.height.0,
            round: self.round,
            r#type: self.vote_type.to_wire(),
            first_value: value_to_wire(first.value),
            first_signature: signature_to_wire(&first.signature),
            second_value: value_to_wire(second.value),
            second_signature: signature_to_wire(&second.signature),
        }
    }
}

fn value_from_wire(bytes: &[u8]) -> Result<Option<BlockHash>, Fault> {
    if bytes.is_empty() { Ok(None) } else { BlockHash::from_wire(bytes).map(Some) }
}
