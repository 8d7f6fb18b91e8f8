//! Rights of others are laid on registrations and taken off (他项权益的设立、解除).

use bulla_rules::profile::{Ident, RecordEvent};
use bulla_types::{CaseNumber, Encumbrance, MemberNumber, Subject};

use crate::view::{StateView, ViewError};

use super::super::case::{Case, name};
use super::super::places;
use super::super::reckoning::date_in;
use super::super::rule::{StepRule, Stop};
use super::super::run::Run;
use super::{certificates, registrations};

/// Lays a right on the registration, until the end of the day that a field names if one does.
pub(super) fn lay<V: StateView>(
    case: &Case,
    right: &Ident,
    holder: MemberNumber,
    until: Option<&Ident>,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let number = places::registration_of(case, run)?.ok_or(StepRule::RecordMissing("registration"))?;
    let mut registration = registrations::standing(number, run)?;
    let now = run.now();
    let until = match until {
        Some(field) => {
            let day = case.record.fields.get(field.as_str()).and_then(date_in);
            Some(day.ok_or_else(|| StepRule::FieldMissing(field.to_string()))?.ends())
        }
        None => None,
    };
    if until.is_some_and(|until| until <= now) {
        return Err(StepRule::TermInvalid(right.to_string()).into());
    }
    // Those whose time has run out make room.
    registration.encumbrances.retain(|other| other.lies_at(now));
    let laid = Encumbrance { right: name(right), holder, until, case: case.record.number, since: now };
    registration.encumbrances.push(laid);
    registration.changed_by = case.record.number;
    registrations::save(registration, run)?;
    certificates::void_by(case, Subject::Registration(number), RecordEvent::Encumbered, run)
}

/// Takes a right off the registration, if it lies there: what this case has laid, or else one that it is about; if
/// none of these has laid it, what is held by a party of this case.
pub(super) fn take_off<V: StateView>(
    case: &Case,
    right: &Ident,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let number = places::registration_of(case, run)?.ok_or(StepRule::RecordMissing("registration"))?;
    let mut registration = (*places::registration(number, run)?).clone();
    let before = registration.encumbrances.len();
    let of_right = |laid: &Encumbrance| laid.right == right.as_str();
    let laid_by = family(case, run)?
        .into_iter()
        .find(|&number| registration.encumbrances.iter().any(|laid| of_right(laid) && laid.case == number));
    let is_party = |member| case.record.parties.values().any(|members| members.contains(&member));
    registration.encumbrances.retain(|laid| {
        let goes = laid_by.map_or_else(|| is_party(laid.holder), |number| laid.case == number);
        !(of_right(laid) && goes)
    });
    if registration.encumbrances.len() == before {
        return Ok(());
    }
    registration.changed_by = case.record.number;
    registrations::save(registration, run)
}

/// The case, and those that it is about, from the nearest on.
fn family<V: StateView>(case: &Case, run: &mut Run<'_, '_, V>) -> Result<Vec<CaseNumber>, ViewError> {
    let mut family = vec![case.record.number];
    let mut parent = case.parent();
    while let (Some(number), true) = (parent, family.len() <= places::PARENTS_MAX) {
        family.push(number);
        parent = Case::required(number, run)?.parent();
    }
    Ok(family)
}
