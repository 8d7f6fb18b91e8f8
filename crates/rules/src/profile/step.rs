//! Steps (步骤): who does what, with what, and what follows.

use std::collections::BTreeSet;

use super::closed::closed;
use super::condition::Condition;
use super::effect::Effect;
use super::head::{Head, named_by_head};
use super::ident::Ident;

closed! {
    /// A cycle of reports; each ends with the last day of its month, quarter, half-year or year.
    pub enum Cycle {
        /// 月.
        Month = 1 "month" "月" "month",
        /// 季度.
        Quarter = 2 "quarter" "季度" "quarter",
        /// 半年.
        HalfYear = 3 "half_year" "半年" "half-year",
        /// 年.
        Year = 4 "year" "年" "year",
    }
}

/// On what the ledger takes a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// At once, after any step that leaves the case in one of its states while its conditions hold.
    Routing,
    /// When this deadline of kind lapse falls due.
    Deadline(Ident),
    /// When a case of this procedure about this case is opened.
    ChildOpened(Ident),
    /// When a case of this procedure about this case ends.
    ChildEnded {
        /// The procedure.
        procedure: Ident,
        /// In one of these states; at least one.
        results: BTreeSet<Ident>,
    },
    /// When the case that this one is about ends.
    ParentEnded,
    /// When the entry or account that the case is about, or whose certificate it is about, ends as a whole.
    RecordEnded,
    /// When an effect of another case opens this one. Of opening steps only.
    Opened,
    /// At the end of each such cycle. Of opening steps only.
    Cycle(Cycle),
}

/// Who takes a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// One of these parties; at least one.
    Parties(BTreeSet<Ident>),
    /// The ledger itself.
    Ledger(Trigger),
}

/// Whether a step must bring something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// Always.
    Required,
    /// While this holds; else it may.
    RequiredWhen(Condition),
    /// It may.
    Optional,
}

/// A field that a step may bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldUse {
    /// The field.
    pub field: Ident,
    /// Whether it must.
    pub need: Need,
}

/// A document that a step may bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentUse {
    /// Its category.
    pub category: Ident,
    /// Whether it must.
    pub need: Need,
    /// Value of kind integer: at least so many; `None`: one.
    pub at_least: Option<Ident>,
}

/// A step. It is taken whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Name, words, article.
    pub head: Head,
    /// Place among steps that the ledger takes on the same trigger, and in the page for people.
    pub order: u32,
    /// Who takes it.
    pub by: Actor,
    /// States in which it may be taken; empty: it opens the case.
    pub from: BTreeSet<Ident>,
    /// State that it leads to; `None`: the case stays where it is, and no deadline starts or ends.
    pub to: Option<Ident>,
    /// Parties that sign besides who takes it (共同申请、会签).
    pub signed_by: BTreeSet<Ident>,
    /// Fields, rising.
    pub fields: Vec<FieldUse>,
    /// Documents, rising by category.
    pub documents: Vec<DocumentUse>,
    /// All hold before it.
    pub conditions: Vec<Condition>,
    /// In order, all on the state before the step but for what earlier ones of them made.
    pub effects: Vec<Effect>,
    /// Whether it must give reasons, attached under the path `reasons`.
    pub reasons: bool,
}

named_by_head!(Step);

impl Step {
    /// On what the ledger takes it; `None` when a party does.
    #[must_use]
    pub fn trigger(&self) -> Option<&Trigger> {
        match &self.by {
            Actor::Ledger(trigger) => Some(trigger),
            Actor::Parties(_) => None,
        }
    }

    /// Whether it opens the case.
    #[must_use]
    pub fn opens(&self) -> bool {
        self.from.is_empty()
    }
}
