//! What a founding plan and its founders' declarations must be, and the genesis that they give.
#![allow(clippy::unwrap_used, clippy::wildcard_imports)]

mod samples;

use bulla_types::*;
use prost::Message;
use samples::*;

const VALIDATOR: PlannedNode = PlannedNode::Validator { power: 1 };

fn all_declared(plan: &FoundingPlan) -> Vec<FounderDeclaration> {
    (0..).zip(plan.founders()).map(|(n, _)| declared(plan, n)).collect()
}

fn refusal(change: impl FnOnce(&mut proto::FoundingPlan)) -> String {
    let mut message = plan().to_message();
    change(&mut message);
    let error = FoundingPlan::decode(&message.encode_to_vec()).unwrap_err();
    format!("{error} [{}]", error.reason().as_str())
}

/// The declaration of founder 1, changed after it was signed, or why it is none.
fn altered(change: impl FnOnce(&mut proto::FounderDeclaration)) -> Result<FounderDeclaration, DecodeError> {
    let mut message = declared(&plan(), 1).to_message();
    change(&mut message);
    FounderDeclaration::decode(&message.encode_to_vec())
}

/// What the plan says when founder 1 comes with this declaration.
fn answer(declaration: FounderDeclaration) -> FoundingError {
    let mut declarations = all_declared(&plan());
    declarations[1] = declaration;
    plan().genesis(&declarations).unwrap_err()
}

/// The code of no organisation: its division does not exist.
fn unused_code(n: usize) -> CreditCode {
    let mut last = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    last.find_map(|last| format!("91000000MA{n:07}{last}").parse().ok()).unwrap()
}

#[test]
fn plan_and_declarations_give_one_genesis_in_whatever_order_they_come() {
    let plan = plan();
    let mut declarations = all_declared(&plan);
    assert_eq!(plan.genesis(&declarations).unwrap(), genesis());
    for _ in 0..declarations.len() {
        declarations.rotate_left(1);
        assert_eq!(plan.genesis(&declarations).unwrap().encode(), genesis().encode());
    }
    declarations.reverse();
    assert_eq!(plan.genesis(&declarations).unwrap().ledger_id(), genesis().ledger_id());
}

#[test]
fn a_ledger_for_tests_may_have_a_clock_and_founders_without_a_node() {
    let mut founders: Vec<_> = (0..2).map(|n| planned(n, VALIDATOR)).collect();
    founders.push(planned(2, PlannedNode::Observer));
    founders.push(planned(3, PlannedNode::None));
    let clock = TestClock { speed_max: 86_400 };
    let plan = plan_of(parameters(), Some(clock), founders).unwrap();
    let genesis = plan.genesis(&all_declared(&plan)).unwrap();
    assert_eq!(genesis.test_clock(), Some(clock));
    assert_eq!(genesis.validators().validators().len(), 2);
    let keys: Vec<_> = genesis.founders().iter().map(|founder| founder.member.keys.len()).collect();
    assert_eq!(keys, [5, 5, 4, 2]);
    let bare = |founder: &Founder| founder.member.keys.iter().all(|key| key.possession.is_none());
    assert!(genesis.founders().iter().all(bare));
}

#[test]
fn the_digest_is_of_what_the_plan_says_names_for_people_included() {
    let founders = |name_en: &str| {
        let mut founders: Vec<_> = (0..4).map(|n| planned(n, VALIDATOR)).collect();
        founders[0].name_en = Some(name_en.parse().unwrap());
        founders
    };
    let [first, same, other] = ["Registry 1", "Registry 1", "Registry One"]
        .map(|name| plan_of(parameters(), None, founders(name)).unwrap());
    assert_eq!((first.digest(), same.digest()), (plan().digest(), plan().digest()));
    assert_ne!(other.digest(), first.digest());
    assert_eq!(other.genesis(&all_declared(&other)).unwrap(), genesis(), "the genesis has one name of each");
}

