//! Members change while clients deposit at a constant rate: a fifth validator comes, the first leaves, the second takes
//! another key for every purpose, an observer is replaced, and the size of blocks is limited.
//!
//! One story, told for two: a scenario that asserts what does not depend on time, and a program that measures what
//! does. Both run [`run`], which fails when anything acknowledged is lost or a change is not in force.
//!
//! The ledger is closed: it opens its entries to members alone, so that a rotated AUDIT key has something to open.

mod rotation;
mod verdict;

use bulla_client::{Client, VerifiedReceipt};
use bulla_crypto::key_file;
use bulla_types::proto::NodeHealth;
use bulla_types::{
    AccessToEntries, Action, Address, ChangeParameters, KeyId, KeyPurpose, Parameters, StateKey,
};
use tokio::time::Instant;

use crate::acts::{
    LET_IN_WITHIN, act_of_bodies, address_of, change_validators, consensus_key_of, cut_off_by, decide,
    decide_alone, enrol_body_of, enrol_key, retire, validates_as,
};
use crate::deposits::deposit;
use crate::heights::{HeightWatch, SeenHeight};
use crate::network::Network;
use crate::steady::{SteadyLoad, Told};
use crate::wait::until;

use self::rotation::PeopleKeys;

const VALIDATORS: usize = 4;
/// Leaves.
const FIRST: usize = 0;
/// Takes other keys.
const SECOND: usize = 1;
/// Runs from beginning to end with nothing changed: heights are watched here.
const STAYS: usize = 2;
const STAYS_TOO: usize = 3;
/// Is replaced.
const OBSERVER: usize = 4;

/// How the story is told.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Deposits a second, from beginning to end.
    pub rate_per_second: u32,
    /// Deposits acknowledged between one change and the next, at least.
    pub between: usize,
    /// The limit of entries that blocks have in the end; before, it is 10,000.
    pub block_entries_max: u32,
    /// `timeouts.propose_ms` and `timeouts.propose_delta_ms`, where they are not those of other scenarios.
    pub propose_ms: Option<(u32, u32)>,
}

/// What a stretch of time was about.
#[derive(Debug, Clone, Copy)]
pub struct Phase {
    /// In words.
    pub name: &'static str,
    /// It lasted until the next one began.
    pub from: Instant,
}

/// What happened, when all of it holds.
pub struct Outcome {
    /// The phases; the last one, of no length, is the end.
    pub phases: Vec<Phase>,
    /// What the clients were told.
    pub told: Told,
    /// When the node that stays committed each height.
    pub heights: Vec<SeenHeight>,
}

/// The story as far as it has come.
struct Story {
    plan: Plan,
    network: Network,
    /// Acts and reads, by way of nodes that stay.
    client: Client,
    load: SteadyLoad,
    phases: Vec<Phase>,
    /// Receipts that were handed out: before everything, and after each change.
    receipts: Vec<VerifiedReceipt>,
    /// Keys that have ended.
    ended: Vec<KeyId>,
    /// Keys that have taken their place.
    in_force: Vec<KeyId>,
}

/// Tells the story, and proves that it ended well.
pub async fn run(plan: Plan) -> Outcome {
    let propose = plan.propose_ms;
    let network = Network::of(VALIDATORS).observers(1).parameters(|parameters| {
        parameters.entry_access = AccessToEntries::Members;
        if let Some((propose_ms, delta_ms)) = propose {
            (parameters.timeouts.propose_ms, parameters.timeouts.propose_delta_ms) = (propose_ms, delta_ms);
        }
    });
    let network = network.start().await;
    let client = network.client_of(&[STAYS, STAYS_TOO]).await.reading_as(network.service()).unwrap();
    let former = PeopleKeys::of_second(&network, &client).await;
    let before = client.deposit(&network.service(), deposit("变更前的合同")).await.unwrap();

    let load = SteadyLoad::on(&network, &[FIRST, SECOND, STAYS, STAYS_TOO], plan.rate_per_second).await;
    let heights = HeightWatch::on(&network, STAYS).await;
    let (phases, receipts) = (Vec::new(), vec![before]);
    let (ended, in_force) = (Vec::new(), Vec::new());
    let mut story = Story { plan, network, client, load, phases, receipts, ended, in_force };
    story.phase("before");
    story.goes_on().await;
    let fifth = story.a_fifth_validator_comes().await;
    story.the_first_leaves().await;
    let new = story.the_second_takes_other_keys(former, fifth).await;
    let successor = story.the_observer_is_replaced(fifth).await;
    let limited = story.blocks_are_limited().await;
    story.phase("end");
    story.ends_well(&new, [fifth, successor], heights.stop(), limited).await
}

impl Story {
    fn phase(&mut self, name: &'static str) {
        self.phases.push(Phase { name, from: Instant::now() });
    }

    /// Deposits go on, and another receipt is handed out.
    async fn goes_on(&mut self) {
        self.load.goes_on(self.plan.between).await;
        let text = format!("第 {} 次变更后的合同", self.receipts.len());
        self.receipts.push(self.client.deposit(&self.network.service(), deposit(&text)).await.unwrap());
    }

    /// All nodes that are still let in have committed this act.
    async fn committed(&self, act: &VerifiedReceipt, nodes: &[usize]) {
        for node in nodes {
            self.network.nodes()[*node].reaches(act.entry().height.0).await;
        }
    }

