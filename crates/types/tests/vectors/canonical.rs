//! `canonical.json`: one small message, encoded in its one way and in all wrong ones.

use bulla_types::{Canonical, MemberRecord, canonical};
use serde_json::{Value, json};

use crate::samples::*;
use crate::{check, refused};

/// A member record: it has numbers, an enum, packed numbers, texts and, absent, a submessage.
fn canonical_record() -> Vec<u8> {
    member_record().encode()
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let position = bytes.windows(from.len()).position(|window| window == from).unwrap();
    [&bytes[..position], to, &bytes[position + from.len()..]].concat()
}

fn not_canonical() -> Vec<(&'static str, Vec<u8>)> {
    let record = canonical_record();
    let (number, kind, roles) = ([0x08, 0x01], [0x10, 0x01], [0x1a, 0x02, 0x01, 0x02]);
    vec![
        ("a number in more bytes than it needs", replaced(&record, &number, &[0x08, 0x81, 0x00])),
        (
            "a number that does not fit its field, cut to fit",
            replaced(&record, &kind, &[0x10, 0x81, 0x80, 0x80, 0x80, 0x10]),
        ),
        ("a key in more bytes than it needs", replaced(&record, &number, &[0x88, 0x00, 0x01])),
        ("a length in more bytes than it needs", replaced(&record, &roles, &[0x1a, 0x82, 0x00, 0x01, 0x02])),
        ("fields in another order", [&record[2..4], &record[..2], &record[4..]].concat()),
        ("a singular field twice", [&number[..], &record].concat()),
        ("repeated numbers that are not packed", replaced(&record, &roles, &[0x18, 0x01, 0x18, 0x02])),
        ("packed numbers in two fields", replaced(&record, &roles, &[0x1a, 0x01, 0x01, 0x1a, 0x01, 0x02])),
        ("an empty packed field", [&record[..4], &[0x1a, 0x00], &record[4..]].concat()),
        ("an unknown field", [&record[..], &[0x48, 0x01]].concat()),
        ("an unknown field with its default value", [&record[..], &[0x48, 0x00]].concat()),
        ("a number written though it is 0", {
            let status = [0x38, 0x01, 0x40, 0x01];
            replaced(&record, &status, &[0x38, 0x01, 0x40, 0x00])
        }),
    ]
}

fn other_faults() -> Vec<(&'static str, Vec<u8>)> {
    let record = canonical_record();
    let name = "登记机构1".as_bytes();
    let named = |name: &[u8]| {
        let mut field = vec![0x22, u8::try_from(name.len()).unwrap()];
        field.extend_from_slice(name);
        field
    };
    let renamed = |other: &[u8]| replaced(&record, &named(name), &named(other));
    vec![
        ("cut off", record[..record.len() - 1].to_vec()),
        ("a wire type that no message uses", [&record[..], &[0x0d, 0, 0, 0, 0]].concat()),
        ("a text that is not UTF-8", renamed(&[0xff, 0xfe])),
        ("a text not in Normalization Form C", renamed("Cafe\u{301}".as_bytes())),
        ("a text with a control character", renamed("a\nb".as_bytes())),
        ("a text with a line separator", renamed("a\u{2028}b".as_bytes())),
        ("an enum number that names nothing", replaced(&record, &[0x10, 0x01], &[0x10, 0x09])),
        ("an enum left at its unspecified value", replaced(&record, &[0x10, 0x01], &[])),
        (
            "items that must rise and do not",
            replaced(&record, &[0x1a, 0x02, 0x01, 0x02], &[0x1a, 0x02, 0x02, 0x01]),
        ),
        ("an item twice", replaced(&record, &[0x1a, 0x02, 0x01, 0x02], &[0x1a, 0x02, 0x01, 0x01])),
    ]
}

fn cases(cases: Vec<(&'static str, Vec<u8>)>) -> Vec<Value> {
    let refused = |(what, bytes): (&str, Vec<u8>)| refused(what, &bytes, MemberRecord::decode(&bytes));
    cases.into_iter().map(refused).collect()
}

fn texts() -> Vec<Value> {
    let texts = [
        "",
        "abc",
        "贵州",
        "Caf\u{e9}",
        "Cafe\u{301}",
        "\u{2126}",
        "a\tb",
        "a\u{85}b",
        "a\u{2029}b",
        "가",
        "\u{1100}\u{1161}",
    ];
    let case =
        |text: &str| json!({ "utf8": hex::encode(text), "accepted": canonical::text(text, 256).is_ok() });
    texts.into_iter().map(case).collect()
}

#[test]
fn canonical_vectors() {
    let record = canonical_record();
    assert_eq!(MemberRecord::decode(&record), Ok(member_record()));
    let not_canonical = cases(not_canonical());
    assert!(
        not_canonical
            .iter()
            .all(|case| matches!(case["reason"].as_str(), Some("NOT_CANONICAL" | "MALFORMED")))
    );
    check(
        "canonical",
        &json!({
            "message": "bulla.v1.MemberRecord",
            "accepted": {
                "bytes": hex::encode(&record),
                "fields": {
                    "number": 1, "kind": 1, "roles": [1, 2], "name": "登记机构1",
                    "credit_code": CREDIT_CODES[0], "status": 1, "history_count": 1,
                },
            },
            "refused_not_canonical": not_canonical,
            "refused_otherwise": cases(other_faults()),
            "texts": texts(),
        }),
    );
}
