//! `bulla status`: how the ledger is, by the first of the configured nodes that answers.

use bulla_types::{BlockTime, Lang, LedgerClass, ReasonCode, proto};
use serde::Serialize;

use crate::context::{Context, Link};
use crate::failure::{Failure, exit};
use crate::messages::{
    BLOCK_HEIGHT, HEALTH, HEIGHT, HELD_FROM, HELD_SINCE_SNAPSHOT, JOIN_ASKING, JOIN_BUILDING, JOIN_FETCHING,
    JOINING, LEDGER, LOG_ROOT, LOG_SIZE, MEMBER, MEMPOOL, NO, NODE, NODE_CLOCK, OBSERVER, PEER, PEERS_OF,
    REACHED, ROLE, SOFTWARE, STATE_ROOT, TIME, VALIDATOR, YES,
};
use crate::output::{Show, facts, table};
use crate::text::texts;
use crate::words::{self, Word};
use crate::{survey, when};

texts! {
    CONFIRMED_HEIGHT = "Confirmed up to" "已获印证高度";
    LACKING_OPENINGS = "Entries lacking openings" "附带内容未齐的条目";
    PROTOCOL = "Protocol version" "协议版本";
    PROTOCOL_AT = "version {0} from height {1} on" "自高度 {1} 起采用版本 {0}";
    PROTOCOL_LACKS = "this node's program knows versions up to {0}: install a newer one before" "本节点程序仅支持至版本 {0}，请在此之前安装新程序";
    PROTOCOL_STANDS = "this node's program knows versions up to {0}, and stands before height {1}: install a newer one" "本节点程序仅支持至版本 {0}，停在高度 {1} 之前，请安装新程序";
    ALARM_OF = "member {0}, peer {1}, {2} times" "成员 {0}，对等节点 {1}，共 {2} 次";
    ALARM_AT = "height {0}, here {1}" "高度 {0}，本节点 {1}";
    ALARM_TOLD = "told {0}" "对方报出 {0}";
}

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
    /// Up to this height enough other validators stand by the node's blocks.
    confirmed_height: u64,
    head_alarms: Vec<HeadAlarm>,
    /// Entries of which the node seeks openings that its member may read; for some minutes also those whose owners keep
    /// theirs.
    entries_lacking_openings: u64,
    /// Index of the first entry that the node holds.
    first_entry: u64,
    /// The version of the protocol that the next height goes by, and the newest one that the node's program knows.
    protocol_version: u32,
    newest_protocol_known: u32,
    /// What is scheduled for a later height.
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_protocol: Option<ScheduledProtocol>,
    /// Of a node that joins from a snapshot and has no ledger yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    joining: Option<Joining>,
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
    /// By its own word; 0 when it was not heard of.
    newest_protocol_known: u32,
}

/// A version of the protocol, and its first height.
#[derive(Serialize)]
struct ScheduledProtocol {
    version: u32,
    height: u64,
}

/// How far joining from a snapshot has come.
#[derive(Serialize)]
struct Joining {
    /// `asking`, `fetching` or `building`.
    stage: String,
    height: u64,
    done_bytes: u64,
    total_bytes: u64,
}

/// What is wrong between the node's chain and what a peer says of its own.
#[derive(Serialize)]
struct HeadAlarm {
    /// A stable reason code.
    reason: String,
    /// 0 and empty when it is of no peer.
    member: u64,
    peer_id: String,
    height: u64,
    own_block_hash: String,
    told_block_hash: String,
    times: u64,
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
            confirmed_height: status.confirmed_height,
            head_alarms: status.head_alarms.iter().map(HeadAlarm::new).collect(),
            entries_lacking_openings: status.entries_lacking_openings,
            first_entry: status.first_entry,
            protocol_version: status.protocol_version,
            newest_protocol_known: status.newest_protocol_known,
            scheduled_protocol: status
                .scheduled_protocol
                .as_ref()
                .map(|scheduled| ScheduledProtocol { version: scheduled.version, height: scheduled.height }),
            joining: status.joining.as_ref().map(Joining::new),
            state: status.health(),
        }
    }

    /// What the ledger goes by, and what the node lacks for it.
    fn protocol(&self, lang: Lang) -> String {
        let known = self.newest_protocol_known;
        let mut parts = vec![self.protocol_version.to_string()];
        if self.protocol_version > known {
            parts.push(PROTOCOL_STANDS.fill(lang, &[&known, &(self.height + 1)]));
        }
        if let Some(ScheduledProtocol { version, height }) = &self.scheduled_protocol {
            parts.push(PROTOCOL_AT.fill(lang, &[version, height]));
            if *version > known {
                parts.push(PROTOCOL_LACKS.fill(lang, &[&known]));
            }
        }
        parts.join("\n")
    }

    fn health(&self, lang: Lang) -> String {
        match self.health_reason.as_str() {
            "" => self.state.of(lang).to_owned(),
            reason => {
                let head = format!("{} [{reason}]", self.state.of(lang));
                // A newer node may give one that this program does not know.
                reason.parse::<ReasonCode>().map_or(head.clone(), |known| head + "\n" + known.message(lang))
            }
        }
    }
}

