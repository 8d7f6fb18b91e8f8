use bulla_client::EntryRef;
use bulla_crypto::sha256;
use bulla_types::{EvidenceNumber, MemberNumber, RecordKey, StateKey, proto};

use crate::served::{Served, Wire, reason, service};

const DOCUMENT: &str = "合同正本";

async fn refused<Q, A>(wire: &Wire, method: &str, request: Q)
where
    Q: prost::Message + 'static,
    A: prost::Message + Default + std::fmt::Debug + 'static,
{
    let refused = wire.call::<Q, A>(method, request).await.unwrap_err();
    assert_eq!(reason(&refused), "UNAUTHENTICATED", "{method}");
}

#[tokio::test]
async fn a_closed_ledger_gives_a_stranger_no_entry_and_no_opening_by_any_call() {
    let node = Served::closed().await;
    let id = node.deposited(DOCUMENT).await.transaction().id();
    let wire = node.wire();
    {
        use proto::get_entry_request::By;
        let id = id.as_bytes().to_vec().into();
        for by in [By::Index(1), By::TransactionId(id), By::EvidenceNumber(1)] {
            let request = proto::GetEntryRequest { by: Some(by) };
            refused::<_, proto::GetEntryResponse>(&wire, "GetEntry", request).await;
        }
    }
    let by = Some(proto::get_receipt_request::By::Index(1));
    let request = proto::GetReceiptRequest { by, later_log_size: 0 };
    refused::<_, proto::GetReceiptResponse>(&wire, "GetReceipt", request).await;
    let by = Some(proto::find_evidence_request::By::EvidenceNumber(1));
    let request = proto::FindEvidenceRequest { by, ..Default::default() };
    refused::<_, proto::FindEvidenceResponse>(&wire, "FindEvidence", request).await;
    let record = RecordKey::Member(MemberNumber(1));
    let request = proto::GetStatusProofRequest { record: record.encode().into() };
    refused::<_, proto::GetStatusProofResponse>(&wire, "GetStatusProof", request).await;
    let request = proto::SubscribeRequest { from_index: 0 };
    refused::<_, proto::SubscribeResponse>(&wire, "Subscribe", request).await;

    let digest = sha256(&[DOCUMENT.as_bytes()]);
    for path in [
        "/v1/entries/1".to_owned(),
        format!("/v1/transactions/{id}"),
        "/v1/receipts/1".to_owned(),
        "/v1/evidence?number=1".to_owned(),
        format!("/v1/status-proofs/{}", hex::encode(record.encode())),
        format!("/v1/evidence?digest={digest}"),
        "/tile/entries/000.p/2".to_owned(),
    ] {
        assert_eq!(node.get(&path, "").await, (403, "UNAUTHENTICATED".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn a_closed_ledger_shows_everyone_what_holds_no_entry() {
    let node = Served::closed().await;
    node.deposited(DOCUMENT).await;
    let record = hex::encode(StateKey::Member(MemberNumber(1)).encode());
    for path in [
        "/v1/status",
        "/v1/genesis",
        "/v1/members",
        "/v1/proofs/inclusion?index=1&log_size=2",
        "/checkpoint",
        "/tile/0/000.p/2",
        &format!("/v1/records/{record}"),
    ] {
        assert_eq!(node.get(path, "").await.0, 200, "{path}");
    }
}

#[tokio::test]
async fn a_member_reads_a_closed_ledger_by_its_token() {
    let node = Served::closed().await;
    node.deposited(DOCUMENT).await;
    let member = node.client().await.reading_as(service()).unwrap();
    let entry = member.entry(EntryRef::Index(1)).await.unwrap();
    assert_eq!(entry.openings.len(), 1);
    assert_eq!(member.receipt(EntryRef::Index(1), None).await.unwrap().index(), 1);
    let record = RecordKey::Member(MemberNumber(1));
    assert_eq!(member.status_proof(record, None).await.unwrap().file().record(), record);
    assert_eq!(member.find_number(EvidenceNumber(1)).await.unwrap().openings.len(), 1);
    assert_eq!(member.find(sha256(&[DOCUMENT.as_bytes()]), 0).await.unwrap().len(), 1);
    assert_eq!(member.subscribe(1).await.unwrap().next().await.unwrap().unwrap().index, 1);

    let token = service().access_token(&node.genesis().ledger_id());
    let header = format!("Authorization: Bulla {token}\r\n");
    for path in ["/v1/entries/1", "/v1/receipts/1", "/v1/evidence?number=1", "/tile/entries/000.p/2"] {
        assert_eq!(node.get(path, &header).await.0, 200, "{path}");
    }
}

#[tokio::test]
async fn who_brings_a_transaction_has_its_receipt_on_a_closed_ledger_without_a_token() {
    let node = Served::closed().await;
    let submission = node.deposit(DOCUMENT, None);
    let client = node.client().await;
    let (receipt, ()) = tokio::join!(client.submit_and_wait(&submission), node.commits_next());
    assert_eq!(receipt.unwrap().index(), 1);
}
