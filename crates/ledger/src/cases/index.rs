//! Rows of the indexes over records: what falls due, who holds what, which cases are about what.

use std::collections::BTreeSet;

use bulla_rules::profile::Profile;
use bulla_types::{IndexRecord, KeyRange, MemberNumber, RuleTag, StateKey};

use crate::record::Record;
use crate::view::{StateView, ViewError};

use super::run::Run;

/// Accounts or certificates of one kind that are looked at, for one holder.
const HOLDINGS_MAX: usize = 1_000;

/// Tag of a kind of account.
pub(super) fn account_tag(profile: &Profile, kind: &str) -> RuleTag {
    RuleTag::of(profile.id.as_str(), &format!("account.{kind}"))
}

/// Tag of a kind of certificate.
pub(super) fn certificate_tag(profile: &Profile, kind: &str) -> RuleTag {
    RuleTag::of(profile.id.as_str(), &format!("certificate.{kind}"))
}

/// Tag of a kind of object.
pub(super) fn object_tag(profile: &Profile, kind: &str) -> RuleTag {
    RuleTag::of(profile.id.as_str(), &format!("object.{kind}"))
}

/// Puts new rows in the place of old ones.
pub(super) fn replace<V: StateView>(
    written: &mut BTreeSet<StateKey>,
    rows: BTreeSet<StateKey>,
    run: &mut Run<'_, '_, V>,
) {
    for key in written.difference(&rows) {
        run.state.remove_row(*key);
    }
    let row = IndexRecord { log_index: run.stamp.log_index };
    for key in rows.difference(written) {
        run.state.write(*key, Record::Index(row));
    }
    *written = rows;
}

/// The accounts or certificates of a kind that a member holds and that have not ended, rising.
pub(super) fn holdings<V: StateView>(
    holder: MemberNumber,
    kind: RuleTag,
    run: &mut Run<'_, '_, V>,
) -> Result<Vec<u64>, ViewError> {
    let rows = run.state.rows(&KeyRange::holdings(holder, kind), HOLDINGS_MAX)?;
    let number = |key: StateKey| match key {
        StateKey::Holding { number, .. } => Some(number),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(number).collect())
}
