//! Cases: what members ask of them and what the ledger says of them. `docs/formats/case.md`.
//!
//! The names of steps, fields, parties and documents are those of a rule profile. Whether a profile knows
//! them, and allows what is asked, is for the ledger to say; here they are only well-formed.

mod adopt;
mod document;
mod event;
mod field;
mod outcome;
mod shares;
mod step;
mod suspend;

pub use adopt::{AdoptCalendar, AdoptProfile};
pub use document::{DocumentItem, StepDocument};
pub use event::{CycleEnded, DeadlineReached, DeadlineSettled, DeadlineStanding, OutageEnded};
pub use field::{FieldContent, FieldValue, FieldValues, StepField};
pub use outcome::CaseOutcome;
pub use shares::{Share, Shares};
pub use step::{CaseRef, NamedParty, OpenCase, StepActor, TakeStep};
pub use suspend::{ClockScope, SuspendClocks};

pub(crate) use step::TAKE_STEP_SHAPE;
pub(crate) use suspend::days;
