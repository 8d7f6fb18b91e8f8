//! Keys as PEM text: PKCS#8 (RFC 5958, RFC 8410), plain or encrypted under a passphrase.
//!
//! Encryption is PBES2 (RFC 8018) with scrypt (RFC 7914) and AES-256-CBC. The parameters of scrypt are
//! chosen so that common tools with their usual memory limit of 32 MiB can read the file.

use pkcs8::{
    AlgorithmIdentifierRef, EncryptedPrivateKeyInfo, LineEnding, ObjectIdentifier, PrivateKeyInfo,
    SecretDocument,
    der::pem::decode_label,
    pkcs5::pbes2::{EncryptionScheme, Kdf, Parameters, ScryptParams},
};
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use crate::SecretKey;

/// id-Ed25519 (RFC 8410, section 3).
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const LABEL_PLAIN: &str = "PRIVATE KEY";
const LABEL_ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";
/// Head of the inner OCTET STRING that holds the 32-byte seed (RFC 8410, section 7).
const CURVE_PRIVATE_KEY_HEAD: [u8; 2] = [0x04, 0x20];

const SALT_BYTES: usize = 16;
const IV_BYTES: usize = 16;

/// scrypt as written: N = 2^14, r = 8 (16 MiB), p = 5.
const SCRYPT_COST: u64 = 1 << 14;
const SCRYPT_BLOCK_SIZE: u16 = 8;
const SCRYPT_PARALLELIZATION: u16 = 5;
/// The most that a file may ask of a reader: 128·N·r bytes of memory, and 128·N·r·p bytes mixed.
const SCRYPT_MEMORY_BYTES_MAX: u64 = 256 << 20;
const SCRYPT_WORK_BYTES_MAX: u64 = 1 << 30;

/// Why a text is not a key of ours, or could not be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyPemError {
    /// No PEM block that could be read.
    #[error(
        "this is not PEM text; a key file begins with -----BEGIN PRIVATE KEY----- or -----BEGIN ENCRYPTED PRIVATE KEY-----"
    )]
    NotPem,
    /// A PEM block of another kind, such as a certificate or a public key.
    #[error("the PEM block is labelled \"{label}\", which is not a PKCS#8 private key")]
    Label {
        /// What stands after BEGIN.
        label: String,
    },
    /// A PEM block whose content is not PKCS#8.
    #[error("the PEM block does not hold a PKCS#8 private key; restore the file from its backup")]
    Malformed,
    /// A private key of another algorithm.
    #[error(
        "the key's algorithm is {oid}, not Ed25519 (1.3.101.112); make a key with `bulla key new` or `openssl genpkey -algorithm ed25519`"
    )]
    Algorithm {
        /// The algorithm's object identifier.
        oid: String,
    },
    /// The public key beside the private one is not its own.
    #[error(
        "the file holds a public key that does not belong to its private key; restore the file from its backup"
    )]
    PublicKeyMismatch,
    /// The key is encrypted and no passphrase was given.
    #[error("the key is encrypted: give its passphrase")]
    PassphraseRequired,
    /// An empty passphrase protects nothing.
    #[error("the passphrase is empty: choose one, or write the key without encryption")]
    PassphraseEmpty,
    /// The passphrase does not open the key, or the encrypted part was altered: one cannot tell which.
    #[error("the passphrase does not open this key (or the file is damaged)")]
    PassphraseWrong,
    /// Encrypted by another scheme than PBES2 with scrypt and AES-256-CBC.
    #[error(
        "the key's encryption is not PBES2 with scrypt and AES-256-CBC; convert it with `openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt`"
    )]
    EncryptionUnsupported,
    /// The file asks for more memory or work than any honest one.
    #[error(
        "the key file asks for {memory_bytes} bytes of memory and {work_bytes} bytes of mixing, beyond the limit; it was not made by a tool you should trust"
    )]
    CostTooHigh {
        /// 128·N·r.
        memory_bytes: u64,
        /// 128·N·r·p.
        work_bytes: u64,
    },
}

/// The key as unencrypted PEM text.
#[must_use]
pub fn encode(key: &SecretKey) -> Zeroizing<String> {
    with_private_key_info(key, |info| {
        #[allow(clippy::expect_used)]
        SecretDocument::try_from(info)
            .and_then(|document| Ok(document.to_pem(LABEL_PLAIN, LineEnding::LF)?))
            .expect("invariant: 48 bytes of DER encode")
    })
}

