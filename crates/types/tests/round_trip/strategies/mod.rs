//! Any value of each type, for properties that hold for all of them.

mod blocks;
mod cases;
mod entries;
mod genesis;
mod governance;
mod receipts;
mod register;
mod state;
mod transactions;
mod values;

pub(crate) use blocks::{blocks, certificates, headers, validator_sets};
pub(crate) use cases::field_values;
pub(crate) use entries::entries;
pub(crate) use genesis::{geneses, plans};
pub(crate) use governance::{
    parameter_set_records, proposal_records, proposals, protocol_schedule_records, validator_set_records,
};
pub(crate) use receipts::{receipt_files, status_proofs};
pub(crate) use register::{
    account_records, calendar_records, case_records, case_steps, certificate_records, object_records,
    outage_records, profile_records, registration_records, suspension_records,
};
pub(crate) use state::{key_records, member_records, state_keys, status_records};
pub(crate) use transactions::{submissions, tickets, transactions};
pub(crate) use values::{hashes, request_ids};
