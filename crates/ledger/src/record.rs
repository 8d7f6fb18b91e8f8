//! Records of the state map, decoded, and which key holds which.

use std::sync::Arc;

use bulla_types::{
    AccountRecord, BodyCount, CalendarHead, CalendarRecord, CalendarRevision, Canonical, CaseRecord,
    CaseStepRecord, CertificateRecord, CertificateStatus, CounterRecord, DecodeError, EquivocationRecord,
    IndexRecord, KeyRecord, KeyStatus, MemberRecord, MemberStatus, ObjectKeyRecord, ObjectRecord,
    ObjectStatus, OutageRecord, OwnerRecord, ParameterSetRecord, Parameters, ProfileRecord, ProfileStatus,
    ProfileVersionRecord, ProposalRecord, ProposalStatus, Propose, ProtocolScheduleRecord, RecordKey,
    RegisterStatus, RegistrationRecord, StateKey, StatusRecord, SuspensionRecord, ValidatorSet,
    ValidatorSetRecord,
};

use crate::view::ViewError;

/// One record that execution reads or writes. The large ones are shared, so that a read copies little.
#[derive(Debug, Clone)]
pub(crate) enum Record {
    Parameters(Arc<Parameters>),
    Member(Arc<MemberRecord>),
    Key(KeyRecord),
    Counter(CounterRecord),
    Validators(Arc<ValidatorSet>),
    MemberStep(StatusRecord<MemberStatus>),
    KeyStep(StatusRecord<KeyStatus>),
    Owner(OwnerRecord),
    Equivocation(EquivocationRecord),
    Profile(Arc<ProfileRecord>),
    ProfileStep(StatusRecord<ProfileStatus>),
    ProfileVersion(ProfileVersionRecord),
    Calendar(Arc<CalendarRecord>),
    CalendarStep(StatusRecord<CalendarRevision>),
    CalendarHead(Arc<CalendarHead>),
    Account(Arc<AccountRecord>),
    RegisterStep(StatusRecord<RegisterStatus>),
    Case(Arc<CaseRecord>),
    CaseStep(Arc<CaseStepRecord>),
    Object(Arc<ObjectRecord>),
    ObjectStep(StatusRecord<ObjectStatus>),
    ObjectKey(ObjectKeyRecord),
    Registration(Arc<RegistrationRecord>),
    Certificate(Arc<CertificateRecord>),
    CertificateStep(StatusRecord<CertificateStatus>),
    Index(IndexRecord),
    Suspension(Arc<SuspensionRecord>),
    Outage(OutageRecord),
    ValidatorSet(Arc<ValidatorSetRecord>),
    ParameterSet(Arc<ParameterSetRecord>),
    Proposal(Arc<ProposalRecord>),
    ProposalStep(StatusRecord<ProposalStatus>),
    Proposed(Arc<Propose>),
    BodyCount(BodyCount),
    ProtocolSchedule(ProtocolScheduleRecord),
}

impl Record {
    /// Reads the value stored under `key`; the key alone says what it must be.
    pub(crate) fn decode(key: &StateKey, value: &[u8]) -> Result<Self, ViewError> {
        let record = match key {
            StateKey::Parameters => shared(value, Self::Parameters),
            StateKey::Member(_) => shared(value, Self::Member),
            StateKey::Key(_) => read(value, Self::Key),
            StateKey::Counter(_) => read(value, Self::Counter),
            StateKey::Validators => shared(value, Self::Validators),
            StateKey::History { record, .. } => Self::decode_step(record, value),
            StateKey::CreditCode(_) => read(value, Self::Owner),
            StateKey::Equivocation { .. } => read(value, Self::Equivocation),
            StateKey::Profile(_) => shared(value, Self::Profile),
            StateKey::ProfileVersion(_) => read(value, Self::ProfileVersion),
            StateKey::Calendar(_) => shared(value, Self::Calendar),
            StateKey::CalendarHead => shared(value, Self::CalendarHead),
            StateKey::Account(_) => shared(value, Self::Account),
            StateKey::Case(_) => shared(value, Self::Case),
            StateKey::Object(_) => shared(value, Self::Object),
            StateKey::ObjectKey(_) => read(value, Self::ObjectKey),
            StateKey::Registration(_) => shared(value, Self::Registration),
            StateKey::Certificate(_) => shared(value, Self::Certificate),
            StateKey::Due(_)
            | StateKey::Reckoned { .. }
            | StateKey::Holding { .. }
            | StateKey::OpenCase(_)
            | StateKey::EndedCase(_)
            | StateKey::Suspended(..)
            | StateKey::OpenProposal { .. }
            | StateKey::Cycle(_) => read(value, Self::Index),
            StateKey::Suspension(_) => shared(value, Self::Suspension),
            StateKey::Outage => read(value, Self::Outage),
            StateKey::ValidatorSet(_) => shared(value, Self::ValidatorSet),
            StateKey::ParameterSet(_) => shared(value, Self::ParameterSet),
            StateKey::Proposal(_) => shared(value, Self::Proposal),
            StateKey::Proposed(_) => shared(value, Self::Proposed),
            StateKey::BodyCount => read(value, Self::BodyCount),
            StateKey::ProtocolSchedule => read(value, Self::ProtocolSchedule),
        };
        record.map_err(|error| ViewError::Corrupt { key: *key, reason: error.to_string() })
    }

