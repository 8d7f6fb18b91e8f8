//! Nodes that show a certificate.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use bulla_client::{Client, Tls, Trust};
use bulla_node::config::TlsPaths;
use bulla_tests::deposits::deposit;
use bulla_tests::{Network, until};

/// A self-signed certificate for this machine's loopback address, and its key.
fn make_certificate(folder: &Path) -> TlsPaths {
    let paths = TlsPaths { certificate: folder.join("node.crt"), key: folder.join("node.key") };
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
    openssl.args(["-subj", "/CN=node", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]);
    openssl.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    openssl.arg("-out").arg(&paths.certificate).arg("-keyout").arg(&paths.key);
    let made = openssl.output().unwrap();
    assert!(made.status.success(), "{made:?}");
    paths
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_certificate_a_node_serves_grpc_and_http_under_it_and_nothing_in_the_clear() {
    let mut network = Network::of(1).found().await;
    let paths = make_certificate(network.folder());
    let authority = std::fs::read(&paths.certificate).unwrap();
    network.node(0).configure(|config| config.api.tls = Some(paths.clone()));
    network.node(0).start();

    let (grpc, http) = (network.nodes()[0].config().api.grpc, network.nodes()[0].http());
    let endpoint = format!("https://{grpc}");
    let trust = || Trust::Ledger(network.ledger_id());
    let tls = Tls::of_authorities(authority);
    let client = until("the node answers under TLS", || async {
        Client::connect(&[&endpoint], Some(&tls), trust()).await.ok()
    })
    .await;
    client.deposit(&network.service(), deposit("合同")).await.unwrap();
    assert!(get_under_tls(http, &paths.certificate, "/healthz").starts_with("HTTP/1.0 200"));

    assert!(network.nodes()[0].status().await.is_none(), "gRPC in the clear");
    assert!(bulla_tests::http::get(http, "/healthz").await.is_err(), "HTTP in the clear");
    network.close().await;
}

/// Asks by a program of another hand, which checks the certificate.
fn get_under_tls(address: std::net::SocketAddr, authority: &Path, path: &str) -> String {
    let mut openssl = Command::new("openssl");
    openssl.args(["s_client", "-quiet", "-verify_return_error", "-verify_ip", "127.0.0.1", "-ign_eof"]);
    openssl.arg("-connect").arg(address.to_string()).arg("-CAfile").arg(authority);
    let mut asking =
        openssl.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n");
    asking.stdin.take().unwrap().write_all(request.as_bytes()).unwrap();
    String::from_utf8(asking.wait_with_output().unwrap().stdout).unwrap()
}
