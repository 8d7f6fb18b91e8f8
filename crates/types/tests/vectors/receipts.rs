//! `receipt_form.json`: the form of receipts, bundles and files. Its paths are made up; whole receipts that
//! verify are in `receipt.json`.

use bulla_types::*;
use prost::Message;
use serde_json::{Value, json};

use crate::samples::*;
use crate::{check, refused};

fn refused_files() -> Vec<Value> {
    type Change = fn(&mut proto::ReceiptFile);
    fn first(file: &mut proto::ReceiptFile) -> &mut proto::Receipt {
        &mut file.receipts[0]
    }
    let changes: [(&str, Change); 13] = [
        ("an unknown version of the file", |file| file.version = 2),
        ("an unknown version of a receipt", |file| first(file).version = 2),
        ("no receipt", |file| file.receipts.clear()),
        ("no entry", |file| first(file).entry.clear()),
        ("a path with a hash of 31 bytes", |file| first(file).inclusion_path[0] = vec![1; 31].into()),
        ("a path of 64 hashes", |file| first(file).inclusion_path = vec![vec![1; 32].into(); 64]),
        ("a header of 359 bytes", |file| first(file).header = first(file).header.slice(1..)),
        ("no certificate", |file| first(file).certificate = None),
        ("no bundle digest", |file| first(file).bundle_digest.clear()),
        ("later inclusions out of order", |file| {
            let later = first(file).later_inclusions[0].clone();
            first(file).later_inclusions.push(later);
        }),
        ("a bundle that no receipt names", |file| first(file).bundle_digest = vec![1; 32].into()),
        ("a bundle twice", |file| file.bundles.push(file.bundles[0].clone())),
        ("records out of order", |file| file.bundles[0].records.reverse()),
    ];
    let case = |(what, change): (&str, Change)| {
        let mut message = receipt_file().to_message();
        change(&mut message);
        let bytes = message.encode_to_vec();
        refused(what, &bytes, ReceiptFile::decode(&bytes.clone().into()))
    };
    changes.into_iter().map(case).collect()
}

#[test]
fn receipt_vectors() {
    let bare = Receipt { later_inclusions: vec![], attestations: vec![], ..receipt() };
    check(
        "receipt_form",
        &json!({
            "receipt": hex::encode(receipt().encode()),
            "receipt_without_what_was_added": hex::encode(bare.encode()),
            "receipt_digest": receipt().digest().to_string(),
            "bundle": hex::encode(bundle().encode()),
            "bundle_digest": bundle().digest().to_string(),
            "receipt_file": hex::encode(receipt_file().encode()),
            "refused": refused_files(),
        }),
    );
}
