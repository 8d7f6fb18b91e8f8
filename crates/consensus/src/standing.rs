//! A node that goes no further, and still has the blocks that others lack.
//!
//! Where the next height goes by rules that a program does not have, no engine runs in it. Were that all, nobody could
//! come as far as a network whose nodes all stand there. So it goes on telling how far it is, and gives blocks to those
//! that ask. What else comes is of heights that it cannot follow, and is left unread.

use std::sync::Arc;
use std::time::Duration;

use bulla_network::{HostHandle, Lanes, StreamLane, SyncRequest};
use malachitebft_app::types::PeerId;
use malachitebft_sync::{Request, Response, Status, ValueRequest, ValueResponse};
use tokio::time::{MissedTickBehavior, interval};

use crate::application::Application;
use crate::codec::{decode, encode};
use crate::context::{Bulla, Height};
use crate::host::decided_blocks;
use crate::network::status_frame;

/// Serves decided blocks over the lanes, in the place of [`spawn`](crate::spawn), and tells the peers every
/// `status_interval` how far this node is. Runs until the members' network has stopped, or it is dropped.
pub async fn serve_only(lanes: Lanes, app: Arc<dyn Application>, status_interval: Duration) {
    let (host, mut inbox) = lanes.attend();
    let Ok(own) = PeerId::from_bytes(&host.peer_id().to_bytes()) else { return };
    let mut tell = interval(status_interval);
    tell.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Each alone: a frame counts for itself.
    let mut told = 0;
    loop {
        tokio::select! {
            _ = tell.tick() => {
                told += 1;
                tell_status(&host, own, &*app, told);
            }
            Some(request) = inbox.sync.recv() => answer(&host, &*app, request).await,
            Some(_) = inbox.votes.recv() => {}
            Some(_) = inbox.parts.recv() => {}
            else => return,
        }
    }
}

fn tell_status(host: &HostHandle, own: PeerId, app: &dyn Application, told: u64) {
    let tip_height = Height(app.first_height().height.saturating_sub(1));
    let status = Status { peer_id: own, tip_height, history_min_height: Height(app.history_min()) };
    if let Err(error) = host.push(StreamLane::Votes, told, &status_frame(&status)) {
        tracing::error!(%error, "the peers are not told how far this node is");
    }
}

/// One at a time: whoever asks for more waits.
async fn answer(host: &HostHandle, app: &dyn Application, SyncRequest { peer, request, reply }: SyncRequest) {
    match decode(request) {
        Ok(Request::<Bulla>::ValueRequest(ValueRequest { range })) => {
            let start = *range.start();
            let blocks = decided_blocks(app, range).await;
            reply.answer(encode(&Response::ValueResponse(ValueResponse::new(start, blocks))));
        }
        Err(error) => host.misconduct(peer, format!("a request for blocks that cannot be read: {error}")),
    }
}
