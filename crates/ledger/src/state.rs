//! Typed access to the overlay: each record by its natural name.

use std::sync::Arc;

use bulla_rules::profile::Profile;
use bulla_rules::{Calendar, CalendarId, CalendarYear, CivilDate, DateError, DaySpan};
use bulla_types::limits::SUSPENSIONS_MAX;
use bulla_types::{
    AccountNumber, AccountRecord, BodyCount, CalendarHead, CalendarRecord, Canonical, CaseNumber, CaseRecord,
    CertificateNumber, CertificateRecord, Counter, CounterRecord, CreditCode, EquivocationRecord, KeyId,
    KeyRange, KeyRecord, KeyStatus, MemberNumber, MemberRecord, ObjectKey, ObjectKeyRecord, ObjectNumber,
    ObjectRecord, OutageRecord, OwnerRecord, Parameters, ProfileDigest, ProfileRecord, ProfileVersionRecord,
    ProposalNumber, ProposalRecord, Propose, ProtocolScheduleRecord, RecordKey, RegistrationNumber,
    RegistrationRecord, RuleTag, StateKey, StatusRecord, Suspended, ValidatorSet,
};

use crate::overlay::Overlay;
use crate::record::Record;
use crate::view::{StateView, ViewError};

/// Takes a record of one kind out of what [`Overlay::read`] gave under a key of that kind.
macro_rules! of_kind {
    ($kind:ident, $record:expr) => {
        $record.map(|record| match record {
            Record::$kind(record) => record,
            other => unreachable!("invariant: a key names the kind of its record, not {other:?}"),
        })
    };
}

