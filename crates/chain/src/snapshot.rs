//! Snapshots of the ledger: made with their proof, verified from the genesis on before anything of them is used.

use std::path::PathBuf;

use bulla_storage::{
    Joining, RestoreProgress, SnapshotError, SnapshotFolder, SnapshotSource, StorageError, Store,
    StoreOptions, check_extent,
};
use bulla_types::{
    Canonical, CommitCertificate, Header, Height, KnownProtocols, LedgerId, SnapshotManifest, TrustBundle,
};
use bulla_verify::verify_head;
use bytes::Bytes;

use crate::fault::ChainError;
use crate::rebuild::rebuild_indexes;
use crate::receipt::bundle;
use crate::view::Snapshot;

/// Makes a snapshot of the newest block in the folder that `place` names for its height. Commits go on meanwhile:
/// `taken` is told when the view is taken that is written out.
///
/// # Errors
/// [`SnapshotError`]: there is nothing in the place then that was not there.
pub fn make_snapshot(
    store: &Store,
    place: impl FnOnce(Height) -> PathBuf,
    taken: impl FnOnce(),
) -> Result<SnapshotManifest, SnapshotError> {
    let snapshot = Snapshot(store.view()?);
    taken();
    let view = &snapshot.0;
    let newest = view.decided(view.tip().height)?.ok_or(SnapshotError::NoBlock)?;
    let proof = bundle(&snapshot, (newest.header, newest.certificate), []).map_err(unreadable)?;
    bulla_storage::make_snapshot(store, view, &place(view.tip().height), &proof.encode())
}

/// A snapshot whose header is known to be decided by the validators that follow from the genesis. Its content is
/// compared with that header when it is used.
#[derive(Debug)]
pub struct VerifiedSnapshot {
    folder: SnapshotFolder,
    manifest: SnapshotManifest,
    proof: TrustBundle,
}

impl VerifiedSnapshot {
    /// Verifies manifest and proof of a snapshot of this ledger.
    ///
    /// # Errors
    /// [`SnapshotError`]: what does not hold.
    pub fn open(folder: SnapshotFolder, ledger_id: LedgerId) -> Result<Self, SnapshotError> {
        let manifest = folder.manifest()?;
        check_extent(&manifest)?;
        let proof = verified_proof(&Bytes::from(folder.proof()?), ledger_id)?;
        if proof.state_header != manifest.header {
            return Err(SnapshotError::OtherHeader);
        }
        Ok(Self { folder, manifest, proof })
    }

    /// The manifest.
    #[must_use]
    pub fn manifest(&self) -> &SnapshotManifest {
        &self.manifest
    }

    /// How often the validators had changed.
    #[must_use]
    pub fn validator_changes(&self) -> usize {
        self.proof.transitions.len()
    }

    /// Compares every chunk of the content with the manifest; `progress` is told the bytes compared.
    ///
    /// # Errors
    /// [`SnapshotError`]: the first chunk that differs.
    pub fn check(&self, progress: &mut dyn FnMut(u64)) -> Result<(), SnapshotError> {
        self.folder.check(&self.manifest, progress)
    }

    /// Makes the data folder of it. All chunks are compared before the first is used, and all roots before anything
    /// is in its place; `progress` is told of the second pass.
    ///
    /// # Errors
    /// [`SnapshotError`]: what does not hold. The data folder holds no ledger then.
    pub fn restore(
        &self,
        mut joining: Joining,
        options: &StoreOptions,
        progress: &mut dyn FnMut(RestoreProgress),
    ) -> Result<(), SnapshotError> {
        self.check(&mut |_| ())?;
        let genesis = self.proof.genesis.encode();
        let transitions = self.proof.transitions.iter();
        let transitions = transitions.map(|change| (change.header.clone(), change.certificate.clone()));
        let newest = (self.proof.state_header.clone(), self.proof.state_certificate.clone());
        let decided: Vec<(Header, CommitCertificate)> = transitions.chain([newest]).collect();
        let (folder, manifest) = (&self.folder, &self.manifest);
        let source = SnapshotSource { folder, manifest, genesis: &genesis, decided: &decided };
        let store = joining.build(options, &source, progress)?;
        rebuild_indexes(&store).map_err(unreadable)?;
        drop(store);
        Ok(joining.finish()?)
    }
}

/// Reads a proof from anywhere and follows it from the genesis on.
fn verified_proof(bytes: &Bytes, ledger_id: LedgerId) -> Result<TrustBundle, SnapshotError> {
    let refused = |why: String| SnapshotError::Proof(why);
    let proof = TrustBundle::decode(bytes).map_err(|error| refused(error.to_string()))?;
    // By name, before it is refused as a proof like any other.
    let headers = proof.transitions.iter().map(|transition| &transition.header).chain([&proof.state_header]);
    for header in headers {
        KnownProtocols::OF_THIS_PROGRAM.check(header.protocol_version, header.height)?;
    }
    verify_head(&proof, ledger_id).map_err(|error| refused(error.to_string()))?;
    Ok(proof)
}

fn unreadable(error: ChainError) -> SnapshotError {
    match error {
        ChainError::Storage(error) => error.into(),
        other => StorageError::Corrupted { place: "the store".to_owned(), detail: other.to_string() }.into(),
    }
}
