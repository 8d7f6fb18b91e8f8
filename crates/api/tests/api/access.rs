use bulla_client::{EntryRef, Signer, TransactionBuilder};
use bulla_crypto::sha256;
use bulla_fixtures::key;
use bulla_types::{
    AccessToEntries, Action, ChangeKeyStatus, ChangeMemberStatus, ChangeParameters, EnrolKey, EvidenceNumber,
    KeyChange, KeyPurpose, MemberNumber, MemberStatus, Parameters, ReasonCode, RecordKey, StateKey, proto,
};

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

/// Enrols an AUDIT key of the service.
async fn with_audit_key(node: &Served) -> Signer {
    let transaction = TransactionBuilder::new(node.genesis().ledger_id()).signer(&administrator());
    let key = transaction.declare_key(KeyPurpose::Audit, &key("audit"));
    let enrol = Action::EnrolKey(EnrolKey { member: service().member(), key });
    acted(node, transaction.action(enrol)).await;
    Signer::new(service().member(), bulla_fixtures::key("audit"))
}

fn administrator() -> Signer {
    Signer::new(MemberNumber(1), key("administrator"))
}

async fn acted(node: &Served, transaction: TransactionBuilder) {
    node.admit(&transaction.build().unwrap()).await;
    let before = node.chain.tip().log_size;
    node.commit();
    assert!(node.chain.tip().log_size > before, "it is recorded");
}

async fn acts(node: &Served, action: Action) {
    acted(node, TransactionBuilder::new(node.genesis().ledger_id()).signer(&administrator()).action(action))
        .await;
}

fn member_status(status: MemberStatus) -> Action {
    let grounds = None;
    Action::ChangeMemberStatus(ChangeMemberStatus { member: service().member(), status, grounds })
}

#[tokio::test]
async fn a_subscription_ends_with_the_key_or_the_membership_that_it_was_opened_by() {
    type End = fn(&Signer) -> Action;
    let retired: End = |audit| {
        Action::ChangeKeyStatus(ChangeKeyStatus { key_id: audit.key_id(), change: KeyChange::Retire })
    };
    let suspended: End = |_| member_status(MemberStatus::Suspended);
    let expelled: End = |_| member_status(MemberStatus::Expelled);
    for (end, expected) in [
        (retired, ReasonCode::KeyRetired),
        (suspended, ReasonCode::MemberSuspended),
        (expelled, ReasonCode::MemberSuspended),
    ] {
        let node = Served::closed().await;
        let audit = with_audit_key(&node).await;
        let first = node.chain.tip().log_size;
        let client = node.client().await.reading_as(audit.clone()).unwrap();
        let mut entries = client.subscribe(first).await.unwrap();
        node.deposited(DOCUMENT).await;
        assert_eq!(entries.next().await.unwrap().unwrap().index, first);
        acts(&node, end(&audit)).await;
        node.commit();
        let ended = entries.next().await.unwrap_err();
        assert_eq!(ended.reason(), Some(expected), "nothing of that block or of a later one");
    }
}

#[tokio::test]
async fn a_subscription_of_nobody_ends_where_the_ledger_closes() {
    let node = Served::open().await;
    let mut entries = node.client().await.subscribe(1).await.unwrap();
    node.deposited(DOCUMENT).await;
    assert_eq!(entries.next().await.unwrap().unwrap().index, 1);
    let before = node.genesis().parameters();
    let parameters = Parameters { entry_access: AccessToEntries::Members, ..before.clone() };
    acts(&node, Action::ChangeParameters(ChangeParameters { former: before.hash(), parameters })).await;
    assert_eq!(entries.next().await.unwrap_err().reason(), Some(ReasonCode::Unauthenticated));
}
