//! Parameters and geneses.

use bulla_types::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::values::{names, role_sets, times};
use crate::samples;

fn parameter_sets() -> impl Strategy<Value = Parameters> {
    let sizes = (65_535..=8_388_608_u64, 1..=20_000_u32);
    let durations = (1..=86_400_000_u64, 1..=600_000_u64, 1..=3_600_000_u64);
    let choices = (select(AccessToEntries::ALL), select(SecondLog::ALL));
    let timeout = || 1..=600_000_u32;
    let timeouts = (timeout(), timeout(), timeout(), timeout(), timeout(), timeout(), timeout());
    (sizes, durations, (1..=16_u32, 1..=10_000_u32), role_sets(), choices, timeouts).prop_map(
        |(
            sizes,
            durations,
            (admin_threshold, block_interval_ms),
            evidence_roles,
            (entry_access, second_log),
            t,
        )| Parameters {
            protocol_version: 1,
            block_bytes_max: sizes.0,
            block_entries_max: sizes.1,
            request_window_ms: durations.0,
            time_bound_ms: durations.1,
            heartbeat_ms: durations.2,
            admin_threshold,
            evidence_roles,
            entry_access,
            second_log,
            timeouts: ConsensusTimeouts {
                propose_ms: t.0,
                propose_delta_ms: t.1,
                prevote_ms: t.2,
                prevote_delta_ms: t.3,
                precommit_ms: t.4,
                precommit_delta_ms: t.5,
                rebroadcast_ms: t.6,
            },
            block_interval_ms,
        },
    )
}

pub(crate) fn geneses() -> impl Strategy<Value = Genesis> {
    let powers =
        vec(0_u64..1000, 1..=4).prop_filter("someone validates", |powers| powers.iter().any(|&p| p > 0));
    (parameter_sets(), select(LedgerClass::ALL), names(), times(), powers).prop_map(
        |(parameters, class, name, time, powers)| {
            let founders: Vec<_> =
                (0_u8..).zip(powers).map(|(n, power)| samples::founder(n, power)).collect();
            let admin_threshold = parameters.admin_threshold.min(u32::try_from(founders.len()).unwrap());
            let parameters = Parameters { admin_threshold, ..parameters };
            Genesis::new(class, name, time, parameters, founders).unwrap()
        },
    )
}
