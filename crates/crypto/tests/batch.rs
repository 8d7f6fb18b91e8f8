//! A batch judges each signature as the single check does, whatever stands beside it.
#![allow(clippy::unwrap_used)]

use bulla_crypto::{PublicKey, SecretKey, Signature, batch};
use proptest::prelude::*;
use rand::{SeedableRng, rngs::StdRng};

/// What is wrong with one item of a batch.
#[derive(Debug, Clone, Copy)]
enum Fault {
    None,
    Message,
    R,
    S,
    OtherKey,
}

fn any_fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        6 => Just(Fault::None),
        1 => Just(Fault::Message),
        1 => Just(Fault::R),
        1 => Just(Fault::S),
        1 => Just(Fault::OtherKey),
    ]
}

fn item(signer: u8, fault: Fault) -> (PublicKey, Signature, Vec<u8>) {
    let key = SecretKey::from_seed(&[signer; 32]);
    let mut message = vec![signer; usize::from(signer)];
    let mut signature = key.sign(&message);
    let mut public = key.public_key().clone();
    match fault {
        Fault::None => {}
        Fault::Message => message.push(0),
        Fault::R => signature.0[0] ^= 1,
        Fault::S => signature.0[32] ^= 1,
        Fault::OtherKey => public = SecretKey::from_seed(&[signer + 1; 32]).public_key().clone(),
    }
    (public, signature, message)
}

fn verdicts(items: &[(PublicKey, Signature, Vec<u8>)]) -> Vec<bool> {
    let items: Vec<_> = items.iter().map(|(key, sig, msg)| (key.clone(), *sig, msg.as_slice())).collect();
    batch::verify(&items, &mut StdRng::seed_from_u64(7))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn each_verdict_is_that_of_the_single_check(specs in prop::collection::vec((0_u8..4, any_fault()), 0..24)) {
        let items: Vec<_> = specs.iter().map(|(signer, fault)| item(*signer, *fault)).collect();
        let single: Vec<_> = items.iter().map(|(key, sig, msg)| key.verify_zip215(msg, sig).is_ok()).collect();
        let sound: Vec<_> = specs.iter().map(|(_, fault)| matches!(fault, Fault::None)).collect();
        prop_assert_eq!(&verdicts(&items), &single);
        prop_assert_eq!(&single, &sound);
    }
}

#[test]
fn an_empty_batch_has_no_verdicts() {
    assert!(verdicts(&[]).is_empty());
}

#[test]
fn one_bad_signature_among_many_is_the_only_one_refused() {
    let items: Vec<_> =
        (0..100).map(|index| item(index, if index == 41 { Fault::S } else { Fault::None })).collect();
    let refused: Vec<_> =
        verdicts(&items).iter().enumerate().filter(|(_, ok)| !**ok).map(|(i, _)| i).collect();
    assert_eq!(refused, [41]);
}
