//! What a transaction, its openings and its entry must be.
#![allow(clippy::unwrap_used, clippy::wildcard_imports)]

mod samples;

use bulla_types::proto::action::Kind;
use bulla_types::*;
use bytes::Bytes;
use prost::Message;
use samples::*;

fn refusal(body: &TransactionBody) -> (String, ReasonCode) {
    let signatures = vec![bulla_crypto::Signature([0; 64]); body.signers.len()];
    let error = Transaction::new(body, &signatures).unwrap_err();
    (error.path().to_owned(), error.reason())
}

/// Changes the message of a deposit, encodes it as it is, and reads it.
fn refusal_of_message(change: impl FnOnce(&mut proto::TransactionBody)) -> (String, ReasonCode) {
    let mut message = proto::Transaction::decode(deposit_transaction().encode()).unwrap();
    change(message.body.as_mut().unwrap());
    let error = Transaction::decode(message.encode_to_vec().into()).unwrap_err();
    (error.path().to_owned(), error.reason())
}

fn deposit_of(body: &mut proto::TransactionBody) -> &mut proto::DepositEvidence {
    match body.actions[0].kind.as_mut().unwrap() {
        Kind::DepositEvidence(deposit) => deposit,
        other => panic!("the sample deposits, not {other:?}"),
    }
}

fn at(path: &str, reason: ReasonCode) -> (String, ReasonCode) {
    (path.to_owned(), reason)
}

#[test]
fn a_transaction_shares_the_bytes_it_came_in() {
    let bytes = deposit_transaction().encode();
    let transaction = Transaction::decode(bytes.clone()).unwrap();
    assert_eq!(transaction.encode().as_ptr(), bytes.as_ptr());
    assert!(bytes.as_ptr_range().contains(&transaction.body_bytes().as_ptr()));
}

#[test]
fn signatures_run_parallel_to_signers() {
    let body = deposit_body();
    for count in [0, 2] {
        let signatures = vec![bulla_crypto::Signature([0; 64]); count];
        let error = Transaction::new(&body, &signatures).unwrap_err();
        assert_eq!((error.path(), error.reason()), ("signatures", ReasonCode::Malformed));
    }
}

#[test]
fn a_transaction_has_signers_and_actions_up_to_the_limit() {
    let deposit = || Action::DepositEvidence(deposit(&request_id(1)));
    let signers = |count: u8| (0..count).map(|n| signer(1, n)).collect::<Vec<_>>();
    let body = |signers, actions| body_of(request_id(1), signers, actions);
    assert!(sign(&body(signers(16), vec![deposit(); 16]), &[1; 16]).is_ok());
    assert_eq!(refusal(&body(vec![], vec![deposit()])), at("body.signers", ReasonCode::Malformed));
    assert_eq!(refusal(&body(signers(17), vec![deposit()])), at("body.signers", ReasonCode::TooLarge));
    assert_eq!(refusal(&body(signers(1), vec![])), at("body.actions", ReasonCode::Malformed));
    assert_eq!(refusal(&body(signers(1), vec![deposit(); 17])), at("body.actions", ReasonCode::TooLarge));
}

#[test]
fn no_key_signs_twice_even_for_another_member() {
    let body = body_of(request_id(1), vec![signer(1, 1), signer(2, 1)], deposit_body().actions);
    assert_eq!(refusal(&body), at("body.signers[1]", ReasonCode::Malformed));
}

#[test]
fn unknown_versions_algorithms_and_values_have_their_own_reasons() {
    assert_eq!(refusal_of_message(|body| body.version = 2), at("body.version", ReasonCode::UnknownVersion));
    assert_eq!(
        refusal_of_message(|body| deposit_of(body).digests[1].algorithm = 9),
        at("body.actions[0].deposit_evidence.digests[1].algorithm", ReasonCode::UnknownAlgorithm)
    );
    assert_eq!(
        refusal_of_message(|body| deposit_of(body).provenance.as_mut().unwrap().mode = 9),
        at("body.actions[0].deposit_evidence.provenance.mode", ReasonCode::UnknownValue)
    );
    let mut message = proto::Transaction::decode(deposit_transaction().encode()).unwrap();
    message.signatures[0].algorithm = proto::SignatureAlgorithm::Sm2.into();
    let error = Transaction::decode(message.encode_to_vec().into()).unwrap_err();
    assert_eq!(error.to_string(), "signatures[0].algorithm: unknown algorithm 2");
}

