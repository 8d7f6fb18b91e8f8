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
mod ears;
mod frame;
mod herald;

use std::time::Duration;

use bulla_network::Lanes;
use bytes::Bytes;
use bytesize::ByteSize;
use malachitebft_app::engine::network::NetworkRef;
use malachitebft_app::types::PeerId;
use malachitebft_config::ValueSyncConfig;
use ractor::Actor;
use tokio::sync::watch;

use crate::config::ConsensusConfig;
use crate::context::Bulla;
use crate::error::ConsensusError;
use crate::limits::{
    SYNC_ANSWER_BYTES_MAX, SYNC_ANSWERS_MAX, SYNC_BATCH_BLOCKS, SYNC_REQUEST_BYTES_MAX, SYNC_REQUESTS_MAX,
    SYNC_WAITING_MAX,
};
use crate::signing::ValidatorKey;
use actor::{Arguments, NetworkActor};
pub(crate) use ears::Ears;
pub(crate) use frame::status as status_frame;
pub(crate) use herald::Herald;

/// How often a signer that is away is asked for the proof of which validator this node is.
const PROVE_AGAIN_EVERY: Duration = Duration::from_secs(1);

/// Attends to the lanes of agreement: from now on this node's peers are heard, until the actor stops.
pub(crate) async fn spawn(
    lanes: Lanes,
    key: Option<&ValidatorKey>,
) -> Result<(NetworkRef<Bulla>, Ears, Herald), ConsensusError> {
    let (host, inbox) = lanes.attend();
    let actor = |error: String| ConsensusError::Actor { actor: "network", reason: error };
    let own = PeerId::from_bytes(&host.peer_id().to_bytes()).map_err(|error| actor(error.to_string()))?;
    let herald = Herald::spawn(host.clone(), own);
    let proof = match key {
        Some(key) => introduction(key.clone(), host.peer_id().to_bytes()).await,
        None => watch::channel(None).1,
    };
    let ears = Ears::default();
    let arguments = Arguments { host, own, inbox, proof, ears: ears.clone() };
    let spawned = Actor::spawn(None, NetworkActor, arguments).await;
    let (messages, _) = spawned.map_err(|error| actor(format!("{error:#}")))?;
    Ok((messages, ears, herald))
}

/// The proof of which validator this node is. A signer that is away is asked again until it is back: this node
/// follows meanwhile, and its peers do not count it among the validators that they hear.
async fn introduction(key: ValidatorKey, own: Vec<u8>) -> watch::Receiver<Option<Bytes>> {
    let (proved, mut proof) = watch::channel(None);
    match key.prove_validator(own.clone()).await {
        Ok(signed) => {
            proved.send_replace(Some(frame::proof(&signed)));
            proof.mark_unchanged();
        }
        Err(error) => {
            tracing::warn!(%error, "the peers are not told yet which validator this node is");
            tokio::spawn(async move {
                while !proved.is_closed() {
                    tokio::time::sleep(PROVE_AGAIN_EVERY).await;
                    if let Ok(signed) = key.prove_validator(own.clone()).await {
                        proved.send_replace(Some(frame::proof(&signed)));
                        return;
                    }
                }
            });
        }
    }
    proof
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
