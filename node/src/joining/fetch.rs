//! Manifest and proof of a snapshot: fetched whole from one peer, verified from the genesis on.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use bulla_chain::VerifiedSnapshot;
use bulla_crypto::whole_file;
use bulla_network::{HostHandle, PeerId, SnapshotFile, SnapshotPiece, SyncFailure};
use bulla_storage::{SnapshotError, SnapshotFolder, StorageError};
use bulla_types::limits::{BUNDLE_BYTES_MAX, SNAPSHOT_CHUNK_BYTES, SNAPSHOT_MANIFEST_BYTES_MAX};
use bulla_types::{KnownProtocols, LedgerId, SnapshotManifest};
use tokio::time::timeout;
use tracing::warn;

use super::offers::Choice;
use super::pace::LeastPace;

/// Why nothing was fetched.
#[derive(Debug)]
pub(super) enum Failed {
    /// The disk, or something else here.
    Here(SnapshotError),
    /// There is no room for it.
    NoRoom,
    /// It is by a version of the protocol that this program does not know.
    TooNew,
    /// Nobody is left to ask.
    NobodyLeft(Left),
}

/// Why nobody is left to ask.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// These gave what does not hold.
    pub(super) liars: BTreeSet<PeerId>,
    /// Some were too slow.
    pub(super) slow: bool,
}

impl From<SnapshotError> for Failed {
    fn from(error: SnapshotError) -> Self {
        Self::Here(error)
    }
}

/// Fetches manifest and proof from the first peer that gives those that hold, and writes them down. What lies there
/// and holds is not fetched again.
pub(super) async fn head(
    host: &HostHandle,
    ledger_id: LedgerId,
    folder: &SnapshotFolder,
    choice: &Choice,
    least: LeastPace,
) -> Result<VerifiedSnapshot, Failed> {
    if let Ok(snapshot) = VerifiedSnapshot::open(folder.clone(), ledger_id)
        && snapshot.manifest().id() == choice.id
    {
        return Ok(snapshot);
    }
    let mut left = Left::default();
    for peer in &choice.sources {
        let asked = from_peer(host, ledger_id, folder, choice, *peer);
        let Ok(given) = timeout(time_for_head(choice, *peer, least), asked).await else {
            warn!(%peer, "this peer gives manifest and proof too slowly: others come first");
            left.slow = true;
            continue;
        };
        match given {
            Ok(Some(snapshot)) => return Ok(snapshot),
            Ok(None) => {}
            Err(SnapshotError::UnknownProtocol(unknown)) => {
                warn!(%peer, %unknown, snapshot = %choice.id, "this program cannot follow this snapshot: an older one is looked for");
                return Err(Failed::TooNew);
            }
            Err(error) if error.is_of_the_snapshot() => {
                warn!(%peer, %error, "this peer offers a snapshot that it does not prove: it is not asked again");
                left.liars.insert(*peer);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(Failed::NobodyLeft(left))
}

fn time_for_head(choice: &Choice, peer: PeerId, least: LeastPace) -> Duration {
    let proof_bytes = u64::from(choice.proof_bytes(peer)).min(BUNDLE_BYTES_MAX as u64);
    let manifest_bytes = u64::from(choice.manifest_bytes).min(SNAPSHOT_MANIFEST_BYTES_MAX as u64);
    least.time_for(manifest_bytes + proof_bytes)
}

/// `None` when the peer does not answer.
async fn from_peer(
    host: &HostHandle,
    ledger_id: LedgerId,
    folder: &SnapshotFolder,
    choice: &Choice,
    peer: PeerId,
) -> Result<Option<VerifiedSnapshot>, SnapshotError> {
    let file = |file, bytes: u32, bytes_max| whole(host, peer, choice, file, bytes, bytes_max);
    let proof_bytes = choice.proof_bytes(peer);
    let manifest = file(SnapshotFile::Manifest, choice.manifest_bytes, SNAPSHOT_MANIFEST_BYTES_MAX).await;
    let Ok(manifest) = manifest else { return Ok(None) };
    let decoded = SnapshotManifest::decode(&manifest).map_err(SnapshotError::NoManifest)?;
    if decoded.id() != choice.id {
        return Err(SnapshotError::Proof("the manifest is not the one that was offered".to_owned()));
    }
    if decoded.header.height != choice.height {
        return Err(SnapshotError::Proof("the manifest is of another height than was offered".to_owned()));
    }
    // The id holds for this, whoever gives it; what a proof says besides is its giver's word.
    KnownProtocols::OF_THIS_PROGRAM.check(decoded.header.protocol_version, decoded.header.height)?;
    let Ok(proof) = file(SnapshotFile::Proof, proof_bytes, BUNDLE_BYTES_MAX).await else { return Ok(None) };
    // A crash between the two leaves a manifest without its proof: both are fetched again.
    write(&folder.proof_path(), &proof)?;
    write(&folder.manifest_path(), &manifest)?;
    match VerifiedSnapshot::open(folder.clone(), ledger_id) {
        Err(SnapshotError::UnknownProtocol(unknown)) => Err(SnapshotError::Proof(unknown.to_string())),
        opened => opened.map(Some),
    }
}

/// A whole file, piece by piece. A peer that says less or more than it gives is found by what the file holds.
async fn whole(
    host: &HostHandle,
    peer: PeerId,
    choice: &Choice,
    file: SnapshotFile,
    bytes: u32,
    bytes_max: usize,
) -> Result<Vec<u8>, SyncFailure> {
    let bytes = u64::from(bytes).min(bytes_max as u64);
    let mut whole = Vec::new();
    for piece in 0..bytes.div_ceil(SNAPSHOT_CHUNK_BYTES) {
        let piece = u32::try_from(piece).unwrap_or(u32::MAX);
        let asked = SnapshotPiece { id: choice.id, file, piece };
        whole.extend_from_slice(&host.snapshot_piece(peer, asked).await?);
    }
    Ok(whole)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), SnapshotError> {
    let written = whole_file::replace(path, whole_file::MODE_BY_MASK, bytes);
    Ok(written.map_err(|source| StorageError::Io { path: path.to_owned(), source })?)
}
