use bulla_crypto::sha256;
use bulla_types::proto;
use prost::Message;

use crate::served::Served;

/// One answer of this node.
const BYTES_MAX: usize = 2 * 1024 * 1024;

#[tokio::test]
async fn an_answer_with_many_large_hits_is_cut_and_says_where_it_goes_on() {
    let node = Served::open().await;
    let description = "述".repeat(20_000);
    let deposits = 2 * BYTES_MAX / description.len();
    for _ in 0..deposits {
        node.admit(&node.deposit("合同正本", Some(description.clone()))).await;
    }
    while node.chain.mempool().usage().entries > 0 {
        node.commit();
    }
    let digest = sha256(&["合同正本".as_bytes()]);
    let by = Some(proto::find_evidence_request::By::Digest(digest.as_bytes().to_vec().into()));
    let request = proto::FindEvidenceRequest { by, ..Default::default() };
    let wire = node.wire();
    let first: proto::FindEvidenceResponse = wire.call("FindEvidence", request.clone()).await.unwrap();
    assert!(first.encoded_len() < BYTES_MAX + 4096, "{}", first.encoded_len());
    assert!(first.hits.len() < deposits && first.hits.len() > 1);
    assert_eq!(first.next_number, first.hits.last().unwrap().evidence_number + 1);

    let two = proto::FindEvidenceRequest { limit: 2, from_number: first.next_number, ..request };
    let two: proto::FindEvidenceResponse = wire.call("FindEvidence", two).await.unwrap();
    assert_eq!((two.hits.len(), two.hits[0].evidence_number), (2, first.next_number));
    assert_eq!(two.next_number, first.next_number + 2);

    let all = node.client().await.find(digest, 0).await.unwrap();
    let numbers: Vec<_> = all.iter().map(|hit| hit.number.0).collect();
    assert_eq!(numbers, (1..=deposits as u64).collect::<Vec<_>>());
    assert!(all.iter().all(|hit| hit.openings.len() == 2));
}
