//! The keys of a founder: made, signed with and read on its own machine.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use bulla_crypto::{PublicKey, SecretKey};
use bulla_types::{CreditCode, FounderDeclaration, KeyId, KeyPurpose, PlanDigest, PlannedNode};
use rand_core::OsRng;

use super::address::Address;
use crate::failure::Failure;
use crate::key_files;

/// Permissions of a new folder of keys: its owner's alone.
const FOLDER_MODE: u32 = 0o700;

/// Where the key files of a founder lie.
#[derive(Debug, Clone)]
pub(crate) struct KeyFolders {
    /// Those that its node reads.
    pub(crate) node: PathBuf,
    /// Those that its people hold.
    pub(crate) people: PathBuf,
}

impl KeyFolders {
    /// All in one.
    pub(crate) fn one(folder: PathBuf) -> Self {
        Self { node: folder.clone(), people: folder }
    }

    /// The file of a key.
    pub(crate) fn file(&self, purpose: KeyPurpose) -> PathBuf {
        match purpose {
            KeyPurpose::Operate => self.people.join("operate.pem"),
            KeyPurpose::Administer => self.people.join("administer.pem"),
            KeyPurpose::Audit => self.people.join("audit.pem"),
            KeyPurpose::Consensus => self.node.join("consensus.pem"),
            KeyPurpose::Note => self.node.join("note.pem"),
            KeyPurpose::Peer => self.node.join("peer.pem"),
        }
    }
}

/// The keys that a plan asks of one founder.
pub(crate) struct FounderKeys(Vec<(KeyPurpose, SecretKey)>);

impl FounderKeys {
    /// New keys for a founder that runs such a node.
    pub(crate) fn generate(node: PlannedNode) -> Self {
        Self(node.purposes().iter().map(|purpose| (*purpose, SecretKey::generate(&mut OsRng))).collect())
    }

    /// Reads them; asks for the passphrases of those that are encrypted.
    pub(crate) fn read(folders: &KeyFolders, node: PlannedNode) -> Result<Self, Failure> {
        let read = |purpose: &KeyPurpose| Ok((*purpose, key_files::read(&folders.file(*purpose))?));
        node.purposes().iter().map(read).collect::<Result<_, Failure>>().map(Self)
    }

    /// Writes them, those of people under a passphrase if one is given: a node starts without anybody there.
    pub(crate) fn write(&self, folders: &KeyFolders, passphrase: Option<&str>) -> Result<(), Failure> {
        for folder in [&folders.node, &folders.people] {
            fs::create_dir_all(folder).map_err(|error| Failure::unwritable(folder, &error))?;
        }
        for (purpose, key) in &self.0 {
            let passphrase = passphrase.filter(|_| is_held_by_people(*purpose));
            key_files::write(&folders.file(*purpose), key, passphrase)?;
        }
        Ok(())
    }

    /// Writes them to a new folder, which appears with all of them or not at all.
    pub(crate) fn write_new(&self, folder: &Path, passphrase: Option<&str>) -> Result<(), Failure> {
        let unwritable = |error| Failure::unwritable(folder, &error);
        let parent = folder.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(|error| Failure::unwritable(parent, &error))?;
        let mut made = tempfile::Builder::new();
        let made = made.prefix(".keys-").permissions(fs::Permissions::from_mode(FOLDER_MODE));
        let made = made.tempdir_in(parent).map_err(unwritable)?;
        self.write(&KeyFolders::one(made.path().to_owned()), passphrase)?;
        // Another folder that has anything in it is not replaced.
        fs::rename(made.path(), folder).map_err(unwritable)?;
        // What was to be removed at the end has another name now.
        let _ = made.keep();
        fs::File::open(parent).and_then(|parent| parent.sync_all()).map_err(unwritable)
    }

    /// Purposes and ids.
    pub(crate) fn ids(&self) -> impl Iterator<Item = (KeyPurpose, String)> {
        self.0.iter().map(|(purpose, key)| (*purpose, KeyId::of(key.public_key()).to_string()))
    }

    /// The identity of the node on the members' network.
    pub(crate) fn peer(&self) -> Result<&PublicKey, Failure> {
        let peer = self.0.iter().find(|(purpose, _)| *purpose == KeyPurpose::Peer);
        peer.map(|(_, key)| key.public_key()).ok_or_else(|| Failure::internal(&"a node without a PEER key"))
    }

    /// What its founder hands out.
    pub(crate) fn declare(
        &self,
        plan: PlanDigest,
        credit_code: CreditCode,
        address: Option<&Address>,
    ) -> Result<FounderDeclaration, Failure> {
        let keys: Vec<_> = self.0.iter().map(|(purpose, key)| (*purpose, key)).collect();
        FounderDeclaration::sign(plan, credit_code, &keys, address.map(ToString::to_string))
            .map_err(|error| Failure::internal(&error))
    }

    /// The first key that is not the one declared for its purpose.
    pub(crate) fn other_than(&self, declared: &FounderDeclaration) -> Option<KeyPurpose> {
        let is_declared = |purpose, key: &SecretKey| {
            declared.key(purpose).is_some_and(|declared| declared.key == *key.public_key())
        };
        self.0.iter().find(|(purpose, key)| !is_declared(*purpose, key)).map(|(purpose, _)| *purpose)
    }
}

fn is_held_by_people(purpose: KeyPurpose) -> bool {
    matches!(purpose, KeyPurpose::Operate | KeyPurpose::Administer | KeyPurpose::Audit)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_types::ReasonCode;

    use super::*;

    const VALIDATOR: PlannedNode = PlannedNode::Validator { power: 1 };

    #[test]
    fn keys_read_back_and_are_those_that_were_declared() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("a/keys");
        let keys = FounderKeys::generate(VALIDATOR);
        keys.write_new(&at, None).unwrap();
        assert_eq!(fs::metadata(&at).unwrap().permissions().mode() & 0o777, FOLDER_MODE);
        let code = "91350100M000100Y43".parse().unwrap();
        let address: Address = "10.0.0.1:7001".parse().unwrap();
        let declared = keys.declare(PlanDigest::from_bytes([7; 32]), code, Some(&address)).unwrap();
        let folders = KeyFolders::one(at.clone());
        assert_eq!(FounderKeys::read(&folders, VALIDATOR).unwrap().other_than(&declared), None);

        fs::remove_file(at.join("note.pem")).unwrap();
        let missing = FounderKeys::read(&folders, VALIDATOR).err().unwrap();
        assert!(missing.reason == ReasonCode::FileUnreadable && missing.detail.zh.contains("note.pem"));
        key_files::write(&at.join("note.pem"), &SecretKey::generate(&mut OsRng), None).unwrap();
        let other = FounderKeys::read(&folders, VALIDATOR).unwrap();
        assert_eq!(other.other_than(&declared), Some(KeyPurpose::Note));
    }

    #[test]
    fn keys_that_are_there_stay_and_nothing_is_left_of_those_that_were_to_replace_them() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("keys");
        FounderKeys::generate(PlannedNode::None).write_new(&at, None).unwrap();
        let before = fs::read(at.join("operate.pem")).unwrap();
        let refused = FounderKeys::generate(VALIDATOR).write_new(&at, None).unwrap_err();
        assert_eq!(refused.reason, ReasonCode::FileUnwritable);
        assert_eq!(fs::read(at.join("operate.pem")).unwrap(), before);
        let left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|item| item.unwrap().file_name()).collect();
        assert_eq!(left, ["keys"]);
    }
}
