//! How quickly this node asks, well below what a peer takes from one that asks, and whom it asks last.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bulla_network::PeerId;
use tokio::time::{Instant, sleep_until};

/// Least time between two questions to one peer. Its budget is 256 a second.
const GAP: Duration = Duration::from_millis(10);

/// How long a peer that did not answer is asked after all others. Each question to one that is silent takes the whole
/// patience of the lane.
const SILENT_FOR: Duration = Duration::from_secs(60);

/// When each peer may be asked next.
#[derive(Debug, Default)]
pub(super) struct Pace {
    next: Mutex<BTreeMap<PeerId, Instant>>,
    /// Those that did not answer, and until when that counts.
    silent: Mutex<BTreeMap<PeerId, Instant>>,
}

impl Pace {
    /// Returns when it is the turn of a question to this peer.
    pub(super) async fn turn(&self, peer: PeerId) {
        let now = Instant::now();
        let turn = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            next.retain(|_, next| *next > now);
            let turn = next.get(&peer).copied().unwrap_or(now);
            next.insert(peer, turn + GAP);
            turn
        };
        sleep_until(turn).await;
    }

    /// A peer has not answered.
    pub(super) fn unanswered(&self, peer: PeerId) {
        let now = Instant::now();
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        silent.retain(|_, until| *until > now);
        silent.insert(peer, now + SILENT_FOR);
    }

    /// A peer has answered.
    pub(super) fn answered(&self, peer: &PeerId) {
        self.silent.lock().unwrap_or_else(PoisonError::into_inner).remove(peer);
    }

    /// Whether a peer did not answer lately.
    pub(super) fn is_silent(&self, peer: &PeerId) -> bool {
        let silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        silent.get(peer).is_some_and(|until| *until > Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_peer_is_silent_for_a_while_after_it_did_not_answer() {
        let (pace, [one, other]) = (Pace::default(), [PeerId::random(), PeerId::random()]);
        pace.unanswered(one);
        pace.unanswered(other);
        pace.answered(&other);
        assert!(pace.is_silent(&one) && !pace.is_silent(&other));
        tokio::time::advance(SILENT_FOR).await;
        assert!(!pace.is_silent(&one));
    }

    #[tokio::test(start_paused = true)]
    async fn each_peer_is_asked_at_its_own_pace() {
        let (pace, [one, other]) = (Pace::default(), [PeerId::random(), PeerId::random()]);
        let start = Instant::now();
        for _ in 0..5 {
            pace.turn(one).await;
        }
        assert_eq!(start.elapsed(), 4 * GAP);
        pace.turn(other).await;
        assert_eq!(start.elapsed(), 4 * GAP, "the other one has waited");
    }
}
