//! The published vectors of `docs/formats/vectors/crypto.json` that the public interface can answer for.
#![allow(clippy::unwrap_used)]

use bulla_crypto::{
    Domain, KeyError, PublicKey, SUITE, SecretKey, Signature, blake3, frame, framed, key_pem, sha256, sm3,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    suite: u8,
    domains: Vec<DomainVector>,
    framed: Vec<FramedVector>,
    digests: Vec<DigestVector>,
    ed25519: Vec<SignatureVector>,
    refused_public_keys: Vec<RefusedKeyVector>,
    key_files: Vec<KeyFileVector>,
}

#[derive(Deserialize)]
struct DomainVector {
    domain: String,
    frame: String,
}

#[derive(Deserialize)]
struct FramedVector {
    domain: String,
    parts: Vec<String>,
    hash: String,
}

#[derive(Deserialize)]
struct DigestVector {
    about: String,
    input: String,
    sha256: String,
    sm3: String,
    blake3: Option<String>,
}

#[derive(Deserialize)]
struct SignatureVector {
    source: String,
    seed: String,
    public_key: String,
    message: String,
    signature: String,
}

#[derive(Deserialize)]
struct RefusedKeyVector {
    bytes: String,
    about: String,
    refused: String,
}

#[derive(Deserialize)]
struct KeyFileVector {
    about: String,
    passphrase: Option<String>,
    pem: String,
    seed: String,
    public_key: String,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../../docs/formats/vectors/crypto.json")).unwrap()
}

fn seed(text: &str) -> [u8; 32] {
    hex::decode(text).unwrap().try_into().unwrap()
}

fn domain(text: &str) -> Domain {
    *Domain::ALL.iter().find(|domain| domain.as_str() == text).unwrap()
}

fn reason(error: KeyError) -> &'static str {
    match error {
        KeyError::Length { .. } => "LENGTH",
        KeyError::NotAPoint => "NOT_A_POINT",
        KeyError::NonCanonical => "NON_CANONICAL",
        KeyError::SmallOrder => "SMALL_ORDER",
        KeyError::Torsion => "TORSION",
    }
}

#[test]
fn the_table_of_domains_and_their_frames_are_the_published_ones() {
    let vectors = vectors();
    assert_eq!(vectors.suite, SUITE);
    let published: Vec<_> = vectors.domains.iter().map(|vector| vector.domain.as_str()).collect();
    let ours: Vec<_> = Domain::ALL.iter().map(|domain| domain.as_str()).collect();
    assert_eq!(ours, published);
    for vector in &vectors.domains {
        assert_eq!(hex::encode(frame(domain(&vector.domain))), vector.frame, "{}", vector.domain);
    }
}

#[test]
fn framed_hashes_are_the_published_ones() {
    for vector in vectors().framed {
        let parts: Vec<_> = vector.parts.iter().map(|part| hex::decode(part).unwrap()).collect();
        let parts: Vec<_> = parts.iter().map(Vec::as_slice).collect();
        assert_eq!(framed(domain(&vector.domain), &parts).to_string(), vector.hash, "{}", vector.domain);
    }
}

#[test]
fn digests_are_the_published_ones() {
    for vector in vectors().digests {
        let input = hex::decode(&vector.input).unwrap();
        assert_eq!(sha256(&[&input]).to_string(), vector.sha256, "{}", vector.about);
        assert_eq!(sm3(&[&input]).to_string(), vector.sm3, "{}", vector.about);
        if let Some(expected) = vector.blake3 {
            assert_eq!(blake3(&[&input]).to_string(), expected, "{}", vector.about);
        }
    }
}

#[test]
fn a_seed_gives_the_published_key_and_signature_and_both_rules_accept_them() {
    for vector in vectors().ed25519 {
        let key = SecretKey::from_seed(&seed(&vector.seed));
        let message = hex::decode(&vector.message).unwrap();
        let signature = key.sign(&message);
        assert_eq!(key.public_key().to_string(), vector.public_key, "{}", vector.source);
        assert_eq!(signature.to_string(), vector.signature, "{}", vector.source);
        assert_eq!(key.public_key().verify_strict(&message, &signature), Ok(()), "{}", vector.source);
        assert_eq!(key.public_key().verify_zip215(&message, &signature), Ok(()), "{}", vector.source);
    }
}

#[test]
fn a_changed_message_or_signature_passes_neither_rule() {
    for vector in vectors().ed25519 {
        let key = PublicKey::from_bytes(&hex::decode(&vector.public_key).unwrap()).unwrap();
        let message = hex::decode(&vector.message).unwrap();
        let signature = Signature::try_from(hex::decode(&vector.signature).unwrap().as_slice()).unwrap();
        let longer = [message.as_slice(), b"\0"].concat();
        assert!(key.verify_strict(&longer, &signature).is_err(), "{}", vector.source);
        assert!(key.verify_zip215(&longer, &signature).is_err(), "{}", vector.source);
        for byte in 0..Signature::LENGTH {
            let mut changed = signature;
            changed.0[byte] ^= 1;
            assert!(key.verify_strict(&message, &changed).is_err(), "{} byte {byte}", vector.source);
            assert!(key.verify_zip215(&message, &changed).is_err(), "{} byte {byte}", vector.source);
        }
    }
}

#[test]
fn every_published_bad_key_is_refused_for_its_reason() {
    for vector in vectors().refused_public_keys {
        let error = PublicKey::from_bytes(&hex::decode(&vector.bytes).unwrap()).unwrap_err();
        assert_eq!(reason(error), vector.refused, "{}", vector.about);
    }
}

#[test]
fn key_files_of_another_tool_are_read() {
    for vector in vectors().key_files {
        let key = key_pem::decode(&vector.pem, vector.passphrase.as_deref()).unwrap();
        assert_eq!(key.to_seed().as_ref(), &seed(&vector.seed), "{}", vector.about);
        assert_eq!(key.public_key().to_string(), vector.public_key, "{}", vector.about);
    }
}
