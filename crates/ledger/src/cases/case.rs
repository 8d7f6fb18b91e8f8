//! A case at work: its record, the profile that it runs under, and where it stands in the indexes.

use std::collections::BTreeSet;
use std::sync::Arc;

use bulla_rules::profile::{Ident, Procedure, Profile, Trigger};
use bulla_types::{
    CaseAbout, CaseDeadlineStatus, CaseNumber, CaseRecord, CaseStepRecord, DeadlineStanding, Due, RuleName,
    RuleTag, StateKey, Subject,
};

use crate::history;
use crate::record::Record;
use crate::view::{StateView, ViewError};

use super::index;
use super::rule::{Stop, check_size};
use super::run::Run;

/// A case at work. Nothing of it is written before [`save`](Self::save).
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(super) record: CaseRecord,
    pub(super) profile: Arc<Profile>,
    /// The record under which it stands in the indexes, if it is about one.
    pub(super) indexed_under: Option<Subject>,
    /// Its rows in the indexes as they are written.
    rows: BTreeSet<StateKey>,
}

/// The name of a profile as records hold it.
#[allow(clippy::expect_used, reason = "both are checked by the same rule")]
pub(super) fn name(ident: &Ident) -> RuleName {
    ident.as_str().parse().expect("invariant: the names of a profile are names of rules")
}

/// Tag of a procedure.
pub(super) fn procedure_tag(profile: &Profile, procedure: &str) -> RuleTag {
    RuleTag::of(profile.id.as_str(), &format!("procedure.{procedure}"))
}

/// Tag of the cases of a profile that follow the end of the record which they are about.
pub(super) fn record_ended_tag(profile: &Profile) -> RuleTag {
    RuleTag::of(profile.id.as_str(), "record_ended")
}

/// Whether cases of a procedure follow the end of the record which they are about.
pub(super) fn follows_record(procedure: &Procedure) -> bool {
    procedure.steps.iter().any(|step| step.trigger() == Some(&Trigger::RecordEnded))
}

impl Case {
    /// A case that is not written yet.
    pub(super) fn new(record: CaseRecord, profile: Arc<Profile>, indexed_under: Option<Subject>) -> Self {
        Self { record, profile, indexed_under, rows: BTreeSet::new() }
    }

    /// The case of this number.
    pub(super) fn load<V: StateView>(
        number: CaseNumber,
        run: &mut Run<'_, '_, V>,
    ) -> Result<Option<Self>, ViewError> {
        let Some(record) = run.state.case(number)? else { return Ok(None) };
        let profile = run.state.profile(record.profile)?;
        let indexed_under = match record.about {
            Some(Subject::Certificate(number)) => {
                let key = StateKey::Certificate(number);
                let certificate = run.state.certificate(number)?.ok_or(ViewError::Missing { key })?;
                Some(certificate.subject)
            }
            about => about,
        };
        let mut case = Self::new((*record).clone(), profile, indexed_under);
        case.rows = case.index_rows();
        Ok(Some(case))
    }

    /// The case of this number, which another record names.
    pub(super) fn required<V: StateView>(
        number: CaseNumber,
        run: &mut Run<'_, '_, V>,
    ) -> Result<Self, ViewError> {
        Self::load(number, run)?.ok_or(ViewError::Missing { key: StateKey::Case(number) })
    }

    pub(super) fn subject(&self) -> Subject {
        Subject::Case(self.record.number)
    }

    /// The procedure in a profile that it runs under.
    #[allow(clippy::expect_used, reason = "it was found when the case was opened")]
    pub(super) fn procedure_in<'p>(&self, profile: &'p Profile) -> &'p Procedure {
        let found = profile.procedures.get(self.record.procedure.as_str());
        found.expect("invariant: a case runs by a procedure of its profile")
    }

    /// The case that it is about.
    pub(super) fn parent(&self) -> Option<CaseNumber> {
        match self.record.about {
            Some(Subject::Case(number)) => Some(number),
            _ => None,
        }
    }

    /// Writes the case after a step of it, and its rows in the indexes.
    pub(super) fn save_step<V: StateView>(
        &mut self,
        step: &RuleName,
        deadline: Option<&RuleName>,
        run: &mut Run<'_, '_, V>,
    ) -> Result<(), Stop> {
        self.record.history_count = history::one_more(self.record.history_count);
        check_size(self.subject(), &self.record)?;
        self.write(Some(step), deadline, run);
        Ok(())
    }

    /// Writes the case after a deadline of it has come and nothing else followed.
    pub(super) fn save_deadline<V: StateView>(&mut self, deadline: &RuleName, run: &mut Run<'_, '_, V>) {
        self.record.history_count = history::one_more(self.record.history_count);
        self.write(None, Some(deadline), run);
    }

    fn write<V: StateView>(
        &mut self,
        step: Option<&RuleName>,
        deadline: Option<&RuleName>,
        run: &mut Run<'_, '_, V>,
    ) {
        let stamp = run.stamp;
        let past = CaseStepRecord {
            status: self.record.status,
            state: self.record.state.clone(),
            step: step.cloned(),
            deadline: deadline.cloned(),
            log_index: stamp.log_index,
            time: stamp.time,
            transaction_id: stamp.transaction_id,
        };
        history::write_case(self.record.clone(), past, run.state);
        let rows = self.index_rows();
        index::replace(&mut self.rows, rows, run);
    }

    /// Writes the case after a change that is no step of it, and its rows in the indexes.
    pub(super) fn save_settled<V: StateView>(&mut self, run: &mut Run<'_, '_, V>) {
        run.state.write(StateKey::Case(self.record.number), Record::Case(Arc::new(self.record.clone())));
        let rows = self.index_rows();
        index::replace(&mut self.rows, rows, run);
    }

    /// The rows that the record calls for: under what it is about, and for each deadline that runs.
    fn index_rows(&self) -> BTreeSet<StateKey> {
        let mut rows = BTreeSet::new();
        if let Some(about) = self.indexed_under {
            let procedure = procedure_tag(&self.profile, self.record.procedure.as_str());
            let about = CaseAbout { about, procedure, case: self.record.number };
            let open = self.record.is_open();
            rows.insert(if open { StateKey::OpenCase(about) } else { StateKey::EndedCase(about) });
            if open && follows_record(self.procedure_in(&self.profile)) {
                let procedure = record_ended_tag(&self.profile);
                rows.insert(StateKey::OpenCase(CaseAbout { procedure, ..about }));
            }
        }
        let deadlines = &self.procedure_in(&self.profile).deadlines;
        for (name, deadline) in &self.record.deadlines {
            let Some(place) = deadlines.position(name.as_str()).and_then(|place| u16::try_from(place).ok())
            else {
                continue;
            };
            if deadline.status != CaseDeadlineStatus::Running {
                continue;
            }
            for (&year, &revision) in &deadline.counted {
                let case = self.record.number;
                rows.insert(StateKey::Reckoned { year, revision, case, deadline: place });
            }
            let is_window =
                deadlines.as_slice()[usize::from(place)].kind == bulla_rules::DeadlineKind::Window;
            if let Some(due) = deadline.due
                && deadline.standing == DeadlineStanding::Settled
                && !is_window
            {
                rows.insert(StateKey::Due(Due { due, subject: self.subject(), deadline: place }));
            }
        }
        rows
    }
}
