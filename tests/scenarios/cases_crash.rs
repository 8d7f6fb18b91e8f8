//! Cases whose nodes crash, and nodes that were away.

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex};

use bulla_client::{Client, ClientError, ProfileRef, Signer, StepBuilder, Trust, VerifiedReceipt};
use bulla_crypto::key_file;
use bulla_tests::bulla::bulla;
use bulla_tests::wire::Wire;
use bulla_tests::{findings, until};
use bulla_types::proto::GetStatusResponse;
use bulla_types::{Content, Entry, MemberNumber, Subject, SystemEvent};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::agency::{PROFILE, Venue};

const DAY_MS: u64 = 86_400_000;
const DAY_A_SECOND: u32 = 86_400;

/// Offers that have lapsed before the crash.
const LAPSED: usize = 2;

/// Offers that are acknowledged in its midst.
const LOAD: usize = 12;

/// Offers made, each acknowledged by a verified receipt.
type Acknowledged = Arc<Mutex<Vec<VerifiedReceipt>>>;

fn nodes(venue: &Venue<'_>) -> Vec<Value> {
    venue.localnet.is("status", &[]).json["nodes"].as_array().unwrap().clone()
}

/// SIGKILL, for these nodes; waits until their folders are free. A process that was killed holds its files a moment
/// longer than it is seen.
async fn kill(killed: &[Value]) {
    for node in killed {
        let pid = i32::try_from(node["pid"].as_i64().unwrap()).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
    }
    until("the folders of the killed are free", || {
        let free = killed.iter().all(|node| {
            let lock = Path::new(node["data"].as_str().unwrap()).join("LOCK");
            File::open(lock).unwrap().try_lock().is_ok()
        });
        std::future::ready(free.then_some(()))
    })
    .await;
}

fn endpoint(node: &Value) -> &str {
    node["grpc"].as_str().unwrap()
}

fn wire(node: &Value) -> Wire {
    Wire::to(endpoint(node).strip_prefix("http://").unwrap().parse().unwrap())
}

/// Lets the clock of all nodes run a day a second. They read it from a file, and not at once.
async fn hasten(venue: &Venue<'_>, nodes: &[Value]) {
    assert_eq!(venue.localnet.is("clock", &["--speed", &DAY_A_SECOND.to_string()]).code, 0);
    until("all nodes go a day a second", || async {
        for node in nodes {
            if wire(node).status().await?.clock_speed != DAY_A_SECOND {
                return None;
            }
        }
        Some(())
    })
    .await;
}

/// Waits until all nodes stand at one height, with the same roots.
async fn agreed(nodes: &[Value]) -> GetStatusResponse {
    let wires: Vec<Wire> = nodes.iter().map(wire).collect();
    until("all nodes stand at one height, and nothing waits", || async {
        let mut statuses = Vec::new();
        for wire in &wires {
            statuses.push(wire.status().await?);
        }
        let first = statuses[0].clone();
        let at_rest =
            |status: &GetStatusResponse| status.height == first.height && status.mempool_transactions == 0;
        if !statuses.iter().all(at_rest) {
            return None;
        }
        for status in &statuses {
            let roots = |status: &GetStatusResponse| {
                [&status.block_hash, &status.log_root, &status.state_root].map(Clone::clone)
            };
            assert_eq!(roots(status), roots(&first), "two ledgers at height {}", first.height);
        }
        Some(first)
    })
    .await
}

/// Whoever makes offers, by way of one node.
struct Offeror {
    client: Client,
    signer: Signer,
    offeree: MemberNumber,
}

impl Offeror {
    async fn at(venue: &Venue<'_>, node: &Value) -> Self {
        let key = key_file::read(&venue.path("offeror.pem"), None).unwrap();
        Self {
            client: Client::connect(&[endpoint(node)], None, Trust::Ledger(venue.ledger_id())).await.unwrap(),
            signer: Signer::new(member(venue, "offeror"), key),
            offeree: member(venue, "offeree"),
        }
    }

    /// An offer, and its receipt.
    async fn make(&self) -> Result<VerifiedReceipt, ClientError> {
        let adopted = self.client.profile(&ProfileRef::InForce(PROFILE.parse().unwrap())).await?;
        let step = StepBuilder::opening(self.client.ledger_id(), &adopted, "offer", "make").unwrap();
        let step = step.name_party("offeree", self.offeree).unwrap();
        let step = step.actor("offeror", self.signer.member()).unwrap();
        let step = step.field("price", "1250000").unwrap().field("title", "甲").unwrap().finish().unwrap();
        let (submission, _) =
            self.client.transaction().signer(&self.signer).action(step).build_keeping().unwrap();
        self.client.submit_and_wait(&submission).await
    }

