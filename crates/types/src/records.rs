//! Values of the state map: the mutable records. `docs/formats/state.md` gives their keys.
//!
//! No value has an empty encoding, so that an empty value can stand for "absent".

use crate::canonical::Canonical;
use crate::error::{DecodeError, Fault};
use crate::field::{At, Required};
use crate::governance::ProposalStatus;
use crate::ids::TransactionId;
use crate::key::EncodedKey;
use crate::key_declaration::{KeyPurpose, KeyStatus};
use crate::limits::RECORD_BYTES_MAX;
use crate::member::{IdentityFields, MemberIdentity, MemberStatus, Roles};
use crate::number::{MemberNumber, counted_from_one};
use crate::proto;
use crate::register::{CalendarRevision, CertificateStatus, ObjectStatus, ProfileStatus, RegisterStatus};
use crate::time::BlockTime;

/// The head of a member's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRecord {
    /// Its number.
    pub number: MemberNumber,
    /// Who it is.
    pub identity: MemberIdentity,
    /// What it may do.
    pub roles: Roles,
    /// Its status now.
    pub status: MemberStatus,
    /// How many [`StatusRecord`]s it has, 1 or more: their `seq` runs from 0 to one less.
    pub history_count: u32,
}

impl Canonical for MemberRecord {
    type Message = proto::MemberRecord;
    const BYTES_MAX: usize = RECORD_BYTES_MAX;

    fn from_message(message: proto::MemberRecord) -> Result<Self, DecodeError> {
        let proto::MemberRecord { number, kind, roles, name, credit_code, person, status, history_count } =
            message;
        Ok(Self {
            number: MemberNumber::from_wire(number).at("number")?,
            identity: MemberIdentity::from_fields(IdentityFields { kind, name, credit_code, person })?,
            roles: Roles::from_wire(&roles, "roles")?,
            status: MemberStatus::from_wire(status).at("status")?,
            history_count: count(history_count)?,
        })
    }

    fn to_message(&self) -> proto::MemberRecord {
        let IdentityFields { kind, name, credit_code, person } = self.identity.to_fields();
        proto::MemberRecord {
            number: self.number.0,
            kind,
            roles: self.roles.to_wire(),
            name,
            credit_code,
            person,
            status: self.status.to_wire(),
            history_count: self.history_count,
        }
    }
}

/// The head of a key's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyRecord {
    /// The member that holds it.
    pub member: MemberNumber,
    /// What it may sign.
    pub purpose: KeyPurpose,
    /// The key, checked when it was enrolled.
    pub key: EncodedKey,
    /// Its status now.
    pub status: KeyStatus,
    /// How many [`StatusRecord`]s it has, 1 or more.
    pub history_count: u32,
}

impl Canonical for KeyRecord {
    type Message = proto::KeyRecord;
    const BYTES_MAX: usize = RECORD_BYTES_MAX;

    fn from_message(message: proto::KeyRecord) -> Result<Self, DecodeError> {
        Ok(Self {
            member: MemberNumber::from_wire(message.member).at("member")?,
            purpose: KeyPurpose::from_wire(message.purpose).at("purpose")?,
            key: message.key.as_ref().required("key", EncodedKey::from_message)?,
            status: KeyStatus::from_wire(message.status).at("status")?,
            history_count: count(message.history_count)?,
        })
    }

    fn to_message(&self) -> proto::KeyRecord {
        proto::KeyRecord {
            member: self.member.0,
            purpose: self.purpose.to_wire(),
            key: Some(self.key.to_message()),
            status: self.status.to_wire(),
            history_count: self.history_count,
        }
    }
}

/// A status that a record takes.
pub trait RecordStatus: Copy + sealed::Wire {
    /// Whether a record with such a status is valid for a term, which its steps state.
    const HAS_TERM: bool = false;
}

impl RecordStatus for MemberStatus {}
impl RecordStatus for KeyStatus {}
impl RecordStatus for ProfileStatus {}
impl RecordStatus for CalendarRevision {}
impl RecordStatus for RegisterStatus {}
impl RecordStatus for ObjectStatus {}
impl RecordStatus for CertificateStatus {
    const HAS_TERM: bool = true;
}
impl RecordStatus for ProposalStatus {
    const HAS_TERM: bool = true;
}

mod sealed {
    use crate::error::Fault;
    use crate::governance::ProposalStatus;
    use crate::key_declaration::KeyStatus;
    use crate::member::MemberStatus;
    use crate::register::{CalendarRevision, CertificateStatus, ObjectStatus, ProfileStatus, RegisterStatus};

    /// The status as a number.
    pub trait Wire: Sized {
        fn read(number: u32) -> Result<Self, Fault>;
        fn number(self) -> u32;
    }

