//! Manifest and proof of a snapshot: fetched whole from one peer, verified from the genesis on.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use bulla_chain::VerifiedSnapshot;
use bulla_network::{HostHandle, PeerId, SnapshotFile, SnapshotPiece, SyncFailure};
use bulla_storage::{SnapshotError, SnapshotFolder, StorageError};
use bulla_types::limits::{BUNDLE_BYTES_MAX, SNAPSHOT_CHUNK_BYTES, SNAPSHOT_MANIFEST_BYTES_MAX};
use bulla_types::{LedgerId, SnapshotManifest};
use tracing::warn;

use super::offers::Choice;

/// Why nothing was fetched.
#[derive(Debug)]
pub(super) enum Failed {
    /// The disk, or something else here.
    Here(SnapshotError),
    /// There is no room for it.
    NoRoom,
    /// Nobody is left to ask; these gave what does not hold.
    NobodyLeft(BTreeSet<PeerId>),
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
) -> Result<VerifiedSnapshot, Failed> {
    if let Ok(snapshot) = VerifiedSnapshot::open(folder.clone(), ledger_id)
        && snapshot.manifest().id() == choice.id
    {
        return Ok(snapshot);
    }
    let mut liars = BTreeSet::new();
    for peer in &choice.sources {
        match from_peer(host, ledger_id, folder, choice, *peer).await {
            Ok(Some(snapshot)) => return Ok(snapshot),
            Ok(None) => {}
            Err(error @ SnapshotError::UnknownProtocol(_)) => {
                warn!(%peer, %error, "this program cannot follow the snapshot that this peer offers: it is not asked again");
                liars.insert(*peer);
            }
            Err(error) if error.is_of_the_snapshot() => {
                warn!(%peer, %error, "this peer offers a snapshot that it does not prove: it is not asked again");
                liars.insert(*peer);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(Failed::NobodyLeft(liars))
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
    let proof_bytes = choice.proof_bytes.get(&peer).copied().unwrap_or(0);
    let manifest = file(SnapshotFile::Manifest, choice.manifest_bytes, SNAPSHOT_MANIFEST_BYTES_MAX).await;
    let Ok(manifest) = manifest else { return Ok(None) };
    let decoded = SnapshotManifest::decode(&manifest).map_err(SnapshotError::NoManifest)?;
    if decoded.id() != choice.id {
        return Err(SnapshotError::Proof("the manifest is not the one that was offered".to_owned()));
    }
    if decoded.header.height != choice.height {
        return Err(SnapshotError::Proof("the manifest is of another height than was offered".to_owned()));
    }
    let Ok(proof) = file(SnapshotFile::Proof, proof_bytes, BUNDLE_BYTES_MAX).await else { return Ok(None) };
    // A crash between the two leaves a manifest without its proof: both are fetched again.
    write(&folder.proof_path(), &proof)?;
    write(&folder.manifest_path(), &manifest)?;
    VerifiedSnapshot::open(folder.clone(), ledger_id).map(Some)
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
    let written = fs::write(path, bytes);
    Ok(written.map_err(|source| StorageError::Io { path: path.to_owned(), source })?)
}