#[test]
fn missing_and_misshapen_fields_are_named() {
    let deposit = |field: &str| format!("body.actions[0].deposit_evidence.{field}");
    type Change = fn(&mut proto::TransactionBody);
    let cases: [(String, Change); 12] = [
        ("body.ledger_id".into(), |body| body.ledger_id = Bytes::from_static(&[1; 31])),
        ("body.request_id".into(), |body| body.request_id = Bytes::from_static(&[1; 16])),
        ("body.not_after_ms".into(), |body| body.not_after_ms = 0),
        ("body.signers[0].member".into(), |body| body.signers[0].member = 0),
        ("body.signers[0].key_id".into(), |body| body.signers[0].key_id = Bytes::new()),
        ("body.actions[0]".into(), |body| body.actions[0].kind = None),
        (deposit("digests"), |body| deposit_of(body).digests.clear()),
        (deposit("digests"), |body| deposit_of(body).digests.reverse()),
        (deposit("digests[0].algorithm"), |body| deposit_of(body).digests[0].algorithm = 0),
        (deposit("media_type"), |body| deposit_of(body).media_type = "PDF".into()),
        (deposit("provenance"), |body| deposit_of(body).provenance = None),
        (deposit("links[1]"), |body| {
            let link = deposit_of(body).links[0];
            deposit_of(body).links.push(link);
        }),
    ];
    for (path, change) in cases {
        assert_eq!(refusal_of_message(change), (path, ReasonCode::Malformed));
    }
}

#[test]
fn a_new_key_of_a_member_proves_possession_and_one_of_a_node_does_not() {
    let id = request_id(1);
    let enrol = |purpose, possession| {
        let key = KeyDeclaration { possession, ..declaration(50, purpose) };
        let action = Action::EnrolKey(EnrolKey { member: MemberNumber(1), key });
        body_of(id, vec![signer(1, 2)], vec![action])
    };
    let signature = Some(secret(50).sign(b"anything"));
    let path = "body.actions[0].enrol_key.key.possession";
    assert_eq!(refusal(&enrol(KeyPurpose::Operate, None)), at(path, ReasonCode::Malformed));
    assert_eq!(refusal(&enrol(KeyPurpose::Note, signature)), at(path, ReasonCode::Malformed));
    assert!(sign(&enrol(KeyPurpose::Operate, signature), &[2]).is_ok());
    assert!(sign(&enrol(KeyPurpose::Note, None), &[2]).is_ok());
}

#[test]
fn a_proof_of_possession_is_for_one_ledger_request_purpose_and_key() {
    let (ledger, id, key) = (genesis().ledger_id(), request_id(1), public(50));
    let message = possession_message(&ledger, &id, KeyPurpose::Operate, &key);
    let possession = Some(secret(50).sign(&message));
    let operate = KeyDeclaration { possession, ..declaration(50, KeyPurpose::Operate) };
    assert!(operate.proves_possession(&ledger, &id));
    assert!(!operate.proves_possession(&ledger, &request_id(2)));
    assert!(!operate.proves_possession(&LedgerId::from_bytes([0; 32]), &id));
    assert!(
        !KeyDeclaration { purpose: KeyPurpose::Audit, ..operate.clone() }.proves_possession(&ledger, &id)
    );
    assert!(!KeyDeclaration { key: public(51), ..operate }.proves_possession(&ledger, &id));
    assert!(!declaration(50, KeyPurpose::Operate).proves_possession(&ledger, &id));
    assert!(declaration(50, KeyPurpose::Peer).proves_possession(&ledger, &id));
}

#[test]
fn a_weak_key_is_refused_where_it_enters() {
    let body = administration_body();
    let mut message = proto::TransactionBody::decode(body.encode().as_slice()).unwrap();
    let Some(Kind::EnrolKey(enrolment)) = message.actions[2].kind.as_mut() else { panic!("it enrols a key") };
    let mut neutral = [0; 32];
    neutral[0] = 1;
    enrolment.key.as_mut().unwrap().key.as_mut().unwrap().value = Bytes::copy_from_slice(&neutral);
    let signatures = vec![proto::Signature { algorithm: 1, value: Bytes::from_static(&[0; 64]) }; 2];
    let message = proto::Transaction { body: Some(message), signatures };
    let error = Transaction::from_message(message).unwrap_err();
    assert_eq!(error.path(), "body.actions[2].enrol_key.key.key.value");
    assert_eq!(error.reason(), ReasonCode::WeakKey);
}

#[test]
fn nothing_about_a_natural_person_stands_in_clear() {
    let change = |change: fn(&mut proto::EnrolMember)| {
        let mut message = proto::TransactionBody::decode(administration_body().encode().as_slice()).unwrap();
        let Some(Kind::EnrolMember(person)) = message.actions[1].kind.as_mut() else { panic!("a member") };
        change(person);
        let signatures = vec![proto::Signature { algorithm: 1, value: Bytes::from_static(&[0; 64]) }; 2];
        let error = Transaction::from_message(proto::Transaction { body: Some(message), signatures });
        error.unwrap_err().path().to_owned()
    };
    assert_eq!(change(|person| person.name = "张三".into()), "body.actions[1].enrol_member.name");
    assert_eq!(
        change(|person| person.credit_code = CREDIT_CODES[0].into()),
        "body.actions[1].enrol_member.credit_code"
    );
    assert_eq!(change(|person| person.person = None), "body.actions[1].enrol_member.person");
}

