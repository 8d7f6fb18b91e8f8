//! The steps for one receipt, and the facts that come of them.

use bulla_types::{
    Content as Recorded, DeadlineReached, DeadlineSettled, Entry, Genesis, Receipt, Subject, SystemEvent,
};

use crate::bundle::ProvedBundle;
use crate::chronicle::Chronicle;
use crate::later::{KnownRoots, anchored, later_inclusions};
use crate::record::Records;
use crate::report::{
    Anchored, AsOf, AttestationReport, Claims, Content, DeadlineReport, EquivocationReport, Examined,
    ReceiptReport, TimeReport, TransactionReport, VotesReport,
};
use crate::signers::{SignedIn, signers};
use crate::{Anchor, CertifiedHeader, Refused, TrustedCheckpoint, verify_inclusion_of};

/// On what a receipt is examined.
#[derive(Clone, Copy)]
pub(crate) struct Grounds<'a> {
    pub(crate) anchor: &'a Anchor,
    /// The genesis that the anchor names.
    pub(crate) genesis: &'a Genesis,
    pub(crate) chronicle: &'a Chronicle,
    pub(crate) known: &'a KnownRoots,
}

/// Verifies a receipt whose header and bundle are certified.
pub(crate) fn examine(
    receipt: &Receipt,
    header: &CertifiedHeader,
    bundle: &ProvedBundle,
    grounds: Grounds<'_>,
) -> Result<ReceiptReport, Refused> {
    let Grounds { anchor, genesis, chronicle, known } = grounds;
    let entry = verify_inclusion_of(header, &receipt.entry, receipt.index, &receipt.inclusion_path)?;
    let later = later_inclusions(receipt, known)?;
    let content = content(receipt, &entry, &bundle.records)?;
    let height = receipt.header.height;
    let history = bundle.headers.history();
    let anchored = match anchor.checkpoint() {
        Some(checkpoint) => by_checkpoint(receipt, checkpoint)?,
        None => Anchored::Genesis {
            elapsed_ms: entry.time.distance_ms(genesis.time()),
            validator_changes: history.changes_before(height),
        },
    };
    let parameters = genesis.parameters();
    let bound_ms = (receipt.header.parameters_hash == parameters.hash()).then_some(parameters.time_bound_ms);
    let state = bundle.state_header.header();
    let (signed, deposits) = match &content {
        Content::Transaction(transaction) => (true, !transaction.deposits.is_empty()),
        Content::Founded
        | Content::Equivocation(_)
        | Content::DeadlineReached(_)
        | Content::DeadlineSettled(_)
        | Content::OutageEnded { .. }
        | Content::CycleEnded { .. } => (false, false),
    };
    let claims = Claims::new(Examined {
        validators_trusted: anchor.trusts_validators(),
        signed,
        deposits,
        unknown_roots: later.iter().any(|later| !later.proved),
        attestations: !receipt.attestations.is_empty(),
    });
    Ok(ReceiptReport {
        digest: receipt.digest(),
        entry_index: receipt.index,
        height: height.0,
        block_hash: header.hash(),
        time: TimeReport::new(&receipt.header, chronicle.parent_time(&receipt.header), bound_ms),
        content,
        anchored,
        votes: VotesReport::new(&receipt.certificate, history.in_force_at(height)),
        records_as_of: AsOf { height: state.height.0, time_ms: state.time.0 },
        later_inclusions: later,
        attestations: receipt.attestations.iter().map(AttestationReport::new).collect(),
        claims,
    })
}

fn by_checkpoint(receipt: &Receipt, checkpoint: &TrustedCheckpoint) -> Result<Anchored, Refused> {
    anchored(receipt, checkpoint)?;
    // An entry in the log has an index below its size.
    let later_entries = checkpoint.head().size.saturating_sub(receipt.index).saturating_sub(1);
    Ok(Anchored::Checkpoint { later_entries })
}

/// What the entry records; the signatures of a transaction are verified.
fn content(receipt: &Receipt, entry: &Entry, records: &Records) -> Result<Content, Refused> {
    let ledger_id = &receipt.header.ledger_id;
    Ok(match &entry.content {
        Recorded::Transaction(transaction) => {
            let signed_in = SignedIn { ledger_id, index: receipt.index, time: entry.time, transaction };
            let signers = signers(signed_in, records)?;
            Content::Transaction(TransactionReport::new(ledger_id, transaction, &entry.outcomes, signers))
        }
        Recorded::Event(SystemEvent::Founded { .. }) => Content::Founded,
        Recorded::Event(SystemEvent::Equivocation(equivocation)) => {
            Content::Equivocation(EquivocationReport::new(equivocation))
        }
        Recorded::Event(SystemEvent::DeadlineReached(reached)) => {
            let DeadlineReached { due, subject, deadline } = *reached;
            Content::DeadlineReached(DeadlineReport::new(ledger_id, subject, deadline, due))
        }
        Recorded::Event(SystemEvent::DeadlineSettled(settled)) => {
            let DeadlineSettled { case, deadline, due, .. } = *settled;
            Content::DeadlineSettled(DeadlineReport::new(ledger_id, Subject::Case(case), deadline, due))
        }
        Recorded::Event(SystemEvent::OutageEnded(ended)) => {
            Content::OutageEnded { from_ms: ended.from.0, held_until_ms: ended.held_until.0 }
        }
        Recorded::Event(SystemEvent::CycleEnded(ended)) => Content::CycleEnded {
            due_ms: ended.due.0,
            profile_digest: ended.profile.to_string(),
            procedure: ended.procedure,
        },
    })
}