impl Joining {
    fn new(joining: &proto::JoinProgress) -> Self {
        let proto::JoinProgress { stage, height, done_bytes, total_bytes } = joining.clone();
        Self { stage, height, done_bytes, total_bytes }
    }

    fn text(&self, lang: Lang) -> String {
        let Self { height, done_bytes, total_bytes, .. } = self;
        match self.stage.as_str() {
            "fetching" => JOIN_FETCHING.fill(lang, &[height, done_bytes, total_bytes]),
            "building" => JOIN_BUILDING.fill(lang, &[height, done_bytes, total_bytes]),
            _ => JOIN_ASKING.of(lang).to_owned(),
        }
    }
}

impl Peer {
    fn new(peer: &proto::PeerStatus) -> Self {
        let proto::PeerStatus { member, peer_id, connected, validator, height, newest_protocol_known } =
            peer.clone();
        Self { member, peer_id, validator, connected, height, newest_protocol_known }
    }
}

impl HeadAlarm {
    fn new(alarm: &proto::HeadAlarm) -> Self {
        let proto::HeadAlarm { reason, member, peer_id, height, own_block_hash, told_block_hash, times } =
            alarm.clone();
        let (own_block_hash, told_block_hash) = (hex(&own_block_hash), hex(&told_block_hash));
        Self { reason, member, peer_id, height, own_block_hash, told_block_hash, times }
    }

    fn text(&self, lang: Lang) -> String {
        let says = self.reason.parse::<ReasonCode>().map_or("", |reason| reason.message(lang));
        let mut parts = vec![format!("{} [{}]", says, self.reason).trim_start().to_owned()];
        if !self.peer_id.is_empty() {
            parts.push(ALARM_OF.fill(lang, &[&self.member, &self.peer_id, &self.times]));
        }
        parts.push(ALARM_AT.fill(lang, &[&self.height, &self.own_block_hash]));
        if !self.told_block_hash.is_empty() {
            parts.push(ALARM_TOLD.fill(lang, &[&self.told_block_hash]));
        }
        parts.join("\n  ")
    }
}

