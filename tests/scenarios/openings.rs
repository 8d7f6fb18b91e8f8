//! Openings reach the nodes whose members may read them, and no others, on a ledger that is closed.

use std::time::{Duration, SystemTime};

use bulla_client::{DepositRequest, VerifiedReceipt};
use bulla_crypto::key_file;
use bulla_network::{
    Host, HostConfig, HostHandle, Inbox, Limits, NetworkEvent, NodeKey, OpeningsAnswer, OpeningsQuestion,
    OpeningsReply, PeerAddress, PeerId, Unopened,
};
use bulla_tests::acts::decide;
use bulla_tests::deposits::deposit;
use bulla_tests::{LIMIT, Member, Network, http, until};
use bulla_types::{
    AccessToEntries, AccessToken, Action, BlockTime, ChangeRoles, EntryOpenings, Opening, Role, Roles,
    Submission,
};
use tokio::sync::mpsc;

const VALIDATORS: usize = 4;
/// The validator that is killed.
const KILLED: usize = 3;
const SUPERVISOR: usize = 4;
const COURT: usize = 5;

/// What only those may know that may read it.
const SECRET: &str = "不得外传的题名";

/// Likewise, of later.
const LATER: &str = "角色取消以后的题名";

/// Four validators, and the observers of a supervisor and of a court; a court may deposit too.
async fn network() -> Network {
    Network::of(VALIDATORS)
        .observer_of(Role::Supervisor)
        .observer_of(Role::Judicial)
        .parameters(|parameters| {
            parameters.entry_access = AccessToEntries::Members;
            parameters.evidence_roles =
                Roles::new([Role::RegistrationBody, Role::EvidenceService, Role::Judicial]).unwrap();
        })
        .start()
        .await
}

/// Deposits a document with a title that is attached.
async fn recorded(network: &Network, node: usize, depositor: &Member, content: &str) -> VerifiedReceipt {
    entitled(network, node, depositor, content, SECRET).await
}

async fn entitled(
    network: &Network,
    node: usize,
    depositor: &Member,
    content: &str,
    title: &str,
) -> VerifiedReceipt {
    let request = DepositRequest { title: Some(title.to_owned()), ..deposit(content) };
    network.client(node).await.deposit(&depositor.operator(), request).await.unwrap()
}

/// As [`recorded`], the index of the entry.
async fn deposited(network: &Network, node: usize, depositor: &Member, content: &str) -> u64 {
    recorded(network, node, depositor, content).await.index()
}

/// How many openings of an entry a node shows a member; `None` while it does not have the entry.
async fn shown(network: &Network, node: usize, index: u64, reader: &Member) -> Option<usize> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap() + Duration::from_secs(60);
    let expires_at = BlockTime(u64::try_from(now.as_millis()).unwrap());
    let token = AccessToken::issue(&network.ledger_id(), reader.number(), reader.operate_key(), expires_at);
    let header = format!("Authorization: Bulla {token}\r\n");
    let path = format!("/v1/entries/{index}");
    let answer = http::get_with(network.nodes()[node].http(), &path, &header).await.ok()?;
    (answer.status == 200).then(|| answer.json()["openings"].as_array().unwrap().len())
}

/// How many openings of an entry a node keeps: it shows all of them to a registration body.
async fn kept(network: &Network, node: usize, index: u64) -> Option<usize> {
    shown(network, node, index, &network.ledger().operators[0]).await
}

