//! Typed access to the overlay: each record by its natural name.

use std::sync::Arc;

use bulla_types::{
    Counter, CounterRecord, CreditCode, EquivocationRecord, KeyId, KeyRecord, KeyStatus, MemberNumber,
    MemberRecord, OwnerRecord, RecordKey, StateKey, StatusRecord, ValidatorSet,
};

use crate::overlay::Overlay;
use crate::record::Record;
use crate::view::{StateView, ViewError};

/// Takes a record of one kind out of what [`Overlay::read`] gave under a key of that kind.
macro_rules! of_kind {
    ($kind:ident, $record:expr) => {
        $record.map(|record| match record {
            Record::$kind(record) => record,
            other => unreachable!("invariant: a key names the kind of its record, not {other:?}"),
        })
    };
}

impl<V: StateView> Overlay<'_, V> {
    pub(crate) fn member(&mut self, number: MemberNumber) -> Result<Option<Arc<MemberRecord>>, ViewError> {
        Ok(of_kind!(Member, self.read(&StateKey::Member(number))?))
    }

    /// The holder of a key.
    pub(crate) fn holder(&mut self, key: &KeyRecord) -> Result<Arc<MemberRecord>, ViewError> {
        self.member(key.member)?.ok_or(ViewError::Missing { key: StateKey::Member(key.member) })
    }

    pub(crate) fn key(&mut self, id: KeyId) -> Result<Option<KeyRecord>, ViewError> {
        Ok(of_kind!(Key, self.read(&StateKey::Key(id))?))
    }

    /// The newest step in the past of a key.
    pub(crate) fn last_step(
        &mut self,
        id: KeyId,
        head: &KeyRecord,
    ) -> Result<StatusRecord<KeyStatus>, ViewError> {
        let key = StateKey::History { record: RecordKey::Key(id), seq: head.history_count - 1 };
        of_kind!(KeyStep, self.read(&key)?).ok_or(ViewError::Missing { key })
    }

    pub(crate) fn owner(&mut self, code: CreditCode) -> Result<Option<OwnerRecord>, ViewError> {
        Ok(of_kind!(Owner, self.read(&StateKey::CreditCode(code))?))
    }

    pub(crate) fn equivocation(&mut self, key: &StateKey) -> Result<Option<EquivocationRecord>, ViewError> {
        Ok(of_kind!(Equivocation, self.read(key)?))
    }

    pub(crate) fn validators(&mut self) -> Result<Arc<ValidatorSet>, ViewError> {
        let key = StateKey::Validators;
        of_kind!(Validators, self.read(&key)?).ok_or(ViewError::Missing { key })
    }

    /// Takes the next number of a sequence.
    pub(crate) fn take(&mut self, counter: Counter) -> Result<u64, ViewError> {
        let key = StateKey::Counter(counter);
        let CounterRecord { next: number } =
            of_kind!(Counter, self.read(&key)?).ok_or(ViewError::Missing { key })?;
        #[allow(clippy::expect_used, reason = "a number a nanosecond would last for centuries")]
        let next = number.checked_add(1).expect("invariant: a ledger gives out fewer than 2^64 numbers");
        self.write(key, Record::Counter(CounterRecord { next }));
        Ok(number)
    }
}
