//! A block that was executed and is not committed yet.

use std::collections::BTreeMap;

use bulla_merkle::{log::Appended, state::StateUpdate};
use bulla_storage::{Commit, Durable, IndexRows, NewRequest, ProposalRecord, Store, StoredBlock, Tip};
use bulla_types::{CalledUpon, CaseNumber, CommitCertificate, Header, Transaction};

use crate::ledger::WINDOW_MS;

/// A block with everything that executing it gives.
pub(crate) struct Built {
    pub(crate) header: Header,
    pub(crate) stored: StoredBlock,
    pub(crate) certificate: CommitCertificate,
    pub(crate) transactions: Vec<Transaction>,
    pub(crate) log: Appended,
    pub(crate) second_log: Appended,
    pub(crate) state: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    pub(crate) tree: StateUpdate,
    pub(crate) requests: Vec<NewRequest>,
    pub(crate) index: IndexRows,
    pub(crate) work: Vec<(CaseNumber, CalledUpon)>,
}

impl Built {
    pub(crate) fn proposal(&self) -> ProposalRecord {
        self.proposal_of_round(0)
    }

    pub(crate) fn proposal_of_round(&self, round: u32) -> ProposalRecord {
        ProposalRecord {
            height: self.header.height,
            round,
            valid_round: None,
            proposer: self.header.builder,
            block_hash: self.header.hash(),
            valid: true,
        }
    }

    pub(crate) fn commit(&self, store: &Store) -> bulla_storage::Result<Tip> {
        store.commit(&self.as_commit())
    }

    pub(crate) fn as_commit(&self) -> Commit<'_> {
        Commit {
            header: &self.header,
            block_hash: self.header.hash(),
            certificate: &self.certificate,
            block: None,
            log: &self.log,
            second_log: Some(&self.second_log),
            state: &self.state,
            tree: &self.tree,
            state_version: self.header.height.0,
            requests: &self.requests,
            forget_requests_before_ms: self.header.time.0 - WINDOW_MS,
            index: &self.index,
            work: &self.work,
            durable: Durable::Now,
        }
    }
}
