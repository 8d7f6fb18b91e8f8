//! Who holds which right of a registration, and for whom others lie on it (权利人、他项权利人).

use std::collections::BTreeSet;

use bulla_rules::profile::{Ident, RightClass, RightRef, Target};
use bulla_types::{BlockTime, MemberNumber, RegistrationNumber, RegistrationRecord, Subject};

use crate::view::{StateView, ViewError};

use super::case::Case;
use super::places;
use super::run::Run;

/// Those who hold a right of the registration of a case, or for whom it lies there: at a time, or at any time if it
/// was not taken off. `None` when there is no registration or nobody.
pub(super) fn holders<V: StateView>(
    case: &Case,
    right: &Ident,
    at: Option<BlockTime>,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<BTreeSet<MemberNumber>>, ViewError> {
    let Some(number) = places::registration_of(case, run)? else { return Ok(None) };
    let registration = places::registration(number, run)?;
    let holders = of_kind(&registration, right.as_str(), at);
    Ok(Some(holders).filter(|holders| !holders.is_empty()))
}

/// Whether a right is held now of the registration that is meant: by each of these members, or by anyone.
pub(super) fn are_held<V: StateView>(
    case: &Case,
    right: &RightRef,
    on: &Target,
    by: Option<&BTreeSet<MemberNumber>>,
    run: &mut Run<'_, '_, V>,
) -> Result<bool, ViewError> {
    let Some(number) = named(case, on, run)? else { return Ok(false) };
    let registration = places::registration(number, run)?;
    if !registration.status.stands() {
        return Ok(false);
    }
    let now = Some(run.now());
    let holders = match right {
        // Another profile may call something else by the same name.
        RightRef::Kind(_) if run.state.profile(registration.profile)?.id != case.profile.id => {
            return Ok(false);
        }
        RightRef::Kind(right) => of_kind(&registration, right.as_str(), now),
        RightRef::Class(RightClass::Title) => registration.all_holders(),
        RightRef::Class(RightClass::Encumbrance) => laid(&registration, |_| true, now),
    };
    Ok(match by {
        None => !holders.is_empty(),
        Some(members) => !members.is_empty() && members.is_subset(&holders),
    })
}

/// The registration that is meant; the one that the record of a field stands for, if it names a certificate.
fn named<V: StateView>(
    case: &Case,
    on: &Target,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<RegistrationNumber>, ViewError> {
    match on {
        Target::Subject => places::registration_of(case, run),
        on => Ok(match places::target(case, on, run)? {
            Some(Subject::Registration(number)) => Some(number),
            _ => None,
        }),
    }
}

fn of_kind(registration: &RegistrationRecord, right: &str, at: Option<BlockTime>) -> BTreeSet<MemberNumber> {
    match registration.shares_of(right) {
        Some(shares) => shares.members().collect(),
        None => laid(registration, |laid| laid == right, at),
    }
}

fn laid(
    registration: &RegistrationRecord,
    is_meant: impl Fn(&str) -> bool,
    at: Option<BlockTime>,
) -> BTreeSet<MemberNumber> {
    let lies = |laid: &bulla_types::Encumbrance| at.is_none_or(|at| laid.lies_at(at));
    let meant = registration.encumbrances.iter().filter(|laid| is_meant(laid.right.as_str()) && lies(laid));
    meant.map(|laid| laid.holder).collect()
}
