//! The second body takes another key for every purpose.
//!
//! Its people's keys (OPERATE, ADMINISTER, AUDIT) change by entries alone. The node is started again with its new NOTE
//! and PEER keys, and with its new CONSENSUS key beside the present one; from the height at which the ledger exchanges
//! the two it signs with the new one, without another start. A last start comes when the former file goes.

use std::path::PathBuf;

use bulla_client::{Client, Signer, Submitted, TransactionBuilder};
use bulla_crypto::{SecretKey, key_file};
use bulla_types::proto::NodeHealth;
use bulla_types::{KeyId, KeyPurpose, MemberNumber};
use rand_core::OsRng;

use super::{FIRST, SECOND, STAYS, STAYS_TOO, Story, address, node_keys};
use crate::acts::{change_validators, consensus_key_of, decide, enrol_key, retire, validates_as};
use crate::deposits::submission;
use crate::network::Network;

/// Keys that a body's people hold.
pub(super) struct PeopleKeys {
    member: MemberNumber,
    operate: SecretKey,
    administer: SecretKey,
    audit: SecretKey,
}

impl PeopleKeys {
    /// Those of the second, which enrols a key for audits besides those that it was founded with.
    pub(super) async fn of_second(network: &Network, client: &Client) -> Self {
        let body = &network.ledger().operators[SECOND];
        let audit = SecretKey::generate(&mut OsRng);
        let act = client.transaction().signer(&body.administrator());
        let enrolled = enrol_key(&act, body.number(), KeyPurpose::Audit, &audit);
        client.submit_and_wait(&act.action(enrolled).build().unwrap()).await.unwrap();
        let (operate, administer) = (body.operate_key().clone(), body.administer_key().clone());
        Self { member: body.number(), operate, administer, audit }
    }

    fn new(member: MemberNumber) -> Self {
        let [operate, administer, audit] = std::array::from_fn(|_| SecretKey::generate(&mut OsRng));
        Self { member, operate, administer, audit }
    }

    fn with_purposes(&self) -> [(KeyPurpose, &SecretKey); 3] {
        [
            (KeyPurpose::Operate, &self.operate),
            (KeyPurpose::Administer, &self.administer),
            (KeyPurpose::Audit, &self.audit),
        ]
    }

    fn signer(&self, key: &SecretKey) -> Signer {
        Signer::new(self.member, key.clone())
    }

    /// What the ledger answers to each of the keys where it is of use: none, or the reason of refusal. The keys deposit,
    /// administer and read.
    pub(super) async fn answers(&self, network: &Network) -> [Option<String>; 3] {
        let client = network.client(STAYS).await;
        let deposit = submission(client.ledger_id(), &self.signer(&self.operate), "登记机构自己的文件");
        // To retire a key that nobody has: refused for the key that signs, or else for the one that it names.
        let nobodys = KeyId::of(SecretKey::generate(&mut OsRng).public_key());
        let act = client.transaction().signer(&self.signer(&self.administer)).action(retire(nobodys));
        let reads = client.clone().reading_as(self.signer(&self.audit)).unwrap();
        let reason = |error: bulla_client::ClientError| Some(error.reason().unwrap().as_str().to_owned());
        [
            client.submit_and_wait(&deposit).await.map_or_else(reason, |_| None),
            client.submit_and_wait(&act.build().unwrap()).await.map_or_else(reason, |_| None),
            reads.subscribe(0).await.map_or_else(reason, |_| None),
        ]
    }
}

/// Keys that a node holds, in files.
struct NodeKeys {
    consensus: (PathBuf, SecretKey),
    note: (PathBuf, SecretKey),
    peer: (PathBuf, SecretKey),
}

impl NodeKeys {
    fn make(network: &Network) -> Self {
        let make = |name: &str| {
            let (path, key) = (network.folder().join(name), SecretKey::generate(&mut OsRng));
            key_file::write(&path, &key, None).unwrap();
            (path, key)
        };
        Self { consensus: make("consensus-2.pem"), note: make("note-2.pem"), peer: make("peer-2.pem") }
    }

    fn with_purposes(&self) -> [(KeyPurpose, &SecretKey); 3] {
        [
            (KeyPurpose::Consensus, &self.consensus.1),
            (KeyPurpose::Note, &self.note.1),
            (KeyPurpose::Peer, &self.peer.1),
        ]
    }
}

