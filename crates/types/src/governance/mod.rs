//! Governance of the ledger by its registration bodies: who validates, under which parameters, in what roles.

mod parameters;
mod record;
mod roles;
mod validators;

pub use parameters::ChangeParameters;
pub use record::{ParameterSetRecord, ValidatorSetRecord};
pub use roles::ChangeRoles;
pub use validators::{ChangeValidators, ValidatorChange};
