//! When a node commits each height.

use std::sync::{Arc, Mutex};

use bulla_types::BlockTime;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::network::Network;

/// A height with entries, as a subscriber of a node saw it. One without entries is not seen: it counts with the next.
#[derive(Debug, Clone, Copy)]
pub struct SeenHeight {
    /// The height.
    pub height: u64,
    /// Its time by its header.
    pub time: BlockTime,
    /// When its first entry arrived.
    pub at: Instant,
    /// Its entries.
    pub entries: usize,
}

/// Follows the log of one node, which must stay.
pub struct HeightWatch {
    seen: Arc<Mutex<Vec<SeenHeight>>>,
    following: JoinHandle<()>,
}

impl HeightWatch {
    /// Begins with the next entry.
    pub async fn on(network: &Network, node: usize) -> Self {
        let client = network.client(node).await.reading_as(network.service()).unwrap();
        let from = client.status().await.unwrap().log_size;
        let mut subscription = client.subscribe(from).await.unwrap();
        let seen = Arc::<Mutex<Vec<SeenHeight>>>::default();
        let noted = Arc::clone(&seen);
        let following = tokio::spawn(async move {
            while let Some(recorded) = subscription.next().await.unwrap() {
                let (height, time) = (recorded.entry.height.0, recorded.entry.time);
                let mut noted = noted.lock().unwrap();
                match noted.last_mut() {
                    Some(last) if last.height == height => last.entries += 1,
                    _ => noted.push(SeenHeight { height, time, at: Instant::now(), entries: 1 }),
                }
            }
        });
        Self { seen, following }
    }

    /// The heights seen up to now, rising.
    #[must_use]
    pub fn stop(self) -> Vec<SeenHeight> {
        assert!(!self.following.is_finished(), "the node that stays has broken off");
        self.following.abort();
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}
