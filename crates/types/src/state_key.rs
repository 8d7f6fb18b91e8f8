//! Keys of the state map. `docs/formats/state.md`.

use bulla_crypto::{Domain, Hash, frame, framed};

use crate::credit_code::CreditCode;
use crate::error::{DecodeError, Fault};
use crate::ids::{Address, KeyId, ObjectKey, ProfileDigest, RuleTag};
use crate::number::{
    AccountNumber, CaseNumber, CertificateNumber, Height, MemberNumber, ObjectNumber, ParameterSetNumber,
    RegistrationNumber, SuspensionNumber, ValidatorSetNumber, counted_from_one, within,
};
use crate::subject::{Subject, SubjectKind};
use crate::time::BlockTime;
use crate::vote::VoteType;

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
}

/// Whose clocks a suspension stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suspended {
    /// Those of every case.
    Ledger,
    /// Those of the cases that run under a profile, by the tag of its id.
    Profile(RuleTag),
    /// Those of one case.
    Case(CaseNumber),
}

/// A cycle of reports that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cycle {
    /// The first instant after it.
    pub due: BlockTime,
    /// The profile in force.
    pub profile: ProfileDigest,
    /// Place of the procedure that opens a case at its end.
    pub procedure: u16,
}

/// Something that falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Due {
    /// When.
    pub due: BlockTime,
    /// Of what: a case or a certificate.
    pub subject: Subject,
    /// Place of the deadline among those of the case's procedure; 0 for a certificate.
    pub deadline: u16,
}

/// A case by what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseAbout {
    /// The record that it is about.
    pub about: Subject,
    /// Tag of its procedure.
    pub procedure: RuleTag,
    /// The case.
    pub case: CaseNumber,
}

/// A sequence of the ledger. Those of cases and what they bring about have no record before their first
/// number is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counter {
    /// Numbers of members.
    Members,
    /// Numbers of deposits.
    Evidence,
    /// Numbers of accounts.
    Accounts,
    /// Numbers of cases.
    Cases,
    /// Numbers of objects.
    Objects,
    /// Numbers of registrations.
    Registrations,
    /// Numbers of certificates.
    Certificates,
    /// Numbers of suspensions of clocks.
    Suspensions,
    /// Numbers of sets of validators.
    ValidatorSets,
    /// Numbers of sets of parameters.
    ParameterSets,
}

impl Counter {
    /// Every sequence, in rising order of number.
    pub const ALL: [Self; 10] = [
        Self::Members,
        Self::Evidence,
        Self::Accounts,
        Self::Cases,
        Self::Objects,
        Self::Registrations,
        Self::Certificates,
        Self::Suspensions,
        Self::ValidatorSets,
        Self::ParameterSets,
    ];

    const fn number(self) -> u8 {
        match self {
            Self::Members => 1,
            Self::Evidence => 2,
            Self::Accounts => 3,
            Self::Cases => 4,
            Self::Objects => 5,
            Self::Registrations => 6,
            Self::Certificates => 7,
            Self::Suspensions => 8,
            Self::ValidatorSets => 9,
            Self::ParameterSets => 10,
        }
    }

    fn from_number(number: u8) -> Result<Self, Fault> {
        let counter = Self::ALL.into_iter().find(|counter| counter.number() == number);
        counter.ok_or(Fault::UnknownValue(number.into()))
    }
}

/// A record that keeps its past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKey {
    /// A member.
    Member(MemberNumber),
    /// A key.
    Key(KeyId),
    /// A profile.
    Profile(ProfileDigest),
    /// A year of the calendar.
    Calendar(u16),
    /// An account.
    Account(AccountNumber),
    /// A case.
    Case(CaseNumber),
    /// An object.
    Object(ObjectNumber),
    /// A registration.
    Registration(RegistrationNumber),
    /// A certificate.
    Certificate(CertificateNumber),
}

impl From<RecordKey> for StateKey {
    fn from(record: RecordKey) -> Self {
        match record {
            RecordKey::Member(number) => Self::Member(number),
            RecordKey::Key(id) => Self::Key(id),
            RecordKey::Profile(digest) => Self::Profile(digest),
            RecordKey::Calendar(year) => Self::Calendar(year),
            RecordKey::Account(number) => Self::Account(number),
            RecordKey::Case(number) => Self::Case(number),
            RecordKey::Object(number) => Self::Object(number),
            RecordKey::Registration(number) => Self::Registration(number),
            RecordKey::Certificate(number) => Self::Certificate(number),
        }
    }
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

/// A run of neighbouring keys of the state map, for the indexes that are read in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRange {
    /// The first key that may be in it.
    pub start: Vec<u8>,
    /// The first key after it.
    pub end: Vec<u8>,
}

