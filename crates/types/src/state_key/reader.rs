//! Reading key bytes from anywhere.

use crate::credit_code::CreditCode;
use crate::error::{DecodeError, Fault};
use crate::ids::{Address, KeyId, ObjectKey, ProfileDigest, RuleTag};
use crate::number::{
    AccountNumber, CaseNumber, CertificateNumber, Height, MemberNumber, ObjectNumber, ParameterSetNumber,
    ProposalNumber, RegistrationNumber, SuspensionNumber, ValidatorSetNumber, counted_from_one, within,
};
use crate::subject::{Subject, SubjectKind};
use crate::time::BlockTime;
use crate::vote::VoteType;

use super::{
    ACCOUNT, BODY_COUNT, CALENDAR, CALENDAR_HEAD, CASE, CERTIFICATE, COUNTER, CREDIT_CODE, CYCLE, CaseAbout,
    Counter, Cycle, DUE, Due, ENDED_CASE, EQUIVOCATION, HISTORY, HOLDING, KEY, MEMBER, OBJECT, OBJECT_KEY,
    OPEN_CASE, OPEN_PROPOSAL, OUTAGE, PARAMETER_SET, PARAMETERS, PROFILE, PROFILE_VERSION, PROPOSAL,
    PROPOSED, PROTOCOL_SCHEDULE, RECKONED, REGISTRATION, RecordKey, SUSPENDED, SUSPENSION, StateKey,
    Suspended, VALIDATOR_SET, VALIDATORS,
};

