//! Founding a ledger by exchanged files. `docs/formats/founding.md`.
//!
//! The founders agree on a [`FoundingPlan`]. Each makes its keys on its own machine and hands out one
//! [`FounderDeclaration`], signed by every key in it. Plan and declarations give the genesis, the same to whoever
//! asks: [`FoundingPlan::genesis`].

mod assemble;
mod declaration;
mod label;
mod plan;

pub use assemble::FoundingError;
pub use declaration::FounderDeclaration;
pub use label::FounderLabel;
pub use plan::{FounderNode, FoundingPlan, PlannedFounder, PlannedNode};
