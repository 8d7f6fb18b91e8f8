//! A node without room: it stops taking in, serves reads, and goes on when there is room.

use bulla_node::config::NodeLimits;
use bulla_tests::deposits::submission;
use bulla_tests::{Load, Network, SmallDisk};
use bulla_types::proto::NodeHealth;
use tonic::Code;

const FULL: usize = 3;
const MIB: u64 = 1 << 20;

async fn assert_admits_nothing(network: &Network) {
    let node = &network.nodes()[FULL];
    let status = node.is(NodeHealth::DiskFull).await;
    assert_eq!(status.health_reason, "DISK_FULL");
    assert_eq!(node.get("/healthz").await.status, 503);
    let refused =
        node.wire().submit(submission(network.ledger_id(), &network.service(), "合同").encode()).await;
    let refused = refused.unwrap_err();
    assert_eq!((refused.reason.as_deref(), refused.code), (Some("DISK_FULL"), Code::Unavailable));
    assert_eq!(node.get("/v1/entries/0").await.status, 200, "reads go on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_below_its_floor_of_free_space_admits_nothing_and_catches_up_when_the_floor_is_lower() {
    let mut network = Network::of(4).start().await;
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    network.node(FULL).terminate().await;
    network.node(FULL).configure(|config| config.limits.disk_free_bytes_min = 1 << 60);
    network.node(FULL).start();
    assert_admits_nothing(&network).await;
    load.goes_on(50).await;
    network.node(FULL).terminate().await;
    network.node(FULL).configure(|config| config.limits.disk_free_bytes_min = 0);
    network.node(FULL).start();
    network.ready().await;
    let acknowledged = load.stop().await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, FULL, tip.log_size).await;
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_stops_a_node_cleanly_and_it_resumes_by_itself_when_there_is_room() {
    let Some(disk) = SmallDisk::mount(256 * MIB) else {
        eprintln!("not shown: this process may not mount a file system");
        return;
    };
    let limits =
        NodeLimits { disk_reserve_bytes: 8 * MIB, disk_free_bytes_min: 16 * MIB, ..NodeLimits::default() };
    let mut network = Network::of(4).limits(FULL, limits).found().await;
    network.node(FULL).configure(|config| config.data = disk.path().join("data"));
    (0..4).for_each(|node| network.node(node).start());
    network.ready().await;
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    disk.fill(12 * MIB);
    assert_admits_nothing(&network).await;
    load.goes_on(100).await;
    disk.empty();
    network.ready().await;
    let acknowledged = load.stop().await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, FULL, tip.log_size).await;
    network.close().await;
}
