//! Sequences of numbers.

use crate::error::Fault;

/// A sequence of the ledger. Those of cases, of what they bring about and of governance have no
/// record before their first number is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counter {
    /// Numbers of members.
    Members,
    /// Numbers of deposits.
    Evidence,
    /// Numbers of accounts.
    Accounts,
    /// Numbers of cases.
    Cases,
    /// Numbers of objects.
    Objects,
    /// Numbers of registrations.
    Registrations,
    /// Numbers of certificates.
    Certificates,
    /// Numbers of suspensions of clocks.
    Suspensions,
    /// Numbers of sets of validators.
    ValidatorSets,
    /// Numbers of sets of parameters.
    ParameterSets,
    /// Numbers of proposals.
    Proposals,
}

impl Counter {
    /// Every sequence, in rising order of number.
    pub const ALL: [Self; 11] = [
        Self::Members,
        Self::Evidence,
        Self::Accounts,
        Self::Cases,
        Self::Objects,
        Self::Registrations,
        Self::Certificates,
        Self::Suspensions,
        Self::ValidatorSets,
        Self::ParameterSets,
        Self::Proposals,
    ];

    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Members => 1,
            Self::Evidence => 2,
            Self::Accounts => 3,
            Self::Cases => 4,
            Self::Objects => 5,
            Self::Registrations => 6,
            Self::Certificates => 7,
            Self::Suspensions => 8,
            Self::ValidatorSets => 9,
            Self::ParameterSets => 10,
            Self::Proposals => 11,
        }
    }

    pub(super) fn from_number(number: u8) -> Result<Self, Fault> {
        let counter = Self::ALL.into_iter().find(|counter| counter.number() == number);
        counter.ok_or(Fault::UnknownValue(number.into()))
    }
}
