//! Who validates.

use bulla_crypto::sha256;
use bulla_ledger::{BlockExecution, Cause, validator_changes, validators_at};
use bulla_types::{
    Address, BlockHash, Equivocation, Height, KeyId, KeyPurpose, KeyStatus, ReasonCode, Role, SignedValue,
    SystemEvent, Vote, VoteType,
};

use super::{bodies, change, consensus, enrol_consensus_key, sorted, validators};
use crate::support::{Ledger, Party, START, refusal, secret};

/// A fifth registration body with a CONSENSUS key.
fn fifth(ledger: &mut Ledger) -> (Party, KeyId) {
    let body = ledger.enrol("fifth", Role::RegistrationBody);
    let key = enrol_consensus_key(ledger, &body, "fifth/Consensus");
    (body, key)
}

fn founders(ledger: &Ledger) -> Vec<(KeyId, u64)> {
    ledger.bodies.iter().map(|body| (consensus(body), 1)).collect()
}

#[test]
fn a_validator_is_added_then_another_removed_and_the_history_says_from_which_height_on() {
    let mut ledger = Ledger::new();
    let (_, new) = fifth(&mut ledger);
    let first = consensus(&ledger.body(1));
    let founded = founders(&ledger);

    bodies(&mut ledger).action(change(&[(new, 1)])).recorded();
    let added_at = ledger.height;
    assert_eq!(validators(&ledger), sorted([&founded[..], &[(new, 1)]].concat()));
    bodies(&mut ledger).action(change(&[(first, 0)])).recorded();
    let removed_at = ledger.height;
    assert_eq!(validators(&ledger), sorted([&founded[1..], &[(new, 1)]].concat()));

    let count = |height| validators_at(&ledger.view, Height(height)).unwrap().validators().len();
    assert_eq!((count(1), count(added_at.0)), (4, 4));
    assert_eq!((count(added_at.0 + 1), count(removed_at.0), count(removed_at.0 + 1)), (5, 5, 4));
    let changes = validator_changes(&ledger.view).unwrap();
    let heights: Vec<_> = changes.iter().map(|change| change.first_height.0).collect();
    assert_eq!(heights, [added_at.0 + 1, removed_at.0 + 1]);
}

#[test]
fn a_validator_takes_another_key_and_the_former_one_can_be_retired_with_it() {
    let mut ledger = Ledger::new();
    let body = ledger.body(2);
    let (former, new) = (consensus(&body), enrol_consensus_key(&mut ledger, &body, "new"));
    let retirement = ledger.request().administered_by(&body).retire(former);
    retirement.refused(0, Cause::KeyOfValidator(former), ReasonCode::ValidatorInUse);
    let report = ledger.request().administered_by(&body).report_compromised(former, START);
    report.refused(0, Cause::KeyOfValidator(former), ReasonCode::ValidatorInUse);
    bodies(&mut ledger).action(change(&[(former, 0), (new, 1)])).retire(former).recorded();
    assert!(validators(&ledger).contains(&(new, 1)) && !validators(&ledger).contains(&(former, 1)));
    bodies(&mut ledger).action(change(&[(former, 1)])).refused(
        0,
        Cause::KeyEnded { key_id: former, status: KeyStatus::Retired },
        ReasonCode::KeyRetired,
    );
}

#[test]
fn a_consensus_key_that_nobody_validates_with_ends_like_any_other() {
    let mut ledger = Ledger::new();
    let body = ledger.body(2);
    let key = enrol_consensus_key(&mut ledger, &body, "idle");
    ledger.request().administered_by(&body).retire(key).recorded();
}

#[test]
fn validators_change_by_the_threshold_and_not_by_their_body_alone() {
    let mut ledger = Ledger::new();
    let body = ledger.body(2);
    let (former, new) = (consensus(&body), enrol_consensus_key(&mut ledger, &body, "new"));
    ledger.request().administered_by(&body).action(change(&[(former, 0), (new, 1)])).refused(
        0,
        Cause::ThresholdNotMet { needed: 3, present: 1 },
        ReasonCode::ThresholdNotMet,
    );
}

