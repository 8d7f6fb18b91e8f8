//! The work of one entry on cases.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bulla_types::limits::GIVEN_MAX;
use bulla_types::{BlockTime, CaseNumber, CaseOutcome, KeyId, MemberNumber, RuleName, Subject};

use crate::overlay::Overlay;
use crate::transaction::Stamp;

use super::follow::Follow;
use super::rule::{StepRule, Stop};

/// One entry at work: what it reads and writes, where and when, what it has given, what is yet to follow.
#[derive(Debug)]
pub(crate) struct Run<'r, 'v, V> {
    pub(crate) state: &'r mut Overlay<'v, V>,
    pub(crate) stamp: Stamp,
    /// Numbers given, in order.
    given: Vec<Subject>,
    /// What follows from the steps taken so far.
    pub(super) follows: VecDeque<Follow>,
    /// How many steps the ledger has taken.
    pub(super) ledger_steps: usize,
    /// Whether the entry is an event of the ledger: nobody could take back what it leads to, so it waits for no
    /// decision.
    pub(super) is_event: bool,
}

/// Who takes a step, as its conditions and effects see it. Nobody when the ledger does.
#[derive(Debug, Clone, Default)]
pub(crate) struct Acting {
    /// The members of each party that acts, for this step.
    pub(super) parties: BTreeMap<RuleName, BTreeSet<MemberNumber>>,
    /// The member and key of the party that takes the step.
    pub(super) taker: Option<(MemberNumber, KeyId)>,
}

impl<'r, 'v, V> Run<'r, 'v, V> {
    pub(crate) fn new(state: &'r mut Overlay<'v, V>, stamp: Stamp) -> Self {
        let (given, follows) = (Vec::new(), VecDeque::new());
        Self { state, stamp, given, follows, ledger_steps: 0, is_event: false }
    }

    /// The work of an event of the ledger.
    pub(super) fn of_event(state: &'r mut Overlay<'v, V>, stamp: Stamp) -> Self {
        Self { is_event: true, ..Self::new(state, stamp) }
    }

    /// Block time.
    pub(super) fn now(&self) -> BlockTime {
        self.stamp.time
    }

    /// Notes that a number was given.
    pub(super) fn give(&mut self, subject: Subject) -> Result<(), Stop> {
        if self.given.len() == GIVEN_MAX {
            return Err(StepRule::TooManyGiven { max: GIVEN_MAX }.into());
        }
        self.given.push(subject);
        Ok(())
    }

    /// What came of a step in this case.
    pub(super) fn outcome(&self, case: CaseNumber) -> CaseOutcome {
        let mut outcome = CaseOutcome::of(case);
        for subject in &self.given {
            match *subject {
                Subject::Account(number) => outcome.accounts.push(number),
                Subject::Object(number) => outcome.objects.push(number),
                Subject::Registration(number) => outcome.registrations.push(number),
                Subject::Certificate(number) => outcome.certificates.push(number),
                Subject::Case(number) if number != case => outcome.cases.push(number),
                Subject::Case(_) | Subject::Member(_) | Subject::Evidence(_) | Subject::Proposal(_) => {}
            }
        }
        outcome
    }
}
