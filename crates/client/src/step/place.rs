//! Which case a step is of, and whether it is taken there.

use bulla_rules::profile::{About, Actor, Procedure, Profile, Step};
use bulla_types::{CaseNumber, CaseRecord, LedgerId, ProfileStatus, Subject, SubjectKind};

use crate::cases::CaseReport;
use crate::rules::AdoptedProfile;

use super::error::{StepError, StepFault};

/// The case of a step.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'p> {
    /// It opens one.
    New,
    /// It goes on with this one.
    Case(&'p CaseReport),
}

/// A step in its profile and case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting<'p> {
    pub(super) ledger: LedgerId,
    pub(super) adopted: &'p AdoptedProfile,
    pub(super) procedure: &'p Procedure,
    pub(super) step: &'p Step,
    pub(super) place: Place<'p>,
}

impl<'p> Setting<'p> {
    pub(super) fn profile(&self) -> &'p Profile {
        &self.adopted.profile
    }

    pub(super) fn error(&self, fault: StepFault) -> StepError {
        error(self.step.head.name.as_str(), Some(self.step), fault)
    }
}

impl<'p> Place<'p> {
    /// The record of the case, when there is one already.
    pub(super) fn record(self) -> Option<&'p CaseRecord> {
        match self {
            Self::New => None,
            Self::Case(report) => Some(&report.record),
        }
    }

    pub(super) fn number(self) -> Option<CaseNumber> {
        self.record().map(|record| record.number)
    }
}

/// Finds a step that opens a case.
pub(super) fn opening<'p>(
    adopted: &'p AdoptedProfile,
    procedure: &str,
    step: &str,
) -> Result<(&'p Procedure, &'p Step), StepError> {
    let procedure = find_procedure(&adopted.profile, procedure).map_err(|fault| error(step, None, fault))?;
    let possible = || of_members(procedure.opening_steps());
    let found = procedure.steps.get(step);
    let found = found.ok_or_else(|| error(step, None, StepFault::StepUnknown { possible: possible() }))?;
    let fault = match &found.by {
        Actor::Ledger(_) => Some(StepFault::LedgerStep),
        Actor::Parties(_) if !found.opens() => Some(StepFault::NotOpening { possible: possible() }),
        Actor::Parties(_) if adopted.status != ProfileStatus::InForce => Some(StepFault::Superseded),
        Actor::Parties(_) => None,
    };
    fault.map_or(Ok((procedure, found)), |fault| Err(error(step, Some(found), fault)))
}

/// Finds a step that goes on with a case.
pub(super) fn of_case<'p>(
    adopted: &'p AdoptedProfile,
    record: &CaseRecord,
    step: &str,
) -> Result<(&'p Procedure, &'p Step), StepError> {
    if record.profile != adopted.digest {
        return Err(error(step, None, StepFault::OtherProfile));
    }
    let procedure = find_procedure(&adopted.profile, record.procedure.as_str());
    let procedure = procedure.map_err(|fault| error(step, None, fault))?;
    let state = record.state.as_str();
    let possible = || of_members(procedure.steps_from(state));
    let found = procedure.steps.get(step);
    let found = found.ok_or_else(|| error(step, None, StepFault::StepUnknown { possible: possible() }))?;
    let fault = if !record.is_open() {
        Some(StepFault::CaseEnded { state: state.to_owned() })
    } else if found.trigger().is_some() {
        Some(StepFault::LedgerStep)
    } else if !found.from.contains(state) {
        Some(StepFault::OutOfOrder { state: state.to_owned(), possible: possible() })
    } else {
        None
    };
    fault.map_or(Ok((procedure, found)), |fault| Err(error(step, Some(found), fault)))
}

fn error(step: &str, found: Option<&Step>, fault: StepFault) -> StepError {
    let article = found.map(|step| step.head.cite.article.clone()).unwrap_or_default();
    StepError { step: step.to_owned(), article, fault: Box::new(fault) }
}

fn find_procedure<'p>(profile: &'p Profile, procedure: &str) -> Result<&'p Procedure, StepFault> {
    profile.procedures.get(procedure).ok_or_else(|| StepFault::ProcedureUnknown {
        procedure: procedure.to_owned(),
        known: profile.procedures.iter().map(|known| known.head.name.to_string()).collect(),
    })
}

fn of_members<'s>(steps: impl Iterator<Item = &'s Step>) -> Vec<String> {
    let mut steps: Vec<&Step> = steps.filter(|step| step.trigger().is_none()).collect();
    steps.sort_by_key(|step| step.order);
    steps.iter().map(|step| step.head.name.to_string()).collect()
}

/// Checks that a new case is about what its procedure is about, as far as kinds go.
pub(super) fn check_about(procedure: &Procedure, about: Option<Subject>) -> Result<(), StepFault> {
    let expected = match &procedure.about {
        About::Nothing | About::NewObject(_) => None,
        About::Entry(_) => Some(SubjectKind::Registration),
        About::Account(_) => Some(SubjectKind::Account),
        About::Certificate(_) => Some(SubjectKind::Certificate),
        About::Case(_) => Some(SubjectKind::Case),
        About::Evidence => Some(SubjectKind::Evidence),
    };
    if about.map(Subject::kind) == expected {
        Ok(())
    } else {
        Err(StepFault::AboutWrong { expected, found: about })
    }
}
