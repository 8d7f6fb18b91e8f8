//! Whom an open case may call upon: what a node's work lists rest on.

use bulla_rules::profile::{Actor, Binding, Content, Ident};
use bulla_types::{BlockTime, CalledUpon, CaseNumber};

use crate::overlay::Overlay;
use crate::transaction::Stamp;
use crate::view::{StateView, ViewError};

use super::case::Case;
use super::conditions::content_of;
use super::places;
use super::rights;
use super::run::Run;

/// How many parents up a party is looked for.
const PARENTS_MAX: usize = 4;

/// Whom each of these cases may call upon, by the committed state: its parties, and those that a step possible in its
/// state names without their having acted yet; nobody once it has ended. Whoever merely qualifies is not told.
///
/// It changes with the case, with the parties of the case that it is about, and with those who hold the record that
/// it is about or have a right on it; with nothing else. A right whose time has run out counts until it is taken off.
///
/// # Errors
/// The view fails, or knows no such case.
pub fn called_upon<V: StateView>(
    view: &V,
    cases: impl IntoIterator<Item = CaseNumber>,
) -> Result<Vec<(CaseNumber, CalledUpon)>, ViewError> {
    let mut state = Overlay::new(view);
    let stamp = Stamp { log_index: u64::MAX, time: BlockTime(0), transaction_id: None };
    let mut run = Run::new(&mut state, stamp);
    let call = |number| Ok((number, of_case(&Case::required(number, &mut run)?, &mut run)?));
    cases.into_iter().map(call).collect()
}

fn of_case<V: StateView>(case: &Case, run: &mut Run<'_, '_, V>) -> Result<CalledUpon, ViewError> {
    let mut called = CalledUpon::default();
    if !case.record.is_open() {
        return Ok(called);
    }
    called.members.extend(case.record.parties.values().flatten());
    for step in case.procedure_in(&case.profile).steps_from(case.record.state.as_str()) {
        let Actor::Parties(by) = &step.by else { continue };
        for party in by.iter().chain(&step.signed_by) {
            add(case, party, PARENTS_MAX, &mut called, run)?;
        }
    }
    Ok(called)
}

/// Adds the members that a party is, or will be by whom the profile names.
fn add<V: StateView>(
    case: &Case,
    party: &Ident,
    parents_max: usize,
    called: &mut CalledUpon,
    run: &mut Run<'_, '_, V>,
) -> Result<(), ViewError> {
    if let Some(members) = case.record.parties.get(party.as_str()) {
        called.members.extend(members);
        return Ok(());
    }
    match case.profile.parties.get(party.as_str()).map(|party| &party.binding) {
        Some(Binding::Adopter) => {
            called.codes.extend(case.profile.adoption.as_ref().map(|adoption| adoption.credit_code));
        }
        Some(Binding::Appointed { members, .. }) => {
            if let Some(Content::Members(codes)) = content_of(&case.profile, members) {
                called.codes.extend(codes);
            }
        }
        Some(Binding::Holders) => {
            called.members.extend(places::holders(case, run)?.into_iter().flatten());
        }
        Some(Binding::HoldersOf(right)) => {
            called.members.extend(rights::holders(case, right, None, run)?.into_iter().flatten());
        }
        Some(Binding::Parent(of)) => {
            if let Some(parent) = case.parent().filter(|_| parents_max > 0) {
                add(&Case::required(parent, run)?, of, parents_max - 1, called, run)?;
            }
        }
        Some(Binding::Opener | Binding::Named | Binding::Anyone | Binding::First) | None => {}
    }
    Ok(())
}
