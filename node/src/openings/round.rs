//! One round: peers are asked, one after the other, for what one block lacks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bulla_chain::{Chain, ChainError, Rejection};
use bulla_network::{HostHandle, OPENINGS_ASKED_MAX, OpeningsQuestion, PeerId, Unopened};
use bulla_types::{BlockHash, Height, MemberNumber};
use tracing::{debug, warn};

use super::pace::Pace;
use super::sought::{Heard, RoundEnd};
use super::tally::{Tally, count};

/// Peers that are asked in one round, beside validators where all of these are asked.
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
    /// Validators that are not of this node.
    pub(super) others: Others,
    /// Whether all validators are asked, also when enough have said that they keep no more.
    pub(super) thorough: bool,
}

/// The validators of other members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Others {
    /// Power of all validators, this node among them.
    pub(super) total: u64,
    /// This node's.
    pub(super) own: u64,
}

/// What others have said in a round, by member with its power.
#[derive(Debug, Default)]
struct Words {
    no_more: BTreeMap<MemberNumber, u64>,
    /// They begin after the block, and so have no part in it.
    not_held: BTreeMap<MemberNumber, u64>,
    /// Whether anybody has answered at all.
    any: bool,
}

impl Words {
    fn note(&mut self, candidate: &Candidate, said: Said) {
        self.any |= said != Said::Silence;
        match said {
            Said::NoMore => _ = self.no_more.insert(candidate.member, candidate.power),
            Said::NotHeld => _ = self.not_held.insert(candidate.member, candidate.power),
            Said::Nothing | Said::Silence => {}
        }
    }

    /// Of those that may have kept the block, more than a third must have spoken, or all others.
    fn heard(&self, others: Others) -> Heard {
        let power = |said: &BTreeMap<MemberNumber, u64>| said.values().sum::<u64>();
        // What several nodes of one member say may differ.
        let gone = self.not_held.iter().filter(|(member, _)| !self.no_more.contains_key(*member));
        let gone = gone.map(|(_, power)| power).sum::<u64>();
        let total = others.total.saturating_sub(gone);
        let away = total.saturating_sub(others.own);
        let said = power(&self.no_more);
        if said >= away {
            Heard::All
        } else if said > total / 3 {
            Heard::Enough
        } else if self.any {
            Heard::TooFew
        } else {
            Heard::Nobody
        }
    }
}

/// What a peer has said, when all was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// It keeps no more of it.
    NoMore,
    /// It begins after the block.
    NotHeld,
    /// Nothing that counts.
    Nothing,
    /// It has not answered.
    Silence,
}

impl Round {
    pub(super) async fn run(self) -> Result<RoundEnd, ChainError> {
        let Some(block_hash) = self.chain.block_hash(self.height)? else {
            return Ok(RoundEnd { left: 0, heard: Heard::TooFew });
        };
        let mut left = self.lacking().await?;
        let mut words = Words::default();
        let mut asked = 0;
        for candidate in &self.candidates {
            let enough = matches!(words.heard(self.others), Heard::Enough | Heard::All);
            let validates = candidate.power > 0;
            let wanted = if validates && self.thorough { true } else { asked < PEERS_MAX };
            if left.is_empty() || !wanted || (validates && enough && !self.thorough) {
                continue;
            }
            asked += 1;
            let said = self.ask(candidate.peer, block_hash, &mut left).await?;
            words.note(candidate, said);
        }
        Ok(RoundEnd { left: u32::try_from(left.len()).unwrap_or(u32::MAX), heard: words.heard(self.others) })
    }

    /// Asks one peer for all that lacks, and takes what it gives off `left`.
    async fn ask(
        &self,
        peer: PeerId,
        block_hash: BlockHash,
        left: &mut Vec<u32>,
    ) -> Result<Said, ChainError> {
        let (mut from, mut all_said) = (0, true);
        for _ in 0..QUESTIONS_MAX {
            // Positions rise, so that those from the last one asked for on are still to be asked for.
            let positions: Vec<u32> =
                left.iter().copied().filter(|at| *at >= from).take(OPENINGS_ASKED_MAX).collect();
            let Some(last) = positions.last().copied() else {
                return Ok(if all_said { Said::NoMore } else { Said::Nothing });
            };
            self.pace.turn(peer).await;
            let question = OpeningsQuestion { height: self.height, block_hash, positions };
            let answer = match self.host.openings(peer, &question).await {
                Ok(Some(answer)) => answer,
                Ok(None) => return Ok(self.refuse(peer, "an answer with openings that cannot be read")),
                Err(failure) => {
                    debug!(%peer, height = %self.height, %failure, "no answer to a question for openings");
                    count(&self.tally.unanswered);
                    self.pace.unanswered(peer);
                    return Ok(Said::Silence);
                }
            };
            self.pace.answered(&peer);
            let given: BTreeSet<u32> = answer.entries.iter().map(|entry| entry.position).collect();
            if !given.iter().all(|position| question.positions.binary_search(position).is_ok()) {
                return Ok(self.refuse(peer, "openings that it was not asked for"));
            }
            let (mut is_new, gives) = (false, !answer.entries.is_empty());
            if gives {
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
                // What it gave was erased here meanwhile, or a block has no room for more.
                Unopened::More if gives => return Ok(Said::Nothing),
                Unopened::More => return Ok(self.refuse(peer, "no openings, and word that there are more")),
                // It may have more of what comes after.
                Unopened::Unsaid if gives => (from, all_said) = (last.saturating_add(1), false),
                Unopened::Unsaid => return Ok(Said::Nothing),
                Unopened::NotHeld => return Ok(Said::NotHeld),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What is heard of a round in which other members of power 1 each have said this, of so many validators.
    fn heard(total: u64, own: u64, said: &[Said]) -> Heard {
        let mut words = Words::default();
        for (member, said) in (1..).zip(said) {
            let candidate = Candidate { peer: PeerId::random(), member: MemberNumber(member), power: 1 };
            words.note(&candidate, *said);
        }
        words.heard(Others { total, own })
    }

    #[test]
    fn more_than_a_third_must_have_said_that_they_keep_no_more() {
        use Said::{NoMore, Nothing, Silence};
        assert_eq!(heard(4, 1, &[]), Heard::Nobody);
        assert_eq!(heard(4, 1, &[Silence, Silence, Silence]), Heard::Nobody);
        assert_eq!(heard(4, 1, &[NoMore, Nothing, Silence]), Heard::TooFew);
        assert_eq!(heard(4, 1, &[NoMore, NoMore, Silence]), Heard::Enough);
        assert_eq!(heard(4, 1, &[NoMore, NoMore, NoMore]), Heard::All);
        assert_eq!(heard(4, 0, &[NoMore, NoMore, NoMore]), Heard::Enough);
        assert_eq!(heard(6, 0, &[NoMore, NoMore]), Heard::TooFew, "a third is not more than a third");
        assert_eq!(heard(1, 1, &[]), Heard::All, "there is no other");
    }

    #[test]
    fn who_begins_after_the_block_has_no_part_in_it() {
        use Said::{NoMore, NotHeld, Silence};
        assert_eq!(heard(4, 0, &[NotHeld, NotHeld, NotHeld, NotHeld]), Heard::All, "nobody ever can");
        assert_eq!(
            heard(4, 0, &[NotHeld, NotHeld, Silence, Silence]),
            Heard::TooFew,
            "those who can are away"
        );
        assert_eq!(heard(4, 0, &[NotHeld, NotHeld, NoMore, Silence]), Heard::Enough);
        assert_eq!(heard(4, 0, &[NotHeld, NotHeld, NoMore, NoMore]), Heard::All);
    }
}
