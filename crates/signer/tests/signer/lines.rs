//! Over sockets: nodes, a signer that comes and goes, strangers.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use bulla_crypto::PublicKey;
use bulla_signer::channel::{Channel, Identity, read_frame, secure_to, write_frame};
use bulla_signer::server::Listeners;
use bulla_signer::wire::Refusal;
use bulla_signer::{KeyFailure, RemoteKey, SignerAddress, SigningKey, Standing};
use bulla_types::ReasonCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::JoinHandle;

use super::*;

const LIMIT: Duration = Duration::from_secs(60);

fn socket(folder: &Path) -> std::path::PathBuf {
    folder.join("signer.sock")
}

fn serve(folder: &Path) -> JoinHandle<()> {
    let mut listeners = Listeners::none();
    listeners.on_socket(&socket(folder), false).unwrap();
    tokio::spawn(listeners.serve(Arc::new(settled_or_found(folder))))
}

fn settled_or_found(folder: &Path) -> Signer {
    if folder.join("record").exists() { signer(folder) } else { settled(folder) }
}

/// Ends a signer in this process; its tasks let go of record and socket one after the other.
async fn stop(serving: JoinHandle<()>, folder: &Path) {
    serving.abort();
    let _ = serving.await;
    let gone = async {
        while socket(folder).exists() || SignedRecord::open(&folder.join("record"), ledger()).is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LIMIT, gone).await.unwrap();
}

fn node(folder: &Path) -> Arc<RemoteKey> {
    RemoteKey::new(ledger(), key().public_key().clone(), SignerAddress::Socket(socket(folder)))
}

