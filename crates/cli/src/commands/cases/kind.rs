//! Registers and venues: one machinery, two names.

use bulla_rules::profile::{Closed, Profile, ProfileKind};

use super::texts::{OF_OTHER_KIND, TRADE_INSTEAD};
use crate::failure::Failure;
use crate::text::Said;
use crate::titled::said;

/// The command for cases under profiles of a kind.
pub(super) const fn command(kind: ProfileKind) -> &'static str {
    match kind {
        ProfileKind::Register => "bulla registration",
        ProfileKind::Venue => "bulla trade",
    }
}

/// Refuses a profile of the other kind: who speaks of a trade does not mean a registration.
pub(super) fn require(profile: &Profile, wanted: ProfileKind) -> Result<(), Failure> {
    if profile.kind == wanted {
        return Ok(());
    }
    let kind = Said { en: label(profile, bulla_types::Lang::En), zh: label(profile, bulla_types::Lang::Zh) };
    let what = OF_OTHER_KIND.with(&[&said(&profile.title), &kind]);
    let instead = TRADE_INSTEAD.with(&[&command(profile.kind)]);
    Err(Failure::usage(Said::lines(&[what, instead])))
}

fn label(profile: &Profile, lang: bulla_types::Lang) -> String {
    profile.kind.label(lang).to_owned()
}
