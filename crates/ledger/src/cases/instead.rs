//! What would be possible in place of a step that is refused: steps of the case that can be taken now, and cases that
//! can be opened.

use std::fmt;
use std::sync::Arc;

use bulla_rules::profile::{About, Act, Actor, Ident, Procedure, Profile, Step};
use bulla_types::{ProfileDigest, Subject};

use crate::view::{StateView, ViewError};

use super::actors::Bound;
use super::case::Case;
use super::hindrances;

use super::opening;
use super::places;
use super::possible;
use super::rule::{StepRule, Stop};
use super::run::Run;
use super::unmet::Wanted;

/// Cases that a refusal offers to open.
const OPENINGS_MAX: usize = 16;

/// What members may do instead. In words, as nodes tell it: `STEP by PARTY or PARTY`, and where it opens a case
/// `PROCEDURE/STEP about SUBJECT by PARTY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepInstead {
    /// The case that it opens; `None` for a step of the case at hand.
    pub opens: Option<CaseToOpen>,
    /// The step.
    pub step: String,
    /// Parties that may take it, any of them.
    pub by: Vec<String>,
}

/// A case that can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseToOpen {
    /// Its procedure.
    pub procedure: String,
    /// What it would be about; `None` for what is not on the ledger yet, or for whichever there is.
    pub about: Option<Subject>,
}

impl fmt::Display for StepInstead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(CaseToOpen { procedure, .. }) = &self.opens {
            write!(f, "{procedure}/")?;
        }
        f.write_str(&self.step)?;
        if let Some(CaseToOpen { about: Some(about), .. }) = &self.opens {
            write!(f, " about {about}")?;
        }
        write!(f, " by {}", self.by.join(" or "))
    }
}

/// In place of a step of a case.
pub(super) fn of_case<V: StateView>(
    case: &Case,
    rule: &StepRule,
    run: &mut Run<'_, '_, V>,
) -> Result<Vec<StepInstead>, ViewError> {
    let mut told = Vec::new();
    if case.record.is_open() {
        for (step, _) in possible::of_members(case) {
            if hindrances::of_step(case, step, run)?.is_empty() {
                told.extend(instead(step, None));
            }
        }
    }
    let offer = Offer { digest: case.record.profile, profile: &Arc::clone(&case.profile), told };
    Ok(offer.with_ways(rule, run)?.told)
}

/// In place of a step that was to open a case about this.
pub(super) fn of_opening<V: StateView>(
    digest: ProfileDigest,
    about: Option<Subject>,
    rule: &StepRule,
    run: &mut Run<'_, '_, V>,
) -> Result<Vec<StepInstead>, ViewError> {
    // Nothing is opened under it.
    if matches!(rule, StepRule::ProfileSuperseded { .. } | StepRule::SourceNotInForce(_)) {
        return Ok(Vec::new());
    }
    let profile = run.state.profile(digest)?;
    let mut offer = Offer { digest, profile: &profile, told: Vec::new() };
    offer = offer.with_ways(rule, run)?;
    let known = match about {
        Some(about) => places::exists(about, run)?,
        None => true,
    };
    if known {
        offer.about(about, run)?;
    }
    // What can be done about nothing in particular, rather than nothing.
    if offer.told.is_empty() {
        offer.about(None, run)?;
    }
    Ok(offer.told)
}

/// What is offered, under one profile.
struct Offer<'p> {
    digest: ProfileDigest,
    profile: &'p Profile,
    told: Vec<StepInstead>,
}