/// The key as PEM text encrypted under `passphrase`, with salt and initialisation vector from `rng`.
///
/// Takes some tenths of a second by design.
///
/// # Errors
/// [`KeyPemError::PassphraseEmpty`].
pub fn encode_encrypted(
    key: &SecretKey,
    passphrase: &str,
    rng: &mut impl CryptoRngCore,
) -> Result<Zeroizing<String>, KeyPemError> {
    if passphrase.is_empty() {
        return Err(KeyPemError::PassphraseEmpty);
    }
    let mut salt = [0; SALT_BYTES];
    rng.fill_bytes(&mut salt);
    let mut iv = [0; IV_BYTES];
    rng.fill_bytes(&mut iv);
    let parameters = Parameters {
        kdf: Kdf::Scrypt(ScryptParams {
            salt: &salt,
            cost_parameter: SCRYPT_COST,
            block_size: SCRYPT_BLOCK_SIZE,
            parallelization: SCRYPT_PARALLELIZATION,
            key_length: None,
        }),
        encryption: EncryptionScheme::Aes256Cbc { iv: &iv },
    };
    Ok(with_private_key_info(key, |info| {
        #[allow(clippy::expect_used)]
        info.encrypt_with_params(parameters, passphrase)
            .and_then(|document| Ok(document.to_pem(LABEL_ENCRYPTED, LineEnding::LF)?))
            .expect("invariant: scrypt and AES-256-CBC take these fixed parameters")
    }))
}

/// Reads a key from PEM text; a passphrase given for an unencrypted key is not used.
///
/// # Errors
/// See [`KeyPemError`]; [`KeyPemError::PassphraseRequired`] says to ask for one and try again.
pub fn decode(pem: &str, passphrase: Option<&str>) -> Result<SecretKey, KeyPemError> {
    let label = decode_label(pem.as_bytes()).map_err(|_| KeyPemError::NotPem)?;
    if label != LABEL_PLAIN && label != LABEL_ENCRYPTED {
        return Err(KeyPemError::Label { label: label.to_owned() });
    }
    let (_, document) = SecretDocument::from_pem(pem).map_err(|_| KeyPemError::Malformed)?;
    if label == LABEL_PLAIN {
        return decode_private_key_info(document.as_bytes(), &KeyPemError::Malformed);
    }
    let passphrase = passphrase.ok_or(KeyPemError::PassphraseRequired)?;
    let decrypted = decrypt(document.as_bytes(), passphrase)?;
    // Under a wrong passphrase one try in 256 leaves padding that looks right over random bytes.
    decode_private_key_info(decrypted.as_bytes(), &KeyPemError::PassphraseWrong)
}

fn with_private_key_info<T>(key: &SecretKey, encode: impl FnOnce(PrivateKeyInfo<'_>) -> T) -> T {
    let mut curve_private_key = Zeroizing::new([0; CURVE_PRIVATE_KEY_HEAD.len() + SecretKey::SEED_LENGTH]);
    let (head, seed) = curve_private_key.split_at_mut(CURVE_PRIVATE_KEY_HEAD.len());
    head.copy_from_slice(&CURVE_PRIVATE_KEY_HEAD);
    seed.copy_from_slice(key.to_seed().as_ref());
    // Without the public key: tools older than RFC 5958 refuse version 2, which carries one.
    let algorithm = AlgorithmIdentifierRef { oid: ED25519, parameters: None };
    encode(PrivateKeyInfo::new(algorithm, curve_private_key.as_ref()))
}

fn decrypt(der: &[u8], passphrase: &str) -> Result<SecretDocument, KeyPemError> {
    let encrypted = EncryptedPrivateKeyInfo::try_from(der).map_err(|_| KeyPemError::EncryptionUnsupported)?;
    let parameters = encrypted.encryption_algorithm.pbes2().ok_or(KeyPemError::EncryptionUnsupported)?;
    let (Kdf::Scrypt(scrypt), EncryptionScheme::Aes256Cbc { .. }) = (&parameters.kdf, parameters.encryption)
    else {
        return Err(KeyPemError::EncryptionUnsupported);
    };
    check_cost(scrypt)?;
    encrypted.decrypt(passphrase).map_err(|_| KeyPemError::PassphraseWrong)
}

/// Bounds memory and time before either is spent.
fn check_cost(scrypt: &ScryptParams<'_>) -> Result<(), KeyPemError> {
    let memory_bytes = scrypt.cost_parameter.saturating_mul(128 * u64::from(scrypt.block_size));
    let work_bytes = memory_bytes.saturating_mul(u64::from(scrypt.parallelization));
    if memory_bytes > SCRYPT_MEMORY_BYTES_MAX || work_bytes > SCRYPT_WORK_BYTES_MAX {
        return Err(KeyPemError::CostTooHigh { memory_bytes, work_bytes });
    }
    Ok(())
}

fn decode_private_key_info(der: &[u8], unreadable: &KeyPemError) -> Result<SecretKey, KeyPemError> {
    let info = PrivateKeyInfo::try_from(der).map_err(|_| unreadable.clone())?;
    if info.algorithm.oid != ED25519 {
        return Err(KeyPemError::Algorithm { oid: info.algorithm.oid.to_string() });
    }
    if info.algorithm.parameters.is_some() {
        return Err(KeyPemError::Malformed);
    }
    let seed = info
        .private_key
        .strip_prefix(&CURVE_PRIVATE_KEY_HEAD)
        .and_then(|seed| <&[u8; SecretKey::SEED_LENGTH]>::try_from(seed).ok())
        .ok_or(KeyPemError::Malformed)?;
    let key = SecretKey::from_seed(seed);
    match info.public_key {
        Some(public) if public != key.public_key().as_bytes() => Err(KeyPemError::PublicKeyMismatch),
        _ => Ok(key),
    }
}
