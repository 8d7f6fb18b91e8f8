//! A record and every step of its past, which must agree with each other.

use bulla_types::{
    AccountRecord, CalendarRecord, Canonical, CaseRecord, CaseStepRecord, CertificateRecord, Header,
    KeyRecord, MemberRecord, ObjectRecord, ProfileRecord, ProposalRecord, ReasonCode, RecordKey,
    RecordStatus, RegistrationRecord, StateKey, StatusProofFile, StatusRecord,
};

use crate::Refused;
use crate::bundle::ProvedBundle;
use crate::record::Records;
use crate::report::{RecordReport, StepReport};

use super::heads::Head;
use super::words::StatusWord;

/// A record as it stands, and how it came to that.
pub(super) struct Past {
    pub(super) record: RecordReport,
    /// Oldest first, one or more.
    pub(super) steps: Vec<Step>,
}

/// A step, and what follows from its status.
pub(super) struct Step {
    pub(super) report: StepReport,
    /// Whether the record is in force after it.
    pub(super) in_force: bool,
    /// What its term, if it has one, makes of it.
    pub(super) runs_out: Option<&'static str>,
}

/// A message that stands in the past of a record.
pub(super) trait PastStep: Canonical {
    /// What it says.
    fn step(&self, seq: u32) -> Step;
}

/// Reads a record and its steps, all of which the bundle has proved, and checks that they agree.
pub(super) fn read(file: &StatusProofFile, bundle: &ProvedBundle) -> Result<Past, Refused> {
    let header = bundle.state_header.header();
    let count = u32::try_from(file.steps()).unwrap_or(u32::MAX);
    let reader = Reader { records: &bundle.records, header, record: file.record(), count };
    match file.record() {
        RecordKey::Member(_) => reader.read::<MemberRecord>(),
        RecordKey::Key(_) => reader.read::<KeyRecord>(),
        RecordKey::Profile(_) => reader.read::<ProfileRecord>(),
        RecordKey::Calendar(_) => reader.read::<CalendarRecord>(),
        RecordKey::Account(_) => reader.read::<AccountRecord>(),
        RecordKey::Case(_) => reader.read::<CaseRecord>(),
        RecordKey::Object(_) => reader.read::<ObjectRecord>(),
        RecordKey::Registration(_) => reader.read::<RegistrationRecord>(),
        RecordKey::Certificate(_) => reader.read::<CertificateRecord>(),
        RecordKey::Proposal(_) => reader.read::<ProposalRecord>(),
    }
}

struct Reader<'a> {
    records: &'a Records,
    header: &'a Header,
    record: RecordKey,
    /// Steps in the file.
    count: u32,
}

impl Reader<'_> {
    fn read<H: Head>(&self) -> Result<Past, Refused> {
        let head: H = self.records.read(self.record.into())?;
        if !head.is_at(self.record) {
            return self.refuse("the record under this key is another one".to_owned());
        }
        if head.count() != self.count {
            let detail =
                format!("the record has {} steps, the file holds {} of them", head.count(), self.count);
            return Err(Refused::new(ReasonCode::RecordMissing, "records", detail));
        }
        let step = |seq| self.records.read::<H::Step>(StateKey::History { record: self.record, seq });
        let steps = (0..self.count).map(|seq| Ok((seq, step(seq)?))).collect::<Result<Vec<_>, Refused>>()?;
        let newest = steps.last().map(|(_, step)| step);
        if !newest.is_some_and(|newest| head.agrees(newest)) {
            return self.refuse("the record does not stand as its last step says".to_owned());
        }
        let steps: Vec<Step> = steps.iter().map(|(seq, step)| step.step(*seq)).collect();
        self.check_order(&steps)?;
        if !steps.first().is_some_and(|first| head.begins(first.report.time_ms)) {
            return self.refuse("the record does not begin with its first step".to_owned());
        }
        Ok(Past { record: head.report(&self.header.ledger_id, self.record), steps })
    }

    /// Steps rise in the log and in time, and none is later than the header.
    fn check_order(&self, steps: &[Step]) -> Result<(), Refused> {
        let place = |step: &Step| (step.report.index, step.report.time_ms);
        let in_order = steps.windows(2).all(|pair| {
            let ((index, time), (next_index, next_time)) = (place(&pair[0]), place(&pair[1]));
            index <= next_index && time <= next_time
        });
        if !in_order {
            return self.refuse("its steps are not in the log's order".to_owned());
        }
        let within =
            |(index, time): (u64, u64)| index < self.header.log_size_after && time <= self.header.time.0;
        if !steps.last().is_some_and(|last| within(place(last))) {
            return self.refuse("its last step is later than the header".to_owned());
        }
        Ok(())
    }

    fn refuse<T>(&self, detail: String) -> Result<T, Refused> {
        Err(Refused::new(ReasonCode::StateProofInvalid, &format!("records[{}]", self.record), detail))
    }
}

impl<S: RecordStatus + StatusWord> PastStep for StatusRecord<S> {
    fn step(&self, seq: u32) -> Step {
        Step {
            report: StepReport {
                seq,
                status: self.status.word(),
                state: self.status.state(),
                step: None,
                deadline: None,
                index: self.log_index,
                time_ms: self.time.0,
                transaction_id: self.transaction_id,
                effective_from_ms: self.effective_from.map(|from| from.0),
                valid_until_ms: self.valid_until.map(|until| until.0),
            },
            in_force: self.status.in_force(),
            runs_out: self.status.runs_out(),
        }
    }
}

impl PastStep for CaseStepRecord {
    fn step(&self, seq: u32) -> Step {
        Step {
            report: StepReport {
                seq,
                status: self.status.word(),
                state: Some(self.state.to_string()),
                step: self.step.as_ref().map(ToString::to_string),
                deadline: self.deadline.as_ref().map(ToString::to_string),
                index: self.log_index,
                time_ms: self.time.0,
                transaction_id: self.transaction_id,
                effective_from_ms: None,
                valid_until_ms: None,
            },
            in_force: self.status.in_force(),
            runs_out: None,
        }
    }
}