impl Show for Status {
    fn text(&self, lang: Lang) -> String {
        let role = |validator: bool| if validator { VALIDATOR } else { OBSERVER }.of(lang).to_owned();
        if let Some(joining) = &self.joining {
            return facts([
                (HEALTH.of(lang), self.health(lang)),
                (LEDGER.of(lang), format!("{} {}", self.ledger_name, self.ledger_id)),
                (NODE.of(lang), self.endpoint.clone()),
                (SOFTWARE.of(lang), self.software_version.clone()),
                (JOINING.of(lang), joining.text(lang)),
            ]);
        }
        let head = facts([
            (HEALTH.of(lang), self.health(lang)),
            (LEDGER.of(lang), {
                let class = words::of_code::<LedgerClass>(self.ledger_class, lang);
                format!("{} ({class}) {}", self.ledger_name, self.ledger_id)
            }),
            (NODE.of(lang), format!("{} ({})", self.endpoint, role(!self.address.is_empty()))),
            (SOFTWARE.of(lang), self.software_version.clone()),
            (PROTOCOL.of(lang), self.protocol(lang)),
            (BLOCK_HEIGHT.of(lang), self.height.to_string()),
            (CONFIRMED_HEIGHT.of(lang), self.confirmed_height.to_string()),
            (TIME.of(lang), self.block_time.clone()),
            (NODE_CLOCK.of(lang), {
                let speed =
                    if self.clock_speed == 1 { String::new() } else { format!(" (x{})", self.clock_speed) };
                self.clock.clone() + &speed
            }),
            (LOG_SIZE.of(lang), self.log_size.to_string()),
            (
                HELD_FROM.of(lang),
                match self.first_entry {
                    0 => String::from("0"),
                    first => HELD_SINCE_SNAPSHOT.fill(lang, &[&first]),
                },
            ),
            (LOG_ROOT.of(lang), self.log_root.clone()),
            (LACKING_OPENINGS.of(lang), self.entries_lacking_openings.to_string()),
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
        let mut parts: Vec<String> = self.head_alarms.iter().map(|alarm| alarm.text(lang)).collect();
        parts.push(head);
        if !self.peers.is_empty() {
            parts.push(table(heading, rows));
        }
        parts.join("\n\n")
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
    #![allow(clippy::unwrap_used)]

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
    fn a_node_that_joined_from_a_snapshot_says_what_it_does_not_answer() {
        let from = |first_entry| {
            let answer = proto::GetStatusResponse { first_entry, ..Default::default() };
            Status::new("http://127.0.0.1:7000".to_owned(), &answer)
        };
        assert!(!from(0).text(Lang::En).contains("HISTORY_NOT_HELD"));
        assert!(from(17).text(Lang::En).contains("17; joined from a snapshot"));
        assert!(from(17).text(Lang::Zh).contains("17；由快照加入"));
    }

    #[test]
    fn a_reason_is_said_in_words_unless_it_is_a_newer_programs() {
        let with = |reason: &str| {
            let health_reason = reason.to_owned();
            let health = proto::NodeHealth::NoQuorum.into();
            let answer = proto::GetStatusResponse { health, health_reason, ..Default::default() };
            Status::new("http://127.0.0.1:7000".to_owned(), &answer)
        };
        let expelled = with("NODE_MEMBER_EXPELLED");
        assert!(expelled.text(Lang::En).contains("take this one out of service"));
        assert!(expelled.text(Lang::Zh).contains("已被除名"));
        assert!(with("OF_TOMORROW").text(Lang::En).contains("[OF_TOMORROW]"));
    }

    #[test]
    fn a_version_that_the_node_lacks_is_told_ahead_and_when_it_has_come() {
        let answer = proto::GetStatusResponse {
            height: 7,
            protocol_version: 1,
            newest_protocol_known: 1,
            scheduled_protocol: Some(proto::ScheduledProtocol { version: 2, height: 9 }),
            ..Default::default()
        };
        let ahead = Status::new("http://127.0.0.1:7000".to_owned(), &answer).text(Lang::En);
        assert!(
            ahead.contains("version 2 from height 9 on") && ahead.contains("knows versions up to 1: install")
        );
        let answer = proto::GetStatusResponse { protocol_version: 2, scheduled_protocol: None, ..answer };
        let come = Status::new("http://127.0.0.1:7000".to_owned(), &answer);
        assert!(come.text(Lang::Zh).contains("仅支持至版本 1，停在高度 8 之前"));
        assert!(come.text(Lang::En).contains("and stands before height 8: install"));
    }

    #[test]
    fn how_many_entries_lack_openings_is_told_in_both_languages_and_by_json() {
        let answer = proto::GetStatusResponse { entries_lacking_openings: 4_711, ..Default::default() };
        let status = Status::new("http://127.0.0.1:7000".to_owned(), &answer);
        for (lang, label) in [(Lang::En, "Entries lacking openings"), (Lang::Zh, "附带内容未齐的条目")]
        {
            let text = status.text(lang);
            assert!(text.lines().any(|line| line.contains(label) && line.contains("4711")), "{text}");
        }
        assert_eq!(serde_json::to_value(&status).unwrap()["entries_lacking_openings"], 4_711);
    }

    #[test]
    fn an_alarm_stands_first_and_names_the_peer_in_both_languages() {
        let alarm = proto::HeadAlarm {
            reason: "HEAD_UNPROVED".to_owned(),
            member: 4,
            peer_id: "12D3KooW".to_owned(),
            height: 9,
            own_block_hash: vec![1; 32].into(),
            told_block_hash: vec![2; 32].into(),
            times: 3,
        };
        let answer = proto::GetStatusResponse { head_alarms: vec![alarm], ..Default::default() };
        let status = Status::new("http://127.0.0.1:7000".to_owned(), &answer);
        for (lang, words) in
            [(Lang::En, "member 4, peer 12D3KooW, 3 times"), (Lang::Zh, "成员 4，对等节点 12D3KooW，共 3 次")]
        {
            let text = status.text(lang);
            assert!(text.starts_with(ReasonCode::HeadUnproved.message(lang)), "{text}");
            assert!(text.contains(words) && text.contains(&"02".repeat(32)), "{text}");
        }
    }

    #[test]
    fn the_class_of_the_ledger_is_named() {
        assert_eq!(status(proto::NodeHealth::Ready).ledger_class, "test");
    }
}
