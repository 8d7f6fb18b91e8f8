//! What execution asks of the state, and what it makes of a state that is broken.

use std::cell::RefCell;

use bulla_ledger::{BlockExecution, ExecutionError, SeenRequest, StateView, ViewError};
use bulla_types::{Counter, KeyPurpose, KeyRange, MemberNumber, RequestId, StateKey};

use crate::support::{Ledger, MemoryView};

/// A view that notes what is read.
struct Watched<'v> {
    inner: &'v MemoryView,
    reads: RefCell<Vec<StateKey>>,
}

impl StateView for Watched<'_> {
    fn get(&self, key: &StateKey) -> Result<Option<Vec<u8>>, ViewError> {
        self.reads.borrow_mut().push(*key);
        self.inner.get(key)
    }

    fn keys(&self, range: &KeyRange, limit: usize) -> Result<Vec<StateKey>, ViewError> {
        StateView::keys(self.inner, range, limit)
    }

    fn request(&self, member: MemberNumber, id: &RequestId) -> Result<Option<SeenRequest>, ViewError> {
        self.inner.request(member, id)
    }
}

#[test]
fn a_block_reads_each_record_once_however_many_transactions_need_it() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let deposits: Vec<_> =
        (0..20).map(|_| ledger.request().operated_by(&body).deposit("a").transaction()).collect();
    let view = Watched { inner: &ledger.view, reads: RefCell::default() };
    let mut block = BlockExecution::new(&view, ledger.context());
    for deposit in &deposits {
        block.dry_run(deposit).unwrap();
        block.transaction(deposit).unwrap();
    }
    let expected = [
        // Whether older requests are refused since the parameters were changed.
        StateKey::Counter(Counter::ParameterSets),
        StateKey::Key(body.key_id(KeyPurpose::Operate)),
        StateKey::Member(body.number),
        StateKey::Counter(Counter::Evidence),
        // Whether a deadline comes before the first transaction.
        StateKey::CalendarHead,
        StateKey::Outage,
    ];
    assert_eq!(*view.reads.borrow(), expected);
}

#[test]
fn a_broken_state_is_the_trouble_of_the_node_and_refuses_nothing() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let deposit = ledger.request().operated_by(&body).deposit("a").transaction();
    let counter = StateKey::Counter(Counter::Evidence);

    ledger.view.state.insert(counter.encode(), vec![0xff]);
    let context = ledger.context();
    let result = BlockExecution::new(&ledger.view, context.clone()).transaction(&deposit);
    assert!(matches!(result, Err(ExecutionError::View(ViewError::Corrupt { key, .. })) if key == counter));

    ledger.view.state.remove(&counter.encode());
    let result = BlockExecution::new(&ledger.view, context).transaction(&deposit);
    assert!(matches!(result, Err(ExecutionError::View(ViewError::Missing { key })) if key == counter));
}
