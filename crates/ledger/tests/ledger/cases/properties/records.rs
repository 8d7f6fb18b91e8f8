//! Records of a kind, and the profiles that they run under.

use bulla_rules::profile::Profile;
use bulla_types::{Canonical, ProfileDigest, ProfileRecord, StateKey};

use crate::support::Ledger;

/// All records of a kind, rising.
pub(super) fn all<R: Canonical>(ledger: &Ledger, of: impl Fn(&StateKey) -> bool) -> Vec<R> {
    ledger.view.keys().filter(of).map(|key| ledger.view.record(key).unwrap()).collect()
}

/// A profile that was adopted.
pub(in crate::cases) fn profile_of(ledger: &Ledger, digest: ProfileDigest) -> Profile {
    let record: ProfileRecord = ledger.view.record(StateKey::Profile(digest)).unwrap();
    Profile::decode(&record.profile).unwrap()
}
