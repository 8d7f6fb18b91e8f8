//! Parameters and geneses.

use bulla_types::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::values::{names, role_sets, times};
use crate::samples;

fn outages() -> impl Strategy<Value = Option<OutageRule>> {
    let rule = (1..=86_400_000_u64, 1..=2_678_400_000_u64)
        .prop_map(|(longer_than_ms, held_ms)| OutageRule { longer_than_ms, held_ms });
    proptest::option::of(rule)
}

pub(super) fn parameter_sets() -> impl Strategy<Value = Parameters> {
    let sizes = (65_535..=8_388_608_u64, 1..=20_000_u32);
    let durations = (1..=86_400_000_u64, 1..=600_000_u64, 1..=3_600_000_u64);
    let choices = (select(AccessToEntries::ALL), select(SecondLog::ALL));
    let timeout = || 1..=600_000_u32;
    let timeouts = (timeout(), timeout(), timeout(), timeout(), timeout(), timeout(), timeout());
    (sizes, durations, (1..=16_u32, 1..=10_000_u32, outages()), role_sets(), choices, timeouts).prop_map(
        |(
            sizes,
            durations,
            (admin_threshold, block_interval_ms, outage),
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
            outage,
        },
    )
}

/// As a ledger may be founded with, whose clock runs at this speed at most: idle is no outage.
fn founding(parameters: Parameters, speed_max: Option<u32>) -> Parameters {
    let outage = parameters.outage.filter(|_| !parameters.idle_is_outage(speed_max.unwrap_or(1)));
    Parameters { outage, ..parameters }
}

pub(crate) fn geneses() -> impl Strategy<Value = Genesis> {
    let powers =
        vec(0_u64..1000, 1..=4).prop_filter("someone validates", |powers| powers.iter().any(|&p| p > 0));
    let classes = (select(LedgerClass::ALL), proptest::option::of(1..=86_400_u32));
    (parameter_sets(), classes, names(), times(), powers).prop_map(
        |(parameters, (class, speed_max), name, time, powers)| {
            let founders: Vec<_> =
                (0_u8..).zip(powers).map(|(n, power)| samples::founder(n, power)).collect();
            let admin_threshold = parameters.admin_threshold.min(u32::try_from(founders.len()).unwrap());
            let parameters = Parameters { admin_threshold, ..parameters };
            let speed_max = speed_max.filter(|_| class == LedgerClass::Test);
            let parameters = founding(parameters, speed_max);
            match (class, speed_max) {
                (LedgerClass::Test, Some(speed_max)) => {
                    let clock = TestClock { speed_max };
                    Genesis::with_test_clock(clock, name, time, parameters, founders).unwrap()
                }
                _ => Genesis::new(class, name, time, parameters, founders).unwrap(),
            }
        },
    )
}

/// Plans of one to four registration bodies of which one at least validates.
pub(crate) fn plans() -> impl Strategy<Value = FoundingPlan> {
    let nodes = (0_u8..3, 1_u64..1000).prop_map(|(node, power)| match node {
        0 => PlannedNode::None,
        1 => PlannedNode::Observer,
        _ => PlannedNode::Validator { power },
    });
    let validates = |nodes: &Vec<PlannedNode>| nodes.iter().any(|node| node.power() > 0);
    let nodes = vec(nodes, 1..=4).prop_filter("someone validates", validates);
    let clock = proptest::option::of(1..=86_400_u32);
    (parameter_sets(), clock, nodes).prop_map(|(parameters, speed_max, nodes)| {
        let founders: Vec<_> = (0..).zip(nodes).map(|(n, node)| samples::planned(n, node)).collect();
        let admin_threshold = parameters.admin_threshold.min(u32::try_from(founders.len()).unwrap());
        let parameters = founding(Parameters { admin_threshold, ..parameters }, speed_max);
        samples::plan_of(parameters, speed_max.map(|speed_max| TestClock { speed_max }), founders).unwrap()
    })
}