impl<V: StateView> Overlay<'_, V> {
    pub(crate) fn member(&mut self, number: MemberNumber) -> Result<Option<Arc<MemberRecord>>, ViewError> {
        Ok(of_kind!(Member, self.read(&StateKey::Member(number))?))
    }

    /// The holder of a key.
    pub(crate) fn holder(&mut self, key: &KeyRecord) -> Result<Arc<MemberRecord>, ViewError> {
        self.member(key.member)?.ok_or(ViewError::Missing { key: StateKey::Member(key.member) })
    }

    pub(crate) fn key(&mut self, id: KeyId) -> Result<Option<KeyRecord>, ViewError> {
        Ok(of_kind!(Key, self.read(&StateKey::Key(id))?))
    }

    /// The newest step in the past of a key.
    pub(crate) fn last_step(
        &mut self,
        id: KeyId,
        head: &KeyRecord,
    ) -> Result<StatusRecord<KeyStatus>, ViewError> {
        let key = StateKey::History { record: RecordKey::Key(id), seq: head.history_count - 1 };
        of_kind!(KeyStep, self.read(&key)?).ok_or(ViewError::Missing { key })
    }

    pub(crate) fn owner(&mut self, code: CreditCode) -> Result<Option<OwnerRecord>, ViewError> {
        Ok(of_kind!(Owner, self.read(&StateKey::CreditCode(code))?))
    }

    pub(crate) fn equivocation(&mut self, key: &StateKey) -> Result<Option<EquivocationRecord>, ViewError> {
        Ok(of_kind!(Equivocation, self.read(key)?))
    }

    pub(crate) fn validators(&mut self) -> Result<Arc<ValidatorSet>, ViewError> {
        let key = StateKey::Validators;
        of_kind!(Validators, self.read(&key)?).ok_or(ViewError::Missing { key })
    }

    /// The parameters of the next height.
    pub(crate) fn parameters(&mut self) -> Result<Arc<Parameters>, ViewError> {
        let key = StateKey::Parameters;
        of_kind!(Parameters, self.read(&key)?).ok_or(ViewError::Missing { key })
    }

    /// The version of the protocol that was scheduled last.
    pub(crate) fn protocol_schedule(&mut self) -> Result<Option<ProtocolScheduleRecord>, ViewError> {
        Ok(of_kind!(ProtocolSchedule, self.read(&StateKey::ProtocolSchedule)?))
    }

    pub(crate) fn profile_record(
        &mut self,
        digest: ProfileDigest,
    ) -> Result<Option<Arc<ProfileRecord>>, ViewError> {
        Ok(of_kind!(Profile, self.read(&StateKey::Profile(digest))?))
    }

    pub(crate) fn profile_version(&mut self, id: RuleTag) -> Result<Option<ProfileVersionRecord>, ViewError> {
        Ok(of_kind!(ProfileVersion, self.read(&StateKey::ProfileVersion(id))?))
    }

    /// A profile that a record names.
    pub(crate) fn profile(&mut self, digest: ProfileDigest) -> Result<Arc<Profile>, ViewError> {
        if let Some(profile) = self.profiles.get(&digest) {
            return Ok(Arc::clone(profile));
        }
        let kept = self.view().decoded_profiles();
        let profile = match kept.and_then(|kept| kept.get(&digest)) {
            Some(profile) => profile,
            None => {
                let profile = Arc::new(self.decode_profile(digest)?);
                if let Some(kept) = kept {
                    kept.keep(digest, Arc::clone(&profile));
                }
                profile
            }
        };
        self.profiles.insert(digest, Arc::clone(&profile));
        Ok(profile)
    }

    fn decode_profile(&mut self, digest: ProfileDigest) -> Result<Profile, ViewError> {
        let key = StateKey::Profile(digest);
        let record = self.profile_record(digest)?.ok_or(ViewError::Missing { key })?;
        let corrupt = |error: &dyn ToString| ViewError::Corrupt { key, reason: error.to_string() };
        Profile::decode(&record.profile).map_err(|error| corrupt(&error))
    }

    pub(crate) fn calendar_head(&mut self) -> Result<Option<Arc<CalendarHead>>, ViewError> {
        Ok(of_kind!(CalendarHead, self.read(&StateKey::CalendarHead)?))
    }

    pub(crate) fn calendar_year(&mut self, year: u16) -> Result<Option<Arc<CalendarRecord>>, ViewError> {
        Ok(of_kind!(Calendar, self.read(&StateKey::Calendar(year))?))
    }

    /// The calendar with all its years; an empty one before any was adopted.
    pub(crate) fn calendar(&mut self) -> Result<Arc<Calendar>, ViewError> {
        if let Some(calendar) = &self.calendar {
            return Ok(Arc::clone(calendar));
        }
        let calendar = Arc::new(self.read_calendar()?);
        self.calendar = Some(Arc::clone(&calendar));
        Ok(calendar)
    }

    fn read_calendar(&mut self) -> Result<Calendar, ViewError> {
        let head = self.calendar_head()?;
        let name = head.as_ref().map_or("none", |head| head.calendar.as_str());
        let corrupt = |key, error: &dyn ToString| ViewError::Corrupt { key, reason: error.to_string() };
        let id: CalendarId = name.parse().map_err(|error| corrupt(StateKey::CalendarHead, &error))?;
        let mut calendar = Calendar::new(id);
        for year in head.iter().flat_map(|head| head.first_year..=head.last_year) {
            let key = StateKey::Calendar(year);
            let record = self.calendar_year(year)?.ok_or(ViewError::Missing { key })?;
            let year = CalendarYear::decode(&record.year).map_err(|error| corrupt(key, &error))?;
            calendar.adopt(year).map_err(|error| corrupt(key, &error))?;
        }
        Ok(calendar)
    }

    /// The days on which these clocks were suspended, as they were adopted.
    pub(crate) fn suspended_days(&mut self, clocks: Suspended) -> Result<Arc<Vec<DaySpan>>, ViewError> {
        if let Some(days) = self.suspended.get(&clocks) {
            return Ok(Arc::clone(days));
        }
        let mut days = Vec::new();
        for row in self.rows(&KeyRange::suspensions(clocks), SUSPENSIONS_MAX)? {
            let StateKey::Suspended(_, number) = row else { continue };
            let key = StateKey::Suspension(number);
            let record = of_kind!(Suspension, self.read(&key)?).ok_or(ViewError::Missing { key })?;
            let corrupt = |error: DateError| ViewError::Corrupt { key, reason: error.to_string() };
            let first = CivilDate::from_number(record.first_day).map_err(corrupt)?;
            let last = CivilDate::from_number(record.last_day).map_err(corrupt)?;
            days.extend(DaySpan::new(first, last));
        }
        let days = Arc::new(days);
        self.suspended.insert(clocks, Arc::clone(&days));
        Ok(days)
    }

    /// The last outage of the ledger.
    pub(crate) fn outage(&mut self) -> Result<Option<OutageRecord>, ViewError> {
        Ok(of_kind!(Outage, self.read(&StateKey::Outage)?))
    }

    pub(crate) fn case(&mut self, number: CaseNumber) -> Result<Option<Arc<CaseRecord>>, ViewError> {
        Ok(of_kind!(Case, self.read(&StateKey::Case(number))?))
    }

    pub(crate) fn account(&mut self, number: AccountNumber) -> Result<Option<Arc<AccountRecord>>, ViewError> {
        Ok(of_kind!(Account, self.read(&StateKey::Account(number))?))
    }

    pub(crate) fn object(&mut self, number: ObjectNumber) -> Result<Option<Arc<ObjectRecord>>, ViewError> {
        Ok(of_kind!(Object, self.read(&StateKey::Object(number))?))
    }

    /// The object that has this key.
    pub(crate) fn object_of(&mut self, key: ObjectKey) -> Result<Option<Arc<ObjectRecord>>, ViewError> {
        let found = of_kind!(ObjectKey, self.read(&StateKey::ObjectKey(key))?);
        let Some(ObjectKeyRecord { object }) = found else { return Ok(None) };
        let key = StateKey::Object(object);
        self.object(object)?.map(Some).ok_or(ViewError::Missing { key })
    }

    pub(crate) fn registration(
        &mut self,
        number: RegistrationNumber,
    ) -> Result<Option<Arc<RegistrationRecord>>, ViewError> {
        Ok(of_kind!(Registration, self.read(&StateKey::Registration(number))?))
    }

    pub(crate) fn certificate(
        &mut self,
        number: CertificateNumber,
    ) -> Result<Option<Arc<CertificateRecord>>, ViewError> {
        Ok(of_kind!(Certificate, self.read(&StateKey::Certificate(number))?))
    }

    pub(crate) fn proposal(
        &mut self,
        number: ProposalNumber,
    ) -> Result<Option<Arc<ProposalRecord>>, ViewError> {
        Ok(of_kind!(Proposal, self.read(&StateKey::Proposal(number))?))
    }

    /// What a proposal that has not ended proposes.
    pub(crate) fn proposed(&mut self, number: ProposalNumber) -> Result<Option<Arc<Propose>>, ViewError> {
        Ok(of_kind!(Proposed, self.read(&StateKey::Proposed(number))?))
    }

    /// How many registration bodies are active.
    pub(crate) fn body_count(&mut self) -> Result<BodyCount, ViewError> {
        let key = StateKey::BodyCount;
        of_kind!(BodyCount, self.read(&key)?).ok_or(ViewError::Missing { key })
    }

    /// The next number of a sequence, which is not taken.
    pub(crate) fn next(&mut self, counter: Counter) -> Result<u64, ViewError> {
        let key = StateKey::Counter(counter);
        match (of_kind!(Counter, self.read(&key)?), counter) {
            (Some(CounterRecord { next }), _) => Ok(next),
            (None, Counter::Members | Counter::Evidence) => Err(ViewError::Missing { key }),
            (None, _) => Ok(1),
        }
    }

    /// Takes the next number of a sequence.
    pub(crate) fn take(&mut self, counter: Counter) -> Result<u64, ViewError> {
        let key = StateKey::Counter(counter);
        let number = self.next(counter)?;
        #[allow(clippy::expect_used, reason = "a number a nanosecond would last for centuries")]
        let next = number.checked_add(1).expect("invariant: a ledger gives out fewer than 2^64 numbers");
        self.write(key, Record::Counter(CounterRecord { next }));
        Ok(number)
    }
}
