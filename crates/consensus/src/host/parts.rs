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

    /// Judges the streams at hand and takes those that are whole and may be.
    pub(super) fn take_parts(&mut self) {
        let Some(running) = &self.state.running else { return };
        let judge = Judge { ledger: &self.ledger, votes: &self.votes, frontier: &self.frontier, running };
        for whole in self.state.parts.settle(|held| judge.judge(held)) {
            self.state.tasks.spawn(join(whole));
        }
    }

    /// Has a block checked whose bytes are what its proposer signed. Only now does it count as taken: anyone
    /// can send another's first part and then other data.
    pub(super) fn joined(&mut self, first: FirstPart, bytes: Bytes, reply_to: PartReply) {
        if self.state.running.as_mut().is_some_and(|running| running.take(&first)) {
            let app = Arc::clone(&self.app);
            self.state.tasks.spawn(async move { check(&*app, first, bytes, reply_to).await });
        }
    }
}

/// Puts the data together, off the threads that must not wait.
async fn join(whole: Whole<PartReply>) -> Outcome {
    let Whole { first, data, token: reply_to } = whole;
    let digest = first.digest;
    let joined = tokio::task::spawn_blocking(move || {
        let bytes = Whole::<PartReply>::join(&data);
        (digest_of(&bytes) == digest).then_some(bytes)
    });
    match joined.await {
        Ok(Some(bytes)) => Outcome::Joined(first, bytes, reply_to),
        Ok(None) | Err(_) => {
            let FirstPart { height, round, block_hash, .. } = first;
            tracing::debug!(height, round, %block_hash, "parts are not what their proposer signed");
            Outcome::Done
        }
    }
}

async fn check(app: &dyn Application, first: FirstPart, bytes: Bytes, reply_to: PartReply) -> Outcome {
    let FirstPart { height, round, pol_round, proposer, block_hash, .. } = first;
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
        Err(error) => Outcome::Unchecked(first, error),
    }
}

/// What a stream may be used for.
struct Judge<'a> {
    ledger: &'a LedgerId,
    votes: &'a VoteWatch,
    frontier: &'a Frontier,
    running: &'a RunningHeight,
}

impl Judge<'_> {
    fn judge(&self, held: &mut Held) -> Judgement {
        let (first, running) = (&held.first, self.running);
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
        if first.height > running.height {
            self.frontier.raise(first.height);
            return Judgement::Wait;
        }
        self.judge_signed(first)
    }

    /// Of the running height, and signed by one of its validators.
    fn judge_signed(&self, first: &FirstPart) -> Judgement {
        let FirstPart { height, round, pol_round, proposer, block_hash, .. } = *first;
        let has_the_turn = self.running.validators.proposer(height, round).address.0 == proposer;
        if !has_the_turn || self.running.is_taken(round, block_hash) {
            return Judgement::Drop;
        }
        // Later rounds are a proposer's to fill for ever; each is looked at when it starts.
        if round > self.running.round {
            return Judgement::Wait;
        }
        if !self.votes.claim(height, round, block_hash, pol_round) {
            tracing::warn!(
                height, round, ?pol_round, %proposer,
                "dropped a block whose proof-of-lock round differs from its proposal's"
            );
            return Judgement::Drop;
        }
        match pol_round {
            Some(pol_round) if !self.votes.locked(height, pol_round, block_hash) => Judgement::Wait,
            _ => Judgement::Ready,
        }
    }
}