#[test]
fn a_plan_that_no_keys_could_make_a_genesis_of_is_refused_by_field() {
    type Change = fn(&mut proto::FoundingPlan);
    let cases: [(Change, &str); 14] = [
        (|plan| plan.version = 2, "version: unknown version 2 [UNKNOWN_VERSION]"),
        (|plan| plan.name.clear(), "name: the text is empty [TEXT_INVALID]"),
        (|plan| plan.time_ms = 0, "time_ms: missing [MALFORMED]"),
        (|plan| plan.founders.clear(), "founders: missing [MALFORMED]"),
        (
            |plan| plan.founders[1].label = "Two".into(),
            "founders[1].label: a label starts with a lower-case letter and holds these, digits and `-` only [MALFORMED]",
        ),
        (|plan| plan.founders[1].label = "registry-1".into(), "founders[1].label: occurs twice [MALFORMED]"),
        (
            |plan| plan.founders[2].credit_code = plan.founders[0].credit_code.clone(),
            "founders[2].credit_code: occurs twice [MALFORMED]",
        ),
        (
            |plan| plan.founders[0].kind = 3,
            "founders[0].name: must be absent: nothing about a natural person stands in clear [MALFORMED]",
        ),
        (|plan| plan.founders[3].roles = vec![9], "founders[3].roles[0]: unknown value 9 [UNKNOWN_VALUE]"),
        (
            |plan| plan.founders[3].roles = vec![2],
            "founders[3].roles: validators are registration bodies [MALFORMED]",
        ),
        (
            |plan| plan.founders[3].node = 2,
            "founders[3].power: must be absent: only a validator has voting power [MALFORMED]",
        ),
        (
            |plan| {
                plan.founders.iter_mut().for_each(|founder| (founder.node, founder.power) = (1, 0));
            },
            "founders: a ledger has at least one founder with voting power [MALFORMED]",
        ),
        (
            |plan| plan.parameters.as_mut().unwrap().admin_threshold = 5,
            "parameters.admin_threshold: more registration bodies would have to sign than the plan has [MALFORMED]",
        ),
        (
            |plan| {
                plan.class = 2;
                plan.test_clock = Some(proto::TestClock { speed_max: 2 });
            },
            "test_clock: the clock of a ledger for use is that of the world [MALFORMED]",
        ),
    ];
    for (change, expected) in cases {
        assert_eq!(refusal(change), expected);
    }
}

#[test]
fn power_has_its_limits_together() {
    let power = |power| {
        plan_of(parameters(), None, (0..4).map(|n| planned(n, PlannedNode::Validator { power })).collect())
    };
    assert!(power(1 << 57).is_ok());
    assert!(power(1 << 58).unwrap_err().to_string().starts_with("founders: "));
    assert!(power(0).unwrap_err().to_string().starts_with("founders[0].power: "));
}

#[test]
fn a_plan_tells_how_many_validators_it_can_spare() {
    let spare = |powers: &[u64]| {
        let node = |&power| if power == 0 { PlannedNode::Observer } else { PlannedNode::Validator { power } };
        let founders = (0..).zip(powers).map(|(n, power)| planned(n, node(power))).collect();
        plan_of(Parameters { admin_threshold: 1, ..parameters() }, None, founders)
            .unwrap()
            .validators_to_spare()
    };
    assert_eq!([spare(&[1]), spare(&[1, 1, 1]), spare(&[1, 1, 1, 1])], [0, 0, 1]);
    assert_eq!([spare(&[3, 1, 1, 1]), spare(&[2, 2, 2, 1]), spare(&[0, 0, 0, 1])], [0, 1, 0]);
}

#[test]
fn nobody_can_use_a_declaration_for_another_plan() {
    let other =
        plan_of(Parameters { heartbeat_ms: 59_999, ..parameters() }, None, plan().founders().to_vec());
    let other = other.unwrap();
    let (found, expected) = (other.digest(), plan().digest());
    assert_eq!(answer(declared(&other, 1)), FoundingError::OtherPlan { at: 1, found, expected });
    // The digest of this plan, put into it, is not what the keys have signed.
    let bytes = bytes::Bytes::copy_from_slice(expected.as_bytes());
    let mut message = declared(&other, 1).to_message();
    message.plan = bytes;
    let forged = FounderDeclaration::decode(&message.encode_to_vec()).unwrap();
    assert_eq!(answer(forged), FoundingError::NotPossessed { at: 1, purpose: KeyPurpose::Operate });
}

#[test]
fn nobody_can_declare_a_key_that_he_does_not_hold_or_change_what_was_signed() {
    let stolen = declared(&plan(), 0).to_message().keys[4].clone();
    let not = |purpose| FoundingError::NotPossessed { at: 1, purpose };
    let key_of_another = altered(|message| message.keys[4] = stolen).unwrap();
    assert_eq!(answer(key_of_another), not(KeyPurpose::Operate), "no key signs what it did not sign");
    let moved = altered(|message| message.address = "/ip4/10.0.0.9/tcp/7001".into()).unwrap();
    assert_eq!(answer(moved), not(KeyPurpose::Operate));
    let one_signature = altered(|message| {
        message.keys[2].possession = message.keys[3].possession.clone();
    });
    assert_eq!(answer(one_signature.unwrap()), not(KeyPurpose::Consensus));
    let of_another_member = altered(|message| message.credit_code = CREDIT_CODES[2].into()).unwrap();
    assert_eq!(answer(of_another_member), not(KeyPurpose::Operate));
}

#[test]
fn each_founder_declares_once_the_keys_that_the_plan_asks_for() {
    let plan = plan();
    let mut declarations = all_declared(&plan);
    declarations.push(declared(&plan, 1));
    let credit_code = plan.founders()[1].credit_code;
    assert_eq!(
        plan.genesis(&declarations),
        Err(FoundingError::FounderTwice { at: 4, before: 1, credit_code })
    );
    declarations.truncate(1);
    assert_eq!(plan.genesis(&declarations), Err(FoundingError::Missing { founders: vec![1, 2, 3] }));

    let keys = [(KeyPurpose::Operate, &secret(1)), (KeyPurpose::Administer, &secret(2))];
    let without_node = FounderDeclaration::sign(plan.digest(), credit_code, &keys, None).unwrap();
    assert_eq!(answer(without_node), FoundingError::OtherKeys { at: 1, expected: VALIDATOR.purposes() });
    let credit_code = unused_code(1);
    let declaration = FounderDeclaration::sign(plan.digest(), credit_code, &keys, None).unwrap();
    assert_eq!(answer(declaration), FoundingError::NotAFounder { at: 1, credit_code });
}

