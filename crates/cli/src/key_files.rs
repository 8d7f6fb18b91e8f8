//! Reading key files, with the passphrase asked for when there is need.

use std::io::{self, IsTerminal};
use std::path::Path;

use bulla_crypto::SecretKey;
use bulla_crypto::key_file::{self, KeyFileError};
use bulla_crypto::key_pem::KeyPemError;
use bulla_types::ReasonCode;

use crate::failure::Failure;

/// The environment variable that holds the passphrase, for scripts.
pub(crate) const PASSPHRASE: &str = "BULLA_PASSPHRASE";

/// Reads a key; asks for its passphrase if it is encrypted.
pub(crate) fn read(path: &Path) -> Result<SecretKey, Failure> {
    match key_file::read(path, None) {
        Err(KeyFileError::Content { source: KeyPemError::PassphraseRequired, .. }) => {
            let passphrase = passphrase(&format!("{}: ", path.display()))?;
            Ok(key_file::read(path, Some(&passphrase))?)
        }
        read => Ok(read?),
    }
}

/// The passphrase for a new key, typed twice.
pub(crate) fn new_passphrase(path: &Path, again: &str) -> Result<String, Failure> {
    if let Some(given) = from_environment() {
        return Ok(given);
    }
    let first = passphrase(&format!("{}: ", path.display()))?;
    if first == passphrase(&format!("{again}: "))? {
        Ok(first)
    } else {
        Err(Failure::new(ReasonCode::PassphraseWrong, "the two passphrases differ"))
    }
}

fn passphrase(prompt: &str) -> Result<String, Failure> {
    if let Some(given) = from_environment() {
        return Ok(given);
    }
    if !io::stdin().is_terminal() {
        let detail = format!("{prompt}a passphrase is needed; without a terminal, {PASSPHRASE} gives it");
        return Err(Failure::new(ReasonCode::PassphraseWrong, detail));
    }
    rpassword::prompt_password(prompt).map_err(|error| Failure::internal(&error))
}

fn from_environment() -> Option<String> {
    std::env::var(PASSPHRASE).ok()
}
