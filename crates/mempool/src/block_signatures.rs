//! The members' signatures of a block: verified only where admission has not.

use std::collections::HashMap;
use std::sync::Arc;

use bulla_crypto::PublicKey;
use bulla_ledger::ViewError;
use bulla_types::{KeyId, Transaction};

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
    /// verified excepted. A key may be on the ledger or be declared in the block itself; whether it may sign
    /// is for execution to say. Runs on the caller's thread.
    ///
    /// # Errors
    /// [`BlockSignatureError`] names the first transaction that fails.
    pub fn verify_block(&self, transactions: &[&Transaction]) -> Result<(), BlockSignatureError> {
        let unknown = self.not_verified(transactions);
        add(&self.counters.verified_before_block, transactions.len() - unknown.len());
        if unknown.is_empty() {
            return Ok(());
        }
        let declared = declared_keys(transactions);
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

    /// Positions of the transactions that admission has not verified.
    fn not_verified(&self, transactions: &[&Transaction]) -> Vec<usize> {
        let pool = lock(&self.pool);
        let positions = transactions.iter().enumerate();
        positions.filter(|(_, one)| pool.find_verified(one).is_none()).map(|(position, _)| position).collect()
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

/// The keys that a block itself brings to the ledger.
fn declared_keys(transactions: &[&Transaction]) -> HashMap<KeyId, PublicKey> {
    let actions = transactions.iter().flat_map(|transaction| &transaction.body().actions);
    let declarations = actions.flat_map(bulla_types::Action::declared_keys);
    declarations.map(|declaration| (declaration.key_id(), declaration.key.clone())).collect()
}
