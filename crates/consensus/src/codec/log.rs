//! What the engine writes to its log beside votes, proposals and certificates.

use malachitebft_app::consensus::ProposedValue;

use super::wire_fields;
use crate::context::Bulla;

wire_fields!(in round ProposedValue<Bulla> { height, round, valid_round, proposer, value, validity });
