//! Parts arrive, become blocks, and are checked.

use std::sync::Arc;

use bulla_types::LedgerId;
use bytes::Bytes;
use malachitebft_app::streaming::StreamMessage;
use malachitebft_app::types::{PeerId, ProposedValue};
use ractor::RpcReplyPort;

use super::round::{RunningHeight, proposed_value};
use super::{ApplicationLoop, Outcome, reply};
use crate::application::{Application, KnownProposal, Origin, Received};
use crate::context::Bulla;
use crate::frontier::Frontier;
use crate::limits::BLOCKS_PER_ROUND_MAX;
use crate::parts::{FirstPart, Held, Judgement, Part, Whole, digest_of};
use crate::votes::VoteWatch;

type PartReply = RpcReplyPort<ProposedValue<Bulla>>;

impl ApplicationLoop {
    /// Keeps the part; the port of the one that completes a block is answered when the block is checked.
    pub(super) fn received_part(&mut self, peer: PeerId, part: StreamMessage<Part>, reply_to: PartReply) {
        let (stream, sequence) = (part.stream_id.clone(), part.sequence);
        match self.state.parts.accept(&peer, part, reply_to) {
            Ok(true) => self.take_parts(),
            Ok(false) => {}
            Err(reason) => tracing::debug!(%peer, %stream, sequence, %reason, "refused a part"),
        }
    }

    /// Judges the streams at hand and has those checked that are whole and may be.
    pub(super) fn take_parts(&mut self) {
        let Some(running) = self.state.running.as_mut() else { return };
        let judge = Judge { ledger: &self.ledger, votes: &self.votes, frontier: &self.frontier };
        let ready = self.state.parts.settle(|held| judge.judge(running, held));
        for whole in ready {
            self.check(whole);
        }
    }

    fn check(&mut self, whole: Whole<PartReply>) {
        let app = Arc::clone(&self.app);
        self.state.tasks.spawn(async move {
            let Whole { first, data, token: reply_to } = whole;
            match joined(&first, data).await {
                Some(bytes) => check_block(&*app, &first, bytes, reply_to).await,
                None => {
                    tracing::warn!(proposer = %first.proposer, height = first.height, "parts do not match their digest");
                    Outcome::Done
                }
            }
        });
    }
}

/// Puts the data together, if it is what the proposer signed.
async fn joined(first: &FirstPart, data: Vec<Bytes>) -> Option<Bytes> {
    let digest = first.digest;
    let join = tokio::task::spawn_blocking(move || {
        let bytes = Whole::<PartReply>::join(&data);
        (digest_of(&bytes) == digest).then_some(bytes)
    });
    join.await.ok().flatten()
}

async fn check_block(
    app: &dyn Application,
    first: &FirstPart,
    bytes: Bytes,
    reply_to: PartReply,
) -> Outcome {
    let FirstPart { height, round, pol_round, proposer, block_hash, .. } = *first;
    let origin = if pol_round.is_some() { Origin::Relocked } else { Origin::Fresh };
    match app.check(Received { height, round, pol_round, proposer, block_hash, bytes, origin }).await {
        Ok(valid) => {
            if !valid {
                tracing::warn!(height, round, %proposer, %block_hash, "a proposed block is not valid");
            }
            let known = KnownProposal { height, round, pol_round, proposer, block_hash, valid };
            reply(reply_to, proposed_value(known));
            Outcome::Done
        }
        Err(error) => Outcome::Erred(height, error),
    }
}

/// What a stream may be used for.
struct Judge<'a> {
    ledger: &'a LedgerId,
    votes: &'a VoteWatch,
    frontier: &'a Frontier,
}

impl Judge<'_> {
    fn judge(&self, running: &mut RunningHeight, held: &mut Held) -> Judgement {
        let first = &held.first;
        if first.height < running.height {
            return Judgement::Drop;
        }
        if !held.verified {
            match running.validators.get(&first.proposer) {
                Some(proposer) if first.is_signed_by(self.ledger, &proposer.key) => held.verified = true,
                // Perhaps a validator of that height; its set is known when it starts.
                None if first.height > running.height => return Judgement::Wait,
                Some(_) | None => return Judgement::Drop,
            }
        }
        if held.first.height > running.height {
            self.frontier.raise(held.first.height);
            return Judgement::Wait;
        }
        self.judge_signed(running, &held.first)
    }

    /// Of the running height, and signed by one of its validators.
    fn judge_signed(&self, running: &mut RunningHeight, first: &FirstPart) -> Judgement {
        let (height, round, block) = (first.height, first.round, first.block_hash);
        if running.validators.proposer(height, round).address.0 != first.proposer {
            return Judgement::Drop;
        }
        let taken = running.taken.entry(round).or_default();
        if taken.contains(&block) || taken.len() >= BLOCKS_PER_ROUND_MAX {
            return Judgement::Drop;
        }
        if !self.votes.claim(height, round, block, first.pol_round) {
            tracing::warn!(
                height, round, pol_round = ?first.pol_round, proposer = %first.proposer,
                "dropped a block whose proof-of-lock round differs from its proposal's"
            );
            return Judgement::Drop;
        }
        if first.pol_round.is_some_and(|pol_round| !self.votes.polka(height, pol_round, block)) {
            return Judgement::Wait;
        }
        Judgement::Ready
    }
}
