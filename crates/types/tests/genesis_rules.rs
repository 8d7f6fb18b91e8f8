//! What a genesis and its parameters must be.
#![allow(clippy::unwrap_used, clippy::wildcard_imports)]

mod samples;

use bulla_types::*;
use prost::Message;
use samples::*;

fn founders() -> Vec<Founder> {
    (0..4).map(|n| founder(n, 1)).collect()
}

fn refusal(parameters: Parameters, founders: Vec<Founder>) -> String {
    genesis_of(parameters, founders).unwrap_err().to_string()
}

fn with_founder(change: impl FnOnce(&mut Founder)) -> String {
    let mut founders = founders();
    change(&mut founders[2]);
    refusal(parameters(), founders)
}

#[test]
fn founders_with_power_are_the_first_validators() {
    let mut founders = founders();
    founders[3].power = 0;
    let genesis = genesis_of(parameters(), founders).unwrap();
    assert_eq!(genesis.validators().validators().len(), 3);
    assert_eq!(genesis.validators().total_power(), 3);
    assert!(genesis.validators().get(&Address::of(consensus_secret(3).public_key())).is_none());
}

#[test]
fn the_ledger_id_depends_on_every_byte() {
    let other = genesis_of(Parameters { heartbeat_ms: 59_999, ..parameters() }, founders()).unwrap();
    assert_ne!(other.ledger_id(), genesis().ledger_id());
    assert_eq!(Genesis::decode(&genesis().encode()).unwrap().ledger_id(), genesis().ledger_id());
}

#[test]
fn a_key_or_credit_code_belongs_to_one_founder() {
    let first = founder(0, 1);
    assert_eq!(
        with_founder(|founder| founder.member.keys[0] = first.member.keys[4].clone()),
        "founders[2].member.keys: occurs twice"
    );
    assert_eq!(
        with_founder(|founder| founder.member.identity = first.member.identity.clone()),
        "founders[2].member.credit_code: occurs twice"
    );
}

#[test]
fn a_validator_is_a_registration_body_with_one_consensus_key() {
    let consensus = |seed| declaration(seed, KeyPurpose::Consensus);
    assert_eq!(
        with_founder(|founder| founder.member.keys.retain(|key| key.purpose != KeyPurpose::Consensus)),
        "founders[2].power: a founder with voting power has one consensus key"
    );
    assert_eq!(
        with_founder(|founder| founder.member.keys.push(consensus(99))),
        "founders[2].member.keys: a founder has at most one consensus key"
    );
    assert_eq!(
        with_founder(|founder| founder.member.roles = roles(&[Role::Judicial])),
        "founders[2].power: validators are registration bodies"
    );
}

#[test]
fn founders_are_organisations_without_proofs_of_possession() {
    let person = MemberIdentity::NaturalPerson { person: Commitment(hash(1)) };
    assert_eq!(
        with_founder(|founder| founder.member.identity = person),
        "founders[2].member.kind: a founder is an organisation"
    );
    let error = with_founder(|founder| founder.member.keys[0].possession = Some(secret(1).sign(b"")));
    assert!(error.starts_with("founders[2].member.keys[0].possession: must be absent"), "{error}");
}

#[test]
fn the_threshold_can_be_reached_and_someone_has_power() {
    let threshold = |admin_threshold| Parameters { admin_threshold, ..parameters() };
    assert!(genesis_of(threshold(4), founders()).is_ok());
    assert!(
        refusal(threshold(5), founders()).starts_with("parameters.admin_threshold: more registration bodies")
    );
    let powerless = (0..4).map(|n| founder(n, 0)).collect();
    assert!(refusal(parameters(), powerless).starts_with("founders: a ledger has at least one founder with"));
    assert!(refusal(parameters(), vec![]) == "founders: missing");
}

#[test]
fn power_has_a_limit() {
    let powers = |power| (0..4).map(|n| founder(n, power)).collect();
    assert!(genesis_of(parameters(), powers((1 << 58) - 1)).is_ok());
    assert!(
        refusal(parameters(), powers(1 << 58)).starts_with("founders: 1152921504606846976 is outside 1 to")
    );
}

#[test]
fn a_ledger_goes_to_a_version_that_this_program_does_not_know_and_is_not_founded_with_one() {
    let later = Parameters { protocol_version: 2, ..parameters() };
    assert_eq!(later.check(), Ok(()));
    assert_eq!(Parameters::decode(&later.encode()), Ok(later.clone()));
    let refused = genesis_of(later, founders()).unwrap_err();
    assert_eq!(
        (refused.path(), refused.reason()),
        ("parameters.protocol_version", ReasonCode::UnknownVersion)
    );
}

