//! The vectors of `docs/formats/vectors`: made from samples, compared with the files, so that neither the
//! bytes nor the files change unnoticed. `BULLA_WRITE_VECTORS=1` writes the files anew.
#![allow(clippy::unwrap_used, clippy::wildcard_imports)]

#[path = "../samples/mod.rs"]
mod samples;

mod access;
mod blocks;
mod canonical;
mod drafts;
mod founding;
mod genesis;
mod identifiers;
mod openings;
mod receipts;
mod state;
mod transactions;
mod votes;

use std::path::Path;
use std::{env, fs};

use bulla_types::DecodeError;
use serde_json::{Value, json};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/formats/vectors");

/// Compares a file of vectors with what the code makes.
fn check(name: &str, vectors: &Value) {
    let path = Path::new(FOLDER).join(name).with_extension("json");
    if env::var_os("BULLA_WRITE_VECTORS").is_some() {
        fs::write(&path, serde_json::to_string_pretty(vectors).unwrap() + "\n").unwrap();
    }
    let found: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert!(&found == vectors, "{name}.json differs from the code: run with BULLA_WRITE_VECTORS=1");
}

/// A case that a decoder refuses, with what it says.
fn refused<T>(what: &str, bytes: &[u8], result: Result<T, DecodeError>) -> Value {
    let Err(error) = result else { panic!("{what} must be refused") };
    json!({ "what": what, "bytes": hex::encode(bytes), "field": error.path(), "reason": error.reason().as_str() })
}
