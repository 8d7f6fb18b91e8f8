//! This node proposes, or sends a proposal again.

use std::sync::Arc;
use std::time::Duration;

use bulla_types::BlockHash;
use bytes::Bytes;
use malachitebft_app::types::LocallyProposedValue;
use malachitebft_core_types::Round;
use ractor::RpcReplyPort;

use super::{ApplicationLoop, Outcome, Publisher, reply};
use crate::context::{Bulla, Height, ValidatorAddress, Value};
use crate::parts::{FirstPart, digest_of};
use crate::signer::SignerError;
use crate::signing::{ABSTAINED, ValidatorKey};

/// The part of the propose timeout that building may take; the rest is for sending the block and for the
/// others to check it.
const BUILD_SHARE: u32 = 3;

impl ApplicationLoop {
    /// Builds a block, signs its first part, answers, and sends it. Without an answer the engine lets the
    /// turn pass when its timeout is over, so that is the answer when there is nothing to propose.
    pub(super) fn propose(
        &mut self,
        height: Height,
        round: Round,
        timeout: Duration,
        reply_to: RpcReplyPort<LocallyProposedValue<Bulla>>,
    ) {
        let (Some(key), Some(number)) = (self.key.clone(), round.as_u32()) else { return };
        let (app, publisher) = (Arc::clone(&self.app), self.publisher.clone());
        self.state.tasks.spawn(async move {
            let proposed = match app.build(height.0, number, timeout / BUILD_SHARE).await {
                Ok(proposed) => proposed,
                Err(error) => return Outcome::Erred(height.0, error),
            };
            let (block_hash, bytes) = (proposed.block_hash, proposed.bytes);
            match sign_stream(&key, &publisher, (height.0, number), None, block_hash, &bytes).await {
                Ok(first) => {
                    reply(reply_to, LocallyProposedValue::new(height, round, Value(block_hash)));
                    publisher.publish(first.clone(), &bytes);
                    Outcome::Proposed(first)
                }
                Err(error) => {
                    tracing::warn!(%error, "this node lets its turn to propose pass");
                    Outcome::Done
                }
            }
        });
    }

    /// Sends the stream of a known proposal: under the signature that it came with, whoever proposed it, or
    /// under a new one when this node now proposes what was locked in an earlier round.
    pub(super) fn restream(
        &mut self,
        height: Height,
        round: Round,
        valid_round: Round,
        proposer: ValidatorAddress,
        block_hash: BlockHash,
    ) {
        let Some(number) = round.as_u32() else { return };
        let own = self.key.clone().filter(|key| key.address() == proposer.0);
        let running = self.state.running.as_ref().filter(|running| running.height == height.0);
        let kept = running.and_then(|running| running.first_part(number, block_hash)).cloned();
        let (app, publisher) = (Arc::clone(&self.app), self.publisher.clone());
        self.state.tasks.spawn(async move {
            let Some(bytes) = app.block(block_hash).await else {
                tracing::warn!(height = height.0, round = number, %block_hash, "no block to send again");
                return Outcome::Done;
            };
            let pol_round = valid_round.as_u32();
            let first = match (kept, own) {
                (Some(kept), _) => kept,
                (None, Some(key)) => {
                    let place = (height.0, number);
                    match sign_stream(&key, &publisher, place, pol_round, block_hash, &bytes).await {
                        Ok(first) => first,
                        Err(error) => {
                            tracing::warn!(%error, "a locked block is not sent again");
                            return Outcome::Done;
                        }
                    }
                }
                // First parts live in memory: after a restart another holder of the block sends it.
                (None, None) => return Outcome::Done,
            };
            publisher.publish(first.clone(), &bytes);
            Outcome::Proposed(first)
        });
    }
}

async fn sign_stream(
    key: &ValidatorKey,
    publisher: &Publisher,
    (height, round): (u64, u32),
    pol_round: Option<u32>,
    block_hash: BlockHash,
    bytes: &Bytes,
) -> Result<FirstPart, SignerError> {
    let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let data = bytes.clone();
    let digest = tokio::task::spawn_blocking(move || digest_of(&data))
        .await
        .map_err(|panicked| SignerError::Failed(Box::new(panicked)))?;
    let proposer = key.address();
    let unsigned =
        FirstPart { height, round, pol_round, proposer, block_hash, size, digest, signature: ABSTAINED };
    key.sign_first_part(publisher.prepare(unsigned)).await
}
