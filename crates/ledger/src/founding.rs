//! The state that a genesis founds: in force before the first entry.

use std::collections::BTreeMap;
use std::sync::Arc;

use bulla_types::{Counter, CounterRecord, Genesis, KeyRange, MemberNumber, RequestId, StateKey};

use crate::enrolment;
use crate::invariants;
use crate::overlay::Overlay;
use crate::record::Record;
use crate::refusal::ExecutionError;
use crate::transaction::Stamp;
use crate::view::{SeenRequest, StateView, ViewError};

/// The state map before the first entry, as changes to an empty one: parameters, validators, the founders
/// as members from 1 on with their keys, and the sequences. The past of these records begins at log index 0
/// and the time of the genesis.
///
/// # Panics
/// Never for a [`Genesis`], which has no key or credit code twice.
#[must_use]
#[allow(clippy::expect_used, reason = "a genesis was checked when it was made")]
pub fn found(genesis: &Genesis) -> BTreeMap<Vec<u8>, Option<Vec<u8>>> {
    let mut state = Overlay::new(&Nothing);
    state.write(StateKey::Parameters, Record::Parameters(Arc::new(genesis.parameters().clone())));
    state.write(StateKey::Validators, Record::Validators(Arc::new(genesis.validators().clone())));
    for counter in [Counter::Members, Counter::Evidence] {
        state.write(StateKey::Counter(counter), Record::Counter(CounterRecord { next: 1 }));
    }
    enrol_founders(genesis, &mut state).expect("invariant: a genesis has no key or credit code twice");
    state.keep();
    invariants::check(&state);
    state.changes().expect("invariant: a view of nothing always answers")
}

fn enrol_founders(genesis: &Genesis, state: &mut Overlay<'_, Nothing>) -> Result<(), ExecutionError> {
    let stamp = Stamp { log_index: 0, time: genesis.time(), transaction_id: None };
    for founder in genesis.founders() {
        let number = enrolment::member(&founder.member, stamp, state)?;
        for declaration in &founder.member.keys {
            enrolment::key(number, declaration, stamp, state)?;
        }
    }
    Ok(())
}

/// The state before there is any.
#[derive(Debug)]
struct Nothing;

impl StateView for Nothing {
    fn get(&self, _: &StateKey) -> Result<Option<Vec<u8>>, ViewError> {
        Ok(None)
    }

    fn keys(&self, _: &KeyRange, _: usize) -> Result<Vec<StateKey>, ViewError> {
        Ok(Vec::new())
    }

    fn request(&self, _: MemberNumber, _: &RequestId) -> Result<Option<SeenRequest>, ViewError> {
        Ok(None)
    }
}
