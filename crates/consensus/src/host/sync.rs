//! Blocks for and from nodes that catch up.

use std::ops::RangeInclusive;
use std::sync::Arc;

use bulla_types::CommitCertificate;
use bytes::Bytes;
use malachitebft_app::consensus::{VoteExtensionError, VoteExtensionVerdicts};
use malachitebft_app::engine::host::SyncedValueOutcome;
use malachitebft_core_types::{ExtendedCommitCertificate, ExtendedCommitSignature, Round};
use malachitebft_sync::RawDecidedValue;
use ractor::RpcReplyPort;

use super::round::proposed_value;
use super::{ApplicationLoop, Outcome, reply};
use crate::application::{Application, KnownProposal, Origin, Received};
use crate::context::{Bulla, Height, ValidatorAddress};
use crate::limits::{SYNC_ANSWER_BYTES_MAX, SYNC_BATCH_BLOCKS, SYNC_FRAMING_BYTES_MAX};

impl ApplicationLoop {
    pub(super) fn history_min(&self, reply_to: RpcReplyPort<Height>) {
        reply(reply_to, Height(self.app.history_min()));
    }

    /// Serves decided blocks to a peer. The range is the peer's and may be anything.
    pub(super) fn serve(
        &mut self,
        range: RangeInclusive<Height>,
        reply_to: RpcReplyPort<Vec<RawDecidedValue<Bulla>>>,
    ) {
        let app = Arc::clone(&self.app);
        self.state.tasks.spawn(async move {
            reply(reply_to, decided_blocks(&*app, range).await);
            Outcome::Done
        });
    }

    /// Checks a block that a peer sent with a certificate, which the engine has verified just before.
    ///
    /// The verdict for a block that is not what the certificate names is the peer's fault; for an error it
    /// is nobody's, and the block is asked for again. There is no verdict "certified and not valid": that is
    /// fatal, and the application says so.
    pub(super) fn synced(
        &mut self,
        height: Height,
        round: Round,
        proposer: ValidatorAddress,
        bytes: Bytes,
        reply_to: RpcReplyPort<SyncedValueOutcome<Bulla>>,
    ) {
        let number = round.as_u32().unwrap_or(0);
        let Some(block_hash) = self.votes.certified(height.0, number) else {
            tracing::error!(height = height.0, round = number, "a synced block came without its certificate");
            return reply(reply_to, SyncedValueOutcome::LocalTransientError);
        };
        let app = Arc::clone(&self.app);
        let known = KnownProposal {
            height: height.0,
            round: number,
            pol_round: None,
            proposer: proposer.0,
            block_hash,
            valid: true,
        };
        self.state.tasks.spawn(async move {
            let KnownProposal { height, round, pol_round, proposer, block_hash, .. } = known;
            let origin = Origin::Synced;
            let received = Received { height, round, pol_round, proposer, block_hash, bytes, origin };
            match app.check(received).await {
                Ok(true) => reply(reply_to, SyncedValueOutcome::Verdict(proposed_value(known))),
                Ok(false) => reply(reply_to, SyncedValueOutcome::PeerFault),
                Err(error) => {
                    reply(reply_to, SyncedValueOutcome::LocalTransientError);
                    return Outcome::Erred(height, error);
                }
            }
            Outcome::Done
        });
    }
}

/// The decided blocks of a range that a peer asks for, which may be anything.
pub(crate) async fn decided_blocks(
    app: &dyn Application,
    range: RangeInclusive<Height>,
) -> Vec<RawDecidedValue<Bulla>> {
    let (from, to) = (range.start().0, range.end().0);
    let to = to.min(from.saturating_add(SYNC_BATCH_BLOCKS as u64 - 1));
    let bytes_max = (SYNC_ANSWER_BYTES_MAX - SYNC_FRAMING_BYTES_MAX) as u64;
    let blocks = if from > to { Vec::new() } else { app.decided(from, to, bytes_max).await };
    blocks.into_iter().map(raw_decided).collect()
}

fn raw_decided((certificate, bytes): (CommitCertificate, Bytes)) -> RawDecidedValue<Bulla> {
    let signatures = certificate
        .signatures
        .into_iter()
        .map(|(address, signature)| ExtendedCommitSignature::new(ValidatorAddress(address), signature, None));
    let certificate = ExtendedCommitCertificate {
        height: Height(certificate.height.0),
        round: Round::new(certificate.round),
        value_id: certificate.block_hash,
        commit_signatures: signatures.collect(),
    };
    RawDecidedValue::new(bytes, certificate)
}

/// No height of ours has vote extensions, so none is ever in order.
pub(super) fn refuse_extensions(
    extensions: Vec<(ValidatorAddress, ())>,
    reply_to: RpcReplyPort<VoteExtensionVerdicts<Bulla>>,
) {
    let refused = |(address, ())| (address, Err(VoteExtensionError::InvalidVoteExtension));
    reply(reply_to, extensions.into_iter().map(refused).collect());
}
