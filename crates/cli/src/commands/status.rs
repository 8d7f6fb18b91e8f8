//! `bulla status`: how the ledger is, by the first of the configured nodes that answers.

use bulla_types::{BlockTime, Lang, LedgerClass, proto};
use serde::Serialize;

use crate::context::{Context, Link};
use crate::failure::{Failure, exit};
use crate::messages::{
    BLOCK_HEIGHT, HEALTH, HEIGHT, LEDGER, LOG_ROOT, LOG_SIZE, MEMBER, MEMPOOL, NO, NODE, NODE_CLOCK,
    OBSERVER, PEER, PEERS_OF, REACHED, ROLE, SOFTWARE, STATE_ROOT, TIME, VALIDATOR, YES,
};
use crate::output::{Show, facts, table};
use crate::words::{self, Word};
use crate::{survey, when};

/// Whether the ledger is ready, as a node sees it; exit code 0 ready, 3 not | 账本是否就绪（退出码 0 就绪，3 未就绪）
#[derive(clap::Args)]
pub(crate) struct Arguments {}

impl Arguments {
    #[allow(clippy::unused_self, reason = "as every command")]
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        let config = context.config()?;
        let link = Link::of(&config)?;
        let mut answers = context.run(survey::survey(&config.endpoints, &link, |_| true))?;
        // A survey has at least one answer.
        let first = answers.swap_remove(0);
        context.show(&Status::new(first.endpoint, &first.status))
    }
}

/// How a node says it is.
#[derive(Serialize)]
struct Status {
    endpoint: String,
    health: &'static str,
    /// A stable reason code; empty when ready.
    health_reason: String,
    ledger_id: String,
    ledger_name: String,
    ledger_class: &'static str,
    software_version: String,
    role: &'static str,
    /// The validator's address; empty for an observer.
    address: String,
    height: u64,
    log_size: u64,
    block_hash: String,
    log_root: String,
    state_root: String,
    block_time: String,
    block_time_ms: u64,
    /// By the node's clock, which on a ledger for tests may be another than that of the world.
    clock: String,
    clock_ms: u64,
    /// How many times as fast as its machine's it runs; 0 when it stands still.
    clock_speed: u32,
    mempool_transactions: u64,
    mempool_bytes: u64,
    validators: u64,
    peers: Vec<Peer>,
    #[serde(skip)]
    state: proto::NodeHealth,
}

#[derive(Serialize)]
struct Peer {
    member: u64,
    peer_id: String,
    validator: bool,
    connected: bool,
    height: u64,
}

impl Status {
    fn new(endpoint: String, status: &proto::GetStatusResponse) -> Self {
        let classes = LedgerClass::ALL.iter();
        let class = classes.copied().find(|class| i32::from(class.number()) == status.ledger_class);
        Self {
            endpoint,
            health: status.health().code(),
            health_reason: status.health_reason.clone(),
            ledger_id: hex(&status.ledger_id),
            ledger_name: status.ledger_name.clone(),
            ledger_class: class.map_or("unknown", Word::code),
            software_version: status.software_version.clone(),
            role: if status.validator { "validator" } else { "observer" },
            address: hex(&status.address),
            height: status.height,
            log_size: status.log_size,
            block_hash: hex(&status.block_hash),
            log_root: hex(&status.log_root),
            state_root: hex(&status.state_root),
            block_time: when::show(BlockTime(status.block_time_ms)),
            block_time_ms: status.block_time_ms,
            clock: when::show(BlockTime(status.clock_ms)),
            clock_ms: status.clock_ms,
            clock_speed: status.clock_speed,
            mempool_transactions: status.mempool_transactions,
            mempool_bytes: status.mempool_bytes,
            validators: status.validators,
            peers: status.peers.iter().map(Peer::new).collect(),
            state: status.health(),
        }
    }

    fn health(&self, lang: Lang) -> String {
        match self.health_reason.as_str() {
            "" => self.state.of(lang).to_owned(),
            reason => format!("{} [{reason}]", self.state.of(lang)),
        }
    }
}

impl Peer {
    fn new(peer: &proto::PeerStatus) -> Self {
        let proto::PeerStatus { member, peer_id, connected, validator, height } = peer.clone();
        Self { member, peer_id, validator, connected, height }
    }
}

impl Show for Status {
    fn text(&self, lang: Lang) -> String {
        let role = |validator: bool| if validator { VALIDATOR } else { OBSERVER }.of(lang).to_owned();
        let head = facts([
            (HEALTH.of(lang), self.health(lang)),
            (LEDGER.of(lang), {
                let class = words::of_code::<LedgerClass>(self.ledger_class, lang);
                format!("{} ({class}) {}", self.ledger_name, self.ledger_id)
            }),
            (NODE.of(lang), format!("{} ({})", self.endpoint, role(!self.address.is_empty()))),
            (SOFTWARE.of(lang), self.software_version.clone()),
            (BLOCK_HEIGHT.of(lang), self.height.to_string()),
            (TIME.of(lang), self.block_time.clone()),
            (NODE_CLOCK.of(lang), {
                let speed =
                    if self.clock_speed == 1 { String::new() } else { format!(" (x{})", self.clock_speed) };
                self.clock.clone() + &speed
            }),
            (LOG_SIZE.of(lang), self.log_size.to_string()),
            (LOG_ROOT.of(lang), self.log_root.clone()),
            (STATE_ROOT.of(lang), self.state_root.clone()),
            (MEMPOOL.of(lang), format!("{} ({} B)", self.mempool_transactions, self.mempool_bytes)),
            (PEERS_OF.of(lang), {
                let connected = self.peers.iter().filter(|peer| peer.connected).count();
                format!("{connected}/{}", self.peers.len())
            }),
        ]);
        let heading = [MEMBER, ROLE, REACHED, HEIGHT, PEER].map(|text| text.of(lang));
        let rows = self.peers.iter().map(|peer| {
            let reached = if peer.connected { YES } else { NO }.of(lang).to_owned();
            let height = if peer.height == 0 { String::new() } else { peer.height.to_string() };
            [peer.member.to_string(), role(peer.validator), reached, height, peer.peer_id.clone()]
        });
        if self.peers.is_empty() { head } else { format!("{head}\n\n{}", table(heading, rows)) }
    }

    fn exit(&self) -> u8 {
        if self.state == proto::NodeHealth::Ready { exit::OK } else { exit::NOT_READY }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(health: proto::NodeHealth) -> Status {
        let status =
            proto::GetStatusResponse { health: health.into(), ledger_class: 1, ..Default::default() };
        Status::new("http://127.0.0.1:7000".to_owned(), &status)
    }

    #[test]
    fn only_a_ready_node_gives_exit_code_0() {
        use proto::NodeHealth::{DiskFull, Failed, NoQuorum, Ready, Syncing, Unspecified};
        assert_eq!(status(Ready).exit(), exit::OK);
        for (health, code) in [
            (NoQuorum, "no_quorum"),
            (Syncing, "syncing"),
            (DiskFull, "disk_full"),
            (Failed, "failed"),
            (Unspecified, "unknown"),
        ] {
            let status = status(health);
            assert_eq!((status.exit(), status.health), (exit::NOT_READY, code));
        }
    }

    #[test]
    fn the_class_of_the_ledger_is_named() {
        assert_eq!(status(proto::NodeHealth::Ready).ledger_class, "test");
    }
}