async fn stands(node: &RemoteKey, standing: Standing) {
    let stands = async {
        while node.standing() != standing {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(LIMIT, stands).await;
    assert!(waited.is_ok(), "it is {:?}, not {standing:?}", node.standing());
}

async fn sign(node: &Arc<RemoteKey>, message: ConsensusMessage) -> Result<Signature, KeyFailure> {
    let node = Arc::clone(node);
    tokio::task::spawn_blocking(move || node.sign(&message)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_signs_with_a_signer_and_abstains_while_it_is_away() {
    let folder = tempfile::tempdir().unwrap();
    let serving = serve(folder.path());
    let mode = std::fs::metadata(socket(folder.path())).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let node = node(folder.path());
    stands(&node, Standing::Able).await;
    let signature = sign(&node, vote(PREVOTE, 5, 0, Some(1))).await.unwrap();
    stop(serving, folder.path()).await;
    stands(&node, Standing::Unable(ReasonCode::SignerAway)).await;
    let away = sign(&node, vote(PRECOMMIT, 5, 0, Some(1))).await;
    assert!(matches!(away, Err(KeyFailure::Away { .. })), "{away:?}");

    let serving = serve(folder.path());
    stands(&node, Standing::Able).await;
    assert_eq!(sign(&node, vote(PREVOTE, 5, 0, Some(1))).await.unwrap(), signature);
    let other = sign(&node, vote(PREVOTE, 5, 0, Some(2))).await;
    assert!(matches!(other, Err(KeyFailure::Refused(Refusal::WouldEquivocate))), "{other:?}");
    stop(serving, folder.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_nodes_at_one_signer_one_gets_its_vote_at_each_place() {
    let folder = tempfile::tempdir().unwrap();
    let serving = serve(folder.path());
    let nodes = [node(folder.path()), node(folder.path())];
    for node in &nodes {
        stands(node, Standing::Able).await;
    }
    for round in 0..20 {
        let (first, second) = tokio::join!(
            sign(&nodes[0], vote(PREVOTE, 5, round, Some(1))),
            sign(&nodes[1], vote(PREVOTE, 5, round, None))
        );
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    }
    stop(serving, folder.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signer_with_another_key_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let serving = serve(folder.path());
    let other = SecretKey::from_seed(&[8; 32]).public_key().clone();
    let node = RemoteKey::new(ledger(), other, SignerAddress::Socket(socket(folder.path())));
    stands(&node, Standing::Unable(ReasonCode::SignerAway)).await;
    stop(serving, folder.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_greet_or_breaks_a_frame_is_cut_off_unsigned() {
    let folder = tempfile::tempdir().unwrap();
    let serving = serve(folder.path());
    let connect = || async {
        let channel: Channel = Box::new(UnixStream::connect(socket(folder.path())).await.unwrap());
        channel
    };
    let mut silent = connect().await;
    write_frame(&mut silent, &Request::Sign(vote(PREVOTE, 5, 0, None)).encode()).await.unwrap();
    let answer = Answer::decode(&read_frame(&mut silent).await.unwrap().unwrap()).unwrap();
    assert_eq!(answer, Answer::Refused(Refusal::Malformed));
    assert_eq!(silent.read(&mut [0]).await.unwrap(), 0);

    for frame in [&[0, 0][..], &[1, 1, 7], &[0, 1, 99]] {
        let mut broken = connect().await;
        broken.write_all(frame).await.unwrap();
        let mut rest = Vec::new();
        // Bytes that nobody read make the system say "reset" in place of "end".
        let _ = broken.read_to_end(&mut rest).await;
        assert!(rest.is_empty() || rest == [0, 2, 4, 3], "{frame:?}: {rest:?}");
    }
    stop(serving, folder.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tcp_both_sides_must_be_who_they_are_pinned_as() {
    let folder = tempfile::tempdir().unwrap();
    let (its, node_key, stranger) =
        (SecretKey::from_seed(&[20; 32]), SecretKey::from_seed(&[21; 32]), SecretKey::from_seed(&[22; 32]));
    let mut listeners = Listeners::none();
    let nodes = vec![node_key.public_key().clone()];
    let local = SocketAddr::from(([127, 0, 0, 1], 0));
    let at = listeners.on_tcp(local, Identity::of(&its).unwrap(), nodes).await.unwrap();
    let serving = tokio::spawn(listeners.serve(Arc::new(settled(folder.path()))));
    let connect = |own: &SecretKey, signer: &PublicKey| {
        let (own, signer) = (Identity::of(own).unwrap(), signer.clone());
        RemoteKey::new(
            ledger(),
            key().public_key().clone(),
            SignerAddress::Tcp { address: at.to_string(), signer, own },
        )
    };
    let node = connect(&node_key, its.public_key());
    stands(&node, Standing::Able).await;
    sign(&node, vote(PREVOTE, 5, 0, None)).await.unwrap();
    for (own, signer) in [(&stranger, its.public_key()), (&node_key, stranger.public_key())] {
        let refused = connect(own, signer);
        stands(&refused, Standing::Unable(ReasonCode::SignerAway)).await;
    }
    // Noise tells a stranger who answers; nothing more is said.
    let stream = TcpStream::connect(at).await.unwrap();
    let mut channel = secure_to(stream, &Identity::of(&stranger).unwrap(), its.public_key()).await.unwrap();
    let asked = write_frame(&mut channel, &Request::Hello { ledger_id: ledger() }.encode()).await;
    assert!(asked.is_err() || !matches!(read_frame(&mut channel).await, Ok(Some(_))));
    stop(serving, folder.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tcp_neither_silent_strangers_nor_lines_that_were_left_open_keep_a_node_out() {
    let folder = tempfile::tempdir().unwrap();
    let (its, node_key) = (SecretKey::from_seed(&[20; 32]), SecretKey::from_seed(&[21; 32]));
    let mut listeners = Listeners::none();
    let nodes = vec![node_key.public_key().clone()];
    let local = SocketAddr::from(([127, 0, 0, 1], 0));
    let at = listeners.on_tcp(local, Identity::of(&its).unwrap(), nodes).await.unwrap();
    let serving = tokio::spawn(listeners.serve(Arc::new(settled(folder.path()))));
    // The node's machine went down so often, and nobody has closed its connections.
    let mut left_open = Vec::new();
    for _ in 0..10 {
        let stream = TcpStream::connect(at).await.unwrap();
        let own = Identity::of(&node_key).unwrap();
        let mut channel = secure_to(stream, &own, its.public_key()).await.unwrap();
        write_frame(&mut channel, &Request::Hello { ledger_id: ledger() }.encode()).await.unwrap();
        let answer = Answer::decode(&read_frame(&mut channel).await.unwrap().unwrap()).unwrap();
        assert!(matches!(answer, Answer::Welcome { .. }));
        left_open.push(channel);
    }
    // Served one after the other, for as long as each may stay silent, they would take minutes.
    let mut silent = Vec::new();
    for _ in 0..300 {
        silent.push(TcpStream::connect(at).await.unwrap());
    }
    let address = SignerAddress::Tcp {
        address: at.to_string(),
        signer: its.public_key().clone(),
        own: Identity::of(&node_key).unwrap(),
    };
    let node = RemoteKey::new(ledger(), key().public_key().clone(), address);
    stands(&node, Standing::Able).await;
    sign(&node, vote(PREVOTE, 5, 0, None)).await.unwrap();
    drop((silent, left_open));
    stop(serving, folder.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_that_a_signer_left_behind_is_taken_and_one_that_answers_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = socket(folder.path());
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let serving = serve(folder.path());
    let taken = Listeners::none().on_socket(&path, false).unwrap_err();
    assert_eq!(taken.kind(), std::io::ErrorKind::AddrInUse);
    stop(serving, folder.path()).await;
    std::fs::write(&path, "a file").unwrap();
    assert!(Listeners::none().on_socket(&path, false).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), b"a file");
}
