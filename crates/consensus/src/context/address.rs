use std::fmt;

use bulla_types::Address;

/// A validator's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ValidatorAddress(pub(crate) Address);

impl ValidatorAddress {
    /// The address of a node that does not vote: no key has it, so no validator set holds it.
    pub(crate) fn of_observer() -> Self {
        Self(Address::from_bytes([0; 32]))
    }
}

impl fmt::Display for ValidatorAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl malachitebft_core_types::Address for ValidatorAddress {}
