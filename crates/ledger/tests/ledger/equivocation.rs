//! Equivocations prove themselves.

use bulla_crypto::{SecretKey, sha256};
use bulla_ledger::Cause;
use bulla_types::{
    Address, BlockHash, Equivocation, EquivocationRecord, Height, KeyPurpose, LedgerId, SignedValue,
    StateKey, SystemEvent, Vote, VoteType,
};

use crate::support::{Ledger, secret};

/// Two prevotes, for a block and for nil, at round 0.
fn equivocation(ledger_id: LedgerId, secret: &SecretKey, height: Height) -> Equivocation {
    let address = Address::of(secret.public_key());
    let (round, vote_type) = (0, VoteType::Prevote);
    let vote = |value| {
        let vote = Vote { ledger_id, vote_type, height, round, value, address };
        SignedValue { value, signature: secret.sign(&vote.preimage()) }
    };
    let votes = [vote(Some(BlockHash(sha256(&[b"block"])))), vote(None)];
    Equivocation::new(address, height, round, vote_type, votes).unwrap()
}

#[test]
fn two_votes_of_a_validator_in_one_step_are_recorded_once() {
    let mut ledger = Ledger::new();
    let culprit = ledger.body(2).key(KeyPurpose::Consensus);
    let event = equivocation(ledger.id, &culprit, Height(2));
    let address = event.address();
    ledger.record_event(SystemEvent::Equivocation(event)).unwrap();
    let key = StateKey::Equivocation { address, height: Height(2), round: 0, vote_type: VoteType::Prevote };
    assert_eq!(ledger.view.record(key), Some(EquivocationRecord { log_index: 1 }));
    assert_eq!(
        ledger.record_event(SystemEvent::Equivocation(event)),
        Err(Cause::EquivocationRepeated { address, log_index: 1 })
    );
    let other_height = equivocation(ledger.id, &culprit, Height(1));
    ledger.record_event(SystemEvent::Equivocation(other_height)).unwrap();
}

#[test]
fn votes_for_a_height_to_come_are_refused() {
    let mut ledger = Ledger::new();
    let culprit = ledger.body(2).key(KeyPurpose::Consensus);
    let event = equivocation(ledger.id, &culprit, Height(3));
    assert_eq!(
        ledger.record_event(SystemEvent::Equivocation(event)),
        Err(Cause::EquivocationInFuture { found: Height(3), height: Height(2) })
    );
}

#[test]
fn only_validators_equivocate() {
    let mut ledger = Ledger::new();
    let event = equivocation(ledger.id, &secret("stranger"), Height(1));
    assert_eq!(
        ledger.record_event(SystemEvent::Equivocation(event)),
        Err(Cause::ValidatorUnknown(event.address()))
    );
}

#[test]
fn votes_that_the_validator_did_not_sign_on_this_ledger_prove_nothing() {
    let mut ledger = Ledger::new();
    let culprit = ledger.body(2).key(KeyPurpose::Consensus);
    let elsewhere = equivocation(LedgerId(sha256(&[b"another"])), &culprit, Height(1));
    let address = elsewhere.address();
    let not_proved = Err(Cause::EquivocationNotProved(address));
    assert_eq!(ledger.record_event(SystemEvent::Equivocation(elsewhere)), not_proved);

    let real = equivocation(ledger.id, &culprit, Height(1));
    let mut votes = *real.votes();
    votes[1].value = Some(BlockHash(sha256(&[b"never voted for"])));
    let forged = Equivocation::new(address, Height(1), 0, VoteType::Prevote, votes).unwrap();
    assert_eq!(ledger.record_event(SystemEvent::Equivocation(forged)), not_proved);
}
