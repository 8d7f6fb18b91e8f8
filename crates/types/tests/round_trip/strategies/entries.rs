//! Entries of the log.

use bulla_crypto::Hash;
use bulla_types::*;
use proptest::prelude::*;
use proptest::sample::select;

use super::transactions::transactions;
use super::values::{hashes, numbers, signatures, times};

fn outcome_of(action: &Action, number: u64, id: Hash) -> Outcome {
    match action {
        Action::DepositEvidence(_) => Outcome::EvidenceNumber(EvidenceNumber(number)),
        Action::EnrolMember(_) => Outcome::MemberNumber(MemberNumber(number)),
        Action::EnrolKey(_) => Outcome::KeyId(KeyId(id)),
        Action::ChangeKeyStatus(_) | Action::ChangeMemberStatus(_) => Outcome::Done,
    }
}

fn contents() -> impl Strategy<Value = (Content, Vec<Outcome>)> {
    let recorded = (transactions(), numbers(), hashes()).prop_map(|(transaction, number, id)| {
        let actions = transaction.body().actions.iter();
        let outcomes = actions.map(|action| outcome_of(action, number, id)).collect();
        (Content::Transaction(transaction), outcomes)
    });
    let event = prop_oneof![
        hashes().prop_map(|id| SystemEvent::Founded { ledger_id: LedgerId(id) }),
        equivocations().prop_map(SystemEvent::Equivocation),
    ];
    prop_oneof![4 => recorded, 1 => event.prop_map(|event| (Content::Event(event), vec![]))]
}

pub(crate) fn entries() -> impl Strategy<Value = Entry> {
    (numbers(), times(), contents()).prop_map(|(height, time, (content, outcomes))| Entry {
        height: Height(height),
        time,
        content,
        outcomes,
    })
}

fn equivocations() -> impl Strategy<Value = Equivocation> {
    let value = || (proptest::option::of(hashes()), signatures());
    (hashes(), numbers(), any::<u32>(), select(VoteType::ALL), value(), value())
        .prop_filter("two values", |(_, _, _, _, first, second)| first.0 != second.0)
        .prop_map(|(address, height, round, vote_type, first, second)| {
            let vote = |(value, signature): (Option<Hash>, _)| SignedValue {
                value: value.map(BlockHash),
                signature,
            };
            let votes = [vote(first), vote(second)];
            Equivocation::new(Address(address), Height(height), round, vote_type, votes).unwrap()
        })
}