#[test]
fn every_parameter_has_a_range() {
    type Change = fn(&mut Parameters);
    let cases: [(&str, Change); 12] = [
        ("protocol_version", |p| p.protocol_version = 0),
        ("block_bytes_max", |p| p.block_bytes_max = 65_534),
        ("block_bytes_max", |p| p.block_bytes_max = 8 * 1024 * 1024 + 1),
        ("block_entries_max", |p| p.block_entries_max = 0),
        ("block_entries_max", |p| p.block_entries_max = 20_001),
        ("request_window_ms", |p| p.request_window_ms = 0),
        ("time_bound_ms", |p| p.time_bound_ms = 0),
        ("heartbeat_ms", |p| p.heartbeat_ms = 0),
        ("admin_threshold", |p| p.admin_threshold = 0),
        ("block_interval_ms", |p| p.block_interval_ms = 10_001),
        ("timeouts.propose_ms", |p| p.timeouts.propose_ms = 0),
        ("timeouts.rebroadcast_ms", |p| p.timeouts.rebroadcast_ms = 600_001),
    ];
    for (path, change) in cases {
        let mut changed = parameters();
        change(&mut changed);
        assert_eq!(changed.check().unwrap_err().path(), path);
        assert_eq!(genesis_of(changed, founders()).unwrap_err().path(), format!("parameters.{path}"));
    }
}

#[test]
fn founders_and_keys_beyond_the_limits_are_refused_before_they_grow_in_memory() {
    let field = |content: &[u8]| [&[0x32, u8::try_from(content.len()).unwrap()], content].concat();
    let error = |genesis: &[u8]| Genesis::decode(genesis).unwrap_err().to_string();
    assert_eq!(error(&field(&[]).repeat(257)), "founders[256]: more than the 256 items allowed");
    let member = field(&[]).repeat(17);
    let founder = [&[0x0a, u8::try_from(member.len()).unwrap()], &member[..]].concat();
    assert_eq!(error(&field(&founder)), "founders[0].member.keys[16]: more than the 16 items allowed");
}

#[test]
fn only_a_ledger_for_tests_may_have_another_clock_than_the_world() {
    let genesis = genesis_with_clock(1);
    assert_eq!(Genesis::decode(&genesis.encode()).unwrap().test_clock(), Some(TestClock { speed_max: 1 }));
    let mut production = genesis.to_message();
    production.class = proto::LedgerClass::Production.into();
    let refused = Genesis::decode(&production.encode_to_vec()).unwrap_err();
    assert_eq!(refused.to_string(), "test_clock: the clock of a ledger for use is that of the world");
}

#[test]
fn a_clock_for_tests_runs_a_day_a_second_at_most() {
    let decoded = |speed_max| {
        let test_clock = Some(proto::TestClock { speed_max });
        Genesis::decode(&proto::Genesis { test_clock, ..genesis().to_message() }.encode_to_vec())
    };
    assert!(decoded(86_400).is_ok());
    for speed_max in [0, 86_401] {
        assert_eq!(decoded(speed_max).unwrap_err().path(), "test_clock.speed_max");
    }
}

#[test]
fn windows_in_the_time_of_the_ledger_grow_with_the_speed_of_its_clock_and_no_further() {
    type Change = fn(&mut Parameters, u64);
    let windows: [(&str, u64, Change); 2] = [
        ("parameters.request_window_ms", 86_400_000, |p, ms| p.request_window_ms = ms),
        ("parameters.time_bound_ms", 600_000, |p, ms| p.time_bound_ms = ms),
    ];
    for (path, longest_ms, change) in windows {
        let founded = |speed_max: Option<u32>, ms| {
            let mut message = genesis().to_message();
            let mut parameters = parameters();
            change(&mut parameters, ms);
            message.parameters = Some(parameters.to_message());
            message.test_clock = speed_max.map(|speed_max| proto::TestClock { speed_max });
            Genesis::decode(&message.encode_to_vec())
        };
        for (speed_max, times) in [(None, 1), (Some(1), 1), (Some(86_400), 86_400)] {
            assert!(founded(speed_max, times * longest_ms).is_ok(), "{path} {speed_max:?}");
            let refused = founded(speed_max, times * longest_ms + 1).unwrap_err();
            assert_eq!(refused.path(), path, "{speed_max:?}");
        }
    }
}

#[test]
fn a_ledger_that_is_idle_for_a_heartbeat_is_in_no_outage_from_its_founding_on() {
    let with = |longer_than_ms| {
        let outage = Some(OutageRule { longer_than_ms, held_ms: 3_600_000 });
        Parameters { heartbeat_ms: 60_000, outage, ..parameters() }
    };
    assert!(genesis_of(with(120_000), founders()).is_ok());
    assert_eq!(
        refusal(with(119_999), founders()),
        "parameters.outage: outage.longer_than_ms is less than twice heartbeat_ms: idle is no outage"
    );
    // A heartbeat is by the machine's clock, and takes as much longer by the ledger's as that is faster.
    let founded = |speed_max, longer_than_ms| {
        let (name, time) = ("测试账本".parse().unwrap(), BlockTime(GENESIS_TIME));
        Genesis::with_test_clock(TestClock { speed_max }, name, time, with(longer_than_ms), founders())
    };
    assert!(founded(60, 7_200_000).is_ok());
    assert_eq!(founded(60, 7_199_999).unwrap_err().path(), "parameters.outage");
}
