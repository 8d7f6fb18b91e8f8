//! How a node without a ledger joins from a snapshot of its peers.
//!
//! It asks every peer of its configuration which snapshots it has, takes the newest, fetches manifest and proof of it
//! and verifies these from the genesis on; then it fetches the content from all that offer it, each chunk compared as
//! it comes; then it builds its data folder of it, which compares every root. Nothing is believed of a peer. Who gives
//! what does not hold is named and not asked again. What was fetched stays: a node that is started again goes on.
//!
//! Before the snapshot the node knows no member but the founders, so that here everybody may be asked whom the
//! operator has configured; what they say is verified.

mod content;
mod fetch;
mod offers;
mod pace;
mod progress;
mod reach;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bulla_api::{JoinStatus, ServeError, Tls, serve_joining};
use bulla_chain::VerifiedSnapshot;
use bulla_network::{
    Host, HostConfig, HostHandle, NetworkEvent, NodeKey, PeerAddress, PeerId, SNAPSHOT_OFFERS_MAX,
};
use bulla_storage::{Joining, SnapshotError, StorageError, StoreOptions};
use bulla_types::{Genesis, LedgerId, ReasonCode, SnapshotId, proto};
use bytes::Bytes;
use futures::FutureExt;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use tracing::{info, warn};

use crate::config::NodeConfig;
use crate::failure::NodeError;
use crate::health::tell_other_ledger;
use crate::keys::Keys;
use crate::ports::{Ports, listen_address};

use fetch::{Failed, Left};
use offers::Choice;
use pace::LeastPace;
use progress::JoinProgress;
use reach::Reach;

/// Before what failed is tried again with others.
const BREATH: Duration = Duration::from_millis(500);

/// Who offered a snapshot and did not give it is passed over for so long, as long as others offer one.
const REST: Duration = Duration::from_secs(60);

/// Joins from a snapshot if the configuration asks for it and the data folder holds no ledger. Ends when it does, or
/// when what is wrong is here: as long as peers are out of reach or lie, it goes on. Meanwhile whoever asks is told how
/// far it is.
///
/// # Errors
/// What keeps this node from joining.
pub(crate) async fn join(
    config: &NodeConfig,
    genesis: &Genesis,
    keys: &Keys,
    tls: Option<Tls>,
) -> Result<(), NodeError> {
    let Some(joining) = begin(&config.data, genesis.ledger_id())? else { return Ok(()) };
    let ports = Ports::take(config).await?;
    let (progress, told) = watch::channel(JoinProgress::ASKING);
    let (ended, has_ended) = oneshot::channel::<()>();
    // That the sender goes away means the same.
    let stop = async move { drop(has_ended.await) }.boxed().shared();
    let status = status(genesis, told);
    let serving = tokio::spawn(serve_joining(status, ports.grpc, ports.http, tls, stop));
    let joined = from_peers(config, genesis.ledger_id(), keys, joining, &progress).await;
    drop(ended);
    // The ports are free when nobody serves on them any more.
    serving.await.map_err(|panic| NodeError::Serve(ServeError::Serve(panic.to_string())))??;
    joined
}

/// What is answered meanwhile.
fn status(genesis: &Genesis, told: watch::Receiver<JoinProgress>) -> JoinStatus {
    let ledger_id = Bytes::copy_from_slice(genesis.ledger_id().as_bytes());
    let name = genesis.name().to_string();
    Arc::new(move || {
        let progress = *told.borrow();
        let (health, reason) = progress.health();
        proto::GetStatusResponse {
            ledger_id: ledger_id.clone(),
            ledger_name: name.clone(),
            software_version: env!("CARGO_PKG_VERSION").to_owned(),
            health: health.into(),
            health_reason: reason.as_str().to_owned(),
            joining: Some(progress.to_message()),
            ..proto::GetStatusResponse::default()
        }
    })
}

async fn from_peers(
    config: &NodeConfig,
    ledger_id: LedgerId,
    keys: &Keys,
    joining: Joining,
    progress: &watch::Sender<JoinProgress>,
) -> Result<(), NodeError> {
    let peers =
        config.network.peers.iter().map(|peer| peer.parse()).collect::<Result<Vec<PeerAddress>, _>>()?;
    info!(peers = peers.len(), "this node has no ledger: it joins from a snapshot of its peers");
    let mut seed = *keys.peer.to_seed();
    let host = HostConfig {
        key: NodeKey::from_seed(&mut seed),
        ledger_id,
        listen: listen_address(&config.network.listen)?,
        peers,
        limits: bulla_network::Limits::default(),
    };
    // Nobody attends to the lanes of agreement: there is nothing yet to agree on.
    let (host, events, _lanes) = Host::spawn(host).await?;
    let reach = Arc::new(Reach::default());
    tokio::spawn(pass_over(events, ledger_id, Arc::clone(&reach)));
    let (data, suspects) = (config.data.as_path(), Suspects::default());
    let joined = Join { host: &host, ledger_id, data, suspects, reach: &reach, progress };
    let joined = joined.run(joining).await;
    host.shutdown().await;
    joined
}

/// Takes the data folder; nothing when it holds the ledger.
fn begin(data: &Path, ledger_id: LedgerId) -> Result<Option<Joining>, StorageError> {
    match Joining::begin(data, ledger_id) {
        Err(StorageError::AlreadyExists { .. }) => Ok(None),
        begun => begun.map(Some),
    }
}

