//! The members' signatures of a block: verified only where admission has not.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bulla_crypto::PublicKey;
use bulla_ledger::ViewError;
use bulla_types::{Action, Canonical, DecodeError, KeyDeclaration, KeyId, Propose, StateKey, Transaction};

use crate::counters::add;
use crate::error::BlockSignatureError;
use crate::mempool::Mempool;
use crate::pooled::Pooled;
use crate::signatures::{self, Signed};
use crate::sync::lock;

impl Mempool {
    /// The pooled form of a transaction if admission has verified these very signatures; the same body
    /// under other signatures is not verified.
    #[must_use]
    pub fn verified(&self, transaction: &Transaction) -> Option<Arc<Pooled>> {
        lock(&self.pool).find_verified(transaction)
    }

    /// Verifies the members' signatures of a block's transactions under ZIP-215, those that admission has
    /// verified excepted. A key may be on the ledger, or be declared in the block itself or in a proposal on which
    /// the block votes; whether it may sign
    /// is for execution to say. Runs on the caller's thread.
    ///
    /// # Errors
    /// [`BlockSignatureError`] names the first transaction that fails.
    pub fn verify_block(&self, transactions: &[&Transaction]) -> Result<(), BlockSignatureError> {
        self.verify_rest(transactions, &[])
    }

    /// As [`verify_block`](Self::verify_block), but for those that [`verify_ahead`](Self::verify_ahead) found valid,
    /// by its answer; without one for a transaction it is verified.
    ///
    /// # Errors
    /// As [`verify_block`](Self::verify_block).
    pub fn verify_rest(
        &self,
        transactions: &[&Transaction],
        ahead: &[bool],
    ) -> Result<(), BlockSignatureError> {
        let mut unknown = self.not_verified(transactions);
        unknown.retain(|&position| !ahead.get(position).copied().unwrap_or(false));
        add(&self.counters.verified_before_block, transactions.len() - unknown.len());
        if unknown.is_empty() {
            return Ok(());
        }
        let declared = self.declared_keys(transactions).map_err(BlockSignatureError::View)?;
        let keys = unknown
            .iter()
            .map(|&position| self.keys_for(position, transactions[position], &declared))
            .collect::<Result<Vec<_>, _>>()?;
        let signed: Vec<Signed<'_>> = unknown
            .iter()
            .zip(&keys)
            .map(|(&position, keys)| Signed { transaction: transactions[position], keys })
            .collect();
        add(&self.counters.signatures_for_blocks, signatures::count(&signed));
        let verdicts = signed.chunks(self.limits.gather_max.max(1)).flat_map(signatures::first_not_valid);
        for (&position, first_not_valid) in unknown.iter().zip(verdicts) {
            if let Some(signer) = first_not_valid {
                let transaction = transactions[position];
                return Err(BlockSignatureError::BadSignature {
                    position,
                    transaction_id: transaction.id(),
                    signer: transaction.body().signers[signer],
                });
            }
        }
        Ok(())
    }

    /// Which of these transactions of later blocks have valid signatures, by the rule of
    /// [`verify_block`](Self::verify_block): many blocks together cost half of each alone. A false says nothing but
    /// that it is to be verified with its block: a key may be declared in a block that is not here. The first batch
    /// that does not hold ends the search, so that whoever sends junk causes one batch in vain.
    #[must_use]
    pub fn verify_ahead(&self, transactions: &[&Transaction]) -> Vec<bool> {
        let declared = self.declared_keys(transactions).unwrap_or_default();
        let mut verified = vec![true; transactions.len()];
        let mut found = Vec::new();
        for position in self.not_verified(transactions) {
            verified[position] = false;
            if let Ok(keys) = self.keys_for(position, transactions[position], &declared) {
                found.push((position, keys));
            }
        }
        for batch in found.chunks(self.limits.gather_max.max(1)) {
            let signed = batch
                .iter()
                .map(|(position, keys)| Signed { transaction: transactions[*position], keys })
                .collect::<Vec<_>>();
            if !signatures::all_valid(&signed) {
                break;
            }
            add(&self.counters.signatures_for_blocks, signatures::count(&signed));
            batch.iter().for_each(|(position, _)| verified[*position] = true);
        }
        verified
    }

    /// Positions of the transactions that admission has not verified.
    fn not_verified(&self, transactions: &[&Transaction]) -> Vec<usize> {
        let pool = lock(&self.pool);
        let positions = transactions.iter().enumerate();
        positions.filter(|(_, one)| pool.find_verified(one).is_none()).map(|(position, _)| position).collect()
    }

    /// The keys that a block itself may bring to the ledger.
    fn declared_keys(&self, transactions: &[&Transaction]) -> Result<HashMap<KeyId, PublicKey>, ViewError> {
        let mut keys = HashMap::new();
        let mut voted = BTreeSet::new();
        for action in transactions.iter().flat_map(|transaction| &transaction.body().actions) {
            add_keys(&mut keys, action.declared_keys());
            if let Action::VoteOnProposal(vote) = action {
                voted.insert(vote.proposal);
            }
        }
        for proposal in voted {
            let key = StateKey::Proposed(proposal);
            let Some(value) = self.view.get(&key)? else { continue };
            let corrupt = |error: DecodeError| ViewError::Corrupt { key, reason: error.to_string() };
            let propose = Propose::decode(&value).map_err(corrupt)?;
            for act in &propose.actions {
                add_keys(&mut keys, act.declared_keys());
            }
        }
        Ok(keys)
    }

    fn keys_for(
        &self,
        position: usize,
        transaction: &Transaction,
        declared: &HashMap<KeyId, PublicKey>,
    ) -> Result<Vec<PublicKey>, BlockSignatureError> {
        let find = |id: &KeyId| -> Result<Option<PublicKey>, ViewError> {
            match declared.get(id) {
                Some(key) => Ok(Some(key.clone())),
                None => self.keys.get(id, &*self.view),
            }
        };
        let signers = transaction.body().signers.iter();
        signers
            .map(|signer| {
                let key = find(&signer.key_id).map_err(BlockSignatureError::View)?;
                let transaction_id = transaction.id();
                key.ok_or(BlockSignatureError::UnknownKey { position, transaction_id, signer: *signer })
            })
            .collect()
    }
}

fn add_keys(keys: &mut HashMap<KeyId, PublicKey>, declarations: Vec<&KeyDeclaration>) {
    keys.extend(declarations.into_iter().map(|declared| (declared.key_id(), declared.key.clone())));
}
