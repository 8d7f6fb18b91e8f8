//! Names of a profile, as entries hold them.

use bulla_rules::profile::Ident;
use bulla_types::RuleName;

/// The name of a profile as entries hold it.
#[allow(clippy::expect_used, reason = "both are checked by the same rule")]
pub(super) fn name(ident: &Ident) -> RuleName {
    ident.as_str().parse().expect("invariant: the names of a profile are names of rules")
}
