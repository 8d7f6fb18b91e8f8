use bulla_types::{EvidenceNumber, Identifier, LedgerId, MemberNumber, RecordKey};

use crate::served::Served;

#[tokio::test]
async fn what_http_refuses_by_its_form_has_a_reason() {
    let node = Served::open().await;
    let refused = |status, reason: &str| (status, reason.to_owned());
    for method in ["POST", "DELETE"] {
        let request = format!("{method} /v1/status HTTP/1.0\r\n\r\n");
        assert_eq!(node.ask(&request).await, refused(405, "MALFORMED"));
    }
    let long = format!("/v1/status?{}", "x".repeat(9_000));
    assert_eq!(node.get(&long, "").await, refused(414, "TOO_LARGE"));
    let field = format!("X-Large: {}\r\n", "x".repeat(17_000));
    assert_eq!(node.get("/v1/status", &field).await, refused(431, "TOO_LARGE"));
    let fields: String = (0..101).map(|number| format!("X-{number}: 1\r\n")).collect();
    assert_eq!(node.get("/v1/status", &fields).await, refused(431, "TOO_LARGE"));
}

#[tokio::test]
async fn a_status_proof_is_asked_for_by_identifier_or_state_key_and_what_names_no_record_has_a_reason() {
    let node = Served::open().await;
    node.deposited("合同正本").await;
    let ledger_id = node.genesis().ledger_id();
    let get = async |name: String| node.get(&format!("/v1/status-proofs/{name}"), "").await;
    let record = RecordKey::Member(MemberNumber(1));
    for name in [Identifier::member(&ledger_id, MemberNumber(1)).to_string(), hex::encode(record.encode())] {
        assert_eq!(get(name).await.0, 200);
    }
    let absent = Identifier::member(&ledger_id, MemberNumber(99)).to_string();
    assert_eq!(get(absent).await, (404, "NOT_FOUND".to_owned()));
    let deposit = Identifier::evidence(&ledger_id, EvidenceNumber(1)).to_string();
    assert_eq!(get(deposit).await, (400, "IDENTIFIER_INVALID".to_owned()));
    let elsewhere = Identifier::member(&LedgerId::from_bytes([7; 32]), MemberNumber(1)).to_string();
    assert_eq!(get(elsewhere).await, (400, "WRONG_LEDGER".to_owned()));
    for name in ["zz", "01", "0200"] {
        assert_eq!(get(name.to_owned()).await, (400, "MALFORMED".to_owned()), "{name}");
    }
}
