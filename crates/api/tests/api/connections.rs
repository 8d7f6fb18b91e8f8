use std::net::SocketAddr;
use std::time::Duration;

use bulla_types::proto;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::Request;
use tonic::client::Grpc;
use tonic_prost::ProstCodec;

use crate::served::{Served, path, reason};

/// More than any listener takes.
const MANY: usize = 300;

async fn is_closed_by_the_node(mut stream: TcpStream) {
    let mut rest = Vec::new();
    // A reset is as much of an end.
    let _ = stream.read_to_end(&mut rest).await;
}

#[tokio::test]
async fn a_full_listener_turns_the_next_away_and_has_room_when_others_leave() {
    let node = Served::open().await;
    let mut idle = Vec::new();
    for _ in 0..MANY {
        idle.push(TcpStream::connect(node.http).await.unwrap());
    }
    is_closed_by_the_node(idle.pop().unwrap()).await;
    drop(idle);
    let metrics = loop {
        let mut stream = TcpStream::connect(node.http).await.unwrap();
        let _ = stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").await;
        let mut answer = String::new();
        if stream.read_to_string(&mut answer).await.is_ok_and(|read| read > 0) {
            break answer;
        }
    };
    let turned_away =
        metrics.lines().find_map(|line| line.strip_prefix("bulla_http_connections_turned_away_total "));
    assert!(turned_away.unwrap().parse::<usize>().unwrap() >= 1, "{metrics}");
    assert!(node.client().await.status().await.is_ok(), "the other listener is not concerned");
}

async fn sends_and_stops(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_asks_nothing_or_half_a_thing_is_closed() {
    let node = Served::open().await;
    for begun in [&b""[..], b"GET /v1/status HTTP/1.1\r\nHost: ", b"GET /v1/status HTTP/1.1\r\n\r\n"] {
        is_closed_by_the_node(sends_and_stops(node.http, begun).await).await;
    }
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    for begun in [vec![], preface[..9].to_vec(), preface.to_vec(), [&preface[..], &settings].concat()] {
        is_closed_by_the_node(sends_and_stops(node.grpc, &begun).await).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_message_never_comes_is_answered_in_the_end() {
    let node = Served::open().await;
    let mut grpc = Grpc::new(node.wire().0);
    grpc.ready().await.unwrap();
    let codec = ProstCodec::<proto::GetStatusRequest, proto::GetStatusResponse>::default();
    let nothing = Request::new(futures::stream::pending());
    let refused = grpc.client_streaming(nothing, path("GetStatus"), codec).await.unwrap_err();
    assert_eq!(reason(&refused), "WAIT_TIMED_OUT");
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_may_wait_for_as_long_as_nothing_happens() {
    let node = Served::open().await;
    let client = node.client().await;
    let mut subscription = client.subscribe(1).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    node.deposited("一").await;
    assert_eq!(subscription.next().await.unwrap().unwrap().index, 1);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_does_not_take_its_answers_is_cut_off() {
    const ASKED: usize = 500;
    let node = Served::open().await;
    node.admit(&node.deposit("一", Some("述".repeat(20_000)))).await;
    node.commit();
    let request = "GET /v1/entries/1 HTTP/1.1\r\nHost: node\r\n\r\n";
    let mut stream = sends_and_stops(node.http, request.repeat(ASKED).as_bytes()).await;
    tokio::time::sleep(Duration::from_secs(300)).await;
    let mut taken = Vec::new();
    let _ = stream.read_to_end(&mut taken).await;
    // More than a system keeps for a connection, less than all answers.
    assert!((60_000..ASKED * 60_000).contains(&taken.len()), "{} bytes", taken.len());
}
