//! Which cases may call upon others after a block than before it: the work lists of members.

use std::collections::{BTreeMap, BTreeSet};

use bulla_ledger::{DecodedProfiles, SeenRequest, StateView, ViewError, called_upon};
use bulla_types::canonical::Canonical;
use bulla_types::{
    AccountRecord, CalledUpon, CaseNumber, KeyRange, MemberNumber, RegistrationRecord, RequestId, StateKey,
    Subject,
};

use crate::view::Snapshot;

/// Rows of an index that are read at a time.
const ROWS_PER_READ: usize = 1_000;

/// Changes of the state map, by plain keys.
type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// The state after a block that is not committed yet.
struct After<'a> {
    before: &'a Snapshot<'a>,
    changes: &'a Changes,
}

impl StateView for After<'_> {
    fn get(&self, key: &StateKey) -> Result<Option<Vec<u8>>, ViewError> {
        match self.changes.get(&key.encode()) {
            Some(value) => Ok(value.clone()),
            None => self.before.get(key),
        }
    }

    fn keys(&self, range: &KeyRange, limit: usize) -> Result<Vec<StateKey>, ViewError> {
        let changed = self.changes.range(range.start.clone()..range.end.clone());
        let changed: Vec<_> = changed.collect();
        // As many more as could turn out to be gone.
        let stored = self.before.keys(range, limit.saturating_add(changed.len()))?;
        let mut keys: BTreeSet<Vec<u8>> = stored.iter().map(StateKey::encode).collect();
        for (key, value) in changed {
            match value {
                Some(_) => keys.insert(key.clone()),
                None => keys.remove(key),
            };
        }
        let decode =
            |key: Vec<u8>| StateKey::decode(&key).map_err(|error| ViewError::Foreign(error.to_string()));
        keys.into_iter().take(limit).map(decode).collect()
    }

    fn request(&self, first_signer: MemberNumber, id: &RequestId) -> Result<Option<SeenRequest>, ViewError> {
        self.before.request(first_signer, id)
    }

    fn decoded_profiles(&self) -> Option<&DecodedProfiles> {
        self.before.decoded_profiles()
    }
}

/// Whom cases may call upon after these changes: every case for which that may have changed.
pub(crate) fn work(
    before: &Snapshot<'_>,
    changes: &Changes,
) -> Result<Vec<(CaseNumber, CalledUpon)>, ViewError> {
    let after = After { before, changes };
    let mut cases = BTreeSet::new();
    let mut subjects = Vec::new();
    for key in changes.keys() {
        let key = StateKey::decode(key).map_err(|error| ViewError::Foreign(error.to_string()))?;
        match key {
            StateKey::Case(number) => {
                cases.insert(number);
                subjects.push(Subject::Case(number));
            }
            StateKey::Registration(number) if holders_changed(&after, &key)? => {
                subjects.push(Subject::Registration(number));
            }
            StateKey::Account(number) if holders_changed(&after, &key)? => {
                subjects.push(Subject::Account(number));
            }
            _ => {}
        }
    }
    // Cases about a record call upon its holders, and those about a case on its parties.
    while let Some(subject) = subjects.pop() {
        for case in open_cases_about(&after, subject)? {
            if cases.insert(case) {
                subjects.push(Subject::Case(case));
            }
        }
    }
    called_upon(&after, cases)
}

fn holders_changed(after: &After<'_>, key: &StateKey) -> Result<bool, ViewError> {
    Ok(holders(key, after.before.get(key)?) != holders(key, after.get(key)?))
}

fn holders(key: &StateKey, record: Option<Vec<u8>>) -> Option<BTreeSet<MemberNumber>> {
    let record = record?;
    match key {
        StateKey::Account(_) => Some(BTreeSet::from([AccountRecord::decode(&record).ok()?.holder])),
        _ => {
            let registration = RegistrationRecord::decode(&record).ok()?;
            let others = registration.encumbrances.iter().map(|laid| laid.holder);
            Some(registration.all_holders().into_iter().chain(others).collect())
        }
    }
}

fn open_cases_about(after: &After<'_>, subject: Subject) -> Result<Vec<CaseNumber>, ViewError> {
    let mut range = KeyRange::open_cases(subject);
    let mut cases = Vec::new();
    loop {
        let rows = after.keys(&range, ROWS_PER_READ)?;
        let Some(last) = rows.last().filter(|_| rows.len() == ROWS_PER_READ) else {
            cases.extend(rows.iter().filter_map(case_of));
            return Ok(cases);
        };
        // The least key after the last one read.
        range.start = last.encode();
        range.start.push(0);
        cases.extend(rows.iter().filter_map(case_of));
    }
}

fn case_of(row: &StateKey) -> Option<CaseNumber> {
    match row {
        StateKey::OpenCase(row) => Some(row.case),
        _ => None,
    }
}