#[test]
fn a_validator_is_a_consensus_key_of_an_active_registration_body() {
    let mut ledger = Ledger::new();
    let nobody = KeyId::of(secret("nobody").public_key());
    let request = bodies(&mut ledger).action(change(&[(nobody, 1)]));
    request.refused(0, Cause::KeyUnknown(nobody), ReasonCode::KeyUnknown);

    let operate = ledger.body(1).key_id(KeyPurpose::Operate);
    let wrong = Cause::NotForConsensus { key_id: operate, purpose: KeyPurpose::Operate };
    bodies(&mut ledger).action(change(&[(operate, 1)])).refused(0, wrong, ReasonCode::ValidatorInvalid);

    let exchange = ledger.enrol("exchange", Role::Exchange);
    let key_id = enrol_consensus_key(&mut ledger, &exchange, "exchange/Consensus");
    let no_body = Cause::ValidatorNoBody { key_id, member: exchange.number };
    bodies(&mut ledger).action(change(&[(key_id, 1)])).refused(0, no_body, ReasonCode::ValidatorInvalid);

    let (body, key_id) = fifth(&mut ledger);
    bodies(&mut ledger).suspend(body.number).recorded();
    let request = bodies(&mut ledger).action(change(&[(key_id, 1)]));
    request.refused(0, Cause::SignerSuspended(body.number), ReasonCode::MemberSuspended);
}

#[test]
fn no_body_has_two_validators() {
    let mut ledger = Ledger::new();
    let body = ledger.body(4);
    let second = enrol_consensus_key(&mut ledger, &body, "second");
    let request = bodies(&mut ledger).action(change(&[(second, 1)]));
    request.refused(None, Cause::BodyValidatesTwice(body.number), ReasonCode::ValidatorInvalid);
}

#[test]
fn what_changes_nothing_is_refused() {
    let mut ledger = Ledger::new();
    let (body, idle) = fifth(&mut ledger);
    let present = consensus(&ledger.body(1));
    for (key_id, power) in [(present, 1), (idle, 0)] {
        let unchanged = Cause::ValidatorUnchanged { key_id, power };
        let request = bodies(&mut ledger).action(change(&[(key_id, power)]));
        request.refused(0, unchanged, ReasonCode::ValidatorsUnchanged);
    }
    assert_eq!(ledger.record_of(&body).roles.iter().collect::<Vec<_>>(), [Role::RegistrationBody]);
}

#[test]
fn four_validators_that_bear_a_failure_are_not_made_three_that_do_not() {
    let mut ledger = Ledger::new();
    let [first, second] = [1, 2].map(|number| consensus(&ledger.body(number)));
    let lost = || Cause::MarginLost;
    bodies(&mut ledger).action(change(&[(first, 0)])).refused(None, lost(), ReasonCode::QuorumAtRisk);
    bodies(&mut ledger).action(change(&[(first, 2)])).refused(None, lost(), ReasonCode::QuorumAtRisk);
    // Where there is a fifth, one may go.
    let (_, new) = fifth(&mut ledger);
    bodies(&mut ledger).action(change(&[(new, 1)])).recorded();
    bodies(&mut ledger).action(change(&[(second, 0)])).recorded();
}

#[test]
fn those_who_stay_can_decide_without_those_who_come() {
    let mut ledger = Ledger::new();
    let [first, second] = [1, 2].map(|number| {
        let body = ledger.body(number);
        (consensus(&body), enrol_consensus_key(&mut ledger, &body, &format!("new {number}")))
    });
    let both = [(first.0, 0), (first.1, 1), (second.0, 0), (second.1, 1)];
    let lost = Cause::QuorumLost { staying: 2, total: 4 };
    bodies(&mut ledger).action(change(&both)).refused(None, lost, ReasonCode::QuorumAtRisk);
    bodies(&mut ledger).action(change(&both[..2])).recorded();
    bodies(&mut ledger).action(change(&both[2..])).recorded();
}