    /// Makes offers one after another, until the node is gone.
    async fn make_on(self, made: Acknowledged) {
        while let Ok(receipt) = self.make().await {
            made.lock().unwrap().push(receipt);
        }
    }
}

/// Cases of offers, and how many of them have lapsed.
fn offers(venue: &Venue<'_>) -> (usize, usize) {
    let cases = venue.localnet.done("trade list --ended --limit 200");
    let cases = cases["cases"].as_array().unwrap();
    let offers = cases.iter().filter(|case| case["procedure"]["name"] == "offer");
    let lapsed = offers.clone().filter(|case| case["state"]["name"] == "expired");
    (offers.count(), lapsed.count())
}

/// The log, entry by entry.
async fn log_of(endpoint: &str, venue: &Venue<'_>, size: u64) -> Vec<Entry> {
    let client = Client::connect(&[endpoint], None, Trust::Ledger(venue.ledger_id())).await.unwrap();
    let mut log = client.subscribe(0).await.unwrap();
    let mut entries = Vec::new();
    while (entries.len() as u64) < size {
        entries.push(log.next().await.unwrap().unwrap().entry);
    }
    entries
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn steps_that_were_acknowledged_and_deadlines_that_came_meanwhile_survive_the_death_of_all_nodes() {
    let folder = tempfile::tempdir().unwrap();
    let venue = Venue::found(folder.path(), &["--validators", "4", "--observers", "0"]);
    // A node that is away while rules and calendar are put in force follows by them when it is back.
    let all = nodes(&venue);
    kill(&all[3..]).await;
    venue.adopt();
    venue.enrol();
    venue.authority();
    venue.localnet.start(&[]);
    let all = nodes(&venue);
    agreed(&all).await;

    hasten(&venue, &all).await;
    let made = Acknowledged::default();
    let first = Offeror::at(&venue, &all[0]).await;
    for _ in 0..LAPSED {
        let receipt = first.make().await.unwrap();
        made.lock().unwrap().push(receipt);
    }
    until("the first offers have lapsed", || async { (offers(&venue).1 == LAPSED).then_some(()) }).await;
    let mut making = JoinSet::new();
    for node in &all {
        making.spawn(Offeror::at(&venue, node).await.make_on(Arc::clone(&made)));
    }
    until("offers are made", || async { (made.lock().unwrap().len() >= LAPSED + LOAD).then_some(()) }).await;
    kill(&all).await;
    making.shutdown().await;
    for node in &all {
        let data = Path::new(node["data"].as_str().unwrap());
        assert_eq!(findings(data), Vec::<String>::new(), "as the crash left {}", data.display());
    }

    // The clock runs on: the offers lapse while nobody is there.
    let acknowledged = std::mem::take(&mut *made.lock().unwrap());
    let last = acknowledged.iter().map(|receipt| receipt.entry().time.0).max().unwrap();
    until("a week has passed", || async {
        let clock = venue.localnet.is("clock", &[]).json;
        (clock["time_ms"].as_u64().unwrap() > last + 7 * DAY_MS).then_some(())
    })
    .await;
    venue.localnet.start(&[]);
    let all = nodes(&venue);
    until("every offer has lapsed", || async {
        let (offers, lapsed) = offers(&venue);
        assert!(offers >= acknowledged.len(), "{offers}");
        (lapsed == offers).then_some(())
    })
    .await;
    let tip = agreed(&all).await;
    let (made, _) = offers(&venue);
    for node in &all {
        let log = log_of(endpoint(node), &venue, tip.log_size).await;
        for receipt in &acknowledged {
            let index = usize::try_from(receipt.index()).unwrap();
            assert_eq!(&log[index], receipt.entry(), "{}: entry {index}", endpoint(node));
        }
        let lapse = |entry: &&Entry| match entry.content {
            Content::Event(SystemEvent::DeadlineReached(reached)) => {
                matches!(reached.subject, Subject::Case(_))
            }
            _ => false,
        };
        assert_eq!(log.iter().filter(lapse).count(), made, "{}: each lapses once", endpoint(node));
    }

    assert_eq!(venue.localnet.is("down", &[]).code, 0);
    for node in &all {
        let checked = bulla(["fsck", "--data", node["data"].as_str().unwrap()]);
        assert_eq!((checked.code, &checked.json["clean"]), (0, &json!(true)), "{:#}", checked.json);
    }
}

fn member(venue: &Venue<'_>, name: &str) -> MemberNumber {
    let members = venue.localnet.done("member list");
    let found = members.as_array().unwrap().iter().find(|member| member["name"] == name);
    MemberNumber(found.unwrap()["number"].as_u64().unwrap())
}
