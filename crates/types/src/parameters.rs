//! Parameters of a ledger: everything that would otherwise be a constant of the rules or a flag of a node.

use bulla_crypto::{Domain, Hash, framed};

use crate::canonical::Canonical;
use crate::error::{DecodeError, Fault};
use crate::field::{At, Required};
use crate::limits::{
    BLOCK_BYTES_MAX, BLOCK_ENTRIES_MAX, BLOCK_INTERVAL_MS_MAX, ENTRY_BYTES_MAX, HEARTBEAT_MS_MAX,
    OUTAGE_HELD_MS_MAX, OUTAGE_LONGER_THAN_MS_MAX, PARAMETERS_BYTES_MAX, REQUEST_WINDOW_MS_MAX, SIGNERS_MAX,
    TEST_CLOCK_SPEED_MAX, TIME_BOUND_MS_MAX, TIMEOUT_MS_MAX,
};
use crate::member::Roles;
use crate::number::within;
use crate::proto;
use crate::protocol::KnownProtocols;
use crate::wire_enum::{unknown, wire_enum};

wire_enum! {
    /// Who may read entry bundles. Checkpoints and hash tiles are always open.
    pub enum AccessToEntries: unknown => {
        /// Anyone.
        Open = 1,
        /// Members.
        Members = 2,
    }
}

wire_enum! {
    /// Whether the log carries a second root.
    pub enum SecondLog: unknown => {
        /// No.
        None = 1,
        /// Over SM3 (GB/T 32905-2016).
        Sm3 = 2,
    }
}

/// Timeouts of consensus in milliseconds; round `r` waits base + `r` · delta. Each is 1 to 600,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsensusTimeouts {
    /// For a proposal.
    pub propose_ms: u32,
    /// Added for each round.
    pub propose_delta_ms: u32,
    /// For prevotes.
    pub prevote_ms: u32,
    /// Added for each round.
    pub prevote_delta_ms: u32,
    /// For precommits.
    pub precommit_ms: u32,
    /// Added for each round.
    pub precommit_delta_ms: u32,
    /// Until votes are sent again.
    pub rebroadcast_ms: u32,
}

impl ConsensusTimeouts {
    fn from_message(message: &proto::ConsensusTimeouts) -> Result<Self, DecodeError> {
        let timeout = |found: u32, field: &str| within(found, 1, TIMEOUT_MS_MAX).at(field);
        Ok(Self {
            propose_ms: timeout(message.propose_ms, "propose_ms")?,
            propose_delta_ms: timeout(message.propose_delta_ms, "propose_delta_ms")?,
            prevote_ms: timeout(message.prevote_ms, "prevote_ms")?,
            prevote_delta_ms: timeout(message.prevote_delta_ms, "prevote_delta_ms")?,
            precommit_ms: timeout(message.precommit_ms, "precommit_ms")?,
            precommit_delta_ms: timeout(message.precommit_delta_ms, "precommit_delta_ms")?,
            rebroadcast_ms: timeout(message.rebroadcast_ms, "rebroadcast_ms")?,
        })
    }

    fn to_message(self) -> proto::ConsensusTimeouts {
        proto::ConsensusTimeouts {
            propose_ms: self.propose_ms,
            propose_delta_ms: self.propose_delta_ms,
            prevote_ms: self.prevote_ms,
            prevote_delta_ms: self.prevote_delta_ms,
            precommit_ms: self.precommit_ms,
            precommit_delta_ms: self.precommit_delta_ms,
            rebroadcast_ms: self.rebroadcast_ms,
        }
    }
}

/// When the ledger counts as having stood still, and what that does to deadlines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutageRule {
    /// A block that is later than this after the one before ends an outage, milliseconds: 1 to a day.
    pub longer_than_ms: u64,
    /// What fell due in it is recorded so long after it, milliseconds: 1 to 31 days.
    pub held_ms: u64,
}

impl OutageRule {
    fn from_message(message: &proto::OutageRule) -> Result<Self, DecodeError> {
        Ok(Self {
            longer_than_ms: within(message.longer_than_ms, 1, OUTAGE_LONGER_THAN_MS_MAX)
                .at("longer_than_ms")?,
            held_ms: within(message.held_ms, 1, OUTAGE_HELD_MS_MAX).at("held_ms")?,
        })
    }

    fn to_message(self) -> proto::OutageRule {
        proto::OutageRule { longer_than_ms: self.longer_than_ms, held_ms: self.held_ms }
    }
}

/// The parameters in force. Ranges are checked where they enter: in a genesis and when decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// Version of the protocol that executes blocks: at least 1, and maybe one that this program does not know.
    pub protocol_version: u32,
    /// Sum of the entries' bytes in a block: 65,535 to 8 MiB.
    pub block_bytes_max: u64,
    /// Entries in a block: 1 to 20,000.
    pub block_entries_max: u32,
    /// A request id's own time must lie within this of block time, milliseconds: 1 to a day, times the highest
    /// speed of the ledger's clock for tests.
    pub request_window_ms: u64,
    /// A fresh proposal's time must lie within this of a voter's clock, milliseconds: 1 to ten minutes, times the
    /// highest speed of the ledger's clock for tests.
    pub time_bound_ms: u64,
    /// An idle ledger adds an empty block after this, milliseconds: 1 to an hour.
    pub heartbeat_ms: u64,
    /// Registration bodies that must sign an act of administration: 1 to 16, as many as may sign at all.
    pub admin_threshold: u32,
    /// Roles that may deposit evidence.
    pub evidence_roles: Roles,
    /// Who may read entry bundles.
    pub entry_access: AccessToEntries,
    /// Whether the log carries a second root.
    pub second_log: SecondLog,
    /// Timeouts of consensus.
    pub timeouts: ConsensusTimeouts,
    /// Heights with entries waiting start at least this far apart, milliseconds: 1 to 10,000. It makes blocks
    /// carry many entries each.
    pub block_interval_ms: u32,
    /// When the ledger counts as having stood still; `None`: never.
    pub outage: Option<OutageRule>,
}

