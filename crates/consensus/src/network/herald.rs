//! Word of a new block for those who are sent none of its parts.
//!
//! Whoever gets the parts of a block decides it with the validators. Who does not, fetches it, and would else hear of it
//! with the next statement of how far this node is: up to its interval later.

use std::time::Duration;

use bulla_network::{HostHandle, StreamLane};
use malachitebft_app::types::PeerId;
use malachitebft_sync::Status;
use tokio::sync::watch;

use super::frame;
use crate::context::{Bulla, Height};

/// Least time from one word to the next: a validator that catches up commits many blocks in a second, and word of the
/// newest is enough.
const GAP: Duration = Duration::from_millis(20);

/// Tells it, as long as one of these is there. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Herald(watch::Sender<News>);

/// How far this node is.
#[derive(Clone, Copy)]
struct News {
    committed: u64,
    /// The first height that it gives to who asks.
    served_from: u64,
}

impl Herald {
    /// Of this node, by its identity.
    pub(super) fn spawn(host: HostHandle, own: PeerId) -> Self {
        let (herald, news) = watch::channel(News { committed: 0, served_from: 0 });
        tokio::spawn(tell(host, own, news));
        Self(herald)
    }

    /// A block of this height is committed here, and given to who asks.
    pub(crate) fn committed(&self, committed: u64, served_from: u64) {
        self.0.send_replace(News { committed, served_from });
    }
}

async fn tell(host: HostHandle, peer_id: PeerId, mut news: watch::Receiver<News>) {
    while news.changed().await.is_ok() {
        let News { committed, served_from } = *news.borrow_and_update();
        let (tip_height, history_min_height) = (Height(committed), Height(served_from));
        let status: Status<Bulla> = Status { peer_id, tip_height, history_min_height };
        // Frames of the votes lane count each for itself; the engine's are numbered from below.
        let group = u64::MAX - committed;
        if let Err(error) = host.push_to_others(StreamLane::Votes, group, &frame::status(&status)) {
            tracing::error!(%error, "word of a block was not sent");
        }
        tokio::time::sleep(GAP).await;
    }
}
