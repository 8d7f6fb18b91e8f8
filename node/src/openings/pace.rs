//! How quickly this node asks: well below what a peer takes from one that asks.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bulla_network::PeerId;
use tokio::time::{Instant, sleep_until};

/// Least time between two questions to one peer. Its budget is 256 a second.
const GAP: Duration = Duration::from_millis(10);

/// When each peer may be asked next.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<BTreeMap<PeerId, Instant>>);

impl Pace {
    /// Returns when it is the turn of a question to this peer.
    pub(super) async fn turn(&self, peer: PeerId) {
        let now = Instant::now();
        let turn = {
            let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            next.retain(|_, next| *next > now);
            let turn = next.get(&peer).copied().unwrap_or(now);
            next.insert(peer, turn + GAP);
            turn
        };
        sleep_until(turn).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