impl Offer<'_> {
    /// Adds what leads past the rule that is broken: cases about what is in the way, and those that give what is
    /// wanted.
    fn with_ways<V: StateView>(
        mut self,
        rule: &StepRule,
        run: &mut Run<'_, '_, V>,
    ) -> Result<Self, ViewError> {
        if let Some(subject) = rule.in_the_way() {
            self.about(Some(subject), run)?;
            for certificate in certificates_of(subject, run)? {
                self.about(Some(certificate), run)?;
            }
        }
        for wanted in rule.wanted() {
            for procedure in &self.profile.procedures {
                if gives(procedure, &wanted) {
                    self.told.extend(openings(procedure).filter_map(|step| {
                        let procedure = procedure.head.name.to_string();
                        instead(step, Some(CaseToOpen { procedure, about: None }))
                    }));
                }
            }
        }
        Ok(self)
    }

    /// Adds the cases about this that can be opened now, as far as that can be told before anybody does.
    fn about<V: StateView>(
        &mut self,
        about: Option<Subject>,
        run: &mut Run<'_, '_, V>,
    ) -> Result<(), ViewError> {
        for procedure in &self.profile.procedures {
            if self.told.len() >= OPENINGS_MAX || openings(procedure).next().is_none() {
                continue;
            }
            let Some(case) = self.opened(procedure, about, run)? else { continue };
            for step in openings(procedure) {
                if hindrances::of_step(&case, step, run)?.is_empty() {
                    let procedure = procedure.head.name.to_string();
                    let found = instead(step, Some(CaseToOpen { procedure, about }));
                    self.told.extend(found.filter(|found| !self.told.contains(found)));
                }
            }
        }
        Ok(())
    }

    /// A case as it would be opened; `None` when it cannot be about this.
    fn opened<V: StateView>(
        &self,
        procedure: &Procedure,
        about: Option<Subject>,
        run: &mut Run<'_, '_, V>,
    ) -> Result<Option<Case>, ViewError> {
        let fits = matches!(
            (&procedure.about, about),
            (About::Nothing | About::NewObject(_), None)
                | (About::Entry(_), Some(Subject::Registration(_)))
                | (About::Account(_), Some(Subject::Account(_)))
                | (About::Certificate(_), Some(Subject::Certificate(_)))
                | (About::Case(_), Some(Subject::Case(_)))
                | (About::Evidence, Some(Subject::Evidence(_)))
        );
        if !fits {
            return Ok(None);
        }
        let profile = run.state.profile(self.digest)?;
        let opened =
            opening::open_about(self.digest, profile, &procedure.head.name, about, Bound::new(), run);
        run.state.discard();
        match opened {
            Ok(case) => Ok(Some(case)),
            Err(Stop::Rule(_)) => Ok(None),
            Err(Stop::View(error)) => Err(error),
        }
    }
}

/// The newest certificates of each kind on a record.
fn certificates_of<V: StateView>(
    record: Subject,
    run: &mut Run<'_, '_, V>,
) -> Result<Vec<Subject>, ViewError> {
    let certificates = match record {
        Subject::Registration(number) => places::registration(number, run)?.certificates.clone(),
        Subject::Account(number) => places::account(number, run)?.certificates.clone(),
        _ => return Ok(Vec::new()),
    };
    Ok(certificates.into_values().map(Subject::Certificate).collect())
}

/// Steps by which members open cases of a procedure.
fn openings(procedure: &Procedure) -> impl Iterator<Item = &Step> {
    procedure.opening_steps().filter(|step| step.trigger().is_none())
}

fn gives(procedure: &Procedure, wanted: &Wanted) -> bool {
    let acts = procedure.steps.iter().flat_map(|step| &step.effects).map(|effect| &effect.act);
    let is_it = |act: &Act| match (act, wanted) {
        (Act::OpenAccount { kind, .. }, Wanted::Account(wanted)) => *kind == *wanted.as_str(),
        (Act::Issue { certificate, .. }, Wanted::Certificate(wanted)) => *certificate == *wanted.as_str(),
        _ => false,
    };
    acts.into_iter().any(is_it)
}

fn instead(step: &Step, opens: Option<CaseToOpen>) -> Option<StepInstead> {
    let Actor::Parties(parties) = &step.by else { return None };
    let by = parties.iter().map(Ident::to_string).collect();
    Some(StepInstead { opens, step: step.head.name.to_string(), by })
}
