//! HTTP: the log as C2SP tiles, and the same reads as over gRPC.

use std::time::{Duration, Instant, SystemTime};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bulla_client::EntryRef;
use bulla_crypto::{DocumentHasher, Hash, PublicKey};
use bulla_merkle::checkpoint;
use bulla_merkle::log::{Frontier, LogHash, Sha256Log, TreeHead, verify_consistency, verify_inclusion};
use bulla_merkle::tile::{Resource, TilePath, decode_bundle, decode_hashes};
use bulla_tests::deposits::deposit;
use bulla_tests::{Load, Network, Node, http, wire::Refused};
use bulla_types::{
    AccessToEntries, AccessToken, BlockTime, Canonical, Identifier, KeyPurpose, MemberNumber, RecordKey,
    StateKey, StatusProofFile, proto,
};
use serde_json::{Value, json};

const TILE_WIDTH: u64 = 256;

/// The note key that the genesis declares for the first node.
fn note_key(network: &Network) -> PublicKey {
    let keys = &network.ledger().genesis.founders()[0].member.keys;
    keys.iter().find(|declared| declared.purpose == KeyPurpose::Note).unwrap().key.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_rebuilds_the_root_of_the_checkpoint_from_tiles_and_bundles() {
    let network = Network::of(1).start().await;
    let load = Load::on(&network, 0).await;
    load.reaches(300).await;
    load.stop().await;
    network.agreed().await;
    let node = &network.nodes()[0];

    let note = node.get("/checkpoint").await;
    assert_eq!(note.status, 200);
    let origin = checkpoint::origin(&network.ledger_id().0);
    let verified = checkpoint::parse_and_verify(&note.body, &origin, &[note_key(&network)]).unwrap();
    let head = verified.checkpoint.head;
    assert!(head.size > TILE_WIDTH, "there is a full tile and a partial one");

    let mut log = Frontier::<Sha256Log>::new();
    for tile in 0..head.size.div_ceil(TILE_WIDTH) {
        let width = u16::try_from((head.size - tile * TILE_WIDTH).min(TILE_WIDTH)).unwrap();
        let bundle = fetch(node, Resource::Entries, tile, width).await;
        let hashes = fetch(node, Resource::Hashes(0), tile, width).await;
        let leaves: Vec<Hash> =
            decode_bundle(&bundle.body).unwrap().iter().map(|entry| Sha256Log::leaf(entry)).collect();
        assert_eq!(decode_hashes(&hashes.body).unwrap(), leaves);
        assert!(hashes.head.to_lowercase().contains("immutable"));
        leaves.into_iter().for_each(|leaf| log.push(leaf));
    }
    assert_eq!(log.head(), head);
    let not_yet = TilePath::new(Resource::Hashes(0), 1_000, 256).unwrap();
    assert_eq!(node.get(&format!("/{not_yet}")).await.status, 404);
    assert_eq!(node.get("/tile/0/x1").await.status, 400);
    network.close().await;
}

async fn fetch(node: &Node, resource: Resource, index: u64, width: u16) -> http::Response {
    let path = TilePath::new(resource, index, width).unwrap();
    let answer = node.get(&format!("/{path}")).await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_gives_the_same_over_http_as_over_grpc() {
    let network = Network::of(1).start().await;
    let client = network.client(0).await;
    let receipt = client.deposit(&network.service(), deposit("合同正本")).await.unwrap();
    let (index, number) = (receipt.index(), receipt.evidence_numbers().next().unwrap());
    let tip = network.agreed().await;
    let (node, wire) = (&network.nodes()[0], network.nodes()[0].wire());

    let status = node.get("/v1/status").await.json();
    assert_eq!(status["height"], json!(tip.height.to_string()));
    assert_eq!(status["logRoot"], json!(BASE64_STANDARD.encode(&tip.log_root)));

    let entry = client.entry(EntryRef::Index(index)).await.unwrap();
    let found = node.get(&format!("/v1/entries/{index}")).await.json();
    assert_eq!(found["leaf"], json!(hex::encode(&entry.bytes)));
    assert_eq!(found["openings"][0]["path"], json!("title"));
    let id = receipt.transaction().unwrap().id();
    assert_eq!(node.get(&format!("/v1/transactions/{id}")).await.json(), found);

    let by_digest = DocumentHasher::digest_reader("合同正本".as_bytes()).unwrap().sha256;
    for query in [format!("digest={by_digest}"), format!("number={}", number.0)] {
        let hits = node.get(&format!("/v1/evidence?{query}")).await.json();
        assert_eq!(
            (&hits["hits"][0]["evidenceNumber"], &hits["hits"][0]["index"]),
            (&json!(number.0), &json!(index))
        );
    }

    let file = node.get(&format!("/v1/receipts/{index}")).await;
    assert_eq!(file.body, client.receipt(EntryRef::Index(index), None).await.unwrap().file().encode());
    let as_json =
        http::get_with(node.http(), &format!("/v1/receipts/{index}"), "Accept: application/json\r\n").await;
    assert_eq!(as_json.unwrap().json()["receipts"][0]["index"], json!(index.to_string()));

    let (members, total) = client.members(MemberNumber(1), 0).await.unwrap();
    let listed = node.get("/v1/members").await.json();
    assert_eq!(
        (&listed["total"], listed["members"].as_array().unwrap().len()),
        (&json!(total), members.len())
    );

    let key = StateKey::Member(MemberNumber(1)).encode();
    let request = proto::GetRecordRequest { key: key.clone().into() };
    let record: proto::GetRecordResponse = wire.call("GetRecord", request).await.unwrap();
    let over_http = node.get(&format!("/v1/records/{}", hex::encode(&key))).await.json();
    assert_eq!(over_http["proof"]["value"], json!(BASE64_STANDARD.encode(&record.proof.unwrap().value)));

    let proof = client.status_proof(RecordKey::Member(MemberNumber(1)), None).await.unwrap();
    let identifier = Identifier::member(&client.ledger_id(), MemberNumber(1));
    for name in [identifier.to_string(), hex::encode(&key)] {
        let file = node.get(&format!("/v1/status-proofs/{name}")).await.body;
        let over_http = StatusProofFile::decode(&file.into()).unwrap();
        assert_eq!(over_http.bundle().records, proof.file().bundle().records);
    }
    assert_eq!(node.get("/v1/status-proofs/M-1").await.status, 400);
    let absent = hex::encode(StateKey::Member(MemberNumber(99)).encode());
    assert_eq!(node.get(&format!("/v1/status-proofs/{absent}")).await.status, 404);

    assert_eq!(node.get("/v1/genesis").await.body, network.ledger().genesis.encode());
    let metrics = String::from_utf8(node.get("/metrics").await.body).unwrap();
    assert!(metrics.contains(&format!("bulla_height {}", tip.height)), "{metrics}");
    network.close().await;
}

/// A server that waits for acknowledgements before it sends (Nagle) takes 40 ms for each answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_over_grpc_are_answered_at_once() {
    let network = Network::of(1).start().await;
    let client = network.client(0).await;
    let mut times = Vec::new();
    for _ in 0..101 {
        let asked = Instant::now();
        client.entry(EntryRef::Index(0)).await.unwrap();
        times.push(asked.elapsed());
    }
    times.sort_unstable();
    assert!(times[50] < Duration::from_millis(35), "half of the reads take longer than {:?}", times[50]);
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn proofs_over_http_lead_to_the_roots_that_they_are_for() {
    let network = Network::of(1).start().await;
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    let first = network.nodes()[0].status().await.unwrap();
    load.goes_on(20).await;
    load.stop().await;
    let tip = network.agreed().await;
    let (node, client) = (&network.nodes()[0], network.client(0).await);
    let head = |status: &proto::GetStatusResponse| TreeHead {
        size: status.log_size,
        root: Hash::try_from(&status.log_root[..]).unwrap(),
    };

    let leaf = Sha256Log::leaf(&client.entry(EntryRef::Index(7)).await.unwrap().bytes);
    let path =
        path_of(&node.get(&format!("/v1/proofs/inclusion?index=7&log_size={}", tip.log_size)).await.json());
    verify_inclusion::<Sha256Log>(head(&tip), 7, leaf, &path).unwrap();

    let (from, to) = (first.log_size, tip.log_size);
    let path = path_of(&node.get(&format!("/v1/proofs/consistency?first={from}&second={to}")).await.json());
    verify_consistency::<Sha256Log>(head(&first), head(&tip), &path).unwrap();
    network.close().await;
}

fn path_of(answer: &Value) -> Vec<Hash> {
    answer["path"].as_array().unwrap().iter().map(|hash| hash.as_str().unwrap().parse().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_reader_asks_wrongly_gets_a_reason() {
    let network = Network::of(1).start().await;
    let node = &network.nodes()[0];
    for (path, status, reason) in [
        ("/v1/entries/1000000", 404, "NOT_FOUND"),
        ("/v1/receipts/1000000", 404, "NOT_FOUND"),
        ("/v1/transactions/xyz", 400, "MALFORMED"),
        ("/v1/records/zz", 400, "MALFORMED"),
        ("/v1/evidence?digest=00", 400, "MALFORMED"),
        ("/v1/evidence", 400, "MALFORMED"),
        ("/v1/evidence?number=77", 404, "NOT_FOUND"),
        ("/v1/proofs/inclusion?index=5&log_size=2", 404, "NOT_FOUND"),
        ("/tile/9/zzz", 400, "MALFORMED"),
        ("/v1/entries/one", 400, "MALFORMED"),
        ("/v1/proofs/inclusion?index=5", 400, "MALFORMED"),
        ("/v1/nothing", 404, "NOT_FOUND"),
    ] {
        let answer = node.get(path).await;
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        let said = answer.json();
        assert_eq!(said["reason"], json!(reason), "{path}");
        assert!(said["message"]["zh"].is_string() && said["message"]["en"].is_string(), "{path}: {said}");
    }
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_ledger_shows_its_entries_in_bulk_to_members_alone() {
    let network = Network::of(1)
        .parameters(|parameters| parameters.entry_access = AccessToEntries::Members)
        .start()
        .await;
    let client = network.client(0).await;
    client.deposit(&network.service(), deposit("合同")).await.unwrap();
    let (node, tip) = (&network.nodes()[0], network.agreed().await);
    let width = u16::try_from(tip.log_size).unwrap();
    let bundle = format!("/{}", TilePath::new(Resource::Entries, 0, width).unwrap());

    assert_eq!(node.get("/checkpoint").await.status, 200);
    fetch(node, Resource::Hashes(0), 0, width).await;
    let refused = node.get(&bundle).await;
    assert_eq!((refused.status, &refused.json()["reason"]), (403, &json!("UNAUTHENTICATED")));

    let service = &network.ledger().services[0];
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap() + Duration::from_secs(60);
    let expires_at = BlockTime(u64::try_from(now.as_millis()).unwrap());
    let token = |member| AccessToken::issue(&network.ledger_id(), member, service.operate_key(), expires_at);
    let with = |token: AccessToken| {
        let header = format!("Authorization: Bulla {token}\r\n");
        let (address, path) = (node.http(), bundle.clone());
        async move { http::get_with(address, &path, &header).await.unwrap() }
    };
    let shown = with(token(service.number())).await;
    assert_eq!((shown.status, decode_bundle(&shown.body).unwrap().len()), (200, usize::from(width)));
    let refused = with(token(MemberNumber(1))).await;
    assert_eq!((refused.status, &refused.json()["reason"]), (403, &json!("KEY_UNKNOWN")));

    let from_start = proto::SubscribeRequest { from_index: 0 };
    let refused: Result<proto::SubscribeResponse, Refused> = node.wire().call("Subscribe", from_start).await;
    assert_eq!(refused.unwrap_err().reason.as_deref(), Some("UNAUTHENTICATED"));
    network.close().await;
}
