//! Verifying many headers of one ledger, each once.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bulla_crypto::Hash;
use bulla_types::{BlockHash, CommitCertificate, Header, ValidatorTransition};

use crate::{CertifiedHeader, Refused, ValidatorHistory};

/// Headers remembered: the blocks of a busy quarter of an hour, a few hundred kilobytes.
const REMEMBERED_MAX: usize = 1024;

/// Verifies headers against the validators in force at their heights, and remembers which header and
/// certificate it has verified: many entries rest on one header.
#[derive(Debug, Clone)]
pub struct HeaderVerifier {
    history: ValidatorHistory,
    verified: BTreeMap<(BlockHash, Hash), Arc<CertifiedHeader>>,
    oldest_first: VecDeque<(BlockHash, Hash)>,
}

impl HeaderVerifier {
    /// A verifier for the ledger of this history.
    #[must_use]
    pub fn new(history: ValidatorHistory) -> Self {
        Self { history, verified: BTreeMap::new(), oldest_first: VecDeque::new() }
    }

    /// The validators that it knows.
    #[must_use]
    pub fn history(&self) -> &ValidatorHistory {
        &self.history
    }

    /// Takes a change of validators. What was verified in ignorance of it is forgotten.
    ///
    /// # Errors
    /// As [`ValidatorHistory::follow`].
    pub fn follow(&mut self, transition: &ValidatorTransition) -> Result<CertifiedHeader, Refused> {
        let header = self.history.follow(transition)?;
        self.verified.clear();
        self.oldest_first.clear();
        Ok(header)
    }

    /// Verifies a header with its certificate, or recognises both.
    ///
    /// # Errors
    /// The header is of another ledger, names other validators than were in force, or the certificate does
    /// not show that they decided it.
    pub fn verify(
        &mut self,
        header: &Header,
        certificate: &CommitCertificate,
    ) -> Result<Arc<CertifiedHeader>, Refused> {
        let name = (header.hash(), certificate.hash());
        if let Some(known) = self.verified.get(&name) {
            return Ok(Arc::clone(known));
        }
        let validators = self.history.in_force_at(header.height);
        let certified = CertifiedHeader::new(&self.history.ledger_id(), validators, header, certificate)?;
        let certified = Arc::new(certified);
        if self.oldest_first.len() >= REMEMBERED_MAX
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.verified.remove(&oldest);
        }
        self.oldest_first.push_back(name);
        self.verified.insert(name, Arc::clone(&certified));
        Ok(certified)
    }
}