impl KeyRange {
    /// What falls due at or before a time.
    #[must_use]
    pub fn due_by(time: BlockTime) -> Self {
        let end = time.0.saturating_add(1);
        Self { start: vec![DUE], end: [&[DUE][..], &end.to_be_bytes()].concat() }
    }

    /// Profiles that were adopted, from a digest on.
    #[must_use]
    pub fn profiles_from(digest: ProfileDigest) -> Self {
        Self { start: StateKey::Profile(digest).encode(), end: vec![PROFILE + 1] }
    }

    /// What falls due after a time and at or before another.
    #[must_use]
    pub fn due_between(after: BlockTime, by: BlockTime) -> Self {
        let start = after.0.saturating_add(1);
        Self { start: [&[DUE][..], &start.to_be_bytes()].concat(), ..Self::due_by(by) }
    }

    /// The cycles of reports that end at or before a time.
    #[must_use]
    pub fn cycles_by(time: BlockTime) -> Self {
        let end = time.0.saturating_add(1);
        Self { start: vec![CYCLE], end: [&[CYCLE][..], &end.to_be_bytes()].concat() }
    }

    /// The suspensions that stop these clocks by name.
    #[must_use]
    pub fn suspensions(clocks: Suspended) -> Self {
        Self::prefix([&[SUSPENDED][..], &clocks.encode()].concat())
    }

    /// Deadlines that count a year and were reckoned by an earlier revision of it than this.
    #[must_use]
    pub fn reckoned_before(year: u16, revision: u32) -> Self {
        let start = [&[RECKONED][..], &year.to_be_bytes()].concat();
        let end = [&start[..], &revision.to_be_bytes()].concat();
        Self { start, end }
    }

    /// The accounts or certificates in force of this kind that a member holds.
    #[must_use]
    pub fn holdings(holder: MemberNumber, kind: RuleTag) -> Self {
        Self::prefix([&[HOLDING][..], &holder.0.to_be_bytes(), kind.as_bytes()].concat())
    }

    /// The open cases about this.
    #[must_use]
    pub fn open_cases(about: Subject) -> Self {
        Self::prefix([&[OPEN_CASE][..], &subject_bytes(about)].concat())
    }

    /// The open cases of this procedure about this.
    #[must_use]
    pub fn open_cases_of(about: Subject, procedure: RuleTag) -> Self {
        Self::prefix([&[OPEN_CASE][..], &subject_bytes(about), procedure.as_bytes()].concat())
    }

    /// The ended cases of this procedure about this.
    #[must_use]
    pub fn ended_cases_of(about: Subject, procedure: RuleTag) -> Self {
        Self::prefix([&[ENDED_CASE][..], &subject_bytes(about), procedure.as_bytes()].concat())
    }

    /// Every key that begins so. The prefix begins with a kind, and no kind is 0xff, so there is an end.
    fn prefix(start: Vec<u8>) -> Self {
        let mut end = start.clone();
        while let Some(last) = end.pop() {
            if last < u8::MAX {
                end.push(last + 1);
                break;
            }
        }
        Self { start, end }
    }
}

/// What the tree holds for a value: frame(state-value) ‖ value bytes.
#[must_use]
pub fn map_value(value: &[u8]) -> Vec<u8> {
    let mut framed_value = frame(Domain::StateValue);
    framed_value.extend_from_slice(value);
    framed_value
}

impl Suspended {
    /// u8 kind ‖ what it names.
    fn encode(self) -> Vec<u8> {
        match self {
            Self::Ledger => vec![1],
            Self::Profile(tag) => [&[2][..], tag.as_bytes()].concat(),
            Self::Case(number) => [&[3][..], &number.0.to_be_bytes()].concat(),
        }
    }
}

impl CaseAbout {
    fn encode(&self) -> Vec<u8> {
        [&subject_bytes(self.about)[..], self.procedure.as_bytes(), &self.case.0.to_be_bytes()].concat()
    }
}

/// u8 kind ‖ u64 number.
fn subject_bytes(subject: Subject) -> [u8; 9] {
    let mut bytes = [subject.kind().number(); 9];
    bytes[1..].copy_from_slice(&subject.number().to_be_bytes());
    bytes
}

struct Reader<'a>(&'a [u8]);

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

    fn key(&mut self) -> Result<StateKey, DecodeError> {
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
            other => Err(Fault::UnknownValue(other.into()).into()),
        }
    }
}