#[test]
fn openings_match_commitments_of_their_own_action_and_request() {
    let submit = |openings| Submission::new(deposit_transaction(), openings).map_err(|error| error.reason());
    let all = submit(deposit_openings()).unwrap();
    assert_eq!(all.first_unopened(), None);
    assert_eq!(submit(vec![]).unwrap().first_unopened(), Some((0, "title".into())));

    let wrong_value = Opening { value: Bytes::from_static(b"other"), ..deposit_openings()[0].clone() };
    assert_eq!(submit(vec![wrong_value]), Err(ReasonCode::OpeningMismatch));
    let wrong_salt = Opening { salt: [0; 32], ..deposit_openings()[0].clone() };
    assert_eq!(submit(vec![wrong_salt]), Err(ReasonCode::OpeningMismatch));
    assert_eq!(submit(vec![opening(0, "grounds", "x")]), Err(ReasonCode::OpeningUnknown));
    assert_eq!(submit(vec![opening(1, "title", "数据采购合同.pdf")]), Err(ReasonCode::OpeningUnknown));
    let twice = deposit_openings()[0].clone();
    assert_eq!(submit(vec![twice.clone(), twice]), Err(ReasonCode::Malformed));
}

#[test]
fn openings_have_limits() {
    let value = |bytes: usize| Bytes::from(vec![b'x'; bytes]);
    let id = request_id(1);
    let open = |value: Bytes| {
        let opening = Opening { value, ..opening(0, "title", "") };
        let title = Some(opening.commitment(&id));
        let deposit = DepositEvidence { title, ..deposit(&id) };
        let body = body_of(id, vec![signer(1, 1)], vec![Action::DepositEvidence(deposit)]);
        Submission::new(sign(&body, &[1]).unwrap(), vec![opening]).unwrap()
    };
    let largest = open(value(65_536));
    assert_eq!(Submission::decode(largest.encode().into()).unwrap(), largest);
    let error = Submission::decode(open(value(65_537)).encode().into()).unwrap_err();
    assert_eq!((error.path(), error.reason()), ("openings[0].value", ReasonCode::TooLarge));
}

#[test]
fn an_opening_holds_prose() {
    let id = request_id(1);
    let submit = |value: &'static [u8]| {
        let opening = Opening { value: Bytes::from_static(value), ..opening(0, "title", "") };
        let title = Some(opening.commitment(&id));
        let deposit = DepositEvidence { title, ..deposit(&id) };
        let body = body_of(id, vec![signer(1, 1)], vec![Action::DepositEvidence(deposit)]);
        Submission::new(sign(&body, &[1]).unwrap(), vec![opening]).map(drop)
    };
    assert!(submit("第一行\n第二行".as_bytes()).is_ok());
    for refused in [&b"\xff\xfe"[..], b"a\0b", b"\x1b[31m", "\u{202e}txt".as_bytes(), "e\u{301}".as_bytes()] {
        assert_eq!(submit(refused).unwrap_err().path(), "openings[0].value", "{refused:?}");
    }
}

#[test]
fn a_transaction_that_is_too_long_is_refused_before_it_is_read() {
    let error = Transaction::decode(vec![0; 60_001].into()).unwrap_err();
    assert_eq!(error.reason(), ReasonCode::TooLarge);
    let empty_actions = [0x32, 0x00].repeat(20_000);
    let mut message = vec![0x0a];
    prost::encoding::encode_varint(empty_actions.len() as u64, &mut message);
    message.extend(empty_actions);
    let error = Transaction::decode(message.into()).unwrap_err();
    assert_eq!(error.to_string(), "body.actions[16]: more than the 16 items allowed");
}

#[test]
fn an_entry_has_one_outcome_of_the_right_kind_for_each_action() {
    let decode =
        |entry: &Entry| Entry::decode(entry.encode().into()).map_err(|error| error.path().to_owned());
    assert!(decode(&administration_entry()).is_ok());
    for outcomes in [
        vec![],
        vec![Outcome::Done],
        vec![Outcome::MemberNumber(MemberNumber(4))],
        vec![Outcome::EvidenceNumber(EvidenceNumber(4)), Outcome::Done],
    ] {
        let entry = Entry { outcomes, ..deposit_entry() };
        assert_eq!(decode(&entry), Err("outcomes".to_owned()));
    }
    let number = Outcome::EvidenceNumber(EvidenceNumber(0));
    assert_eq!(
        decode(&Entry { outcomes: vec![number], ..deposit_entry() }),
        Err("outcomes[0].evidence_number".to_owned())
    );
}

#[test]
fn an_equivocation_proves_itself() {
    let (ledger_id, key) = (genesis().ledger_id(), consensus_secret(1));
    assert!(equivocation().is_proved(ledger_id, key.public_key()));
    assert!(!equivocation().is_proved(LedgerId::from_bytes([0; 32]), key.public_key()));
    assert!(!equivocation().is_proved(ledger_id, consensus_secret(2).public_key()));
    let [vote, _] = *equivocation().votes();
    let same =
        Equivocation::new(Address::of(key.public_key()), Height(1), 0, VoteType::Prevote, [vote, vote]);
    assert_eq!(same.unwrap_err().reason(), ReasonCode::Malformed);
}
