//! The signers of a transaction: who they are and what their signatures are good for.
//!
//! Their standing is taken once, before the first action: what a transaction does to its own signers takes
//! effect after it. That is also what a receipt proves, the status at the entry's log index.

use std::collections::BTreeSet;

use bulla_crypto::PublicKey;
use bulla_types::{
    KeyId, KeyPurpose, KeyRecord, KeyStatus, MemberNumber, MemberStatus, Role, Roles, SignerRef, StateKey,
    TransactionBody,
};

use crate::overlay::Overlay;
use crate::refusal::{Cause, ExecutionError};
use crate::view::{StateView, ViewError};

/// An active member that signs with a key in force.
#[derive(Debug, Clone)]
pub(crate) struct Signer {
    member: MemberNumber,
    roles: Roles,
    key_id: KeyId,
    purpose: KeyPurpose,
}

impl Signer {
    fn administers(&self, member: MemberNumber) -> bool {
        self.purpose == KeyPurpose::Administer && self.member == member
    }

    fn administers_ledger(&self) -> bool {
        self.purpose == KeyPurpose::Administer && self.roles.contains(Role::RegistrationBody)
    }
}

/// The signers of one transaction, or the bodies that approve what was proposed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signers(Vec<Signer>);

impl Signers {
    /// Looks the signers up and checks that each may sign, and for one of these actions.
    pub(crate) fn resolve<V: StateView>(
        body: &TransactionBody,
        state: &mut Overlay<'_, V>,
    ) -> Result<Self, ExecutionError> {
        let signers = body.signers.iter().map(|signer| {
            let key = key_of(signer, state)?;
            let holder = state.holder(&key)?;
            let &SignerRef { member, key_id } = signer;
            if holder.status != MemberStatus::Active {
                return Err(Cause::standing(member, holder.status).into());
            }
            if key.status != KeyStatus::InForce {
                return Err(Cause::KeyEnded { key_id, status: key.status }.into());
            }
            // Whoever reads the entry would wonder what such a signature is for.
            if !body.actions.iter().any(|action| action.purpose() == key.purpose) {
                return Err(Cause::SignerSuperfluous { member, key_id, purpose: key.purpose }.into());
            }
            Ok(Signer { member, roles: holder.roles, key_id, purpose: key.purpose })
        });
        signers.collect::<Result<_, ExecutionError>>().map(Self)
    }

    /// Requires the OPERATE key of a member with one of these roles. Others may sign beside it.
    pub(crate) fn require_operator(&self, roles: Roles) -> Result<(), Cause> {
        let mut lacking = None;
        for signer in self.0.iter().filter(|signer| signer.purpose == KeyPurpose::Operate) {
            if signer.roles.intersects(roles) {
                return Ok(());
            }
            lacking.get_or_insert(signer.member);
        }
        Err(lacking.map_or(Cause::OperatorMissing, Cause::RoleMissing))
    }

    /// Requires ADMINISTER keys of as many registration bodies as the threshold says.
    pub(crate) fn require_bodies(&self, threshold: u32) -> Result<(), Cause> {
        let present = self.count_bodies();
        if present < threshold {
            return Err(Cause::ThresholdNotMet { needed: threshold, present });
        }
        Ok(())
    }

    /// Requires an ADMINISTER key of `member`, or else of the registration bodies.
    pub(crate) fn require_holder_or_bodies(&self, member: MemberNumber, threshold: u32) -> Result<(), Cause> {
        if self.administers(member) {
            return Ok(());
        }
        if self.count_bodies() == 0 {
            return Err(Cause::HolderMissing(member));
        }
        self.require_bodies(threshold)
    }

    /// The OPERATE key with which a member signs.
    pub(crate) fn operate_key(&self, member: MemberNumber) -> Option<KeyId> {
        let mut operators = self.operators();
        operators.find(|(operator, _)| *operator == member).map(|(_, key_id)| key_id)
    }

    /// The members that sign with OPERATE keys, and these keys.
    pub(crate) fn operators(&self) -> impl Iterator<Item = (MemberNumber, KeyId)> {
        let operators = self.0.iter().filter(|signer| signer.purpose == KeyPurpose::Operate);
        operators.map(|signer| (signer.member, signer.key_id))
    }

    pub(crate) fn key_ids(&self) -> impl Iterator<Item = KeyId> {
        self.0.iter().map(|signer| signer.key_id)
    }

    /// Whether an ADMINISTER key of this member signs.
    pub(crate) fn administers(&self, member: MemberNumber) -> bool {
        self.0.iter().any(|signer| signer.administers(member))
    }

    /// The registration bodies that sign with ADMINISTER keys, each once with the first of these, in their order.
    pub(crate) fn bodies(&self) -> Vec<(MemberNumber, KeyId)> {
        let mut bodies: Vec<(MemberNumber, KeyId)> = Vec::new();
        for signer in self.0.iter().filter(|signer| signer.administers_ledger()) {
            if bodies.iter().all(|(member, _)| *member != signer.member) {
                bodies.push((signer.member, signer.key_id));
            }
        }
        bodies
    }

    /// The signer with this key.
    pub(crate) fn by_key(&self, key_id: KeyId) -> Option<&Signer> {
        self.0.iter().find(|signer| signer.key_id == key_id)
    }

    pub(crate) fn add(&mut self, signer: Signer) {
        self.0.push(signer);
    }

    fn count_bodies(&self) -> u32 {
        u32::try_from(self.bodies().len()).unwrap_or(u32::MAX)
    }
}

/// The registration body that administers the ledger by this key as things are now, if it does.
pub(crate) fn body_now<V: StateView>(
    member: MemberNumber,
    key_id: KeyId,
    state: &mut Overlay<'_, V>,
) -> Result<Option<Signer>, ViewError> {
    let Some(key) = state.key(key_id)?.filter(|key| key.member == member) else { return Ok(None) };
    let holder = state.holder(&key)?;
    let signer = Signer { member, roles: holder.roles, key_id, purpose: key.purpose };
    let counts = key.status == KeyStatus::InForce && holder.status == MemberStatus::Active;
    Ok(Some(signer).filter(|signer| counts && signer.administers_ledger()))
}

/// How many members these are.
pub(crate) fn count(members: &BTreeSet<MemberNumber>) -> u32 {
    u32::try_from(members.len()).unwrap_or(u32::MAX)
}

/// The key of a signer, if it is one of the member's.
fn key_of<V: StateView>(signer: &SignerRef, state: &mut Overlay<'_, V>) -> Result<KeyRecord, ExecutionError> {
    let &SignerRef { member, key_id } = signer;
    let key = state.key(key_id)?.filter(|key| key.member == member);
    key.ok_or_else(|| Cause::SignerUnknown { member, key_id }.into())
}

/// The keys that the signatures of a transaction verify under, in the order of its signers. Whether they may
/// sign is not asked here.
///
/// Checking that a key is a safe point costs as much as verifying a signature: keep what this gives.
///
/// # Errors
/// A signer who does not exist, or whose key it is not.
pub fn signing_keys<V: StateView>(
    view: &V,
    body: &TransactionBody,
) -> Result<Vec<PublicKey>, ExecutionError> {
    let mut state = Overlay::new(view);
    let keys = body.signers.iter().map(|signer| {
        let corrupt = |reason| ViewError::Corrupt { key: StateKey::Key(signer.key_id), reason };
        let key = key_of(signer, &mut state)?;
        Ok(key.key.parse().map_err(|error| corrupt(error.to_string()))?)
    });
    keys.collect()
}
