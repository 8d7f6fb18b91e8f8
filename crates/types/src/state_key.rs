//! Keys of the state map. `docs/formats/state.md`.

mod counter;
mod place;
mod range;
mod reader;
mod record;

use bulla_crypto::{Domain, Hash, frame, framed};

use crate::credit_code::CreditCode;
use crate::error::{DecodeError, Fault};
use crate::ids::{Address, KeyId, ObjectKey, ProfileDigest, RuleTag};
use crate::number::{
    AccountNumber, CaseNumber, CertificateNumber, Height, MemberNumber, ObjectNumber, ParameterSetNumber,
    ProposalNumber, RegistrationNumber, SuspensionNumber, ValidatorSetNumber,
};
use crate::time::BlockTime;
use crate::vote::VoteType;

pub use counter::Counter;
pub use place::{CaseAbout, Cycle, Due, Suspended};
pub use range::KeyRange;
pub use record::RecordKey;

use place::subject_bytes;
use reader::Reader;

const PARAMETERS: u8 = 0x01;
const MEMBER: u8 = 0x02;
const KEY: u8 = 0x03;
const COUNTER: u8 = 0x04;
const VALIDATORS: u8 = 0x05;
const HISTORY: u8 = 0x06;
const CREDIT_CODE: u8 = 0x07;
const EQUIVOCATION: u8 = 0x08;
const PROFILE: u8 = 0x09;
const PROFILE_VERSION: u8 = 0x0a;
const CALENDAR: u8 = 0x0b;
const ACCOUNT: u8 = 0x0c;
const CASE: u8 = 0x0d;
const OBJECT: u8 = 0x0e;
const OBJECT_KEY: u8 = 0x0f;
const REGISTRATION: u8 = 0x10;
const CERTIFICATE: u8 = 0x11;
const DUE: u8 = 0x12;
const CALENDAR_HEAD: u8 = 0x13;
const RECKONED: u8 = 0x14;
const HOLDING: u8 = 0x15;
const OPEN_CASE: u8 = 0x16;
const ENDED_CASE: u8 = 0x17;
const SUSPENSION: u8 = 0x18;
const SUSPENDED: u8 = 0x19;
const OUTAGE: u8 = 0x1a;
const CYCLE: u8 = 0x1b;
const VALIDATOR_SET: u8 = 0x1c;
const PARAMETER_SET: u8 = 0x1d;
const PROPOSAL: u8 = 0x1e;
const PROPOSED: u8 = 0x1f;
const OPEN_PROPOSAL: u8 = 0x21;
const BODY_COUNT: u8 = 0x22;
const PROTOCOL_SCHEDULE: u8 = 0x20;