/// Waits until a node keeps the title's opening of each of these entries, and lacks nothing.
async fn has_all(network: &Network, node: usize, entries: &[u64]) {
    until(&format!("node {node} keeps the openings of {entries:?}"), || async {
        for index in entries {
            kept(network, node, *index).await.filter(|openings| *openings == 1)?;
        }
        let status = network.nodes()[node].status().await?;
        (status.entries_lacking_openings == 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_read_has_the_openings_of_before_while_and_after_it_was_down_and_others_have_none() {
    let mut network = network().await;
    let services = network.ledger().services.clone();
    let court = network.ledger().operators[COURT].clone();
    let before = deposited(&network, 0, &services[0], "before").await;
    has_all(&network, SUPERVISOR, &[before]).await;
    network.node(KILLED).kill();
    network.node(SUPERVISOR).kill();
    let while_down = deposited(&network, 0, &services[0], "while").await;
    let of_court = deposited(&network, 1, &court, "of the court").await;
    network.node(KILLED).start();
    network.node(SUPERVISOR).start();
    network.ready().await;
    let after = deposited(&network, COURT, &services[0], "after").await;

    let entries = [before, while_down, of_court, after];
    for node in [0, 1, 2, KILLED, SUPERVISOR] {
        has_all(&network, node, &entries).await;
    }
    // The court's node fetches what is the court's own; it was down for none of it.
    has_all(&network, COURT, &[of_court]).await;
    for index in [before, while_down] {
        assert_eq!(kept(&network, COURT, index).await, Some(0), "entry {index}");
    }
    // The same rule for who asks a node: a validator keeps all and shows each what it may see.
    for (reader, seen) in [(&services[0], [1, 1, 0, 1]), (&services[1], [0; 4]), (&court, [0, 0, 1, 0])] {
        for (index, openings) in entries.into_iter().zip(seen) {
            assert_eq!(shown(&network, 0, index, reader).await, Some(openings), "entry {index}");
        }
    }
    let counted = network.nodes()[KILLED].metric("bulla_openings_completed_total").await;
    assert!(counted > 0, "what the validator missed was fed to it apart");
    for node in 0..=COURT {
        assert_eq!(network.nodes()[node].metric("bulla_openings_refused_total").await, 0, "node {node}");
    }
    // A restart loses nothing of it, and nobody else is needed any more.
    network.node(KILLED).terminate().await;
    for node in [0, 1, 2, SUPERVISOR, COURT] {
        network.node(node).terminate().await;
    }
    network.node(KILLED).start();
    for index in entries {
        let keeps = || async { kept(&network, KILLED, index).await.filter(|openings| *openings == 1) };
        until("the validator keeps what it was given", keeps).await;
    }
    network.close().await;
}

/// A member's node played by the test: it asks for all that it can, and says what it likes.
struct Curious {
    host: HostHandle,
    events: mpsc::Receiver<NetworkEvent>,
    inbox: Inbox,
    validators: Vec<PeerId>,
}

impl Curious {
    /// `node` is one of the network's that does not run; it meets the network's first `validators`.
    async fn in_place_of(network: &Network, node: usize, validators: usize) -> Self {
        let key = key_file::read(&network.nodes()[node].config().keys.peer, None).unwrap();
        let mut seed = *key.to_seed();
        let peers: Vec<PeerAddress> =
            (0..validators).map(|node| network.peer_address(node).parse().unwrap()).collect();
        let validators = peers.iter().map(|peer| peer.peer_id).collect();
        let config = HostConfig {
            key: NodeKey::from_seed(&mut seed),
            ledger_id: network.ledger_id(),
            listen: network.nodes()[node].config().network.listen.parse().unwrap(),
            peers,
            limits: Limits::default(),
        };
        let (host, events, lanes) = Host::spawn(config).await.unwrap();
        Self { host, events, inbox: lanes.attend().1, validators }
    }

    /// Waits until a validator gives it the blocks from height 1 on, and gives what it said.
    async fn blocks(&self, validator: PeerId) -> Vec<u8> {
        let request = [1_u64.to_be_bytes(), 5_u64.to_be_bytes()].concat();
        until("a validator gives blocks", || async {
            let answer = self.host.ask(validator, request.clone().into()).await.ok()?;
            (answer.len() > 1_000).then(|| answer.to_vec())
        })
        .await
    }
}

fn says(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_that_may_not_read_gets_no_opening_whomever_it_asks() {
    let mut network = network().await;
    let service = network.ledger().services[0].clone();
    let receipt = recorded(&network, 0, &service, "one").await;
    has_all(&network, 1, &[receipt.index()]).await;
    network.agreed().await;
    network.node(COURT).terminate().await;

    let mut curious = Curious::in_place_of(&network, COURT, VALIDATORS).await;
    for validator in curious.validators.clone() {
        assert!(!says(&curious.blocks(validator).await, SECRET), "blocks are given without openings");
        let header = &receipt.file().receipts()[0].header;
        let position = u32::try_from(receipt.index() - header.log_size_before).unwrap();
        let question =
            OpeningsQuestion { height: header.height, block_hash: header.hash(), positions: vec![position] };
        let answer = curious.host.openings(validator, &question).await.unwrap();
        let nothing = OpeningsAnswer { entries: Vec::new(), rest: Unopened::Unsaid };
        assert_eq!(answer, Some(nothing));
    }
    // What is sent to it unasked while something is recorded: votes, and nothing that holds an opening.
    let hears = |presence: &bulla_network::Presence| {
        curious
            .validators
            .iter()
            .all(|validator| presence.get(validator).is_some_and(|peer| peer.heard.is_some()))
    };
    curious.inbox.presence.wait_for(hears).await.unwrap();
    deposited(&network, 0, &service, "two").await;
    let voted = async { while says(&curious.inbox.votes.recv().await.unwrap().frame, SECRET) {} };
    tokio::time::timeout(LIMIT, voted).await.unwrap();
    assert!(curious.inbox.parts.try_recv().is_err(), "parts of blocks hold openings");
    while let Ok(event) = curious.events.try_recv() {
        assert!(!matches!(event, NetworkEvent::Relay { .. }), "so do transactions on their way");
    }
    curious.host.shutdown().await;
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_that_loses_its_role_is_sent_nothing_of_the_heights_that_follow() {
    let mut network = network().await;
    let service = network.ledger().services[0].clone();
    let supervisor = network.ledger().operators[SUPERVISOR].number();
    network.node(SUPERVISOR).terminate().await;
    let mut curious = Curious::in_place_of(&network, SUPERVISOR, VALIDATORS).await;
    let hears = |presence: &bulla_network::Presence| {
        let peers = curious.validators.iter().map(|validator| presence.get(validator));
        peers.into_iter().all(|peer| peer.is_some_and(|peer| peer.heard.is_some()))
    };
    curious.inbox.presence.wait_for(hears).await.unwrap();
    let before = recorded(&network, 0, &service, "before").await;
    let part = async { while !says(&curious.inbox.parts.recv().await.unwrap().frame, SECRET) {} };
    tokio::time::timeout(LIMIT, part).await.unwrap();

    let roles = Roles::new([Role::Judicial]).unwrap();
    let change = Action::ChangeRoles(ChangeRoles { member: supervisor, roles, grounds: None });
    decide(&network, &network.client(0).await, vec![change]).await;
    let changed = network.agreed().await.height;
    for number in 0..5 {
        entitled(&network, number % VALIDATORS, &service, &format!("after {number}"), LATER).await;
    }
    assert!(network.agreed().await.height > changed);
    while let Ok(frame) = curious.inbox.parts.try_recv() {
        assert!(!says(&frame.frame, LATER), "a part of a block after height {changed}");
    }
    while let Ok(event) = curious.events.try_recv() {
        let NetworkEvent::Relay { batch, .. } = event else { continue };
        assert!(!says(&batch, LATER), "a transaction on its way");
    }
    let header = &before.file().receipts()[0].header;
    let position = u32::try_from(before.index() - header.log_size_before).unwrap();
    let question =
        OpeningsQuestion { height: header.height, block_hash: header.hash(), positions: vec![position] };
    for validator in curious.validators.clone() {
        let answer = curious.host.openings(validator, &question).await.unwrap();
        assert_eq!(answer, Some(OpeningsAnswer { entries: Vec::new(), rest: Unopened::Unsaid }));
    }
    curious.host.shutdown().await;
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_false_opening_names_its_sender_and_a_true_one_is_taken_from_whoever_has_it() {
    let mut network = Network::of(1)
        .observer_of(Role::Supervisor)
        .parameters(|parameters| parameters.entry_access = AccessToEntries::Members)
        .start()
        .await;
    network.node(1).terminate().await;
    let mut liar = Curious::in_place_of(&network, 1, 1).await;
    let connected =
        async { while !matches!(liar.events.recv().await.unwrap(), NetworkEvent::Connected { .. }) {} };
    tokio::time::timeout(LIMIT, connected).await.unwrap();

    // The owner keeps the opening to itself: nobody who takes part has it.
    let service = network.ledger().services[0].operator();
    let client = network.client(0).await;
    let request = DepositRequest { title: Some(SECRET.to_owned()), ..deposit("kept") };
    let whole = client.transaction().signer(&service).action(request).build().unwrap();
    let (transaction, openings) = whole.into_parts();
    let bare = Submission::new(transaction, Vec::new()).unwrap();
    let index = client.submit_and_wait(&bare).await.unwrap().index();

    let wrong = Opening { value: "别的题名".as_bytes().to_vec().into(), ..openings[0].clone() };
    liar.asked_for_openings().await.answer(vec![wrong]);
    network.nodes()[0].logs(&["a peer sent openings that no honest node sends", "OPENING_MISMATCH"]).await;
    let refused = || async {
        let refused = network.nodes()[0].metric("bulla_openings_refused_total").await;
        (refused == 1).then_some(())
    };
    until("the node counts it", refused).await;
    assert_eq!(kept(&network, 0, index).await, Some(0));

    liar.asked_for_openings().await.answer(openings);
    has_all(&network, 0, &[index]).await;
    liar.host.shutdown().await;
    network.close().await;
}

/// A question of a node, to be answered.
struct Asked {
    position: u32,
    reply: OpeningsReply,
}

impl Asked {
    fn answer(self, openings: Vec<Opening>) {
        let entries = vec![EntryOpenings { position: self.position, openings }];
        self.reply.give(&OpeningsAnswer { entries, rest: Unopened::NotKept });
    }
}

impl Curious {
    async fn asked_for_openings(&mut self) -> Asked {
        let asked = async {
            loop {
                if let NetworkEvent::Openings { question, reply, .. } = self.events.recv().await.unwrap() {
                    return Asked { position: question.positions[0], reply };
                }
            }
        };
        tokio::time::timeout(LIMIT, asked).await.unwrap()
    }
}
