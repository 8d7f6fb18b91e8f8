//! The published vectors: docs/formats/vectors/profile.json.

use bulla_rules::profile::Profile;
use serde_json::Value;

use crate::support::sample;

const VECTORS: &str = include_str!("../../../../docs/formats/vectors/profile.json");

fn vectors() -> Value {
    serde_json::from_str(VECTORS).unwrap()
}

fn bytes(vector: &Value) -> Vec<u8> {
    hex::decode(vector["bytes"].as_str().unwrap()).unwrap()
}

#[test]
fn accepted_profiles_decode_and_have_the_published_digest() {
    for vector in vectors()["accepted"].as_array().unwrap() {
        let profile = Profile::decode(&bytes(vector)).unwrap();
        assert_eq!(profile.encode(), bytes(vector));
        assert_eq!(profile.digest().to_string(), vector["digest"]);
        assert_eq!(profile.id.as_str(), vector["id"]);
        assert_eq!(profile.version, vector["version"]);
    }
}

#[test]
fn refused_bytes_are_refused_at_the_published_place() {
    for vector in vectors()["refused"].as_array().unwrap() {
        let error = Profile::decode(&bytes(vector)).unwrap_err();
        assert_eq!(error.path(), vector["field"], "{}", vector["what"]);
        assert_eq!(error.reason().as_str(), vector["reason"], "{}", vector["what"]);
    }
}

#[test]
fn the_sample_of_these_tests_is_the_published_one() {
    assert_eq!(sample().digest().to_string(), vectors()["accepted"][1]["digest"]);
}