    macro_rules! wire {
        ($($status:ty)+) => {$(
            impl Wire for $status {
                fn read(number: u32) -> Result<Self, Fault> {
                    i32::try_from(number)
                        .map_err(|_| Fault::UnknownValue(number.into()))
                        .and_then(<$status>::from_wire)
                }

                fn number(self) -> u32 {
                    <$status>::number(self).into()
                }
            }
        )+};
    }

    wire!(MemberStatus KeyStatus ProfileStatus RegisterStatus ObjectStatus CertificateStatus ProposalStatus);

    impl Wire for CalendarRevision {
        fn read(number: u32) -> Result<Self, Fault> {
            Self::from_wire(number)
        }

        fn number(self) -> u32 {
            self.0
        }
    }
}

/// One step in a record's past: which status it took, from which entry on. Never deleted, so that a proof
/// against any later header shows the status at any past time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusRecord<S: RecordStatus> {
    /// The status that it took.
    pub status: S,
    /// Log index of the entry that set it; 0 is the founding entry.
    pub log_index: u64,
    /// Block time of that entry; for genesis the time of the genesis.
    pub time: BlockTime,
    /// The transaction that set it; `None` for genesis and system events.
    pub transaction_id: Option<TransactionId>,
    /// Set when the status declares an earlier effect: since when a compromised key is not to be trusted.
    pub effective_from: Option<BlockTime>,
    /// Of a certificate: the first instant at which it is no longer valid, as of this step; `None`: it does
    /// not expire. An extension changes it. Of a proposal: the first instant at which it takes no vote.
    pub valid_until: Option<BlockTime>,
}

impl<S: RecordStatus> Canonical for StatusRecord<S> {
    type Message = proto::StatusRecord;
    const BYTES_MAX: usize = RECORD_BYTES_MAX;

    fn from_message(message: proto::StatusRecord) -> Result<Self, DecodeError> {
        let id = &message.transaction_id;
        let valid_until = BlockTime::optional(message.valid_until_ms);
        if valid_until.is_some() && !S::HAS_TERM {
            return Err(Fault::Unexpected("only certificates and proposals have a term"))
                .at("valid_until_ms");
        }
        Ok(Self {
            status: S::read(message.status).at("status")?,
            log_index: message.log_index,
            time: BlockTime::from_wire(message.time_ms).at("time_ms")?,
            transaction_id: if id.is_empty() {
                None
            } else {
                Some(TransactionId::from_wire(id).at("transaction_id")?)
            },
            effective_from: BlockTime::optional(message.effective_from_ms),
            valid_until,
        })
    }

    fn to_message(&self) -> proto::StatusRecord {
        proto::StatusRecord {
            status: self.status.number(),
            log_index: self.log_index,
            time_ms: self.time.0,
            transaction_id: self.transaction_id.map(TransactionId::to_wire).unwrap_or_default(),
            effective_from_ms: BlockTime::optional_to_wire(self.effective_from),
            valid_until_ms: BlockTime::optional_to_wire(self.valid_until),
        }
    }
}

/// A sequence of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CounterRecord {
    /// The next number to give out, 1 or more.
    pub next: u64,
}

impl Canonical for CounterRecord {
    type Message = proto::CounterRecord;
    const BYTES_MAX: usize = RECORD_BYTES_MAX;

    fn from_message(message: proto::CounterRecord) -> Result<Self, DecodeError> {
        Ok(Self { next: counted_from_one(message.next).at("next")? })
    }

    fn to_message(&self) -> proto::CounterRecord {
        proto::CounterRecord { next: self.next }
    }
}

/// Points from a credit code to the member that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnerRecord {
    /// The member.
    pub member: MemberNumber,
}

impl Canonical for OwnerRecord {
    type Message = proto::OwnerRecord;
    const BYTES_MAX: usize = RECORD_BYTES_MAX;

    fn from_message(message: proto::OwnerRecord) -> Result<Self, DecodeError> {
        Ok(Self { member: MemberNumber::from_wire(message.member).at("member")? })
    }

    fn to_message(&self) -> proto::OwnerRecord {
        proto::OwnerRecord { member: self.member.0 }
    }
}

/// That an equivocation was recorded; its key says whose and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EquivocationRecord {
    /// Log index of the entry, 1 or more: index 0 is the founding entry.
    pub log_index: u64,
}

impl Canonical for EquivocationRecord {
    type Message = proto::EquivocationRecord;
    const BYTES_MAX: usize = RECORD_BYTES_MAX;

    fn from_message(message: proto::EquivocationRecord) -> Result<Self, DecodeError> {
        Ok(Self { log_index: counted_from_one(message.log_index).at("log_index")? })
    }

    fn to_message(&self) -> proto::EquivocationRecord {
        proto::EquivocationRecord { log_index: self.log_index }
    }
}

fn count(found: u32) -> Result<u32, DecodeError> {
    if found == 0 { Err(Fault::Missing).at("history_count") } else { Ok(found) }
}
