//! Procedures (程序): states, steps, deadlines.

use std::collections::{BTreeMap, BTreeSet};

use super::closed::closed;
use super::date_rule::DateRule;
use super::effect::Act;
use super::head::{Head, Title, named_by_head};
use super::ident::Ident;
use super::step::Step;
use super::table::{Named, Table};
use super::whole::Profile;
use crate::deadline::DeadlineKind;

/// What a case of a procedure is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// Nothing that is on the ledger yet.
    Nothing,
    /// An object of this kind, to be registered.
    NewObject(Ident),
    /// An entry of one of these kinds of object.
    Entry(BTreeSet<Ident>),
    /// An account of one of these kinds.
    Account(BTreeSet<Ident>),
    /// A certificate of one of these kinds, and its record.
    Certificate(BTreeSet<Ident>),
    /// A case of one of these procedures, its parent.
    Case(BTreeSet<Ident>),
    /// A deposit of evidence.
    Evidence,
}

/// A state of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Name within the procedure.
    pub name: Ident,
    /// What people call it.
    pub title: Title,
    /// Result with which the case has ended in it; `None`: it goes on.
    pub result: Option<Title>,
}

impl Named for State {
    fn name(&self) -> &Ident {
        &self.name
    }
}

closed! {
    /// What becomes of a deadline when the case comes back to a state in which it runs.
    pub enum ClockReturn {
        /// 重新计算.
        Restart = 1 "restart" "重新计算" "reckoned anew",
        /// 扣除中断期间.
        Resume = 2 "resume" "离开期间不计入" "the days away are not counted",
        /// 连续计算.
        Keep = 3 "keep" "连续计算" "runs on",
    }
}

/// What becomes of a deadline when the case comes back, as the profile says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnReturn {
    /// This.
    Fixed(ClockReturn),
    /// What this choice says, whose terms are `restart`, `resume` and `keep`.
    Value(Ident),
}

/// A deadline (期限).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// Name, words, article.
    pub head: Head,
    /// What it asks.
    pub kind: DeadlineKind,
    /// When a window opens; `None`: with its states.
    pub opens: Option<DateRule>,
    /// When it falls due.
    pub due: DateRule,
    /// States in which it runs; at least one. It ends when the case leaves them.
    pub runs_in: BTreeSet<Ident>,
    /// What becomes of it when the case comes back to them.
    pub on_return: OnReturn,
    /// Of duty and backward: the steps that meet it; at least one.
    pub met_by: BTreeSet<Ident>,
}

/// A procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Procedure {
    /// Name, words, article.
    pub head: Head,
    /// What its cases are about.
    pub about: About,
    /// States.
    pub states: Table<State>,
    /// Steps.
    pub steps: Table<Step>,
    /// Deadlines.
    pub deadlines: Table<Deadline>,
}

named_by_head!(Deadline, Procedure);

impl Procedure {
    /// Procedures whose cases a case of this one can be about.
    #[must_use]
    pub fn parents<'p>(&self, profile: &'p Profile) -> Vec<&'p Procedure> {
        match &self.about {
            About::Case(of) => of.iter().filter_map(|name| profile.procedures.get(name.as_str())).collect(),
            _ => Vec::new(),
        }
    }

    /// Deadlines at which a publicity of its cases ends. No certificate is issued before them.
    pub fn publicity(&self) -> impl Iterator<Item = &Ident> {
        let effects = self.steps.iter().flat_map(|step| &step.effects);
        effects.filter_map(|effect| match &effect.act {
            Act::Publish { until, .. } => until.as_ref(),
            _ => None,
        })
    }

    /// States in the order in which a case first comes to them.
    #[must_use]
    pub fn states_in_course(&self) -> Vec<&State> {
        let depths = self.depths();
        let mut states: Vec<_> = self.states.iter().collect();
        states.sort_by_key(|state| {
            (depths.get(&state.name).copied().unwrap_or(usize::MAX), state.result.is_some())
        });
        states
    }

    /// Steps in the order in which a case first comes to them, then by their own order.
    #[must_use]
    pub fn steps_in_course(&self) -> Vec<&Step> {
        let depths = self.depths();
        let first = |step: &Step| {
            step.from.iter().filter_map(|state| depths.get(state)).min().map_or(0, |depth| depth + 1)
        };
        let mut steps: Vec<_> = self.steps.iter().collect();
        steps.sort_by_key(|step| (first(step), step.order));
        steps
    }

    /// How many steps after its opening a case comes to each state at the earliest.
    fn depths(&self) -> BTreeMap<Ident, usize> {
        let mut depths = BTreeMap::new();
        let mut next: BTreeSet<&Ident> = self.opening_steps().filter_map(|step| step.to.as_ref()).collect();
        for depth in 0..=self.states.len() {
            next.retain(|state| !depths.contains_key(*state));
            depths.extend(next.iter().map(|state| ((*state).clone(), depth)));
            next = next
                .iter()
                .flat_map(|state| self.steps_from(state.as_str()))
                .filter_map(|step| step.to.as_ref())
                .collect();
        }
        depths
    }

    /// Steps that open a case.
    pub fn opening_steps(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.from.is_empty())
    }

    /// Steps that may be taken in this state, whoever takes them.
    pub fn steps_from<'a>(&'a self, state: &'a str) -> impl Iterator<Item = &'a Step> {
        self.steps.iter().filter(move |step| step.from.contains(state))
    }

    /// Steps that the ledger takes in this state, in the order in which it tries those of one trigger: the
    /// first whose conditions hold is taken.
    #[must_use]
    pub fn ledger_steps<'a>(&'a self, state: &'a str) -> Vec<&'a Step> {
        let mut steps: Vec<_> = self.steps_from(state).filter(|step| step.trigger().is_some()).collect();
        steps.sort_by_key(|step| step.order);
        steps
    }
}
