//! The log again: the same state comes of it, and whoever acts in it has signed and may.

use std::collections::{BTreeMap, BTreeSet};

use bulla_ledger::{BlockContext, BlockExecution};
use bulla_types::{
    Action, CaseRecord, CaseRef, CertificateRecord, Content, MemberNumber, RegistrationRecord, RuleName,
    StateKey, Subject, TakeStep, Transaction,
};

use crate::support::{Ledger, MemoryView};

/// Executing the log again gives the same state. On the way, nobody acts for another.
pub(super) fn check_replay(ledger: &Ledger) {
    let fresh = Ledger::unfounded(4, 3);
    let mut view: MemoryView = fresh.view;
    let mut entries = ledger.log.iter().peekable();
    let mut next_index = 0;
    let mut parent_time = ledger.genesis.time();
    while let Some(&first) = entries.peek() {
        let context = BlockContext {
            ledger_id: ledger.id,
            height: first.height,
            time: first.time,
            parent_time,
            next_index,
            parameters: ledger.parameters.clone(),
        };
        let mut block = BlockExecution::new(&view, context);
        while let Some(entry) = entries.next_if(|entry| entry.height == first.height) {
            next_index += 1;
            match &entry.content {
                Content::Event(event) => block.event(event).unwrap(),
                Content::Transaction(transaction) => {
                    check_signers(transaction, &view);
                    assert_eq!(block.transaction(transaction).unwrap(), entry.outcomes, "another outcome");
                }
            }
        }
        let changes = block.finish().unwrap();
        view.commit(changes);
        parent_time = first.time;
    }
    assert!(view.state == ledger.view.state, "replay gives another state");
}

/// Whoever acts signs, and is the party that it acts as, by the state before its block.
fn check_signers(transaction: &Transaction, view: &MemoryView) {
    let signers: BTreeSet<MemberNumber> =
        transaction.body().signers.iter().map(|signer| signer.member).collect();
    for action in &transaction.body().actions {
        let Action::TakeStep(take) = action else { continue };
        let mut acting: BTreeMap<&RuleName, BTreeSet<MemberNumber>> = BTreeMap::new();
        for actor in &take.actors {
            assert!(signers.contains(&actor.signer()), "{actor:?} has not signed");
            acting.entry(&actor.party).or_default().insert(actor.member);
        }
        for (party, members) in acting {
            if let Some(bound) = bound(take, party, view) {
                assert_eq!(members, bound, "other members act as {party}: {take:?}");
            }
        }
    }
}

/// The members that a party is before the step, where that is settled.
fn bound(take: &TakeStep, party: &RuleName, view: &MemoryView) -> Option<BTreeSet<MemberNumber>> {
    let case: Option<CaseRecord> = match &take.case {
        CaseRef::Number(number) => view.record(StateKey::Case(*number)),
        CaseRef::Open(_) => None,
    };
    let about = match &take.case {
        CaseRef::Number(_) => case.as_ref()?.about,
        CaseRef::Open(open) => open.about,
    };
    match party.as_str() {
        "registry" => Some([MemberNumber(1)].into()),
        "holder" => {
            let entry = match about? {
                Subject::Certificate(number) => {
                    view.record::<CertificateRecord>(StateKey::Certificate(number))?.subject
                }
                about => about,
            };
            let Subject::Registration(number) = entry else { return None };
            let entry: RegistrationRecord = view.record(StateKey::Registration(number))?;
            Some(entry.holders.members().collect())
        }
        party => case?.parties.get(party).cloned(),
    }
}