/// A peer that relays to this node hears that it is busy, and one that joins itself that there is nothing.
async fn pass_over(mut events: mpsc::Receiver<NetworkEvent>, own: LedgerId, reach: Arc<Reach>) {
    let mut said = BTreeSet::new();
    while let Some(event) = events.recv().await {
        reach.note(&event);
        if let NetworkEvent::OtherLedger { peer, ledger_id } = event
            && said.insert((peer, ledger_id))
        {
            tell_other_ledger(&peer, &own, &ledger_id);
        }
    }
}

/// Whom and what is not believed any more.
#[derive(Debug, Default)]
struct Suspects {
    peers: BTreeSet<PeerId>,
    snapshots: BTreeSet<SnapshotId>,
    /// Peers that did not give what they offer: until when others come first.
    rest_until: BTreeMap<PeerId, Instant>,
    /// How many snapshots each peer has offered that are by a version of the protocol that is not here.
    too_new: BTreeMap<PeerId, usize>,
    /// There was no room for one.
    no_room: bool,
    least_pace: LeastPace,
}

impl Suspects {
    /// Why nothing is chosen, when peers can be asked.
    fn trouble(&self) -> ReasonCode {
        if !self.too_new.is_empty() {
            ReasonCode::ProtocolVersionUnknown
        } else if self.no_room {
            ReasonCode::DiskFull
        } else {
            ReasonCode::NoSnapshotOffered
        }
    }
}

struct Join<'a> {
    host: &'a HostHandle,
    ledger_id: LedgerId,
    data: &'a Path,
    suspects: Suspects,
    reach: &'a Reach,
    progress: &'a watch::Sender<JoinProgress>,
}

impl Join<'_> {
    async fn run(mut self, mut joining: Joining) -> Result<(), NodeError> {
        loop {
            let choice = offers::choose(self.host, &self.suspects, self.reach, self.progress).await;
            let Choice { height, id, .. } = &choice;
            info!(height = height.0, snapshot = %id, sources = choice.sources.len(), "a snapshot is fetched");
            let fetched = self.fetch(&joining, &choice).await;
            let restored = match fetched {
                Ok(snapshot) => self.restore(joining, snapshot).await,
                Err(failed) => {
                    self.note(failed, &choice)?;
                    tokio::time::sleep(BREATH).await;
                    continue;
                }
            };
            match restored {
                Ok(()) => return Ok(()),
                Err(error) if error.is_of_the_snapshot() => {
                    warn!(%error, snapshot = %choice.id, sources = ?choice.sources, "the snapshot is a lie: all who offer it are not asked again");
                    self.suspects.snapshots.insert(choice.id);
                    self.suspects.peers.extend(choice.sources);
                }
                Err(error) => return Err(error.into()),
            }
            let Some(again) = begin(self.data, self.ledger_id)? else { return Ok(()) };
            joining = again;
        }
    }

    async fn fetch(&mut self, joining: &Joining, choice: &Choice) -> Result<VerifiedSnapshot, Failed> {
        let folder = joining.fetched().map_err(SnapshotError::from)?;
        let least = self.suspects.least_pace;
        let snapshot = fetch::head(self.host, self.ledger_id, &folder, choice, least).await?;
        // Fetched, and built of what was fetched.
        let needed_bytes = snapshot.manifest().content_bytes().saturating_mul(2);
        if !joining.has_room(needed_bytes).map_err(SnapshotError::from)? {
            return Err(Failed::NoRoom);
        }
        content::fetch(self.host, &folder, snapshot.manifest(), choice, least, self.progress).await?;
        Ok(snapshot)
    }

    /// Remembers who is not asked again, or gives up for what is wrong here.
    fn note(&mut self, failed: Failed, choice: &Choice) -> Result<(), NodeError> {
        let id = choice.id;
        match failed {
            Failed::Here(error) => return Err(error.into()),
            Failed::NobodyLeft(Left { liars, slow }) => {
                info!(snapshot = %id, "nobody who offers this snapshot gives it: others come first for a while");
                let until = Instant::now() + REST;
                self.suspects.rest_until.extend(choice.sources.iter().map(|peer| (*peer, until)));
                self.suspects.peers.extend(liars);
                if slow {
                    self.suspects.least_pace.halve();
                }
            }
            Failed::NoRoom => {
                warn!(snapshot = %id, "there is no room for this snapshot: another one is looked for");
                self.suspects.snapshots.insert(id);
                self.suspects.no_room = true;
            }
            Failed::TooNew => {
                self.suspects.snapshots.insert(id);
                for peer in &choice.sources {
                    let offered = self.suspects.too_new.entry(*peer).or_default();
                    *offered += 1;
                    if *offered > SNAPSHOT_OFFERS_MAX {
                        // It makes more of them, or makes them up.
                        self.suspects.peers.insert(*peer);
                    }
                }
            }
        }
        Ok(())
    }

    async fn restore(&self, joining: Joining, snapshot: VerifiedSnapshot) -> Result<(), SnapshotError> {
        let height = snapshot.manifest().header.height;
        let progress = self.progress.clone();
        let restore = move || {
            snapshot.restore(joining, &StoreOptions::default(), &mut |done| {
                progress.send_replace(JoinProgress::building(height, done));
            })
        };
        let restored = tokio::task::spawn_blocking(restore).await;
        restored.unwrap_or_else(|panic| {
            let what =
                StorageError::Corrupted { place: "the snapshot".to_owned(), detail: panic.to_string() };
            Err(what.into())
        })?;
        info!(height = height.0, "joined: what follows is fetched as blocks");
        Ok(())
    }
}
