//! The steps for one receipt, and the facts that come of them.

use std::sync::Arc;

use bulla_types::{BlockHash, Content as Recorded, Entry, Genesis, Receipt, SystemEvent};

use crate::bundle::ProvedBundle;
use crate::certified::{check_ledger, check_names};
use crate::chronicle::Chronicle;
use crate::entry::placed;
use crate::later::{KnownRoots, anchored, later_inclusions};
use crate::record::Records;
use crate::report::{
    Anchored, AsOf, AttestationReport, Claims, Content, EquivocationReport, Examined, LaterReport,
    ReceiptReport, TimeReport, TransactionReport, VotesReport,
};
use crate::signers::{Known, SignedIn, signers};
use crate::{CertifiedHeader, Refused, TrustedCheckpoint, verify_inclusion_of};

/// What is proved from the genesis on, for one receipt.
pub(crate) struct Certified<'a> {
    pub(crate) genesis: &'a Genesis,
    pub(crate) header: &'a Arc<CertifiedHeader>,
    pub(crate) bundle: &'a ProvedBundle,
    pub(crate) chronicle: &'a Chronicle,
}

/// Verifies a receipt whose header is certified.
pub(crate) fn by_certificate(
    receipt: &Receipt,
    certified: &Certified<'_>,
    checkpoint: Option<&TrustedCheckpoint>,
    known: &KnownRoots,
) -> Result<ReceiptReport, Refused> {
    let Certified { genesis, header, bundle, chronicle } = certified;
    let entry = verify_inclusion_of(header, &receipt.entry, receipt.index, &receipt.inclusion_path)?;
    let later = later_inclusions(receipt, known)?;
    if let Some(checkpoint) = checkpoint {
        anchored(receipt, checkpoint)?;
    }
    let height = receipt.header.height;
    let history = bundle.headers.history();
    let by_genesis = Anchored::Genesis {
        elapsed_ms: entry.time.distance_ms(genesis.time()),
        validator_changes: history.changes_before(height),
    };
    let parameters = genesis.parameters();
    let bound_ms = (receipt.header.parameters_hash == parameters.hash()).then_some(parameters.time_bound_ms);
    let state = bundle.state_header.header();
    let facts = ReceiptFacts {
        block_hash: Some(header.hash()),
        content: content(receipt, &entry, Known::Proved(&bundle.records))?,
        time: TimeReport::of_block(&receipt.header, chronicle.parent_time(&receipt.header), bound_ms),
        anchored: checkpoint.map_or(by_genesis, |checkpoint| by_head(receipt, checkpoint)),
        votes: Some(VotesReport::new(&receipt.certificate, history.in_force_at(height))),
        records_as_of: Some(AsOf { height: state.height.0, time_ms: state.time.0 }),
        later,
    };
    Ok(facts.report(receipt))
}

/// Verifies a receipt by a checkpoint alone.
pub(crate) fn by_checkpoint(
    receipt: &Receipt,
    checkpoint: &TrustedCheckpoint,
    records: &Records,
) -> Result<ReceiptReport, Refused> {
    check_ledger(&checkpoint.ledger_id(), &receipt.header)?;
    check_names(&receipt.header, &receipt.certificate)?;
    let entry = placed(&receipt.header, &receipt.entry, receipt.index, &receipt.inclusion_path)?;
    let known = KnownRoots::from([(checkpoint.head().size, checkpoint.head().root)]);
    let later = later_inclusions(receipt, &known)?;
    anchored(receipt, checkpoint)?;
    let facts = ReceiptFacts {
        block_hash: None,
        content: content(receipt, &entry, Known::Unproved(records))?,
        time: TimeReport::of_entry(entry.time),
        anchored: by_head(receipt, checkpoint),
        votes: None,
        records_as_of: None,
        later,
    };
    Ok(facts.report(receipt))
}

fn by_head(receipt: &Receipt, checkpoint: &TrustedCheckpoint) -> Anchored {
    // An entry in the log has an index below its size.
    Anchored::Checkpoint {
        later_entries: checkpoint.head().size.saturating_sub(receipt.index).saturating_sub(1),
    }
}

/// What the entry records; the signatures of a transaction are verified.
fn content(receipt: &Receipt, entry: &Entry, known: Known<'_>) -> Result<Content, Refused> {
    let ledger_id = &receipt.header.ledger_id;
    Ok(match &entry.content {
        Recorded::Transaction(transaction) => {
            let signed_in = SignedIn { ledger_id, index: receipt.index, time: entry.time, transaction };
            let signers = signers(signed_in, known)?;
            Content::Transaction(TransactionReport::new(ledger_id, transaction, &entry.outcomes, signers))
        }
        Recorded::Event(SystemEvent::Founded { .. }) => Content::Founded,
        Recorded::Event(SystemEvent::Equivocation(equivocation)) => {
            Content::Equivocation(EquivocationReport::new(equivocation))
        }
    })
}

/// What was verified, before it is a report.
struct ReceiptFacts {
    block_hash: Option<BlockHash>,
    content: Content,
    time: TimeReport,
    anchored: Anchored,
    votes: Option<VotesReport>,
    records_as_of: Option<AsOf>,
    later: Vec<LaterReport>,
}

impl ReceiptFacts {
    fn report(self, receipt: &Receipt) -> ReceiptReport {
        let (signed, deposits) = match &self.content {
            Content::Transaction(transaction) => (true, !transaction.deposits.is_empty()),
            Content::Founded | Content::Equivocation(_) => (false, false),
        };
        let claims = Claims::new(Examined {
            certificates: self.votes.is_some(),
            signed,
            deposits,
            unknown_roots: self.later.iter().any(|later| !later.proved),
            attestations: !receipt.attestations.is_empty(),
        });
        ReceiptReport {
            digest: receipt.digest(),
            entry_index: receipt.index,
            height: receipt.header.height.0,
            block_hash: self.block_hash,
            time: self.time,
            content: self.content,
            anchored: self.anchored,
            votes: self.votes,
            records_as_of: self.records_as_of,
            later_inclusions: self.later,
            attestations: receipt.attestations.iter().map(AttestationReport::new).collect(),
            claims,
        }
    }
}
