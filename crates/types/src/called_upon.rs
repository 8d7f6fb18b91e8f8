//! Whom a case may call upon.

use std::collections::BTreeSet;

use crate::credit_code::CreditCode;
use crate::number::MemberNumber;

/// Whom an open case may call upon: its parties, and those that a step possible in its state names without their
/// having acted yet. No format: each node derives it from the state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CalledUpon {
    /// By number.
    pub members: BTreeSet<MemberNumber>,
    /// Whom the profile names, by unified social credit code, enrolled or not.
    pub codes: BTreeSet<CreditCode>,
}
