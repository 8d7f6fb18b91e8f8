//! Bytes from anywhere: refused or canonical, never a panic.

use bulla_rules::profile::{Profile, limits::PROFILE_BYTES_MAX};
use bulla_types::{ReasonCode, proto};
use proptest::prelude::*;
use prost::Message;

use crate::support::sample;

fn sample_message() -> proto::Profile {
    proto::Profile::decode(sample().encode().as_slice()).unwrap()
}

#[test]
fn what_is_not_a_profile_is_refused_with_its_place() {
    let mut message = sample_message();
    let refused = |message: &proto::Profile| {
        let error = Profile::decode(&message.encode_to_vec()).unwrap_err();
        (error.path().to_owned(), error.reason())
    };
    message.format = 2;
    assert_eq!(refused(&message), ("format".to_owned(), ReasonCode::UnknownVersion));
    message.format = 1;
    message.values.swap(0, 1);
    assert_eq!(refused(&message), ("values".to_owned(), ReasonCode::Malformed));
    message.values.swap(0, 1);
    message.procedures[1].steps[0].order = 1001;
    assert_eq!(refused(&message).0, "procedures[1].steps[0].order");
}

#[test]
fn too_many_bytes_are_refused_unread() {
    let error = Profile::decode(&vec![0; PROFILE_BYTES_MAX + 1]).unwrap_err();
    assert_eq!(error.reason(), ReasonCode::TooLarge);
}

#[test]
fn a_condition_with_other_arms_than_it_says_is_refused() {
    use bulla_types::proto::{RuleCondition, RuleNothing, rule_condition::Node};
    for node in [Node::All(0), Node::All(2), Node::Any(u32::MAX), Node::Not(RuleNothing {})] {
        let mut message = sample_message();
        message.procedures[2].steps[0].conditions = vec![RuleCondition { node: Some(node) }];
        let error = Profile::decode(&message.encode_to_vec()).unwrap_err();
        assert!(error.path().starts_with("procedures[2].steps[0].conditions"), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Profile::decode(&bytes);
    }

    #[test]
    fn a_changed_byte_is_refused_or_another_profile(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = sample().encode();
        let at = at.index(bytes.len());
        bytes[at] = to;
        if let Ok(profile) = Profile::decode(&bytes) {
            prop_assert_eq!(profile.encode(), bytes);
            let _ = profile.check_adoptable();
        }
    }
}
