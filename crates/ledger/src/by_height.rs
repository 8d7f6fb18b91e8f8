//! What holds from a height on and keeps its history: the validators and the parameters.
//!
//! A history begins when its value changes for the first time: number 1 is then what the genesis says, and each
//! further number what a block has left for the height after it.

use std::sync::Arc;

use bulla_types::{
    BlockTime, Canonical, Counter, CounterRecord, Height, ParameterSetNumber, ParameterSetRecord, Parameters,
    StateKey, ValidatorSet, ValidatorSetNumber, ValidatorSetRecord,
};

use crate::overlay::Overlay;
use crate::record::Record;
use crate::view::{StateView, ViewError};

/// One record of such a history.
pub(crate) trait ByHeight: Canonical {
    /// What holds.
    type Value;
    /// The sequence that numbers the records.
    const COUNTER: Counter;

    fn new(first_height: Height, value: Self::Value) -> Self;
    fn first_height(&self) -> Height;
    fn key(number: u64) -> StateKey;
    fn record(self) -> Record;
}

impl ByHeight for ValidatorSetRecord {
    type Value = ValidatorSet;
    const COUNTER: Counter = Counter::ValidatorSets;

    fn new(first_height: Height, validators: ValidatorSet) -> Self {
        Self { first_height, validators }
    }

    fn first_height(&self) -> Height {
        self.first_height
    }

    fn key(number: u64) -> StateKey {
        StateKey::ValidatorSet(ValidatorSetNumber(number))
    }

    fn record(self) -> Record {
        Record::ValidatorSet(Arc::new(self))
    }
}

impl ByHeight for ParameterSetRecord {
    /// The parameters, and from when on requests are taken.
    type Value = (Parameters, Option<BlockTime>);
    const COUNTER: Counter = Counter::ParameterSets;

    fn new(first_height: Height, (parameters, requests_from): Self::Value) -> Self {
        Self { first_height, parameters, requests_from }
    }

    fn first_height(&self) -> Height {
        self.first_height
    }

    fn key(number: u64) -> StateKey {
        StateKey::ParameterSet(ParameterSetNumber(number))
    }

    fn record(self) -> Record {
        Record::ParameterSet(Arc::new(self))
    }
}

/// Keeps what the next height has, after `present`, which this one has. Who comes last in a block has the word. Gives the number of the record.
pub(crate) fn keep<R: ByHeight, V: StateView>(
    present: R::Value,
    next: R::Value,
    height: Height,
    state: &mut Overlay<'_, V>,
) -> Result<u64, ViewError> {
    let committed = numbers::<R>(state.view())?;
    if state.next(R::COUNTER)? == 1 {
        let number = state.take(R::COUNTER)?;
        state.write(R::key(number), R::new(Height(1), present).record());
    }
    // What this block has kept before is one more than what was committed; at first two more.
    let kept = state.next(R::COUNTER)? - 1;
    let number = if kept > committed.max(1) { kept } else { state.take(R::COUNTER)? };
    let first_height = Height(height.0.saturating_add(1));
    state.write(R::key(number), R::new(first_height, next).record());
    Ok(number)
}

/// What holds at a height, up to one above that of the view; `None` when it has never changed.
pub(crate) fn at<R: ByHeight>(view: &impl StateView, height: Height) -> Result<Option<R>, ViewError> {
    let (mut low, mut high) = (1, numbers::<R>(view)? + 1);
    let mut found = None;
    while low < high {
        let number = low + (high - low) / 2;
        let record = numbered::<R>(view, number)?;
        if record.first_height() <= height {
            found = Some(record);
            low = number + 1;
        } else {
            high = number;
        }
    }
    Ok(found)
}

/// The newest record.
pub(crate) fn newest<R: ByHeight>(view: &impl StateView) -> Result<Option<R>, ViewError> {
    match numbers::<R>(view)? {
        0 => Ok(None),
        number => numbered(view, number).map(Some),
    }
}

/// The whole history.
pub(crate) fn all<R: ByHeight>(view: &impl StateView) -> Result<Vec<R>, ViewError> {
    (1..=numbers::<R>(view)?).map(|number| numbered(view, number)).collect()
}

fn numbers<R: ByHeight>(view: &impl StateView) -> Result<u64, ViewError> {
    let counter: Option<CounterRecord> = read(view, StateKey::Counter(R::COUNTER))?;
    Ok(counter.map_or(0, |counter| counter.next - 1))
}

fn numbered<R: ByHeight>(view: &impl StateView, number: u64) -> Result<R, ViewError> {
    let key = R::key(number);
    read(view, key)?.ok_or(ViewError::Missing { key })
}

/// A record of the view.
pub(crate) fn read<R: Canonical>(view: &impl StateView, key: StateKey) -> Result<Option<R>, ViewError> {
    let Some(value) = view.get(&key)? else { return Ok(None) };
    let corrupt = |error: bulla_types::DecodeError| ViewError::Corrupt { key, reason: error.to_string() };
    R::decode(&value).map(Some).map_err(corrupt)
}
