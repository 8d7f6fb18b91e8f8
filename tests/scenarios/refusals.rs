//! Bad input: each kind gets its reason, and nothing changes.

use std::time::Duration;

use bulla_client::{Client, Signer, TransactionBuilder};
use bulla_crypto::SecretKey;
use bulla_node::config::NodeLimits;
use bulla_tests::deposits::{deposit, submission};
use bulla_tests::forged::{with_body, with_deposit};
use bulla_tests::{Member, Network, until};
use bulla_types::{
    Action, BlockTime, ChangeKeyStatus, ChangeMemberStatus, EnrolKey, KeyChange, KeyPurpose, LedgerId,
    MemberNumber, MemberStatus, RequestId, Submission, proto,
};
use bytes::Bytes;
use prost::Message;
use rand_core::OsRng;
use tonic::Code;

/// A bad submission, what is bad about it, and the reason that it must be refused for.
type Case = (&'static str, Vec<u8>, &'static str);

async fn assert_refused(network: &Network, cases: Vec<Case>) {
    let before = network.agreed().await;
    for (what, bytes, reason) in cases {
        match network.nodes()[0].wire().submit(bytes).await {
            Ok(_) => panic!("{what}: admitted, {reason} is expected"),
            Err(refused) => {
                assert_eq!(refused.reason.as_deref(), Some(reason), "{what}: {}", refused.message);
            }
        }
    }
    let after = network.agreed().await;
    assert_eq!((after.height, after.log_size), (before.height, before.log_size), "nothing changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_the_canonical_form_of_a_submission_is_refused() {
    let network = Network::of(1).start().await;
    let service = &network.ledger().services[0];
    let good = submission(network.ledger_id(), &service.operator(), "合同");
    let bytes = good.encode();
    let key = service.operate_key();
    let forged = |change: fn(&mut proto::TransactionBody)| with_body(&good, key, change).encode_to_vec();
    let forged_deposit =
        |change: fn(&mut proto::DepositEvidence)| with_deposit(&good, key, change).encode_to_vec();
    let signed_otherwise = |change: fn(&mut proto::Signature)| {
        let mut message = good.to_message();
        change(&mut message.transaction.as_mut().unwrap().signatures[0]);
        message.encode_to_vec()
    };
    let cases: Vec<Case> = vec![
        ("nothing", vec![], "MALFORMED"),
        ("noise", vec![0xff; 100], "MALFORMED"),
        ("a part of a submission", bytes[..bytes.len() / 2].to_vec(), "MALFORMED"),
        ("an unknown field", [&bytes[..], &[0x78, 0x01]].concat(), "NOT_CANONICAL"),
        ("a longer varint than needed", with_longer_varint(&bytes), "NOT_CANONICAL"),
        ("fields in another order", with_openings_first(&good), "NOT_CANONICAL"),
        ("an unknown version", forged(|body| body.version = 2), "UNKNOWN_VERSION"),
        ("a ledger id of 31 bytes", forged(|body| body.ledger_id.truncate(31)), "MALFORMED"),
        (
            "a request id that is no UUIDv7",
            forged(|body| body.request_id = vec![0x11; 16].into()),
            "MALFORMED",
        ),
        ("no signer", forged(|body| body.signers.clear()), "MALFORMED"),
        ("no action", forged(|body| body.actions.clear()), "MALFORMED"),
        ("too many actions", forged(|body| body.actions = vec![body.actions[0].clone(); 17]), "TOO_LARGE"),
        (
            "an unknown digest algorithm",
            forged_deposit(|deposit| deposit.digests[2].algorithm = 9),
            "UNKNOWN_ALGORITHM",
        ),
        ("digests out of order", forged_deposit(|deposit| deposit.digests.reverse()), "MALFORMED"),
        ("an unknown capture mode", forged_deposit(|deposit| capture(deposit, 77)), "UNKNOWN_VALUE"),
        (
            "a media type that is none",
            forged_deposit(|deposit| deposit.media_type = "text".to_owned()),
            "MALFORMED",
        ),
        (
            "an unknown signature algorithm",
            signed_otherwise(|signature| signature.algorithm = 9),
            "UNKNOWN_ALGORITHM",
        ),
        ("a signature of 63 bytes", signed_otherwise(|signature| signature.value.truncate(63)), "MALFORMED"),
        ("a transaction that is too long", oversize(&good, 60_001), "TOO_LARGE"),
    ];
    assert_refused(&network, cases).await;
    network.close().await;
}

fn capture(deposit: &mut proto::DepositEvidence, mode: i32) {
    deposit.provenance.as_mut().unwrap().mode = mode;
}

/// The tag of the first field, in two bytes instead of one.
fn with_longer_varint(bytes: &[u8]) -> Vec<u8> {
    [&[bytes[0] | 0x80, 0x00], &bytes[1..]].concat()
}

fn with_openings_first(submission: &Submission) -> Vec<u8> {
    let message = submission.to_message();
    let openings = proto::SubmittedTransaction { transaction: None, openings: message.openings };
    let transaction = proto::SubmittedTransaction { transaction: message.transaction, openings: Vec::new() };
    [openings.encode_to_vec(), transaction.encode_to_vec()].concat()
}

fn oversize(submission: &Submission, bytes: usize) -> Vec<u8> {
    let mut message = submission.to_message();
    let transaction = message.transaction.as_mut().unwrap();
    let padding = bytes - transaction.encoded_len();
    transaction.signatures[0].value = Bytes::from(vec![1; 64 + padding]);
    message.encode_to_vec()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_its_signers_may_not_do_is_refused() {
    let network = Network::of(1).observers(1).start().await;
    let ledger = network.ledger();
    let (body, observer, service, other) =
        (&ledger.operators[0], &ledger.operators[1], &ledger.services[0], &ledger.services[1]);
    let client = network.client(0).await;
    let retired = retire_a_key(&client, service).await;
    let suspended = other.operator();
    suspend(&client, body, other.number()).await;

    let by = |signer: &Signer| submission(network.ledger_id(), signer, "合同").encode();
    let stranger = SecretKey::generate(&mut OsRng);
    let in_the_name_of = |key: &SecretKey| {
        let good = submission(network.ledger_id(), &service.operator(), "合同");
        with_body(&good, key, |_| ()).encode_to_vec()
    };
    let act = |signers: &[&Signer], action: fn(TransactionBuilder) -> TransactionBuilder| {
        let builder = signers.iter().fold(client.transaction(), |builder, signer| builder.signer(signer));
        action(builder).build().unwrap().encode()
    };
    let enrol = |builder: TransactionBuilder| {
        let declaration = builder.declare_key(KeyPurpose::Operate, &SecretKey::generate(&mut OsRng));
        builder.action(Action::EnrolKey(EnrolKey { member: MemberNumber(1), key: declaration }))
    };
    let cases: Vec<Case> = vec![
        ("a wrong signer", in_the_name_of(&stranger), "SIGNATURE_INVALID"),
        ("an unknown key", by(&Signer::new(service.number(), stranger.clone())), "KEY_UNKNOWN"),
        (
            "a key of another member",
            by(&Signer::new(body.number(), service.operate_key().clone())),
            "SIGNER_UNKNOWN",
        ),
        ("a key that may not deposit", by(&service.administrator()), "KEY_PURPOSE_WRONG"),
        ("a member that may not deposit", by(&observer.operator()), "ROLE_MISSING"),
        ("a suspended member", by(&suspended), "MEMBER_SUSPENDED"),
        ("a retired key", by(&retired), "KEY_RETIRED"),
        ("an act whose needed signer is missing", act(&[&service.administrator()], enrol), "SIGNER_MISSING"),
    ];
    assert_refused(&network, cases).await;
    network.close().await;
}

/// Enrols another key for a member, and retires it.
async fn retire_a_key(client: &Client, member: &Member) -> Signer {
    let key = SecretKey::generate(&mut OsRng);
    let enrolment = client.transaction();
    let declaration = enrolment.declare_key(KeyPurpose::Operate, &key);
    let enrolment = enrolment
        .signer(&member.administrator())
        .action(Action::EnrolKey(EnrolKey { member: member.number(), key: declaration }));
    client.submit_and_wait(&enrolment.build().unwrap()).await.unwrap();
    let signer = Signer::new(member.number(), key);
    let change = ChangeKeyStatus { key_id: signer.key_id(), change: KeyChange::Retire };
    let retirement =
        client.transaction().signer(&member.administrator()).action(Action::ChangeKeyStatus(change));
    client.submit_and_wait(&retirement.build().unwrap()).await.unwrap();
    signer
}

async fn suspend(client: &Client, body: &Member, member: MemberNumber) {
    let change = ChangeMemberStatus { member, status: MemberStatus::Suspended, grounds: None };
    let act = client.transaction().signer(&body.administrator()).action(Action::ChangeMemberStatus(change));
    client.submit_and_wait(&act.build().unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_for_this_ledger_and_time_is_refused() {
    let network = Network::of(1).start().await;
    let signer = network.service();
    let good = submission(network.ledger_id(), &signer, "合同");
    let now_ms = good.transaction().body().request_id.time_ms();
    let at = |time_ms: u64| {
        let id = RequestId::new(time_ms, &[7; 10]);
        TransactionBuilder::with_request_id(network.ledger_id(), id).signer(&signer).action(deposit("合同"))
    };
    let cases: Vec<Case> = vec![
        (
            "another ledger",
            submission(LedgerId::from_bytes([9; 32]), &signer, "合同").encode(),
            "WRONG_LEDGER",
        ),
        (
            "an expired request",
            at(now_ms).not_after(BlockTime(now_ms - 1)).build().unwrap().encode(),
            "EXPIRED",
        ),
        ("a request of an hour ago", late(at(now_ms - 3_600_000), now_ms), "REQUEST_TIME_OUT_OF_WINDOW"),
        ("a request of the next hour", late(at(now_ms + 3_600_000), now_ms), "REQUEST_TIME_OUT_OF_WINDOW"),
    ];
    assert_refused(&network, cases).await;
    network.close().await;
}

fn late(builder: TransactionBuilder, now_ms: u64) -> Vec<u8> {
    builder.not_after(BlockTime(now_ms + 60_000)).build().unwrap().encode()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openings_that_are_not_of_their_commitments_are_refused() {
    let network = Network::of(1).start().await;
    let good = submission(network.ledger_id(), &network.service(), "合同");
    let with_opening = |change: fn(&mut proto::Opening)| {
        let mut message = good.to_message();
        change(&mut message.openings[0]);
        message.encode_to_vec()
    };
    let twice = {
        let mut message = good.to_message();
        message.openings.push(message.openings[0].clone());
        message.encode_to_vec()
    };
    let cases: Vec<Case> = vec![
        (
            "another value",
            with_opening(|opening| opening.value = Bytes::from_static(b"x")),
            "OPENING_MISMATCH",
        ),
        ("another salt", with_opening(|opening| opening.salt = vec![1; 32].into()), "OPENING_MISMATCH"),
        (
            "a field without a commitment",
            with_opening(|opening| opening.path = "description".into()),
            "OPENING_UNKNOWN",
        ),
        ("an action that is not there", with_opening(|opening| opening.action = 5), "OPENING_UNKNOWN"),
        (
            "a value that is too long",
            with_opening(|opening| opening.value = vec![1; 65_537].into()),
            "TOO_LARGE",
        ),
        ("an opening twice", twice, "MALFORMED"),
    ];
    assert_refused(&network, cases).await;
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_weak_key_is_never_enrolled() {
    let network = Network::of(1).start().await;
    let service = &network.ledger().services[0];
    let client = network.client(0).await;
    let enrolment = client.transaction();
    let declaration = enrolment.declare_key(KeyPurpose::Operate, &SecretKey::generate(&mut OsRng));
    let enrolment = enrolment
        .signer(&service.administrator())
        .action(Action::EnrolKey(EnrolKey { member: service.number(), key: declaration }))
        .build()
        .unwrap();
    let with_key = |key: [u8; 32]| {
        let forged = with_body(&enrolment, service.operate_key(), |body| match &mut body.actions[0].kind {
            Some(proto::action::Kind::EnrolKey(enrolment)) => {
                let declared = enrolment.key.as_mut().unwrap().key.as_mut().unwrap();
                declared.value = Bytes::copy_from_slice(&key);
            }
            other => panic!("no enrolment: {other:?}"),
        });
        forged.encode_to_vec()
    };
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut not_canonical = [0xff; 32];
    not_canonical[31] = 0x7f;
    let cases: Vec<Case> = vec![
        ("a key of order 4", with_key([0; 32]), "WEAK_KEY"),
        ("the neutral point", with_key(identity), "WEAK_KEY"),
        ("a coordinate beyond the field", with_key(not_canonical), "WEAK_KEY"),
    ];
    assert_refused(&network, cases).await;
    network.close().await;
}

/// One of four validators alone decides nothing, so what it admits waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_says_when_to_try_again() {
    let limits = NodeLimits {
        mempool_transactions_max: 8,
        disk_reserve_bytes: 0,
        disk_free_bytes_min: 0,
        ..NodeLimits::default()
    };
    let mut network = Network::of(4).limits(0, limits).found().await;
    network.node(0).start();
    let wire = network.nodes()[0].wire();
    until("the node answers", || wire.status()).await;
    let submit = |number: usize| {
        let signer = network.ledger().services[number % 2].operator();
        wire.submit(submission(network.ledger_id(), &signer, &format!("文件 {number}")).encode())
    };
    let mut number = 0;
    let refused = loop {
        match submit(number).await {
            Ok(_) => number += 1,
            Err(refused) => break refused,
        }
        assert!(number <= 8, "more are admitted than there is room for");
    };
    assert!(number > 0, "none was admitted");
    assert_eq!((refused.reason.as_deref(), refused.code), (Some("QUEUE_FULL"), Code::ResourceExhausted));
    assert!(refused.retry_after.is_some_and(|after| after > Duration::ZERO), "{refused:?}");
    assert_eq!(wire.status().await.unwrap().mempool_transactions, number as u64);
    (1..4).for_each(|node| network.node(node).start());
    network.ready().await;
    assert_eq!(
        network.agreed().await.log_size,
        1 + number as u64,
        "what was admitted is recorded, nothing else"
    );
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_beyond_what_a_node_reads_is_refused_before_it_is_read() {
    let network = Network::of(1).start().await;
    let refused = network.nodes()[0].wire().submit(vec![0; 2 << 20]).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.reason.as_deref()),
        (Code::InvalidArgument, Some("TOO_LARGE")),
        "{refused:?}"
    );
    network.close().await;
}
