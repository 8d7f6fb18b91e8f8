//! Proposals as the state map holds them, and what an entry says of them.

use bytes::Bytes;

use crate::action::Action;
use crate::canonical::Canonical;
use crate::error::{DecodeError, Fault};
use crate::field::{At, list, rising};
use crate::governance::propose::Ballot;
use crate::ids::{KeyId, ProposalDigest};
use crate::limits::{ACTIONS_MAX, PROPOSAL_VOTES_MAX, RECORD_BYTES_MAX, REGISTER_RECORD_BYTES_MAX};
use crate::number::{MemberNumber, ProposalNumber, counted_from_one, within};
use crate::outcome::Outcome;
use crate::proto;
use crate::request_id::RequestId;
use crate::time::BlockTime;
use crate::wire_enum::{unknown, wire_enum};

wire_enum! {
    /// What became of a proposal.
    pub enum ProposalStatus: unknown => {
        /// 表决中: it takes votes until its time.
        Open = 1,
        /// 已执行.
        CarriedOut = 2,
        /// 已否决: the bodies that have not rejected it are fewer than the threshold.
        Rejected = 3,
        /// 已撤回, by its proposer.
        Withdrawn = 4,
        /// 已过期: recorded when its proposer needs its place; it has taken no vote since its time.
        Expired = 5,
    }
}

/// The vote of one registration body. It counts while the body is active and the key in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CastVote {
    /// The body.
    pub member: MemberNumber,
    /// The key that signed it.
    pub key_id: KeyId,
    /// How it votes.
    pub ballot: Ballot,
    /// Log index of the entry that cast it, 1 or more.
    pub log_index: u64,
}

/// The head of a proposal's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalRecord {
    /// Its number.
    pub number: ProposalNumber,
    /// The member that made it: the first registration body that signed it.
    pub proposer: MemberNumber,
    /// Digest of the [`Propose`](crate::Propose).
    pub digest: ProposalDigest,
    /// Log index of the entry that holds it, 1 or more.
    pub log_index: u64,
    /// Its place among the actions of that entry, from 0.
    pub action: u32,
    /// Request id of that transaction, to which openings and proofs of possession in it are bound.
    pub request_id: RequestId,
    /// No block whose time is later takes a vote.
    pub not_after: BlockTime,
    /// One vote for each body that has voted: up to 256, rising by member.
    pub votes: Vec<CastVote>,
    /// Its status now. An open one has expired by its time, recorded or not.
    pub status: ProposalStatus,
    /// How many [`StatusRecord`](crate::StatusRecord)s it has, 1 or more: each vote and its end make one.
    pub history_count: u32,
}

impl ProposalRecord {
    /// The vote of this body, if it has cast one.
    #[must_use]
    pub fn vote_of(&self, member: MemberNumber) -> Option<&CastVote> {
        self.votes.iter().find(|vote| vote.member == member)
    }

    /// The first instant at which it takes no vote: the term that its steps state.
    #[must_use]
    pub const fn votes_end(&self) -> BlockTime {
        BlockTime(self.not_after.0.saturating_add(1))
    }

    /// Whether a block of this time takes a vote.
    #[must_use]
    pub fn is_open_at(&self, time: BlockTime) -> bool {
        self.status == ProposalStatus::Open && time <= self.not_after
    }
}

impl Canonical for ProposalRecord {
    type Message = proto::ProposalRecord;
    const BYTES_MAX: usize = REGISTER_RECORD_BYTES_MAX;

    fn from_message(message: proto::ProposalRecord) -> Result<Self, DecodeError> {
        let votes = list(&message.votes, "votes", 0..=PROPOSAL_VOTES_MAX, CastVote::from_message)?;
        rising(&votes, "votes", |vote| vote.member)?;
        let places = 0..=ACTIONS_MAX - 1;
        let place_max = u32::try_from(*places.end()).unwrap_or(u32::MAX);
        Ok(Self {
            number: ProposalNumber::from_wire(message.number).at("number")?,
            proposer: MemberNumber::from_wire(message.proposer).at("proposer")?,
            digest: ProposalDigest::from_wire(&message.digest).at("digest")?,
            log_index: counted_from_one(message.log_index).at("log_index")?,
            action: within(message.action, 0, place_max).at("action")?,
            request_id: RequestId::parse(&message.request_id).at("request_id")?,
            not_after: BlockTime::from_wire(message.not_after_ms).at("not_after_ms")?,
            votes,
            status: ProposalStatus::from_wire(message.status).at("status")?,
            history_count: match message.history_count {
                0 => return Err(Fault::Missing).at("history_count"),
                count => count,
            },
        })
    }

