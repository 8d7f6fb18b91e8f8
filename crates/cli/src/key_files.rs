//! Reading key files, with the passphrase asked for when there is need.

use std::io::{self, IsTerminal};
use std::path::Path;

use bulla_crypto::SecretKey;
use bulla_crypto::key_file::{self, KeyFileError};
use bulla_crypto::key_pem::KeyPemError;
use bulla_types::ReasonCode;

use crate::complaints::{PASSPHRASE_NEEDED, PASSPHRASES_DIFFER};
use crate::failure::Failure;

/// The environment variable that holds the passphrase, for scripts.
pub(crate) const PASSPHRASE: &str = "BULLA_PASSPHRASE";

/// Reads a key; asks for its passphrase if it is encrypted.
pub(crate) fn read(path: &Path) -> Result<SecretKey, Failure> {
    match key_file::read(path, None) {
        Err(KeyFileError::Content { source: KeyPemError::PassphraseRequired, .. }) => {
            let passphrase = passphrase(path)?;
            Ok(key_file::read(path, Some(&passphrase))?)
        }
        read => Ok(read?),
    }
}

/// Writes a new key, encrypted if a passphrase is given.
pub(crate) fn write(path: &Path, key: &SecretKey, passphrase: Option<&str>) -> Result<(), Failure> {
    key_file::write(path, key, passphrase).map_err(|error| match error {
        KeyFileError::Io { path, source } => Failure::unwritable(&path, &source),
        other => other.into(),
    })
}

/// The passphrase for a new key, typed twice.
pub(crate) fn new_passphrase(path: &Path, again: &str) -> Result<String, Failure> {
    if let Some(given) = from_environment() {
        return Ok(given);
    }
    let first = ask(path, &path.display().to_string())?;
    if first == ask(path, again)? {
        Ok(first)
    } else {
        Err(Failure::new(ReasonCode::PassphraseRequired, PASSPHRASES_DIFFER))
    }
}

fn passphrase(path: &Path) -> Result<String, Failure> {
    match from_environment() {
        Some(given) => Ok(given),
        None => ask(path, &path.display().to_string()),
    }
}

fn ask(path: &Path, prompt: &str) -> Result<String, Failure> {
    if !io::stdin().is_terminal() {
        let detail = PASSPHRASE_NEEDED.with(&[&path.display(), &PASSPHRASE]);
        return Err(Failure::new(ReasonCode::PassphraseRequired, detail));
    }
    rpassword::prompt_password(format!("{prompt}: ")).map_err(|error| Failure::internal(&error))
}

fn from_environment() -> Option<String> {
    std::env::var(PASSPHRASE).ok()
}