/// What a value of the state map is about. Each kind of key has one type of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateKey {
    /// The parameters in force: [`Parameters`](crate::Parameters).
    Parameters,
    /// A member: [`MemberRecord`](crate::MemberRecord).
    Member(MemberNumber),
    /// A key: [`KeyRecord`](crate::KeyRecord).
    Key(KeyId),
    /// A sequence: [`CounterRecord`](crate::CounterRecord).
    Counter(Counter),
    /// The validators of the next height: [`ValidatorSet`](crate::ValidatorSet).
    Validators,
    /// A step in a record's past: [`StatusRecord`](crate::StatusRecord).
    History {
        /// The record.
        record: RecordKey,
        /// The step, from 0.
        seq: u32,
    },
    /// The member with a credit code: [`OwnerRecord`](crate::OwnerRecord).
    CreditCode(CreditCode),
    /// A recorded equivocation: [`EquivocationRecord`](crate::EquivocationRecord).
    Equivocation {
        /// The validator.
        address: Address,
        /// The height of its votes.
        height: Height,
        /// Their round.
        round: u32,
        /// Their step.
        vote_type: VoteType,
    },
    /// A profile that was adopted: [`ProfileRecord`](crate::ProfileRecord).
    Profile(ProfileDigest),
    /// The version of a profile in force, by the tag of its id:
    /// [`ProfileVersionRecord`](crate::ProfileVersionRecord).
    ProfileVersion(RuleTag),
    /// A year of the calendar: [`CalendarRecord`](crate::CalendarRecord).
    Calendar(u16),
    /// Which calendar and which years of it: [`CalendarHead`](crate::CalendarHead).
    CalendarHead,
    /// An account: [`AccountRecord`](crate::AccountRecord).
    Account(AccountNumber),
    /// A case: [`CaseRecord`](crate::CaseRecord).
    Case(CaseNumber),
    /// An object: [`ObjectRecord`](crate::ObjectRecord).
    Object(ObjectNumber),
    /// The object that a key names: [`ObjectKeyRecord`](crate::ObjectKeyRecord).
    ObjectKey(ObjectKey),
    /// A registration: [`RegistrationRecord`](crate::RegistrationRecord).
    Registration(RegistrationNumber),
    /// A certificate: [`CertificateRecord`](crate::CertificateRecord).
    Certificate(CertificateNumber),
    /// What falls due, in the order in which it does: [`IndexRecord`](crate::IndexRecord).
    Due(Due),
    /// A deadline of a case by a year whose calendar it counts and the revision by which it was reckoned, 0
    /// without one: [`IndexRecord`](crate::IndexRecord).
    Reckoned {
        /// The year.
        year: u16,
        /// The revision.
        revision: u32,
        /// The case.
        case: CaseNumber,
        /// Place of the deadline.
        deadline: u16,
    },
    /// An account or certificate in force, by its holder and the tag of its kind:
    /// [`IndexRecord`](crate::IndexRecord).
    Holding {
        /// The holder.
        holder: MemberNumber,
        /// Tag of the kind.
        kind: RuleTag,
        /// Number of the account or certificate.
        number: u64,
    },
    /// An open case, by the record that it is about and the tag of its procedure:
    /// [`IndexRecord`](crate::IndexRecord).
    OpenCase(CaseAbout),
    /// An ended case, likewise.
    EndedCase(CaseAbout),
    /// A suspension of clocks: [`SuspensionRecord`](crate::SuspensionRecord).
    Suspension(SuspensionNumber),
    /// A suspension by whose clocks it stops: [`IndexRecord`](crate::IndexRecord).
    Suspended(Suspended, SuspensionNumber),
    /// The last outage: [`OutageRecord`](crate::OutageRecord).
    Outage,
    /// A cycle of reports that runs, by its end: [`IndexRecord`](crate::IndexRecord).
    Cycle(Cycle),
    /// A set of validators in their history: [`ValidatorSetRecord`](crate::ValidatorSetRecord).
    ValidatorSet(ValidatorSetNumber),
    /// A set of parameters in their history: [`ParameterSetRecord`](crate::ParameterSetRecord).
    ParameterSet(ParameterSetNumber),
    /// A proposal: [`ProposalRecord`](crate::ProposalRecord).
    Proposal(ProposalNumber),
    /// What a proposal proposes, until it has ended: [`Propose`](crate::Propose).
    Proposed(ProposalNumber),
    /// A proposal that has not ended, by its proposer and its time: [`IndexRecord`](crate::IndexRecord).
    OpenProposal {
        /// Who made it.
        proposer: MemberNumber,
        /// No block whose time is later takes a vote.
        not_after: BlockTime,
        /// The proposal.
        number: ProposalNumber,
    },
    /// How many registration bodies are active: [`BodyCount`](crate::BodyCount).
    BodyCount,
    /// The version of the protocol that was scheduled last:
    /// [`ProtocolScheduleRecord`](crate::ProtocolScheduleRecord).
    ProtocolSchedule,
}

