//! Key files: written whole and private, read only while private, and open to common tools.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use bulla_crypto::{
    SecretKey,
    key_file::{self, KeyFileError},
    key_pem::{self, KeyPemError},
};
use tempfile::TempDir;

const PASSPHRASE: &str = "泥封 seals 11 tokens";

fn key() -> SecretKey {
    SecretKey::from_seed(&[7; 32])
}

fn written(passphrase: Option<&str>) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("member.key");
    key_file::write(&path, &key(), passphrase).unwrap();
    (directory, path)
}

fn content_error(result: Result<SecretKey, KeyFileError>) -> KeyPemError {
    match result.unwrap_err() {
        KeyFileError::Content { source, .. } => source,
        other => panic!("{other}"),
    }
}

#[test]
fn a_plain_key_reads_back() {
    let (_directory, path) = written(None);
    assert_eq!(key_file::read(&path, None).unwrap().to_seed(), key().to_seed());
}

#[test]
fn a_passphrase_given_for_a_plain_key_is_not_used() {
    let (_directory, path) = written(None);
    assert_eq!(key_file::read(&path, Some(PASSPHRASE)).unwrap().to_seed(), key().to_seed());
}

#[test]
fn an_encrypted_key_reads_back_under_its_passphrase_only() {
    let (_directory, path) = written(Some(PASSPHRASE));
    assert_eq!(key_file::read(&path, Some(PASSPHRASE)).unwrap().to_seed(), key().to_seed());
    assert_eq!(content_error(key_file::read(&path, None)), KeyPemError::PassphraseRequired);
    assert_eq!(content_error(key_file::read(&path, Some("another"))), KeyPemError::PassphraseWrong);
}

#[test]
fn an_empty_passphrase_writes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("member.key");
    assert!(key_file::write(&path, &key(), Some("")).is_err());
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn a_new_key_file_is_private_and_leaves_nothing_beside_it() {
    let (directory, path) = written(None);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn a_key_file_is_never_overwritten() {
    let (directory, path) = written(None);
    let other = SecretKey::from_seed(&[8; 32]);
    let error = key_file::write(&path, &other, None).unwrap_err();
    assert!(matches!(error, KeyFileError::Exists { .. }), "{error}");
    assert_eq!(key_file::read(&path, None).unwrap().to_seed(), key().to_seed());
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn a_key_file_open_to_others_is_refused_with_the_remedy() {
    let (_directory, path) = written(None);
    for mode in [0o640, 0o604, 0o620, 0o610] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let error = key_file::read(&path, None).unwrap_err();
        assert!(matches!(error, KeyFileError::Permissions { mode: found, .. } if found == mode), "{error}");
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
}

#[test]
fn a_file_of_others_that_is_no_key_is_told_as_such_and_keeps_its_permissions() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("passwd");
    let certificate = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    for content in ["root:x:0:0:root:/root:/bin/sh\n", certificate, ""] {
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        let error = key_file::read(&path, None).unwrap_err();
        assert!(matches!(error, KeyFileError::Content { .. }), "{error}");
        assert!(!error.to_string().contains("chmod"), "{error}");
    }
}

#[test]
fn an_encrypted_key_file_open_to_others_is_refused_whatever_the_passphrase() {
    let (_directory, path) = written(Some(PASSPHRASE));
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    for passphrase in [None, Some("wrong"), Some(PASSPHRASE)] {
        let error = key_file::read(&path, passphrase).unwrap_err();
        assert!(matches!(error, KeyFileError::Permissions { mode: 0o644, .. }), "{error}");
    }
}

#[test]
fn a_key_file_that_its_owner_may_only_read_is_read() {
    let (_directory, path) = written(None);
    fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
    key_file::read(&path, None).unwrap();
}

#[test]
fn a_missing_file_a_directory_and_a_huge_file_are_told_apart() {
    let directory = tempfile::tempdir().unwrap();
    let missing = key_file::read(&directory.path().join("none"), None).unwrap_err();
    assert!(matches!(missing, KeyFileError::NotFound { .. }), "{missing}");
    let not_a_file = key_file::read(directory.path(), None).unwrap_err();
    assert!(matches!(not_a_file, KeyFileError::NotAFile { .. }), "{not_a_file}");
    let huge = directory.path().join("huge");
    private_file(&huge, &vec![b'-'; 20_000]);
    let too_large = key_file::read(&huge, None).unwrap_err();
    assert!(matches!(too_large, KeyFileError::TooLarge { actual_bytes: 20_000, .. }), "{too_large}");
}

#[test]
fn text_that_is_no_key_is_refused_with_what_it_is() {
    assert_eq!(key_pem::decode("hello", None).unwrap_err(), KeyPemError::NotPem);
    let certificate = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    let label = KeyPemError::Label { label: "CERTIFICATE".to_owned() };
    assert_eq!(key_pem::decode(certificate, None).unwrap_err(), label);
    let empty = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
    assert_eq!(key_pem::decode(empty, None).unwrap_err(), KeyPemError::Malformed);
}

#[test]
fn a_key_of_another_algorithm_is_refused_by_its_identifier() {
    let x25519 = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VuBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\n\
        -----END PRIVATE KEY-----\n";
    let expected = KeyPemError::Algorithm { oid: "1.3.101.110".to_owned() };
    assert_eq!(key_pem::decode(x25519, None).unwrap_err(), expected);
}

#[test]
fn a_file_that_asks_for_too_much_work_is_refused_before_it_is_done() {
    let error =
        key_pem::decode(include_str!("data/scrypt_of_two_gibibytes.pem"), Some(PASSPHRASE)).unwrap_err();
    assert!(matches!(error, KeyPemError::CostTooHigh { memory_bytes: 0x8000_0000, .. }), "{error}");
}

#[test]
fn a_key_encrypted_by_another_scheme_is_refused_with_the_remedy() {
    let error = key_pem::decode(include_str!("data/pbkdf2.pem"), Some(PASSPHRASE)).unwrap_err();
    assert_eq!(error, KeyPemError::EncryptionUnsupported);
    assert!(error.to_string().contains("openssl pkcs8 -topk8"), "{error}");
}

#[test]
fn openssl_reads_what_we_write() {
    for passphrase in [None, Some(PASSPHRASE)] {
        let (_directory, path) = written(passphrase);
        let mut command = Command::new("openssl");
        command.args(["pkey", "-noout", "-text", "-passin", "env:PASSPHRASE", "-in"]).arg(&path);
        command.env("PASSPHRASE", passphrase.unwrap_or_default());
        let Ok(output) = command.output() else {
            return; // a machine without openssl; the vectors hold what it wrote
        };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let shown: String = String::from_utf8(output.stdout).unwrap().split([' ', ':', '\n']).collect();
        assert!(shown.contains(&key().public_key().to_string()), "{shown}");
    }
}

#[test]
fn a_secret_key_does_not_show_in_debug() {
    let shown = format!("{:?}", key());
    assert!(!shown.contains(&hex::encode(key().to_seed())), "{shown}");
}

fn private_file(path: &Path, content: &[u8]) {
    fs::write(path, content).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
}