    fn decode_step(record: &RecordKey, value: &[u8]) -> Result<Self, DecodeError> {
        match record {
            RecordKey::Member(_) => read(value, Self::MemberStep),
            RecordKey::Key(_) => read(value, Self::KeyStep),
            RecordKey::Profile(_) => read(value, Self::ProfileStep),
            RecordKey::Calendar(_) => read(value, Self::CalendarStep),
            RecordKey::Account(_) | RecordKey::Registration(_) => read(value, Self::RegisterStep),
            RecordKey::Case(_) => shared(value, Self::CaseStep),
            RecordKey::Object(_) => read(value, Self::ObjectStep),
            RecordKey::Certificate(_) => read(value, Self::CertificateStep),
            RecordKey::Proposal(_) => read(value, Self::ProposalStep),
        }
    }

    /// The canonical encoding, as the state map holds it.
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Parameters(record) => record.encode(),
            Self::Member(record) => record.encode(),
            Self::Key(record) => record.encode(),
            Self::Counter(record) => record.encode(),
            Self::Validators(record) => record.encode(),
            Self::MemberStep(record) => record.encode(),
            Self::KeyStep(record) => record.encode(),
            Self::Owner(record) => record.encode(),
            Self::Equivocation(record) => record.encode(),
            Self::Profile(record) => record.encode(),
            Self::ProfileStep(record) => record.encode(),
            Self::ProfileVersion(record) => record.encode(),
            Self::Calendar(record) => record.encode(),
            Self::CalendarStep(record) => record.encode(),
            Self::CalendarHead(record) => record.encode(),
            Self::Account(record) => record.encode(),
            Self::RegisterStep(record) => record.encode(),
            Self::Case(record) => record.encode(),
            Self::CaseStep(record) => record.encode(),
            Self::Object(record) => record.encode(),
            Self::ObjectStep(record) => record.encode(),
            Self::ObjectKey(record) => record.encode(),
            Self::Registration(record) => record.encode(),
            Self::Certificate(record) => record.encode(),
            Self::CertificateStep(record) => record.encode(),
            Self::Index(record) => record.encode(),
            Self::Suspension(record) => record.encode(),
            Self::Outage(record) => record.encode(),
            Self::ValidatorSet(record) => record.encode(),
            Self::ParameterSet(record) => record.encode(),
            Self::Proposal(record) => record.encode(),
            Self::ProposalStep(record) => record.encode(),
            Self::Proposed(record) => record.encode(),
            Self::BodyCount(record) => record.encode(),
            Self::ProtocolSchedule(record) => record.encode(),
        }
    }
}

fn read<R: Canonical>(value: &[u8], wrap: impl FnOnce(R) -> Record) -> Result<Record, DecodeError> {
    R::decode(value).map(wrap)
}

fn shared<R: Canonical>(value: &[u8], wrap: impl FnOnce(Arc<R>) -> Record) -> Result<Record, DecodeError> {
    R::decode(value).map(|record| wrap(Arc::new(record)))
}
