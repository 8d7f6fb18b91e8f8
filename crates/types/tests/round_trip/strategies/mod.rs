//! Any value of each type, for properties that hold for all of them.

mod blocks;
mod entries;
mod genesis;
mod receipts;
mod state;
mod transactions;
mod values;

pub(crate) use blocks::{blocks, certificates, headers, validator_sets};
pub(crate) use entries::entries;
pub(crate) use genesis::geneses;
pub(crate) use receipts::receipt_files;
pub(crate) use state::{key_records, member_records, state_keys, status_records};
pub(crate) use transactions::{submissions, tickets, transactions};
pub(crate) use values::{hashes, request_ids};