#[test]
fn the_transactions_of_one_block_are_judged_together() {
    let mut ledger = Ledger::new();
    let keys = [1, 2].map(|number| {
        let body = ledger.body(number);
        (consensus(&body), enrol_consensus_key(&mut ledger, &body, &format!("new {number}")))
    });
    let [one, other] =
        keys.map(|(former, new)| bodies(&mut ledger).action(change(&[(former, 0), (new, 1)])).transaction());
    let mut block = BlockExecution::new(&ledger.view, ledger.context());
    block.transaction(&one).unwrap();
    let refused = refusal(block.transaction(&other).unwrap_err());
    assert_eq!(refused.cause, Cause::QuorumLost { staying: 2, total: 4 });
    let changes = block.finish().unwrap();
    let brought = changes.validators.unwrap();
    assert_eq!(brought.validators().len(), 4);
    assert!(brought.validators().iter().any(|validator| KeyId::of(validator.key()) == keys[0].1));
}

#[test]
fn a_block_that_takes_its_change_back_has_brought_none() {
    let mut ledger = Ledger::new();
    let (_, new) = fifth(&mut ledger);
    let there = bodies(&mut ledger).action(change(&[(new, 1)])).transaction();
    let back = bodies(&mut ledger).action(change(&[(new, 0)])).transaction();
    let mut block = BlockExecution::new(&ledger.view, ledger.context());
    block.transaction(&there).unwrap();
    block.transaction(&back).unwrap();
    let changes = block.finish().unwrap();
    ledger.commit(Vec::new(), changes);
    assert_eq!(validators(&ledger), sorted(founders(&ledger)));
    assert_eq!(validator_changes(&ledger.view).unwrap(), []);
}

#[test]
fn the_last_validator_stays() {
    let mut ledger = Ledger::of(1, 1);
    let only = consensus(&ledger.body(1));
    let request = ledger.request().administered_by_bodies([1]).action(change(&[(only, 0)]));
    request.refused(0, Cause::ValidatorsNone, ReasonCode::QuorumAtRisk);
}

#[test]
fn a_ledger_of_one_validator_grows_by_way_of_its_power() {
    let mut ledger = Ledger::of(1, 1);
    let only = consensus(&ledger.body(1));
    let body = ledger.enrol("second", Role::RegistrationBody);
    let new = enrol_consensus_key(&mut ledger, &body, "second/Consensus");
    let lost = Cause::QuorumLost { staying: 1, total: 2 };
    let request = ledger.request().administered_by_bodies([1]).action(change(&[(new, 1)]));
    request.refused(None, lost, ReasonCode::QuorumAtRisk);
    ledger.request().administered_by_bodies([1]).action(change(&[(only, 3), (new, 1)])).recorded();
    ledger.request().administered_by_bodies([1]).action(change(&[(only, 1)])).recorded();
    assert_eq!(validators(&ledger), sorted(vec![(only, 1), (new, 1)]));
}

#[test]
fn a_validator_answers_for_its_votes_at_the_heights_that_it_decided() {
    let mut ledger = Ledger::new();
    let body = ledger.body(2);
    let former = body.key(KeyPurpose::Consensus);
    let new = enrol_consensus_key(&mut ledger, &body, "new");
    bodies(&mut ledger).action(change(&[(consensus(&body), 0), (new, 1)])).recorded();
    let left_at = ledger.height;
    ledger.request().operated_by(&body).deposit("a block later").recorded();

    let equivocation = |key: &bulla_crypto::SecretKey, height: u64| {
        let (address, round, vote_type) = (Address::of(key.public_key()), 0, VoteType::Prevote);
        let vote = |value| {
            let height = Height(height);
            let vote = Vote { ledger_id: ledger.id, vote_type, height, round, value, address };
            SignedValue { value, signature: key.sign(&vote.preimage()) }
        };
        let votes = [vote(Some(BlockHash(sha256(&[b"block"])))), vote(None)];
        Equivocation::new(address, Height(height), round, vote_type, votes).unwrap()
    };
    let (at_last, after) = (equivocation(&former, left_at.0), equivocation(&former, left_at.0 + 1));
    let (of_new, too_early) =
        (equivocation(&secret("new"), left_at.0 + 1), equivocation(&secret("new"), left_at.0));
    for event in [after, too_early] {
        let unknown = Err(Cause::ValidatorUnknown(event.address()));
        assert_eq!(ledger.record_event(SystemEvent::Equivocation(event)), unknown);
    }
    for event in [at_last, of_new] {
        ledger.record_event(SystemEvent::Equivocation(event)).unwrap();
    }
}
