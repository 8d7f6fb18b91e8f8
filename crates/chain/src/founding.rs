//! Opening a ledger's data folder, or making it from the genesis.

use std::convert::Infallible;
use std::path::Path;

use bulla_ledger::found;
use bulla_merkle::state;
use bulla_storage::{Foundation, Opened, StorageError, Store, StoreOptions};
use bulla_types::{Canonical, Genesis};

use crate::fault::ChainError;

/// Opens the data folder of the ledger that this genesis founds; makes it when there is none.
///
/// # Errors
/// What [`Store::open`] and [`Store::create`] say.
pub fn open_or_found(path: &Path, options: &StoreOptions, genesis: &Genesis) -> Result<Opened, ChainError> {
    match Store::open(path, options, genesis.ledger_id()) {
        Err(StorageError::NoLedger { .. }) => {
            let records = found(genesis);
            let tree = state::update(&NoNodes, None, 0, &records)
                .map_err(|error| ChainError::Invariant(format!("founding: {error}")))?;
            let foundation = Foundation { genesis: &genesis.encode(), state: &records, tree: &tree };
            Ok(Store::create(path, options, &foundation)?)
        }
        opened => Ok(opened?),
    }
}

/// The state tree before there is one.
struct NoNodes;

impl state::NodeReader for NoNodes {
    type Error = Infallible;

    fn node(&self, _key: &[u8]) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(None)
    }
}
