//! The ledger's words: transactions, entries, blocks, votes, certificates, receipts, as bytes and as types.
//!
//! Each format has one page in `docs/formats/`, one canonical encoding and one type here. A type is built
//! either from valid parts or by a decoder that takes bytes from anywhere: bounded, without panic, with an
//! error that names the field. So the rest of the house handles values that are right in themselves; whether
//! they are right *on the ledger* (signatures, members, history) is for others to say.
//!
//! This crate knows no clock, randomness, storage or network.

mod access;
mod action;
mod block;
mod bundle;
mod called_upon;
pub mod canonical;
mod cases;
mod certificate;
mod consensus_message;
mod credit_code;
mod digest;
mod draft;
mod entry;
mod error;
mod evidence;
pub mod field;
mod fork_proof;
mod founding;
mod genesis;
mod governance;
mod header;
mod identifier;
mod ids;
mod kept_openings;
mod key;
mod key_declaration;
mod lang;
pub mod limits;
mod map_proof;
mod media_type;
mod member;
mod number;
mod opening;
mod outcome;
mod parameters;
pub mod proto;
mod protocol;
mod reason;
mod receipt;
mod receipt_file;
mod record_key;
mod records;
mod register;
mod request_id;
mod rule_name;
mod snapshot;
mod state_key;
mod state_key_name;
mod status_proof;
mod subject;
mod submission;
mod system_event;
mod test_clock;
mod text;
mod ticket;
mod time;
mod transaction;
mod validators;
mod vote;
mod wire;
mod wire_enum;

pub use access::AccessToken;
pub use action::Action;
pub use block::{Block, EntryOpenings};
pub use bundle::{TrustBundle, ValidatorTransition};
pub use called_upon::CalledUpon;
pub use canonical::Canonical;
pub use cases::{
    AdoptCalendar, AdoptProfile, CaseOutcome, CaseRef, ClockScope, CycleEnded, DeadlineReached,
    DeadlineSettled, DeadlineStanding, DocumentItem, FieldContent, FieldValue, FieldValues, NamedParty,
    OpenCase, OutageEnded, Share, Shares, StepActor, StepDocument, StepField, SuspendClocks, TakeStep,
};
pub use certificate::{CertificateError, CommitCertificate};
pub use consensus_message::{ConsensusMessage, FirstPart, Proposal, ValidatorProof};
pub use credit_code::{CreditCode, CreditCodeError};
pub use digest::{DigestAlgorithm, Digests, DocumentDigest};
pub use draft::{DraftError, OpenedProposal, TransactionDraft, VotedOn};
pub use entry::{Content, Entry};
pub use error::{DecodeError, Fault};
pub use evidence::{CaptureMode, DepositEvidence, EvidenceLink, LinkRelation, Provenance};
pub use fork_proof::ForkProof;
pub use founding::{
    FounderDeclaration, FounderLabel, FounderNode, FoundingError, FoundingPlan, PlannedFounder, PlannedNode,
};
pub use genesis::{Founder, Genesis, LedgerClass};
pub use governance::{
    Ballot, BodyCount, CastVote, ChangeParameters, ChangeRoles, ChangeValidators, ParameterSetRecord,
    ProposalOutcome, ProposalRecord, ProposalStatus, Propose, ProtocolAtHeight, ProtocolScheduleRecord,
    ScheduleProtocol, ValidatorChange, ValidatorSetRecord, VoteOnProposal, WithdrawProposal,
};
pub use header::Header;
pub use identifier::{Identifier, IdentifierError, LedgerShortId};
pub use ids::{
    Address, BlockHash, KeyId, LedgerId, ObjectKey, PlanDigest, ProfileDigest, ProposalDigest, RuleTag,
    SnapshotId, TransactionId,
};
pub use kept_openings::KeptOpenings;
pub use key::EncodedKey;
pub use key_declaration::{
    ChangeKeyStatus, EnrolKey, KeyChange, KeyDeclaration, KeyPurpose, KeyStatus, possession_message,
};
pub use lang::Lang;
pub use map_proof::{MapProof, OtherLeaf, RecordProof};
pub use media_type::{MediaType, MediaTypeError};
pub use member::{
    ChangeMemberStatus, EnrolMember, MemberIdentity, MemberKind, MemberStatus, OrganisationForm, Role, Roles,
};
pub use number::{
    AccountNumber, CaseNumber, CertificateNumber, EvidenceNumber, Height, MemberNumber, ObjectNumber,
    ParameterSetNumber, ProposalNumber, RegistrationNumber, SuspensionNumber, ValidatorSetNumber,
};
pub use opening::{Commitment, FieldPath, Opening, commit};
pub use outcome::Outcome;
pub use parameters::{AccessToEntries, ConsensusTimeouts, OutageRule, Parameters, SecondLog};
pub use protocol::{KnownProtocols, UnknownProtocol};
pub use reason::{ReasonCode, UnknownReason};
pub use receipt::{Attestation, AttestationKind, LaterInclusion, Receipt};
pub use receipt_file::ReceiptFile;
pub use records::{
    CounterRecord, EquivocationRecord, KeyRecord, MemberRecord, OwnerRecord, RecordStatus, StatusRecord,
};
pub use register::{
    AccountRecord, CalendarHead, CalendarRecord, CalendarRevision, CaseDeadline, CaseDeadlineStatus,
    CaseDocument, CaseMandate, CaseRecord, CaseStatus, CaseStepRecord, CertificateRecord, CertificateStatus,
    DaysAway, Encumbrance, IndexRecord, MandateOf, ObjectKeyRecord, ObjectRecord, ObjectStatus, OutageRecord,
    ProfileRecord, ProfileStatus, ProfileVersionRecord, Publication, RecordFlag, RecordFlagClass,
    RegisterStatus, RegistrationRecord, StepTaken, SuspensionRecord,
};
pub use request_id::{RequestId, RequestIdError};
pub use rule_name::RuleName;
pub use snapshot::SnapshotManifest;
pub use state_key::{CaseAbout, Counter, Cycle, Due, KeyRange, RecordKey, StateKey, Suspended, map_value};
pub use status_proof::StatusProofFile;
pub use subject::{Subject, SubjectKind};
pub use submission::{Submission, check_openings};
pub use system_event::{Equivocation, SignedValue, SystemEvent};
pub use test_clock::TestClock;
pub use text::{Name, TextError};
pub use ticket::Ticket;
pub use time::BlockTime;
pub use transaction::{SignerRef, Transaction, TransactionBody, signing_message};
pub use validators::{Validator, ValidatorSet};
pub use vote::{Vote, VoteType};
