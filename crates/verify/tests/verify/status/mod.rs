//! Status proofs: what a record is and was.

mod answers;
mod bytes;
mod forged;
mod kinds;
mod vectors;

use std::collections::{BTreeMap, BTreeSet};

use bulla_fixtures::{GENESIS_MS, Ledger, SERVICE};
use bulla_types::{
    BlockTime, Canonical, CaseNumber, CertificateNumber, CertificateRecord, CertificateStatus, Content,
    DeadlineReached, KeyStatus, ProfileDigest, RecordKey, RegistrationNumber, StateKey, StatusProofFile,
    StatusRecord, Subject, SystemEvent,
};
use bulla_verify::{Asked, Refused, verify_status};
use serde_json::Value;

use crate::anchor;

const NUMBER: CertificateNumber = CertificateNumber(7);
const RECORD: RecordKey = RecordKey::Certificate(NUMBER);

/// A ledger with one certificate, each step of whose past stands in a block of its own.
struct Register {
    ledger: Ledger,
    head: CertificateRecord,
}

impl Register {
    /// Issues the certificate in block 2.
    fn issue(valid_until: Option<u64>) -> Self {
        let ledger = Ledger::found();
        let head = CertificateRecord {
            number: NUMBER,
            profile: ProfileDigest::of(b"a profile"),
            kind: "registration_certificate".parse().unwrap(),
            case: CaseNumber(3),
            subject: Subject::Registration(RegistrationNumber(4)),
            holders: BTreeSet::from([SERVICE]),
            contents: BTreeMap::new(),
            issued: ledger.next_time(),
            valid_until: None,
            status: CertificateStatus::InForce,
            history_count: 0,
        };
        let mut register = Self { ledger, head };
        register.step(CertificateStatus::InForce, valid_until);
        register
    }

    /// The certificate takes this status and term in the next block.
    fn step(&mut self, status: CertificateStatus, valid_until: Option<u64>) {
        let valid_until = valid_until.map(at);
        self.head = CertificateRecord {
            status,
            valid_until,
            history_count: self.head.history_count + 1,
            ..self.head.clone()
        };
        let step = self.stamped(status, valid_until);
        self.write(&step);
    }

    fn stamped(
        &self,
        status: CertificateStatus,
        valid_until: Option<BlockTime>,
    ) -> StatusRecord<CertificateStatus> {
        StatusRecord {
            status,
            log_index: self.ledger.log_size(),
            time: self.ledger.next_time(),
            transaction_id: None,
            effective_from: None,
            valid_until,
        }
    }

    /// Writes head and step in the next block, whether or not they agree.
    fn write(&mut self, step: &StatusRecord<CertificateStatus>) {
        let seq = self.head.history_count - 1;
        let key = StateKey::History { record: RECORD, seq };
        let changes = [(key, step.encode()), (RECORD.into(), self.head.encode())];
        append(&mut self.ledger, &changes);
    }

    /// A block in which nothing happens.
    fn wait(&mut self) {
        self.ledger.block(vec![]);
    }

    fn proof(&self) -> StatusProofFile {
        self.ledger.status_proof(RECORD, self.ledger.height())
    }

    fn report(&self, asked: Option<Asked>) -> Value {
        report(&self.ledger, &self.proof(), asked)
    }
}

/// Milliseconds after the genesis. Block `n` is of `1000 * n`.
fn at(ms: u64) -> BlockTime {
    BlockTime(GENESIS_MS + ms)
}

/// Appends a block with one event and these changes of the state.
fn append(ledger: &mut Ledger, changes: &[(StateKey, Vec<u8>)]) {
    let reached = DeadlineReached { due: at(1), subject: Subject::Certificate(NUMBER), deadline: 0 };
    let event = Content::Event(SystemEvent::DeadlineReached(reached));
    let changes = changes.iter().map(|(key, value)| (key.encode(), Some(value.clone()))).collect();
    ledger.forced_block(vec![event], changes, None);
}

/// A step of a key's past.
fn key_step(
    status: KeyStatus,
    ledger: &Ledger,
    effective_from: Option<BlockTime>,
) -> StatusRecord<KeyStatus> {
    StatusRecord {
        status,
        log_index: ledger.log_size(),
        time: ledger.next_time(),
        transaction_id: None,
        effective_from,
        valid_until: None,
    }
}

fn report(ledger: &Ledger, file: &StatusProofFile, asked: Option<Asked>) -> Value {
    serde_json::to_value(verify_status(&file.encode(), &anchor(ledger), asked).unwrap()).unwrap()
}

fn refused(ledger: &Ledger, file: &StatusProofFile) -> Refused {
    verify_status(&file.encode(), &anchor(ledger), None).unwrap_err()
}
