//! Segments: whole, and only whole.

use bulla_storage::{ExportError, SEGMENT_ENTRIES, SegmentError, export_segment, verify_segment};
use bulla_types::{Canonical, LedgerId, ValidatorSet};
use bytes::Bytes;
use serde_json::Value;

use crate::ledger::TestLedger;

fn entry(index: u64) -> Bytes {
    Bytes::from(format!("entry {index}"))
}

#[test]
fn a_segment_verifies_alone_and_a_changed_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let store = ledger.create(folder.path()).store;
    let mut out = Vec::new();
    while store.tip().log_size < u64::from(SEGMENT_ENTRIES) {
        let unfinished = export_segment(&store.view().unwrap(), 0, &mut out);
        assert!(matches!(unfinished, Err(ExportError::Incomplete { needed: 65_536, .. })));
        let first = store.tip().log_size;
        let built = ledger.build_raw(&store, (first..first + 15_000).map(entry).collect());
        store.put_proposal(&built.proposal(), Some(&built.stored)).unwrap();
        built.commit(&store).unwrap();
    }
    export_segment(&store.view().unwrap(), 0, &mut out).unwrap();
    assert!(matches!(
        export_segment(&store.view().unwrap(), 1, &mut Vec::new()),
        Err(ExportError::Incomplete { number: 1, needed: 131_072, size: 75_000 })
    ));

    let mut count = 0;
    let mut seen = |index: u64, bytes: &[u8]| {
        assert_eq!((index, bytes), (count, entry(index).as_ref()));
        count += 1;
    };
    let segment = verify_segment(&mut out.as_slice(), &ledger.id(), ledger.validators(), &mut seen).unwrap();
    assert_eq!(count, 65_536);
    assert_eq!((segment.number, segment.header.log_size_after), (0, 75_000));

    let verify =
        |bytes: &[u8]| verify_segment(&mut &*bytes, &ledger.id(), ledger.validators(), &mut |_, _| ());
    let changed = |position: usize| {
        let mut bytes = out.clone();
        bytes[position] ^= 1;
        verify(&bytes).unwrap_err()
    };
    assert!(matches!(changed(0), SegmentError::NotASegment));
    assert!(matches!(changed(9), SegmentError::Unknown { .. }));
    assert!(matches!(changed(12), SegmentError::OtherLedger { .. }));
    assert!(matches!(changed(51), SegmentError::Malformed(_)));
    assert!(matches!(changed(out.len() - 1), SegmentError::OtherEntries { .. }));
    assert!(matches!(verify(&[&out[..], &[0]].concat()), Err(SegmentError::Trailing)));
    assert!(matches!(verify(&out[..out.len() - 1]), Err(SegmentError::Read(_))));
    let other = TestLedger::new("two");
    let elsewhere = verify_segment(&mut out.as_slice(), &other.id(), other.validators(), &mut |_, _| ());
    assert!(matches!(elsewhere, Err(SegmentError::OtherLedger { .. })));
}

#[test]
fn the_vectors_of_the_format_are_accepted_and_refused_as_they_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/formats/vectors/segment.json");
    let vectors: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let accepted = &vectors["accepted"][0];
    let text = |field: &str| accepted[field].as_str().unwrap();
    let ledger_id: LedgerId = text("ledger_id").parse().unwrap();
    let validators = ValidatorSet::decode(&hex::decode(text("validators")).unwrap()).unwrap();
    let mut file = hex::decode(text("head")).unwrap();
    for index in 0..u64::from(SEGMENT_ENTRIES) {
        let bytes = entry(index);
        file.extend(u16::try_from(bytes.len()).unwrap().to_be_bytes());
        file.extend(bytes);
    }
    assert_eq!(bulla_crypto::sha256(&[&file]).to_string(), text("sha256"));
    let verify = |file: &[u8]| verify_segment(&mut &*file, &ledger_id, &validators, &mut |_, _| ());
    assert_eq!(verify(&file).unwrap().root.to_string(), text("root"));
    for refused in vectors["refused"].as_array().unwrap() {
        let flip = usize::try_from(refused["flip"].as_u64().unwrap()).unwrap();
        file[flip] ^= 1;
        assert!(verify(&file).is_err(), "{}", refused["name"]);
        file[flip] ^= 1;
    }
}
