//! Procedures (程序): states, steps, deadlines.

use std::collections::BTreeSet;

use super::closed::closed;
use super::date_rule::DateRule;
use super::head::{Head, Title, named_by_head};
use super::ident::Ident;
use super::step::Step;
use super::table::{Named, Table};
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
