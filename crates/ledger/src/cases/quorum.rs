//! Bodies of which so many members act together (合议).

use std::collections::BTreeSet;

use bulla_rules::profile::{Binding, Content, Ident};
use bulla_types::{KeyId, StepActor};

use crate::signers::Signers;

use super::actors::signing_key;
use super::case::Case;
use super::conditions::content_of;
use super::rule::StepRule;

/// Checks that as many members of a body take part as its profile asks, by as many keys: an agent of two of them is
/// one.
pub(super) fn check(
    case: &Case,
    party: &Ident,
    group: &[&StepActor],
    signers: &Signers,
) -> Result<(), StepRule> {
    let rule = case.profile.parties.get(party.as_str());
    let Some(Binding::Appointed { quorum: Some(quorum), .. }) = rule.map(|rule| &rule.binding) else {
        return Ok(());
    };
    let Some(Content::Integer(needed)) = content_of(&case.profile, quorum) else {
        return Err(StepRule::ValueMissing(quorum.to_string()));
    };
    let keys: BTreeSet<KeyId> =
        group.iter().map(|actor| signing_key(actor, signers)).collect::<Result<_, _>>()?;
    let found = u64::try_from(keys.len()).unwrap_or(u64::MAX);
    if found >= *needed {
        Ok(())
    } else {
        Err(StepRule::QuorumMissing { party: party.to_string(), needed: *needed, found })
    }
}