/// What is left to read of a key.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (field, rest) =
            self.0.split_first_chunk().ok_or(Fault::Length { found: self.0.len(), expected: N })?;
        self.0 = rest;
        Ok(*field)
    }

    fn number(&mut self) -> Result<u64, Fault> {
        self.take().map(u64::from_be_bytes)
    }

    fn suspended(&mut self) -> Result<Suspended, Fault> {
        match self.take()? {
            [1] => Ok(Suspended::Ledger),
            [2] => Ok(Suspended::Profile(RuleTag::from_bytes(self.take()?))),
            [3] => CaseNumber::from_wire(self.number()?).map(Suspended::Case),
            [kind] => Err(Fault::UnknownValue(kind.into())),
        }
    }

    pub(super) fn key(&mut self) -> Result<StateKey, DecodeError> {
        let [kind] = self.take()?;
        match kind {
            PARAMETERS => Ok(StateKey::Parameters),
            COUNTER => {
                let [number] = self.take()?;
                Ok(StateKey::Counter(Counter::from_number(number)?))
            }
            VALIDATORS => Ok(StateKey::Validators),
            HISTORY => {
                let seq = self.take().map(u32::from_be_bytes)?;
                let [kind] = self.take()?;
                Ok(StateKey::History { record: self.record(kind)?, seq })
            }
            CREDIT_CODE => Ok(StateKey::CreditCode(CreditCode::parse(&self.take::<18>()?)?)),
            EQUIVOCATION => Ok(StateKey::Equivocation {
                address: Address::from_bytes(self.take()?),
                height: Height::from_wire(self.number()?)?,
                round: self.take().map(u32::from_be_bytes)?,
                vote_type: self.take().and_then(|[number]: [u8; 1]| VoteType::from_wire(number.into()))?,
            }),
            PROFILE_VERSION => Ok(StateKey::ProfileVersion(RuleTag::from_bytes(self.take()?))),
            CALENDAR_HEAD => Ok(StateKey::CalendarHead),
            SUSPENSION => Ok(StateKey::Suspension(SuspensionNumber::from_wire(self.number()?)?)),
            SUSPENDED => {
                let clocks = self.suspended()?;
                Ok(StateKey::Suspended(clocks, SuspensionNumber::from_wire(self.number()?)?))
            }
            OUTAGE => Ok(StateKey::Outage),
            CYCLE => Ok(StateKey::Cycle(Cycle {
                due: BlockTime(self.number()?),
                profile: ProfileDigest::from_bytes(self.take()?),
                procedure: self.take().map(u16::from_be_bytes)?,
            })),
            VALIDATOR_SET => Ok(StateKey::ValidatorSet(ValidatorSetNumber::from_wire(self.number()?)?)),
            PARAMETER_SET => Ok(StateKey::ParameterSet(ParameterSetNumber::from_wire(self.number()?)?)),
            PROTOCOL_SCHEDULE => Ok(StateKey::ProtocolSchedule),
            PROPOSED => Ok(StateKey::Proposed(ProposalNumber::from_wire(self.number()?)?)),
            OPEN_PROPOSAL => Ok(StateKey::OpenProposal {
                proposer: MemberNumber::from_wire(self.number()?)?,
                not_after: BlockTime::from_wire(self.number()?)?,
                number: ProposalNumber::from_wire(self.number()?)?,
            }),
            BODY_COUNT => Ok(StateKey::BodyCount),
            OBJECT_KEY => Ok(StateKey::ObjectKey(ObjectKey::from_bytes(self.take()?))),
            DUE => self.due().map(StateKey::Due),
            RECKONED => Ok(StateKey::Reckoned {
                year: self.year()?,
                revision: self.take().map(u32::from_be_bytes)?,
                case: CaseNumber::from_wire(self.number()?)?,
                deadline: self.take().map(u16::from_be_bytes)?,
            }),
            HOLDING => Ok(StateKey::Holding {
                holder: MemberNumber::from_wire(self.number()?)?,
                kind: RuleTag::from_bytes(self.take()?),
                number: counted_from_one(self.number()?)?,
            }),
            OPEN_CASE => self.case_about().map(StateKey::OpenCase),
            ENDED_CASE => self.case_about().map(StateKey::EndedCase),
            record => Ok(self.record(record)?.into()),
        }
    }

    fn due(&mut self) -> Result<Due, DecodeError> {
        Ok(Due {
            due: BlockTime::from_wire(self.number()?)?,
            subject: self.subject()?,
            deadline: self.take().map(u16::from_be_bytes)?,
        })
    }

    fn case_about(&mut self) -> Result<CaseAbout, DecodeError> {
        Ok(CaseAbout {
            about: self.subject()?,
            procedure: RuleTag::from_bytes(self.take()?),
            case: CaseNumber::from_wire(self.number()?)?,
        })
    }

    fn subject(&mut self) -> Result<Subject, DecodeError> {
        let [kind] = self.take()?;
        let kind = SubjectKind::from_wire(kind.into())?;
        Ok(Subject::new(kind, counted_from_one(self.number()?)?))
    }

    fn year(&mut self) -> Result<u16, DecodeError> {
        let year = self.take().map(u16::from_be_bytes)?;
        Ok(within(year, 1970, 9999)?)
    }

    fn record(&mut self, kind: u8) -> Result<RecordKey, DecodeError> {
        match kind {
            MEMBER => Ok(RecordKey::Member(MemberNumber::from_wire(self.number()?)?)),
            KEY => Ok(RecordKey::Key(KeyId::from_bytes(self.take()?))),
            PROFILE => Ok(RecordKey::Profile(ProfileDigest::from_bytes(self.take()?))),
            CALENDAR => Ok(RecordKey::Calendar(self.year()?)),
            ACCOUNT => Ok(RecordKey::Account(AccountNumber::from_wire(self.number()?)?)),
            CASE => Ok(RecordKey::Case(CaseNumber::from_wire(self.number()?)?)),
            OBJECT => Ok(RecordKey::Object(ObjectNumber::from_wire(self.number()?)?)),
            REGISTRATION => Ok(RecordKey::Registration(RegistrationNumber::from_wire(self.number()?)?)),
            CERTIFICATE => Ok(RecordKey::Certificate(CertificateNumber::from_wire(self.number()?)?)),
            PROPOSAL => Ok(RecordKey::Proposal(ProposalNumber::from_wire(self.number()?)?)),
            other => Err(Fault::UnknownValue(other.into()).into()),
        }
    }
}