impl Story {
    /// Gives the new keys of its people.
    pub(super) async fn the_second_takes_other_keys(
        &mut self,
        former: PeopleKeys,
        fifth: usize,
    ) -> PeopleKeys {
        self.phase("the second's node starts with other keys");
        let former_consensus = consensus_key_of(&self.network, SECOND);
        let [former_note, former_peer] = node_keys(&self.network, SECOND);
        let (node, people) = (NodeKeys::make(&self.network), PeopleKeys::new(former.member));
        let act = self.client.transaction().signer(&former.signer(&former.administer));
        let keys = node.with_purposes().into_iter().chain(people.with_purposes());
        let actions: Vec<_> =
            keys.clone().map(|(purpose, key)| enrol_key(&act, former.member, purpose, key)).collect();
        let act = actions.into_iter().fold(act, TransactionBuilder::action);
        let enrolled = self.client.submit_and_wait(&act.build().unwrap()).await.unwrap();
        self.in_force.extend(keys.map(|(_, key)| KeyId::of(key.public_key())));
        self.committed(&enrolled, &[STAYS, STAYS_TOO, fifth]).await;

        // Under its new name nobody can call it where the former one is configured: it calls all others itself.
        let (gone, come) = (self.network.peer_address(FIRST), self.network.peer_address(fifth));
        self.network.node(SECOND).terminate().await;
        self.network.node(SECOND).configure(|config| {
            config.keys.note = node.note.0;
            config.keys.peer = node.peer.0;
            config.keys.consensus_besides = vec![node.consensus.0.clone()];
            config.network.peers.retain(|peer| *peer != gone);
            config.network.peers.push(come);
        });
        self.network.node(SECOND).start();
        self.network.nodes()[SECOND].is(NodeHealth::Ready).await;
        self.goes_on().await;

        self.phase("the second votes with another key");
        let former_id = KeyId::of(former_consensus.public_key());
        let new_id = KeyId::of(node.consensus.1.public_key());
        let exchange = change_validators(&[(former_id, 0), (new_id, 1)]);
        decide(&self.network, &self.client, vec![exchange]).await;
        validates_as(&self.network, SECOND, Some(address(&node.consensus.1))).await;
        self.goes_on().await;

        self.phase("the second's former keys end");
        let mut ended = vec![former_id, former_note, former_peer];
        ended.extend(former.with_purposes().map(|(_, key)| KeyId::of(key.public_key())));
        let act = self.client.transaction().signer(&people.signer(&people.administer));
        let act = ended.iter().copied().map(retire).fold(act, TransactionBuilder::action);
        self.client.submit_and_wait(&act.build().unwrap()).await.unwrap();
        self.ended.extend(ended);
        self.network.rotate_people_keys(SECOND, people.operate.clone(), people.administer.clone());
        let retired = || Some("KEY_RETIRED".to_owned());
        assert_eq!(former.answers(&self.network).await, [retired(), retired(), retired()]);
        let known = [None, Some("KEY_UNKNOWN".to_owned()), None];
        assert_eq!(people.answers(&self.network).await, known, "its own keys are in force");
        self.goes_on().await;

        self.phase("the second's node starts without the former key");
        self.network.node(SECOND).terminate().await;
        self.network.node(SECOND).configure(|config| {
            config.keys.consensus = Some(node.consensus.0);
            config.keys.consensus_besides = Vec::new();
        });
        self.network.node(SECOND).start();
        self.network.nodes()[SECOND].is(NodeHealth::Ready).await;
        validates_as(&self.network, SECOND, Some(address(&node.consensus.1))).await;
        self.its_tickets_bear(KeyId::of(node.note.1.public_key())).await;
        self.goes_on().await;
        people
    }

    /// Tickets of the second are signed with this key.
    async fn its_tickets_bear(&self, note: KeyId) {
        let by_way_of = self.network.client(SECOND).await.reading_as(self.network.service()).unwrap();
        let request = submission(self.network.ledger_id(), &self.network.service(), "凭证");
        let Submitted::Admitted(ticket) = by_way_of.submit(&request).await.unwrap() else {
            panic!("it is new")
        };
        assert_eq!(ticket.note_key_id, note);
        by_way_of.verify_ticket(&ticket).await.unwrap();
    }
}
