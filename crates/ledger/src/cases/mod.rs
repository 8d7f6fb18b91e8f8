//! The case engine: interprets the procedures of compiled rule profiles (案件办理).
//!
//! It knows the primitives of profiles and never a jurisdiction, a day count or the name of a step. Everything
//! that a case does follows from its record, its profile, the calendar and the entry at hand.
//!
//! **A step**, taken by members ([`take`]) or by the ledger itself ([`follow`]), goes this way: its place in
//! the procedure ([`Case`]) → who takes it ([`actors`]) → what it says and hands in ([`inputs`]) → its
//! conditions ([`conditions`]) → its effects, in order ([`effects`]) → the state that it leads to, the
//! deadlines that start and end ([`deadlines`]) → a step in the past of the case. It is taken whole or not at
//! all.
//!
//! **Deadlines** that come due are events of the ledger ([`due`]): first in each block, in the order of their
//! due times. What lapses has lapsed by its due time, whenever it is recorded.

mod actors;
mod called;
mod case;
mod conditions;
pub(crate) mod cycles;
mod deadlines;
pub(crate) mod due;
mod effects;
mod facts;
mod follow;
mod hindrances;
mod index;
mod inputs;
mod instead;
mod mandates;
mod opening;
mod places;
mod possible;
mod quorum;
mod reckoning;
mod rights;
mod rule;
mod run;
mod running;
mod step;
mod stopped;
pub(crate) mod take;
mod unmet;
mod wording;

pub use called::called_upon;
pub use instead::{CaseToOpen, StepInstead};
pub use possible::{PossibleStep, StepParty, StepTime, possible_steps, possible_steps_of_each};
pub use rule::{StepRefusal, StepRule};
pub use running::running_deadlines;
pub use unmet::{AskedDeadline, Unmet, Wanted};
pub use wording::of as condition_words;
