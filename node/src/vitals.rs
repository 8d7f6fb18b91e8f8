//! Health and metrics, as the api asks for them.

use std::fmt::Write;
use std::sync::Arc;

use bulla_api::{Assessment, Vitals};
use bulla_chain::Chain;
use bulla_network::HostHandle;
use bulla_types::{Address, proto};

use crate::backups::Backups;
use crate::heads::Heads;
use crate::health::Health;
use crate::openings::Openings;
use crate::powers::powers;

/// What the api may know of the node.
pub(crate) struct NodeVitals {
    pub(crate) chain: Arc<Chain>,
    pub(crate) health: Arc<Health>,
    pub(crate) heads: Arc<Heads>,
    pub(crate) host: HostHandle,
    /// The addresses that this node can sign as.
    pub(crate) addresses: Vec<Address>,
    pub(crate) backups: Arc<Backups>,
    pub(crate) openings: Arc<Openings>,
}

impl Vitals for NodeVitals {
    fn assess(&self) -> Assessment {
        let (health, reason) = self.health.assess();
        let powers = powers(&self.chain);
        let peers = self.health.peers().into_iter().map(|(id, peer)| proto::PeerStatus {
            member: peer.member.0,
            peer_id: id.to_string(),
            connected: peer.connected,
            validator: powers.contains_key(&peer.member),
            height: peer.status.map_or(0, |status| status.height.0),
            newest_protocol_known: peer.status.map_or(0, |status| status.newest_protocol),
        });
        let heads = self.heads.report();
        Assessment {
            health,
            reason,
            peers: peers.collect(),
            confirmed_height: heads.confirmed.0,
            head_alarms: heads.alarms,
            entries_lacking_openings: self.openings.lacking().1,
        }
    }

    fn address(&self) -> Option<Address> {
        self.chain.tip().validators.address_among(&self.addresses)
    }

    /// The engine's own metrics, then the node's under `bulla_`.
    fn metrics(&self) -> String {
        let engine = bulla_consensus::metrics();
        let mut text = String::from(engine.strip_suffix("# EOF\n").unwrap_or(&engine));
        let tip = self.chain.tip();
        let usage = self.chain.mempool().usage();
        let ready = self.health.assess().0 == proto::NodeHealth::Ready;
        let network = self.host.counters().values();
        let heads = self.heads.report();
        let (blocks_lacking, entries_lacking) = self.openings.lacking();
        let protocols = self.chain.protocols();
        let scheduled = self.chain.scheduled_protocol().ok().flatten();
        let gauges = [
            ("bulla_ready", u64::from(ready)),
            ("bulla_height", tip.height),
            ("bulla_log_size", tip.log_size),
            ("bulla_block_time_ms", tip.time.0),
            ("bulla_confirmed_height", heads.confirmed.0),
            ("bulla_head_unconfirmed", u64::from(heads.unconfirmed)),
            ("bulla_protocol_version", tip.parameters.protocol_version.into()),
            ("bulla_protocol_newest_known", protocols.newest().into()),
            ("bulla_protocol_unknown", u64::from(self.chain.unknown_protocol().is_some())),
            ("bulla_protocol_scheduled_version", scheduled.map_or(0, |scheduled| scheduled.version.into())),
            ("bulla_protocol_scheduled_height", scheduled.map_or(0, |scheduled| scheduled.height.0)),
            ("bulla_ledger_forked", u64::from(self.health.is_forked())),
            ("bulla_openings_blocks_lacking", blocks_lacking),
            ("bulla_openings_entries_lacking", entries_lacking),
            ("bulla_mempool_transactions", usage.entries as u64),
            ("bulla_mempool_bytes", usage.bytes as u64),
            ("bulla_network_votes_waited_us_max", network.votes.waited_us_max),
            ("bulla_network_parts_waited_us_max", network.parts.waited_us_max),
        ];
        for (name, value) in gauges {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "# TYPE {name} gauge\n{name} {value}");
        }
        let mempool = self.chain.mempool().counters().values();
        let mempool = mempool.iter().map(|(name, value)| ("mempool", name.to_owned(), value));
        let of_heads = [("differed", heads.differed), ("unproved", heads.unproved), ("forked", heads.forked)];
        let of_heads = of_heads.map(|(name, value)| ("heads", name.to_owned(), value));
        let of_openings = self.openings.counters().map(|(name, value)| ("openings", name.to_owned(), value));
        let mempool = mempool.chain(of_openings);
        let counters =
            mempool.chain(of_heads).chain(network.iter().map(|(name, value)| ("network", name, value)));
        for (part, name, value) in counters {
            let _ = writeln!(text, "# TYPE bulla_{part}_{name} counter\nbulla_{part}_{name}_total {value}");
        }
        text.push_str(&self.backups.metrics());
        text.push_str("# EOF\n");
        text
    }
}