    fn to_message(&self) -> proto::ProposalRecord {
        proto::ProposalRecord {
            number: self.number.0,
            proposer: self.proposer.0,
            digest: self.digest.to_wire(),
            log_index: self.log_index,
            action: self.action,
            request_id: Bytes::copy_from_slice(self.request_id.as_bytes()),
            not_after_ms: self.not_after.0,
            votes: self.votes.iter().map(|vote| vote.to_message()).collect(),
            status: self.status.to_wire(),
            history_count: self.history_count,
        }
    }
}

impl CastVote {
    fn from_message(message: &proto::CastVote) -> Result<Self, DecodeError> {
        Ok(Self {
            member: MemberNumber::from_wire(message.member).at("member")?,
            key_id: KeyId::from_wire(&message.key_id).at("key_id")?,
            ballot: Ballot::from_wire(message.ballot).at("ballot")?,
            log_index: counted_from_one(message.log_index).at("log_index")?,
        })
    }

    fn to_message(self) -> proto::CastVote {
        proto::CastVote {
            member: self.member.0,
            key_id: self.key_id.to_wire(),
            ballot: self.ballot.to_wire(),
            log_index: self.log_index,
        }
    }
}

/// How many registration bodies (登记机构) are active.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyCount {
    /// So many, 1 or more: without one nobody administers the ledger.
    pub active: u32,
}

impl Canonical for BodyCount {
    type Message = proto::BodyCount;
    const BYTES_MAX: usize = RECORD_BYTES_MAX;

    fn from_message(message: proto::BodyCount) -> Result<Self, DecodeError> {
        if message.active == 0 {
            return Err(Fault::Missing).at("active");
        }
        Ok(Self { active: message.active })
    }

    fn to_message(&self) -> proto::BodyCount {
        proto::BodyCount { active: self.active }
    }
}

/// What became of a proposal by an action about it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProposalOutcome {
    /// The number of the proposal (提案编号).
    pub number: ProposalNumber,
    /// Its status from the entry on.
    pub status: ProposalStatus,
    /// When it is carried out, what the ledger made of each of its acts, parallel to them; else empty.
    pub outcomes: Vec<Outcome>,
}

impl ProposalOutcome {
    /// Whether acts can have had this outcome: `None` stands for those of a proposal that stands elsewhere.
    pub(crate) fn fits(&self, acts: Option<&[Action]>) -> bool {
        match acts {
            _ if self.status != ProposalStatus::CarriedOut => self.outcomes.is_empty(),
            Some(acts) => {
                let mut pairs = self.outcomes.iter().zip(acts);
                self.outcomes.len() == acts.len() && pairs.all(|(outcome, act)| outcome.fits(act))
            }
            None => !self.outcomes.is_empty(),
        }
    }

    pub(crate) fn from_message(message: &proto::ProposalOutcome) -> Result<Self, DecodeError> {
        let outcomes = list(&message.outcomes, "outcomes", 0..=ACTIONS_MAX, |outcome| {
            match Outcome::from_message(outcome)? {
                // No act of administration ends so.
                Outcome::EvidenceNumber(_) | Outcome::Case(_) | Outcome::Proposal(_) => {
                    Err(DecodeError::from(Fault::Rule("this is no outcome of an act of administration")))
                }
                outcome => Ok(outcome),
            }
        })?;
        Ok(Self {
            number: ProposalNumber::from_wire(message.number).at("number")?,
            status: ProposalStatus::from_wire(message.status).at("status")?,
            outcomes,
        })
    }

    pub(crate) fn to_message(&self) -> proto::ProposalOutcome {
        proto::ProposalOutcome {
            number: self.number.0,
            status: self.status.to_wire(),
            outcomes: self.outcomes.iter().map(Outcome::to_message).collect(),
        }
    }
}
