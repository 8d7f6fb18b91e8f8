//! The openings of committed fields, which nobody but their owner keeps.

use std::path::{Path, PathBuf};

use bulla_client::StepRequest;
use bulla_types::{Canonical, KeptOpenings};

use super::texts::{COMMITTED_FIELDS, OPENINGS_WANTED};
use crate::failure::Failure;
use crate::files;

/// Where they go.
pub(super) struct Openings {
    path: PathBuf,
    force: bool,
    /// Whether the file is there by now.
    written: bool,
}

impl Openings {
    /// Refuses a step whose openings would be lost, and a file that would be overwritten.
    pub(super) fn new(path: Option<&Path>, force: bool, request: &StepRequest) -> Result<Self, Failure> {
        match path {
            None if request.keeps_openings() => {
                Err(Failure::usage(OPENINGS_WANTED.with(&[&COMMITTED_FIELDS])))
            }
            Some(path) if !force && path.exists() && request.keeps_openings() => Err(Failure::exists(path)),
            path => Ok(Self { path: path.unwrap_or(Path::new("")).to_owned(), force, written: false }),
        }
    }

    /// Writes them, readable by their owner alone.
    pub(super) fn write(&mut self, kept: Option<&KeptOpenings>) -> Result<(), Failure> {
        let Some(kept) = kept else { return Ok(()) };
        match self.force {
            true => files::write_for_owner(&self.path, kept.encode())?,
            false => files::create(&self.path, files::MODE_OF_OWNER, kept.encode())?,
        }
        self.written = true;
        Ok(())
    }

    /// Takes the file away again: the step that it belongs to will not be recorded.
    pub(super) fn remove(&self) {
        if self.written {
            let _ = std::fs::remove_file(&self.path);
        }
    }

    /// Where they are, if there are any.
    pub(super) fn into_path(self) -> Option<PathBuf> {
        self.written.then_some(self.path)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use bulla_client::{AdoptedProfile, Signer, StepBuilder, TransactionBuilder};
    use bulla_crypto::SecretKey;
    use bulla_types::{LedgerId, MemberNumber, ProfileDigest, ProfileStatus, ReasonCode};

    use super::super::testing::keeping;
    use super::*;

    fn ledger() -> LedgerId {
        LedgerId::from_bytes([7; 32])
    }

    fn request() -> StepRequest {
        let profile = keeping();
        let digest = ProfileDigest(profile.digest());
        let adopted = AdoptedProfile {
            digest,
            bytes: profile.encode().into(),
            status: ProfileStatus::InForce,
            version_in_force: profile.version,
            digest_in_force: digest,
            profile,
        };
        let step = StepBuilder::opening(ledger(), &adopted, "party_registration", "apply").unwrap();
        let step = step.actor("applicant", MemberNumber(7)).unwrap();
        let step = step.field("capacities", "vendor").unwrap().field("party_name", "甲").unwrap();
        let step = step.field("party_contact", "乙").unwrap();
        step.document("identity_proof", &format!("sha256:{}", "a".repeat(64))).unwrap().finish().unwrap()
    }

    fn kept(request: StepRequest) -> KeptOpenings {
        let signer = Signer::new(MemberNumber(7), SecretKey::from_seed(&[7; 32]));
        let transaction = TransactionBuilder::new(ledger()).signer(&signer).action(request);
        transaction.build_keeping().unwrap().1.unwrap()
    }

    #[test]
    fn openings_that_nobody_else_has_are_written_for_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("openings.bin");
        let request = request();
        let nowhere = Openings::new(None, false, &request).err().unwrap();
        assert_eq!(nowhere.reason, ReasonCode::CommandInvalid);
        assert!(nowhere.detail.zh.contains("--openings"), "{nowhere:?}");

        let mut openings = Openings::new(Some(path.as_path()), false, &request).unwrap();
        let kept = kept(request.clone());
        openings.write(Some(&kept)).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(KeptOpenings::decode(&fs::read(&path).unwrap()).unwrap(), kept);

        // A file that is there holds what opens another step.
        let refused = Openings::new(Some(path.as_path()), false, &request).err().unwrap();
        assert_eq!(refused.reason, ReasonCode::FileExists);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Openings::new(Some(path.as_path()), true, &request).unwrap().write(Some(&kept)).is_ok());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        openings.remove();
        assert!(!path.exists());
    }

    #[test]
    fn a_step_that_keeps_nothing_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("openings.bin");
        let mut openings = Openings::new(Some(path.as_path()), false, &request()).unwrap();
        openings.write(None).unwrap();
        assert_eq!((openings.into_path(), path.exists()), (None, false));
    }
}
