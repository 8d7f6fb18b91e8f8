//! Headers and certificates: each links to the one before, and is decided by the validators that it names.

use std::collections::{BTreeMap, BTreeSet};

use bulla_crypto::{Domain, Hash, framed};
use bulla_types::{
    BlockHash, Canonical, CommitCertificate, Counter, CounterRecord, Genesis, Header, Height, LedgerId,
    ParameterSetNumber, ParameterSetRecord, Parameters, StateKey, ValidatorSet, ValidatorSetNumber,
    ValidatorSetRecord,
};

use super::FsckReport;
use crate::view::{Decided, View};

/// What the next header must link to.
pub(super) struct HeaderCheck {
    ledger_id: LedgerId,
    height: Height,
    parent: BlockHash,
    parent_time_ms: u64,
    log_size: u64,
    validators_hash: Option<Hash>,
    /// Every set that the ledger's own bytes give, by its hash.
    validators: BTreeMap<Hash, ValidatorSet>,
    /// Hashes of all parameters that they give.
    parameters: BTreeSet<Hash>,
}

impl HeaderCheck {
    /// Starts from genesis; validators and parameters in force are taken from the state as well.
    pub(super) fn new(view: &View<'_>, ledger_id: LedgerId, report: &mut FsckReport) -> Self {
        let genesis = genesis(view, ledger_id, report);
        let mut validators = BTreeMap::new();
        let mut parameters = BTreeSet::new();
        if let Some(set) = state_value::<ValidatorSet>(view, &StateKey::Validators, report) {
            validators.insert(set.hash(), set);
        }
        if let Some(found) = state_value::<Parameters>(view, &StateKey::Parameters, report) {
            parameters.insert(found.hash());
        }
        for set in history::<ValidatorSetRecord>(view, Counter::ValidatorSets, report, |number| {
            StateKey::ValidatorSet(ValidatorSetNumber(number))
        }) {
            validators.insert(set.validators.hash(), set.validators);
        }
        for set in history::<ParameterSetRecord>(view, Counter::ParameterSets, report, |number| {
            StateKey::ParameterSet(ParameterSetNumber(number))
        }) {
            parameters.insert(set.parameters.hash());
        }
        if let Some(genesis) = &genesis {
            validators.insert(genesis.validators().hash(), genesis.validators().clone());
            parameters.insert(genesis.parameters().hash());
        }
        Self {
            ledger_id,
            height: Height(1),
            parent: BlockHash(ledger_id.0),
            parent_time_ms: genesis.as_ref().map_or(0, |genesis| genesis.time().0),
            log_size: 0,
            validators_hash: genesis.map(|genesis| genesis.validators().hash()),
            validators,
            parameters,
        }
    }

    /// Goes on from the block of a snapshot, whose parent is not here.
    pub(super) fn start_after(&mut self, decided: &Decided, report: &mut FsckReport) {
        self.check_alone(decided, report);
        self.height = decided.header.height;
        self.go_on_from(&decided.header, decided.block_hash);
    }

    /// Checks a decided header by itself.
    pub(super) fn check_alone(&self, decided: &Decided, report: &mut FsckReport) {
        let Decided { block_hash, header, certificate } = decided;
        let place = format!("block {}", header.height);
        report.same(&place, "the hash of its header", block_hash, &header.hash());
        report.same(&place, "the ledger", &self.ledger_id, &header.ledger_id);
        report.same(&place, "the block that the certificate names", block_hash, &certificate.block_hash);
        report.same(&place, "the height that the certificate names", &header.height, &certificate.height);
        self.check_certificate(&place, header, certificate, report);
    }

    /// Checks the block of the next height and goes on from it.
    pub(super) fn check(&mut self, decided: &Decided, report: &mut FsckReport) {
        let Decided { block_hash, header, certificate } = decided;
        let place = format!("block {}", self.height);
        report.same(&place, "the hash of its header", block_hash, &header.hash());
        report.same(&place, "the ledger", &self.ledger_id, &header.ledger_id);
        report.same(&place, "the height in its header", &self.height, &header.height);
        report.same(&place, "the parent", &self.parent, &header.parent);
        report.same(&place, "the log size before", &self.log_size, &header.log_size_before);
        if header.time.0 <= self.parent_time_ms {
            report.wrong(&place, "its time is not after its parent's");
        }
        if let Some(expected) = self.validators_hash {
            report.same(&place, "the validators that its parent named", &expected, &header.validators_hash);
        }
        if !self.parameters.contains(&header.parameters_hash) {
            report.wrong(&place, format!("no parameters with hash {} are known", header.parameters_hash));
        }
        report.same(&place, "the block that the certificate names", block_hash, &certificate.block_hash);
        report.same(&place, "the height that the certificate names", &self.height, &certificate.height);
        self.check_certificate(&place, header, certificate, report);
        self.go_on_from(header, *block_hash);
    }

    /// Goes on behind a height that cannot be read, by what its child says of it. Gives the number of its
    /// entries.
    pub(super) fn pass_over(&mut self, child: Option<&Header>) -> u64 {
        self.height = Height(self.height.0 + 1);
        self.validators_hash = None;
        let Some(child) = child else { return 0 };
        self.parent = child.parent;
        child.log_size_before.saturating_sub(std::mem::replace(&mut self.log_size, child.log_size_before))
    }

    /// Checks that the validators that this header names decided its block.
    pub(super) fn check_certificate(
        &self,
        place: &str,
        header: &Header,
        certificate: &CommitCertificate,
        report: &mut FsckReport,
    ) {
        match self.validators.get(&header.validators_hash) {
            None => {
                report.wrong(place, format!("no validators with hash {} are known", header.validators_hash));
            }
            Some(validators) => {
                if let Err(error) = certificate.verify(&self.ledger_id, validators) {
                    report.wrong(format!("{place}, certificate"), error);
                }
            }
        }
    }

    fn go_on_from(&mut self, header: &Header, block_hash: BlockHash) {
        self.height = Height(self.height.0 + 1);
        self.parent = block_hash;
        self.parent_time_ms = header.time.0;
        self.log_size = header.log_size_after;
        self.validators_hash = Some(header.next_validators_hash);
    }
}

/// What was in force, from the genesis on, if it has ever changed.
fn history<T: Canonical>(
    view: &View<'_>,
    counter: Counter,
    report: &mut FsckReport,
    key: impl Fn(u64) -> StateKey,
) -> Vec<T> {
    let counter = StateKey::Counter(counter);
    let Some(Some(bytes)) = report.take(counter.to_string(), view.state(&counter.encode())) else {
        return Vec::new();
    };
    let next = CounterRecord::decode(&bytes).map_err(|error| report.wrong(counter.to_string(), error));
    let numbers = 1..next.map_or(1, |counter| counter.next);
    numbers.filter_map(|number| state_value(view, &key(number), report)).collect()
}

fn genesis(view: &View<'_>, ledger_id: LedgerId, report: &mut FsckReport) -> Option<Genesis> {
    let bytes = report.take("genesis", view.genesis())?;
    report.same("genesis", "its digest, the ledger id", &ledger_id.0, &framed(Domain::Genesis, &[&bytes]));
    Genesis::decode(&bytes).map_err(|error| report.wrong("genesis", error)).ok()
}

fn state_value<T: Canonical>(view: &View<'_>, key: &StateKey, report: &mut FsckReport) -> Option<T> {
    let place = key.to_string();
    let Some(bytes) = report.take(&place, view.state(&key.encode()))? else {
        report.wrong(place, "it is missing");
        return None;
    };
    T::decode(&bytes).map_err(|error| report.wrong(place, error)).ok()
}
