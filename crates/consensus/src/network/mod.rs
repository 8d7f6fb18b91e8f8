//! The members' network in the place of the engine's own: carries votes, parts and sync.
//!
//! The engine's layer checks who a peer is after the connection stands, and can be bypassed by one that never
//! says. Here `crates/network` has let nobody in who is not on its list before a byte of consensus is read.
//! The rest of the crate knows only the engine's message type for a network, whoever takes its messages.
//!
//! ```text
//! engine ── NetworkMsg ──▶ NetworkActor ── frames ──▶ host ─▶ lanes
//!                              │ orders
//!                              ▼
//! engine ◀─ NetworkEvent ── Arrivals ◀─── frames, requests, who hears ──── Inbox ◀─ lanes
//! ```
//!
//! Votes, proposals, certificates, statements of height and proofs of who a validator is travel on the votes
//! lane, each frame with its kind before it ([`frame`]); parts on theirs; requests for blocks on the sync lane.
//! A peer whose frame cannot be read is set aside, which its own keepers should hear of.

mod actor;
mod arrivals;
mod frame;

use std::time::Duration;

use bulla_network::Lanes;
use bytesize::ByteSize;
use malachitebft_app::engine::network::NetworkRef;
use malachitebft_config::ValueSyncConfig;
use ractor::Actor;

use crate::config::ConsensusConfig;
use crate::context::Bulla;
use crate::error::ConsensusError;
use crate::limits::{
    SYNC_ANSWER_BYTES_MAX, SYNC_ANSWERS_MAX, SYNC_BATCH_BLOCKS, SYNC_REQUEST_BYTES_MAX, SYNC_REQUESTS_MAX,
    SYNC_WAITING_MAX,
};
use crate::signing::ValidatorKey;
use actor::{Arguments, NetworkActor};

/// Attends to the lanes of agreement: from now on this node's peers are heard, until the actor stops.
pub(crate) async fn spawn(
    lanes: Lanes,
    key: Option<&ValidatorKey>,
) -> Result<NetworkRef<Bulla>, ConsensusError> {
    let (host, inbox) = lanes.attend();
    let proof = match key {
        Some(key) => Some(frame::proof(&key.prove_validator(host.peer_id().to_bytes()).await?)),
        None => None,
    };
    let (actor, _) = Actor::spawn(None, NetworkActor, Arguments { host, inbox, proof })
        .await
        .map_err(|error| ConsensusError::Actor { actor: "network", reason: format!("{error:#}") })?;
    Ok(actor)
}

/// Settings of the catching up.
pub(crate) fn sync_settings(config: &ConsensusConfig) -> ValueSyncConfig {
    ValueSyncConfig {
        enabled: true,
        status_update_interval: config.status_interval,
        request_timeout: Duration::from_secs(10),
        max_request_size: size(SYNC_REQUEST_BYTES_MAX),
        max_response_size: size(SYNC_ANSWER_BYTES_MAX),
        batch_size: SYNC_BATCH_BLOCKS,
        parallel_requests: SYNC_REQUESTS_MAX,
        max_concurrent_inbound_requests: SYNC_ANSWERS_MAX,
        max_pending_inbound_requests: SYNC_WAITING_MAX,
        ..ValueSyncConfig::default()
    }
}

fn size(bytes: usize) -> ByteSize {
    ByteSize::b(bytes as u64)
}
