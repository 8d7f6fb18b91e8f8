//! Key files: one private key each, readable by its owner alone.

use std::{
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rand_core::OsRng;
use zeroize::Zeroizing;

use crate::{
    SecretKey,
    key_pem::{self, KeyPemError},
    whole_file,
};

/// Permissions of a new key file: its owner may read and write it.
const MODE: u32 = 0o600;
/// Permission bits that a key file must not have: any of group and others.
const MODE_FORBIDDEN: u32 = 0o077;
/// The most that is read of a key file; one of ours takes under 500 bytes.
const FILE_BYTES_MAX: usize = 16 * 1024;

/// Why a key file could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// Nothing stands at the path.
    #[error("there is no key file {}; check the path, or make a key with `bulla key new`", path.display())]
    NotFound {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A file stands where the new one should; a key is never overwritten.
    #[error("{} exists already, and a key is never overwritten: choose another path or move the file", path.display())]
    Exists {
        /// The path that is taken.
        path: PathBuf,
    },
    /// Others than the owner may read or write the file, so the key must be taken as known to them.
    #[error("{} is open to others (mode {mode:03o}): run `chmod 600 {}`, and replace the key if others may have read it", path.display(), path.display())]
    Permissions {
        /// The file.
        path: PathBuf,
        /// Its nine permission bits.
        mode: u32,
    },
    /// A directory, pipe or device.
    #[error("{} is not a regular file", path.display())]
    NotAFile {
        /// What was named.
        path: PathBuf,
    },
    /// More than any key file has.
    #[error("{} has {actual_bytes} bytes, more than any key file", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its length.
        actual_bytes: u64,
    },
    /// The file's text is not a key, or does not open.
    #[error("{}: {source}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: KeyPemError,
    },
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Its answer.
        source: io::Error,
    },
}

/// Writes `key` to a new file at `path`, encrypted if a passphrase is given, readable by its owner alone.
///
/// The file appears whole, with mode 600 and on disk, or not at all.
///
/// # Errors
/// [`KeyFileError::Exists`] when the path is taken, [`KeyFileError::Content`] for an empty passphrase,
/// [`KeyFileError::Io`] otherwise.
pub fn write(path: &Path, key: &SecretKey, passphrase: Option<&str>) -> Result<(), KeyFileError> {
    let pem = match passphrase {
        None => key_pem::encode(key),
        Some(passphrase) => key_pem::encode_encrypted(key, passphrase, &mut OsRng)
            .map_err(|source| KeyFileError::Content { path: path.to_owned(), source })?,
    };
    whole_file::create(path, MODE, pem.as_bytes()).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => KeyFileError::Exists { path: path.to_owned() },
        _ => KeyFileError::Io { path: path.to_owned(), source },
    })
}

/// Reads the key in the file at `path`. A passphrase given for an unencrypted file is not used.
///
/// # Errors
/// See [`KeyFileError`]. `Content` with [`KeyPemError::PassphraseRequired`] says to ask for one.
pub fn read(path: &Path, passphrase: Option<&str>) -> Result<SecretKey, KeyFileError> {
    let (pem, mode) = read_text(path)?;
    let read = key_pem::decode(&pem, passphrase);
    // Of a file that is no key, nobody is to change the permissions.
    let is_key = matches!(
        read,
        Ok(_)
            | Err(KeyPemError::PassphraseRequired
                | KeyPemError::PassphraseEmpty
                | KeyPemError::PassphraseWrong)
    );
    if is_key && mode & MODE_FORBIDDEN != 0 {
        return Err(KeyFileError::Permissions { path: path.to_owned(), mode });
    }
    read.map_err(|source| KeyFileError::Content { path: path.to_owned(), source })
}

/// Reads a file that holds a secret in one line, like the PIN of a token, and is readable by its owner alone.
///
/// # Errors
/// See [`KeyFileError`].
pub fn read_secret(path: &Path) -> Result<Zeroizing<String>, KeyFileError> {
    let (text, mode) = read_text(path)?;
    if mode & MODE_FORBIDDEN != 0 {
        return Err(KeyFileError::Permissions { path: path.to_owned(), mode });
    }
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// The text of a file, and its nine permission bits. The open file is judged, not the path.
fn read_text(path: &Path) -> Result<(Zeroizing<String>, u32), KeyFileError> {
    let io_error = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => KeyFileError::NotFound { path: path.to_owned() },
        _ => KeyFileError::Io { path: path.to_owned(), source },
    };
    let not_a_file = || KeyFileError::NotAFile { path: path.to_owned() };
    // Before it is opened: to open a pipe is to wait for a writer.
    if !fs::metadata(path).map_err(io_error)?.is_file() {
        return Err(not_a_file());
    }
    let file = File::open(path).map_err(io_error)?;
    let metadata = file.metadata().map_err(io_error)?;
    if !metadata.is_file() {
        return Err(not_a_file());
    }
    let mode = metadata.permissions().mode() & 0o777;
    if metadata.len() > FILE_BYTES_MAX as u64 {
        return Err(KeyFileError::TooLarge { path: path.to_owned(), actual_bytes: metadata.len() });
    }
    // The buffer has room for all, so that no copy of the key is left behind by a reallocation.
    let mut bytes = Zeroizing::new(Vec::with_capacity(FILE_BYTES_MAX));
    file.take(FILE_BYTES_MAX as u64).read_to_end(&mut bytes).map_err(io_error)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| KeyFileError::Content { path: path.to_owned(), source: KeyPemError::NotPem })?;
    Ok((Zeroizing::new(text.to_owned()), mode))
}