#[test]
fn a_key_or_an_address_belongs_to_one_founder() {
    let plan = plan();
    let sign = |seeds: [u8; 5], address: &str| {
        let keys = seeds.map(secret);
        let keys: Vec<_> = VALIDATOR.purposes().iter().copied().zip(&keys).collect();
        let code = plan.founders()[1].credit_code;
        FounderDeclaration::sign(plan.digest(), code, &keys, Some(address.to_owned())).unwrap()
    };
    let key_id = KeyId::of(&public(5));
    assert_eq!(
        answer(sign([11, 12, 13, 14, 5], "/ip4/10.0.0.2/tcp/7001")),
        FoundingError::KeyTwice { at: 1, before: 0, key_id },
        "even with its holder's consent"
    );
    let address = "/ip4/10.0.0.1/tcp/7001".to_owned();
    assert_eq!(
        answer(sign([11, 12, 13, 14, 15], &address)),
        FoundingError::AddressTwice { at: 1, before: 0, address }
    );
}

#[test]
fn a_file_that_is_no_declaration_is_refused_by_field() {
    type Change = fn(&mut proto::FounderDeclaration);
    let small_order = || bytes::Bytes::from([vec![1], vec![0; 31]].concat());
    let weak = altered(|message| message.keys[3].key.as_mut().unwrap().value = small_order()).unwrap_err();
    assert_eq!((weak.path(), weak.reason()), ("keys[3].key.value", ReasonCode::WeakKey));
    let cases: [(Change, &str); 9] = [
        (
            |message| message.kind = "bulla/1/receipt".into(),
            "kind: a file of this kind says that it is a founder's declaration",
        ),
        (|message| message.version = 2, "version: unknown version 2"),
        (|message| message.plan.truncate(31), "plan: expected 32 bytes, found 31"),
        (|message| message.keys.clear(), "keys: missing"),
        (|message| message.keys.swap(0, 1), "keys[1]: items are not in rising order"),
        (|message| message.keys[1].key = message.keys[0].key.clone(), "keys[1]: occurs twice"),
        (|message| message.keys[2].possession = None, "keys[2].possession: missing"),
        (|message| message.address.clear(), "address: missing"),
        (
            |message| message.address = "x".repeat(257),
            "address: the text has 257 bytes, at most 256 are allowed",
        ),
    ];
    for (change, expected) in cases {
        assert_eq!(altered(change).unwrap_err().to_string(), expected);
    }
    let long = FounderDeclaration::decode(&vec![0; limits::FOUNDER_DECLARATION_BYTES_MAX + 1]);
    assert_eq!(long.unwrap_err().reason(), ReasonCode::TooLarge);
}

#[test]
fn a_declaration_is_told_from_other_files_by_its_first_bytes() {
    assert!(FounderDeclaration::is_begun_by(&declared(&plan(), 0).encode()));
    assert!(!FounderDeclaration::is_begun_by(&genesis().encode()));
    assert!(!FounderDeclaration::is_begun_by(b""));
}

#[test]
fn the_largest_plan_and_declaration_fit_their_limits() {
    let long = "登".repeat(85);
    let founder = |n: usize| PlannedFounder {
        label: format!("{:a>28}{n:04}", "").parse().unwrap(),
        name: long.parse().unwrap(),
        name_en: Some(long.parse().unwrap()),
        credit_code: unused_code(n),
        roles: Roles::new(Role::ALL.iter().copied()).unwrap(),
        ..planned(
            0,
            if n < limits::VALIDATORS_MAX {
                PlannedNode::Validator { power: 1 << 52 }
            } else {
                PlannedNode::Observer
            },
        )
    };
    let plan = plan_of(parameters(), None, (0..limits::FOUNDERS_MAX).map(founder).collect()).unwrap();
    assert!(plan.encode().len() <= limits::FOUNDING_PLAN_BYTES_MAX, "{}", plan.encode().len());
    let declaration = declared(&samples::plan(), 0);
    assert!(
        declaration.encode().len() + limits::FOUNDER_ADDRESS_BYTES_MAX
            <= limits::FOUNDER_DECLARATION_BYTES_MAX
    );
}

#[test]
fn a_plan_under_which_idle_would_be_an_outage_is_none() {
    let refused = refusal(|plan| {
        let parameters = plan.parameters.as_mut().unwrap();
        parameters.heartbeat_ms = 60_000;
        parameters.outage = Some(proto::OutageRule { longer_than_ms: 119_999, held_ms: 3_600_000 });
    });
    let why = "parameters.outage: outage.longer_than_ms is less than twice heartbeat_ms: idle is no outage";
    assert!(refused.starts_with(why), "{refused}");
}
