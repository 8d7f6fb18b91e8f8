//! From a plan and its founders' declarations to the genesis.

use std::collections::BTreeMap;

use super::declaration::FounderDeclaration;
use super::plan::{FoundingPlan, PlannedFounder};
use crate::credit_code::CreditCode;
use crate::error::DecodeError;
use crate::genesis::{Founder, Genesis};
use crate::ids::{KeyId, PlanDigest};
use crate::key_declaration::{KeyDeclaration, KeyPurpose};
use crate::member::EnrolMember;

/// Why declarations do not give the genesis of a plan. `at` and `before` are their indexes as they were given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoundingError {
    /// Made for another plan, or for another state of this one.
    #[error("it is for the plan {found}, not for {expected}")]
    OtherPlan {
        /// Which declaration.
        at: usize,
        /// The digest in it.
        found: PlanDigest,
        /// The digest of this plan.
        expected: PlanDigest,
    },
    /// Of somebody who is no founder.
    #[error("the plan has no founder with the credit code {credit_code}")]
    NotAFounder {
        /// Which declaration.
        at: usize,
        /// Whose it says it is.
        credit_code: CreditCode,
    },
    /// Other keys than the plan asks of this founder.
    #[error("it declares other keys than the plan asks of this founder")]
    OtherKeys {
        /// Which declaration.
        at: usize,
        /// Purposes that the plan asks for.
        expected: &'static [KeyPurpose],
    },
    /// A key has not signed the declaration.
    #[error("its {purpose:?} key has not signed it: it was altered, or the key is another's")]
    NotPossessed {
        /// Which declaration.
        at: usize,
        /// Which key.
        purpose: KeyPurpose,
    },
    /// Two declarations of one founder.
    #[error("the founder {credit_code} has declared twice")]
    FounderTwice {
        /// The later.
        at: usize,
        /// The earlier.
        before: usize,
        /// The founder.
        credit_code: CreditCode,
    },
    /// A key in two declarations.
    #[error("the key {key_id} is declared twice")]
    KeyTwice {
        /// The later.
        at: usize,
        /// The earlier.
        before: usize,
        /// The key.
        key_id: KeyId,
    },
    /// Two nodes at one address.
    #[error("the address {address} is declared twice")]
    AddressTwice {
        /// The later.
        at: usize,
        /// The earlier.
        before: usize,
        /// The address.
        address: String,
    },
    /// Founders that have not declared.
    #[error("{} founders have not declared", founders.len())]
    Missing {
        /// Their indexes in the plan.
        founders: Vec<usize>,
    },
    /// What was put together is no genesis.
    #[error(transparent)]
    Genesis(#[from] DecodeError),
}

impl FoundingPlan {
    /// The genesis of this plan with these keys: the same bytes in whatever order the declarations come.
    ///
    /// # Errors
    /// A declaration that is not for this plan, of nobody in it, with other keys than the plan asks for, or not signed
    /// by each of its keys; a founder, key or address twice; a founder without a declaration.
    pub fn genesis(&self, declarations: &[FounderDeclaration]) -> Result<Genesis, FoundingError> {
        let plan = self.digest();
        let mut seen = Seen::default();
        for (at, declaration) in declarations.iter().enumerate() {
            self.check(plan, at, declaration)?;
            seen.take(at, declaration)?;
        }
        let declared: Vec<_> = self
            .founders()
            .iter()
            .map(|founder| Some(&declarations[*seen.founders.get(&founder.credit_code)?]))
            .collect();
        let missing = declared.iter().enumerate().filter(|(_, found)| found.is_none());
        let missing: Vec<_> = missing.map(|(index, _)| index).collect();
        if !missing.is_empty() {
            return Err(FoundingError::Missing { founders: missing });
        }
        let founders = self.founders().iter().zip(declared.into_iter().flatten());
        let founders = founders.map(|(planned, declared)| founder(planned, declared)).collect();
        let (name, time, parameters) = (self.name().clone(), self.time(), self.parameters().clone());
        Ok(match self.test_clock() {
            None => Genesis::new(self.class(), name, time, parameters, founders)?,
            Some(clock) => Genesis::with_test_clock(clock, name, time, parameters, founders)?,
        })
    }

    /// Whether one declaration, by itself, is one of this plan.
    fn check(
        &self,
        plan: PlanDigest,
        at: usize,
        declaration: &FounderDeclaration,
    ) -> Result<(), FoundingError> {
        if declaration.plan() != plan {
            return Err(FoundingError::OtherPlan { at, found: declaration.plan(), expected: plan });
        }
        let credit_code = declaration.credit_code();
        let founder = self.founders().iter().find(|founder| founder.credit_code == credit_code);
        let founder = founder.ok_or(FoundingError::NotAFounder { at, credit_code })?;
        let expected = founder.node.purposes();
        if !declaration.keys().iter().map(|key| &key.purpose).eq(expected) {
            return Err(FoundingError::OtherKeys { at, expected });
        }
        match declaration.unproved() {
            Some(purpose) => Err(FoundingError::NotPossessed { at, purpose }),
            None => Ok(()),
        }
    }
}

/// What declarations have named so far, and the index of the one that did.
#[derive(Default)]
struct Seen<'a> {
    founders: BTreeMap<CreditCode, usize>,
    keys: BTreeMap<KeyId, usize>,
    addresses: BTreeMap<&'a str, usize>,
}

impl<'a> Seen<'a> {
    fn take(&mut self, at: usize, declaration: &'a FounderDeclaration) -> Result<(), FoundingError> {
        let credit_code = declaration.credit_code();
        if let Some(before) = self.founders.insert(credit_code, at) {
            return Err(FoundingError::FounderTwice { at, before, credit_code });
        }
        for key_id in declaration.keys().iter().map(KeyDeclaration::key_id) {
            if let Some(before) = self.keys.insert(key_id, at) {
                return Err(FoundingError::KeyTwice { at, before, key_id });
            }
        }
        if let Some(address) = declaration.address()
            && let Some(before) = self.addresses.insert(address, at)
        {
            return Err(FoundingError::AddressTwice { at, before, address: address.to_owned() });
        }
        Ok(())
    }
}

/// As the genesis holds it: keys without possession, which the declaration has shown.
fn founder(planned: &PlannedFounder, declaration: &FounderDeclaration) -> Founder {
    let bare = |key: &KeyDeclaration| KeyDeclaration { possession: None, ..key.clone() };
    let keys = declaration.keys().iter().map(bare).collect();
    Founder {
        member: EnrolMember { identity: planned.identity(), roles: planned.roles, keys },
        power: planned.node.power(),
    }
}