impl StateKey {
    /// The key bytes: one byte of kind, then fields of fixed length.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Parameters => vec![PARAMETERS],
            Self::Member(number) => [&[MEMBER][..], &number.0.to_be_bytes()].concat(),
            Self::Key(id) => [&[KEY][..], id.as_bytes()].concat(),
            Self::Counter(counter) => vec![COUNTER, counter.number()],
            Self::Validators => vec![VALIDATORS],
            Self::History { record, seq } => {
                [&[HISTORY][..], &seq.to_be_bytes(), &Self::from(*record).encode()].concat()
            }
            Self::CreditCode(code) => [&[CREDIT_CODE][..], code.as_bytes()].concat(),
            Self::Equivocation { address, height, round, vote_type } => [
                &[EQUIVOCATION][..],
                address.as_bytes(),
                &height.0.to_be_bytes(),
                &round.to_be_bytes(),
                &[vote_type.number()],
            ]
            .concat(),
            Self::Profile(digest) => [&[PROFILE][..], digest.as_bytes()].concat(),
            Self::ProfileVersion(tag) => [&[PROFILE_VERSION][..], tag.as_bytes()].concat(),
            Self::Calendar(year) => [&[CALENDAR][..], &year.to_be_bytes()].concat(),
            Self::CalendarHead => vec![CALENDAR_HEAD],
            Self::Account(number) => [&[ACCOUNT][..], &number.0.to_be_bytes()].concat(),
            Self::Case(number) => [&[CASE][..], &number.0.to_be_bytes()].concat(),
            Self::Object(number) => [&[OBJECT][..], &number.0.to_be_bytes()].concat(),
            Self::ObjectKey(key) => [&[OBJECT_KEY][..], key.as_bytes()].concat(),
            Self::Registration(number) => [&[REGISTRATION][..], &number.0.to_be_bytes()].concat(),
            Self::Certificate(number) => [&[CERTIFICATE][..], &number.0.to_be_bytes()].concat(),
            Self::Due(Due { due, subject, deadline }) => {
                [&[DUE][..], &due.0.to_be_bytes(), &subject_bytes(*subject), &deadline.to_be_bytes()].concat()
            }
            Self::Reckoned { year, revision, case, deadline } => [
                &[RECKONED][..],
                &year.to_be_bytes(),
                &revision.to_be_bytes(),
                &case.0.to_be_bytes(),
                &deadline.to_be_bytes(),
            ]
            .concat(),
            Self::Holding { holder, kind, number } => {
                [&[HOLDING][..], &holder.0.to_be_bytes(), kind.as_bytes(), &number.to_be_bytes()].concat()
            }
            Self::OpenCase(case) => [&[OPEN_CASE][..], &case.encode()].concat(),
            Self::EndedCase(case) => [&[ENDED_CASE][..], &case.encode()].concat(),
            Self::Suspension(number) => [&[SUSPENSION][..], &number.0.to_be_bytes()].concat(),
            Self::Suspended(clocks, number) => {
                [&[SUSPENDED][..], &clocks.encode(), &number.0.to_be_bytes()].concat()
            }
            Self::Outage => vec![OUTAGE],
            Self::Cycle(Cycle { due, profile, procedure }) => {
                [&[CYCLE][..], &due.0.to_be_bytes(), profile.as_bytes(), &procedure.to_be_bytes()].concat()
            }
            Self::ValidatorSet(number) => [&[VALIDATOR_SET][..], &number.0.to_be_bytes()].concat(),
            Self::ParameterSet(number) => [&[PARAMETER_SET][..], &number.0.to_be_bytes()].concat(),
            Self::Proposal(number) => [&[PROPOSAL][..], &number.0.to_be_bytes()].concat(),
            Self::Proposed(number) => [&[PROPOSED][..], &number.0.to_be_bytes()].concat(),
            Self::OpenProposal { proposer, not_after, number } => [
                &[OPEN_PROPOSAL][..],
                &proposer.0.to_be_bytes(),
                &not_after.0.to_be_bytes(),
                &number.0.to_be_bytes(),
            ]
            .concat(),
            Self::BodyCount => vec![BODY_COUNT],
            Self::ProtocolSchedule => vec![PROTOCOL_SCHEDULE],
        }
    }

    /// Reads key bytes from anywhere.
    ///
    /// # Errors
    /// An unknown kind, another length than the kind has, or a field that breaks its format.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader(bytes);
        let key = reader.key()?;
        if reader.0.is_empty() {
            Ok(key)
        } else {
            Err(Fault::Length { found: bytes.len(), expected: bytes.len() - reader.0.len() }.into())
        }
    }

    /// Where the key stands in the tree: framed(state-key, key bytes).
    #[must_use]
    pub fn map_key(&self) -> Hash {
        framed(Domain::StateKey, &[&self.encode()])
    }
}

/// What the tree holds for a value: frame(state-value) ‖ value bytes.
#[must_use]
pub fn map_value(value: &[u8]) -> Vec<u8> {
    let mut framed_value = frame(Domain::StateValue);
    framed_value.extend_from_slice(value);
    framed_value
}
