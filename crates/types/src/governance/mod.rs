//! Governance of the ledger by its registration bodies: who validates, under which parameters, in what roles, and
//! the proposals on which they vote.

mod parameters;
mod proposal;
mod propose;
mod protocol;
mod record;
mod roles;
mod validators;

pub use parameters::ChangeParameters;
pub use proposal::{BodyCount, CastVote, ProposalOutcome, ProposalRecord, ProposalStatus};
pub(crate) use propose::NOT_PROPOSED;
pub use propose::{Ballot, Propose, VoteOnProposal, WithdrawProposal};
pub use protocol::{ProtocolAtHeight, ProtocolScheduleRecord, ScheduleProtocol};
pub use record::{ParameterSetRecord, ValidatorSetRecord};
pub use roles::ChangeRoles;
pub use validators::{ChangeValidators, ValidatorChange};
