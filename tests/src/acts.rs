//! Acts of the registration bodies on a network that runs, and what nodes say of them.

use std::time::Duration;

use bulla_client::{Client, TransactionBuilder, VerifiedReceipt};
use bulla_crypto::{SecretKey, key_file};
use bulla_fixtures::organisation;
use bulla_types::proto::GetStatusResponse;
use bulla_types::{
    Action, Address, ChangeKeyStatus, ChangeValidators, EnrolKey, KeyChange, KeyId, KeyPurpose, MemberNumber,
    Role, ValidatorChange,
};
use rand_core::OsRng;

use crate::founding::Member;
use crate::load::Load;
use crate::network::Network;
use crate::wait::until;

/// A node that is kept out calls every half minute at least; then it has to catch up.
pub const LET_IN_WITHIN: Duration = Duration::from_secs(180);

/// Begins an act that the registration bodies sign, as many as their threshold asks.
#[must_use]
pub fn act_of_bodies(network: &Network, client: &Client) -> TransactionBuilder {
    let bodies = network.ledger().operators.iter().take(3);
    bodies.fold(client.transaction(), |act, body| act.signer(&body.administrator()))
}

/// Carries out an act of the registration bodies, by way of a node that runs.
pub async fn decide(network: &Network, client: &Client, actions: Vec<Action>) -> VerifiedReceipt {
    submit(client, act_of_bodies(network, client), actions).await
}

/// Carries out an act of one member on itself.
pub async fn decide_alone(client: &Client, member: &Member, actions: Vec<Action>) -> VerifiedReceipt {
    submit(client, client.transaction().signer(&member.administrator()), actions).await
}

async fn submit(client: &Client, act: TransactionBuilder, actions: Vec<Action>) -> VerifiedReceipt {
    let act = actions.into_iter().fold(act, TransactionBuilder::action);
    client.submit_and_wait(&act.build().unwrap()).await.unwrap()
}

/// A change of validators: the power of each key from the next height on.
#[must_use]
pub fn change_validators(changes: &[(KeyId, u64)]) -> Action {
    let change = |&(key_id, power)| ValidatorChange { key_id, power };
    Action::ChangeValidators(ChangeValidators::new(changes.iter().map(change).collect()))
}

/// The enrolment of a key, within the transaction that is begun.
#[must_use]
pub fn enrol_key(
    act: &TransactionBuilder,
    member: MemberNumber,
    purpose: KeyPurpose,
    key: &SecretKey,
) -> Action {
    Action::EnrolKey(EnrolKey { member, key: act.declare_key(purpose, key) })
}

/// The retirement of a key.
#[must_use]
pub fn retire(key_id: KeyId) -> Action {
    Action::ChangeKeyStatus(ChangeKeyStatus { key_id, change: KeyChange::Retire })
}

/// The enrolment of a registration body that a node belongs to, with the keys of the node.
#[must_use]
pub fn enrol_body_of(network: &Network, node: usize, act: &TransactionBuilder) -> Action {
    let config = network.nodes()[node].config();
    let declare = |purpose, path| act.declare_key(purpose, &key_file::read(path, None).unwrap());
    let keys = vec![
        declare(KeyPurpose::Consensus, config.keys.consensus.as_deref().unwrap()),
        declare(KeyPurpose::Note, &config.keys.note),
        declare(KeyPurpose::Peer, &config.keys.peer),
        act.declare_key(KeyPurpose::Administer, &SecretKey::generate(&mut OsRng)),
    ];
    Action::EnrolMember(organisation(900, "后来的登记机构", &[Role::RegistrationBody], keys))
}

/// The CONSENSUS key that a node is configured with.
#[must_use]
pub fn consensus_key_of(network: &Network, node: usize) -> SecretKey {
    let path = network.nodes()[node].config().keys.consensus.clone().unwrap();
    key_file::read(&path, None).unwrap()
}

/// The address under which a node validates with that key.
#[must_use]
pub fn address_of(network: &Network, node: usize) -> Address {
    Address::of(consensus_key_of(network, node).public_key())
}

/// Waits until a node says that it validates under this address, or under none.
pub async fn validates_as(network: &Network, node: usize, address: Option<Address>) -> GetStatusResponse {
    let expected = address.map(|address| address.as_bytes().to_vec()).unwrap_or_default();
    until(&format!("node {node} validates as {address:?}"), || async {
        let status = network.nodes()[node].status().await?;
        (status.address == expected && status.validator == address.is_some()).then_some(status)
    })
    .await
}

/// The ledger goes on without this validator: of four the others are all needed, and all vote.
pub async fn goes_on_without(network: &mut Network, node: usize, by_way_of: usize) {
    network.node(node).kill();
    let load = Load::on(network, by_way_of).await;
    load.reaches(10).await;
    load.stop().await;
    network.node(node).start();
    network.ready().await;
}

/// How often a node has cut somebody off whom it let in before.
#[must_use]
pub fn cut_off_by(network: &Network, node: usize) -> usize {
    network.nodes()[node].log().matches("peer removed from the list").count()
}
