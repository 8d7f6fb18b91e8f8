//! Verifying what a record is and was (状态证明).
//!
//! The steps of `docs/formats/status-proof.md`, one module each: the validators, the header and the proofs in
//! the state map are those of every trust bundle (`bundle`, `record`); `past` reads the record with every step
//! of its past and checks that they agree; `timeline` says from when until when each status held; `asked`
//! answers for a time.

mod asked;
mod heads;
mod past;
mod timeline;
mod words;

use bulla_types::{ReasonCode, StatusProofFile};
use bytes::Bytes;

pub use asked::Asked;

use crate::bundle::ProvedBundle;
use crate::chronicle::Chronicle;
use crate::report::{AnchorReport, AsOf, Claims, LedgerReport, StatusReport, VotesReport};
use crate::{Anchor, Refused};

/// Verifies a status proof against an anchor, and answers for a time if one is asked about.
///
/// `file` comes from anywhere; more than [`STATUS_PROOF_BYTES_MAX`] bytes are refused. No byte of it can be
/// changed unnoticed. That the answer is "no" or "not known" is no refusal: the file says it.
///
/// # Errors
/// The first thing that does not hold. Nothing of the file is to be believed then.
///
/// [`STATUS_PROOF_BYTES_MAX`]: bulla_types::limits::STATUS_PROOF_BYTES_MAX
pub fn verify_status(file: &[u8], anchor: &Anchor, asked: Option<Asked>) -> Result<StatusReport, Refused> {
    anchor.check()?;
    let file = StatusProofFile::decode(&Bytes::copy_from_slice(file))
        .map_err(|error| Refused::malformed("", &error))?;
    let genesis = &file.bundle().genesis;
    let found = genesis.ledger_id();
    if found != anchor.ledger_id() {
        let detail = format!("has the digest {found}, the anchor is of ledger {}", anchor.ledger_id());
        return Err(Refused::new(ReasonCode::AnchorMismatch, "bundle.genesis", detail));
    }
    let mut chronicle = Chronicle::new(genesis);
    let bundle =
        ProvedBundle::new(file.bundle(), &mut chronicle).map_err(|refused| refused.within("bundle"))?;
    check_checkpoint(&chronicle, anchor)?;
    let header = bundle.state_header.header();
    let past = past::read(&file, &bundle).map_err(|refused| refused.within("bundle"))?;
    let timeline = timeline::of(&past.steps);
    let validators = bundle.headers.history().in_force_at(header.height);
    Ok(StatusReport {
        ledger: LedgerReport::new(genesis),
        anchor: AnchorReport::new(anchor, genesis),
        digest: file.digest(),
        as_of: AsOf { height: header.height.0, time_ms: header.time.0 },
        block_hash: bundle.state_header.hash(),
        votes: VotesReport::new(&file.bundle().state_certificate, validators),
        answer: asked.map(|asked| asked::answer(asked, &timeline, &past.steps, header.time)),
        timeline: timeline::up_to(timeline, header.time),
        steps: past.steps.into_iter().map(|step| step.report).collect(),
        record: past.record,
        claims: Claims::of_status(anchor.trusts_validators()),
    })
}

/// A header of the checkpoint's size has its root.
fn check_checkpoint(chronicle: &Chronicle, anchor: &Anchor) -> Result<(), Refused> {
    let Some(head) = anchor.checkpoint().map(crate::TrustedCheckpoint::head) else { return Ok(()) };
    match chronicle.log_roots().find(|(size, root)| *size == head.size && *root != head.root) {
        None => Ok(()),
        Some((size, certified)) => {
            let detail =
                format!("at size {size} its root is {}, a certified header has {certified}", head.root);
            Err(Refused::new(ReasonCode::AnchorMismatch, "anchor", detail))
        }
    }
}