impl Parameters {
    /// framed(parameters, canonical parameters).
    #[must_use]
    pub fn hash(&self) -> Hash {
        framed(Domain::Parameters, &[&self.encode()])
    }

    /// Checks every range.
    ///
    /// # Errors
    /// The first field outside its range.
    pub fn check(&self) -> Result<(), DecodeError> {
        Self::from_message(self.to_message()).map(|_| ())
    }

    /// Checks what a ledger may be founded with: a version of the protocol that its founders' programs know, and no
    /// outage that is mere idleness.
    pub(crate) fn check_founding(&self, speed_max: u32) -> Result<(), DecodeError> {
        if !KnownProtocols::OF_THIS_PROGRAM.knows(self.protocol_version) {
            return Err(Fault::UnknownVersion(self.protocol_version.into())).at("protocol_version");
        }
        if self.idle_is_outage(speed_max) {
            return Err(Fault::Rule(Self::IDLE_IS_OUTAGE)).at("outage");
        }
        self.check_windows(speed_max)
    }

    /// What is said of parameters under which an idle ledger [would be in an outage](Self::idle_is_outage).
    pub const IDLE_IS_OUTAGE: &'static str =
        "outage.longer_than_ms is less than twice heartbeat_ms: idle is no outage";

    /// Whether a ledger that is idle for a heartbeat could count as having stood still. It has a block a heartbeat, and
    /// each would end an outage: what falls due in one would be held for ever, and a hold of a few milliseconds would
    /// make the next block by itself, without end. A heartbeat is by the machines' clocks and an outage by the ledger's,
    /// which runs at this speed at most: 1 without a clock for tests.
    #[must_use]
    pub fn idle_is_outage(&self, speed_max: u32) -> bool {
        let heartbeat_ms = self.heartbeat_ms.saturating_mul(speed_max.into());
        self.outage.is_some_and(|rule| rule.longer_than_ms < heartbeat_ms.saturating_mul(2))
    }

    /// Checks the windows that are counted in the ledger's time, whose clock runs at this speed at most: 1 without
    /// a clock for tests.
    fn check_windows(&self, speed_max: u32) -> Result<(), DecodeError> {
        let speed_max = u64::from(speed_max);
        within(self.request_window_ms, 1, speed_max * REQUEST_WINDOW_MS_MAX).at("request_window_ms")?;
        within(self.time_bound_ms, 1, speed_max * TIME_BOUND_MS_MAX).at("time_bound_ms")?;
        Ok(())
    }
}

impl Canonical for Parameters {
    type Message = proto::Parameters;
    const BYTES_MAX: usize = PARAMETERS_BYTES_MAX;

    fn from_message(message: proto::Parameters) -> Result<Self, DecodeError> {
        let version = message.protocol_version;
        if version == 0 {
            return Err(Fault::Missing).at("protocol_version");
        }
        let read = Self {
            protocol_version: version,
            block_bytes_max: within(message.block_bytes_max, ENTRY_BYTES_MAX as u64, BLOCK_BYTES_MAX as u64)
                .at("block_bytes_max")?,
            block_entries_max: up_to(message.block_entries_max, BLOCK_ENTRIES_MAX).at("block_entries_max")?,
            request_window_ms: message.request_window_ms,
            time_bound_ms: message.time_bound_ms,
            heartbeat_ms: within(message.heartbeat_ms, 1, HEARTBEAT_MS_MAX).at("heartbeat_ms")?,
            admin_threshold: up_to(message.admin_threshold, SIGNERS_MAX).at("admin_threshold")?,
            evidence_roles: Roles::from_wire(&message.evidence_roles, "evidence_roles")?,
            entry_access: AccessToEntries::from_wire(message.entry_access).at("entry_access")?,
            second_log: SecondLog::from_wire(message.second_log).at("second_log")?,
            timeouts: message.timeouts.as_ref().required("timeouts", ConsensusTimeouts::from_message)?,
            block_interval_ms: within(message.block_interval_ms, 1, BLOCK_INTERVAL_MS_MAX)
                .at("block_interval_ms")?,
            outage: message.outage.as_ref().map(OutageRule::from_message).transpose().at("outage")?,
        };
        read.check_windows(TEST_CLOCK_SPEED_MAX)?;
        Ok(read)
    }

    fn to_message(&self) -> proto::Parameters {
        proto::Parameters {
            protocol_version: self.protocol_version,
            block_bytes_max: self.block_bytes_max,
            block_entries_max: self.block_entries_max,
            request_window_ms: self.request_window_ms,
            time_bound_ms: self.time_bound_ms,
            heartbeat_ms: self.heartbeat_ms,
            admin_threshold: self.admin_threshold,
            evidence_roles: self.evidence_roles.to_wire(),
            entry_access: self.entry_access.to_wire(),
            second_log: self.second_log.to_wire(),
            timeouts: Some(self.timeouts.to_message()),
            block_interval_ms: self.block_interval_ms,
            outage: self.outage.map(OutageRule::to_message),
        }
    }
}

fn up_to(found: u32, max: usize) -> Result<u32, Fault> {
    within(found.into(), 1, max as u64).map(|_| found)
}
