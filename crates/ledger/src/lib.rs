//! The state machine of a Bulla ledger: which entries are valid, and what they change.
//!
//! **One order, one answer.** Execution is a pure function of the committed state, the block's context
//! ([`BlockContext`]: height, time, first log index, parameters) and its entries. Nothing here reads a
//! clock, a random number, a file or a setting; maps are ordered; there are no floats and no threads.
//!
//! **Everything in the book is valid.** A block is executed before it is voted on, entry by entry. Each
//! entry stands whole or is refused with a [`Refusal`], and then leaves no trace; there is no failed
//! transaction on the ledger.
//!
//! The rules, in the order in which they are asked of a transaction:
//!
//! 1. *Request*: for this ledger, not seen before, not expired, its id's own time within the window.
//! 2. *Signers*: active members with keys of theirs in force, as of this entry, and no signature with a key
//!    whose purpose no action calls for.
//! 3. *Actions*, in order: who must sign (by role, purpose and threshold), then what is asked.
//! 4. *As a whole*: enough registration bodies remain able to administer the ledger, and enough validators to
//!    decide the next height.
//!
//! The vote that decides a proposal has its acts carried out by rules 3 and 4, as a transaction that those who approve
//! have signed.
//!
//! `docs/ledger.md` tells them action by action. Signatures of members over transactions are not verified
//! here: that goes in batches, under the keys that [`signing_keys`] gives. Proofs of possession and the votes
//! of an equivocation are, since they are part of what an entry says.
//!
//! A view of the state comes in through [`StateView`]; [`found`] gives the first one. [`BlockExecution`]
//! turns entries into [`BlockChanges`], and [`admission`] asks the same rules ahead of any block. For
//! receipts and indexes, [`member_status_at`], [`key_status_at`], [`history_count`], [`records_for_receipt`] and [`deposits`]
//! read what execution has written.

mod actions;
mod admission;
mod block;
mod by_height;
mod cases;
mod continuity;
mod decoded;
mod enrolment;
mod events;
mod evidence;
mod founding;
mod history;
mod invariants;
mod overlay;
mod parameters;
mod proposals;
mod reading;
mod receipt;
mod record;
mod refusal;
mod request;
mod signers;
mod source_term;
mod state;
mod status;
mod transaction;
mod validators;
mod view;

pub use admission::admission;
pub use block::{BlockChanges, BlockContext, BlockExecution};
pub use cases::{
    AskedDeadline, CaseToOpen, Found, PossibleStep, Standing, StepInstead, StepParty, StepRefusal, StepRule,
    StepTime, Unmet, Wanted, called_upon, condition_words, possible_steps, possible_steps_of_each,
    running_deadlines,
};
pub use decoded::DecodedProfiles;
pub use evidence::{RecordedDeposit, deposits};
pub use founding::found;
pub use reading::Readership;
pub use receipt::records_for_receipt;
pub use refusal::{Cause, ExecutionError, Refusal};
pub use signers::signing_keys;
pub use source_term::SourceTerm;
pub use status::{Step, history_count, key_status_at, member_status_at};
pub use validators::{validator_changes, validators_at};
pub use view::{SeenRequest, StateView, ViewError};
