//! Values that the source leaves open and nobody has filled in.

use crate::profile::problem::{Problem, ProblemCode, Words};
use crate::profile::value::Origin;
use crate::profile::whole::Profile;

/// Every unset value: whatever stands in a checked profile is needed by some procedure.
pub(super) fn unset(profile: &Profile) -> Vec<Problem> {
    let unset = profile.values.iter().filter_map(|value| match &value.origin {
        Origin::Unset { why } => Some((value, why)),
        _ => None,
    });
    unset
        .map(|(value, why)| {
            let details = vec![Words::same(&value.head.name), Words::same(why.trim_end_matches('。'))];
            Problem::new(ProblemCode::ValueUnset, format!("values.{}", value.head.name), details)
                .citing(&value.head.cite.article)
        })
        .collect()
}