    /// The body is enrolled under load, its node follows from the genesis on, and then it validates.
    async fn a_fifth_validator_comes(&mut self) -> usize {
        self.phase("a fifth body's node follows from genesis");
        let fifth = self.network.newcomer(&[FIRST, SECOND, STAYS, STAYS_TOO]);
        let act = act_of_bodies(&self.network, &self.client);
        let enrolled = enrol_body_of(&self.network, fifth, &act);
        let enrolled = self.client.submit_and_wait(&act.action(enrolled).build().unwrap()).await.unwrap();
        self.committed(&enrolled, &[FIRST, SECOND, STAYS, STAYS_TOO]).await;
        self.network.node(fifth).start();
        self.network.nodes()[fifth].is_within(LET_IN_WITHIN, NodeHealth::Ready).await;
        self.phase("the fifth validates");
        let consensus = KeyId::of(consensus_key_of(&self.network, fifth).public_key());
        decide(&self.network, &self.client, vec![change_validators(&[(consensus, 1)])]).await;
        validates_as(&self.network, fifth, Some(address_of(&self.network, fifth))).await;
        self.in_force.push(consensus);
        self.goes_on().await;
        fifth
    }

    /// It validates no more, its clients go elsewhere, and its node is cut off with the keys that end.
    async fn the_first_leaves(&mut self) {
        self.phase("the first validates no more");
        let consensus = KeyId::of(consensus_key_of(&self.network, FIRST).public_key());
        decide(&self.network, &self.client, vec![change_validators(&[(consensus, 0)])]).await;
        validates_as(&self.network, FIRST, None).await;
        self.goes_on().await;
        self.phase("the first is cut off");
        self.load.leave(FIRST);
        let [note, peer] = node_keys(&self.network, FIRST);
        self.is_cut_off(FIRST, &[consensus, note, peer]).await;
        self.goes_on().await;
    }

    /// The member that a node belongs to ends the keys of its node, and every other node cuts it off.
    async fn is_cut_off(&mut self, node: usize, keys: &[KeyId]) {
        let others = [SECOND, STAYS, STAYS_TOO];
        let before = others.map(|other| cut_off_by(&self.network, other));
        let member = &self.network.ledger().operators[node];
        decide_alone(&self.client, member, keys.iter().copied().map(retire).collect()).await;
        for (other, before) in others.into_iter().zip(before) {
            until(&format!("node {other} cuts node {node} off"), || {
                std::future::ready((cut_off_by(&self.network, other) > before).then_some(()))
            })
            .await;
        }
        self.ended.extend(keys);
    }

    /// Another node of the same member, with keys of its own, takes the observer's place.
    async fn the_observer_is_replaced(&mut self, fifth: usize) -> usize {
        self.phase("an observer's successor follows from genesis");
        let successor = self.network.new_observer(&[SECOND, STAYS, STAYS_TOO, fifth]);
        let member = self.network.ledger().operators[OBSERVER].clone();
        let act = self.client.transaction().signer(&member.administrator());
        let config = self.network.nodes()[successor].config();
        let keys = [(KeyPurpose::Note, &config.keys.note), (KeyPurpose::Peer, &config.keys.peer)];
        let enrolled: Vec<Action> = keys
            .into_iter()
            .map(|(purpose, path)| {
                enrol_key(&act, member.number(), purpose, &key_file::read(path, None).unwrap())
            })
            .collect();
        let act = enrolled.into_iter().fold(act, bulla_client::TransactionBuilder::action);
        let enrolled = self.client.submit_and_wait(&act.build().unwrap()).await.unwrap();
        self.committed(&enrolled, &[SECOND, STAYS, STAYS_TOO, fifth]).await;
        self.network.node(successor).start();
        self.network.nodes()[successor].is_within(LET_IN_WITHIN, NodeHealth::Ready).await;
        self.in_force.extend(node_keys(&self.network, successor));
        self.phase("the former observer is cut off");
        self.is_cut_off(OBSERVER, &node_keys(&self.network, OBSERVER)).await;
        self.goes_on().await;
        successor
    }

    /// A limit of blocks changes, by an act that the second signs with its new key. Gives the height of the act.
    async fn blocks_are_limited(&mut self) -> u64 {
        self.phase("blocks are limited");
        let present = self.client.record(&StateKey::Parameters).await.unwrap();
        let present = present.read::<Parameters>().unwrap().unwrap();
        let parameters = Parameters { block_entries_max: self.plan.block_entries_max, ..present.clone() };
        let action = ChangeParameters { former: present.hash(), parameters };
        let limited = decide(&self.network, &self.client, vec![Action::ChangeParameters(action)]).await;
        self.goes_on().await;
        limited.entry().height.0
    }
}

/// The NOTE and the PEER key of a node.
fn node_keys(network: &Network, node: usize) -> [KeyId; 2] {
    let keys = &network.nodes()[node].config().keys;
    [&keys.note, &keys.peer].map(|path| KeyId::of(key_file::read(path, None).unwrap().public_key()))
}

/// Where the second validates with this key.
fn address(key: &bulla_crypto::SecretKey) -> Address {
    Address::of(key.public_key())
}
