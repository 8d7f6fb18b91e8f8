//! One round: peers are asked, one after the other, for what one block lacks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bulla_chain::{Chain, ChainError, Rejection};
use bulla_network::{HostHandle, OPENINGS_ASKED_MAX, OpeningsQuestion, PeerId, Unopened};
use bulla_types::{BlockHash, Height, MemberNumber};
use tracing::{debug, warn};

use super::pace::Pace;
use super::sought::RoundEnd;
use super::tally::{Tally, count};

/// Peers that are asked in one round.
const PEERS_MAX: usize = 16;

/// Questions to one peer in one round.
const QUESTIONS_MAX: usize = 64;

/// A peer that may keep what lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) peer: PeerId,
    pub(super) member: MemberNumber,
    /// The power of its member in deciding; 0 when it does not validate.
    pub(super) power: u64,
}

/// See the [module](self).
pub(super) struct Round {
    pub(super) chain: Arc<Chain>,
    pub(super) host: HostHandle,
    pub(super) pace: Arc<Pace>,
    pub(super) tally: Arc<Tally>,
    /// The member whose node this is.
    pub(super) reader: Option<MemberNumber>,
    pub(super) height: Height,
    /// In the order in which they are asked.
    pub(super) candidates: Vec<Candidate>,
    /// Power of other members that must have said that they keep no more.
    pub(super) power_needed: u64,
}

/// What a peer has said, when all was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// It keeps no more of it.
    NoMore,
    /// Nothing that counts.
    Nothing,
}

impl Round {
    pub(super) async fn run(self) -> Result<RoundEnd, ChainError> {
        let Some(block_hash) = self.chain.block_hash(self.height)? else {
            return Ok(RoundEnd { left: 0, heard: false });
        };
        let mut left = self.lacking().await?;
        let mut said_no_more = BTreeMap::new();
        let heard = |said: &BTreeMap<MemberNumber, u64>| said.values().sum::<u64>() >= self.power_needed;
        for candidate in self.candidates.iter().take(PEERS_MAX) {
            if left.is_empty() || (heard(&said_no_more) && candidate.power > 0) {
                continue;
            }
            if self.ask(candidate.peer, block_hash, &mut left).await? == Said::NoMore {
                said_no_more.insert(candidate.member, candidate.power);
            }
        }
        Ok(RoundEnd { left: u32::try_from(left.len()).unwrap_or(u32::MAX), heard: heard(&said_no_more) })
    }

    /// Asks one peer for all that lacks, and takes what it gives off `left`.
    async fn ask(
        &self,
        peer: PeerId,
        block_hash: BlockHash,
        left: &mut Vec<u32>,
    ) -> Result<Said, ChainError> {
        let mut from = 0;
        for _ in 0..QUESTIONS_MAX {
            // Positions rise, so that those from the last one asked for on are still to be asked for.
            let positions: Vec<u32> =
                left.iter().copied().filter(|at| *at >= from).take(OPENINGS_ASKED_MAX).collect();
            let Some(last) = positions.last().copied() else { return Ok(Said::NoMore) };
            self.pace.turn(peer).await;
            let question = OpeningsQuestion { height: self.height, block_hash, positions };
            let answer = match self.host.openings(peer, &question).await {
                Ok(Some(answer)) => answer,
                Ok(None) => return Ok(self.refuse(peer, "an answer with openings that cannot be read")),
                Err(failure) => {
                    debug!(%peer, height = %self.height, %failure, "no answer to a question for openings");
                    count(&self.tally.unanswered);
                    return Ok(Said::Nothing);
                }
            };
            let given: BTreeSet<u32> = answer.entries.iter().map(|entry| entry.position).collect();
            if !given.iter().all(|position| question.positions.binary_search(position).is_ok()) {
                return Ok(self.refuse(peer, "openings that it was not asked for"));
            }
            let mut is_new = false;
            if !answer.entries.is_empty() {
                let (chain, height) = (Arc::clone(&self.chain), self.height);
                match blocking(move || chain.keep_openings(height, answer.entries)).await? {
                    Ok(kept) => is_new = kept,
                    Err(Rejection { reason, detail, .. }) => {
                        return Ok(self.refuse(peer, &format!("openings: {reason}: {detail}")));
                    }
                }
                *left = self.lacking().await?;
            }
            match answer.rest {
                Unopened::NotKept => from = last.saturating_add(1),
                Unopened::More if is_new => {}
                Unopened::More => return Ok(self.refuse(peer, "no openings, and word that there are more")),
                Unopened::Unsaid => return Ok(Said::Nothing),
            }
        }
        Ok(Said::Nothing)
    }

    async fn lacking(&self) -> Result<Vec<u32>, ChainError> {
        let (chain, reader, height) = (Arc::clone(&self.chain), self.reader, self.height);
        blocking(move || chain.lacking_openings(reader, height)).await
    }

    /// The peer is cut off for what it sent, and named.
    fn refuse(&self, peer: PeerId, what: &str) -> Said {
        count(&self.tally.refused);
        warn!(%peer, height = %self.height, what, "a peer sent openings that no honest node sends");
        self.host.misconduct(peer, what);
        Said::Nothing
    }
}

/// Runs a read or write of the chain on the blocking pool.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ChainError> + Send + 'static,
) -> Result<T, ChainError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(panic) => Err(ChainError::Invariant(format!("a task about openings panicked: {panic}"))),
    }
}
