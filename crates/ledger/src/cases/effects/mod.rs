//! What steps do.

mod accounts;
mod certificates;
mod encumbrances;
mod flags;
mod papers;
mod registrations;

use std::collections::{BTreeMap, BTreeSet};

use bulla_rules::profile::{Act, FlagClass, Ident};
use bulla_types::{FieldContent, FieldValue, MemberNumber, RecordFlagClass, Shares};

use crate::view::StateView;

use super::actors;
use super::case::{Case, name};
use super::follow::Follow;
use super::rule::{StepRule, Stop};
use super::run::{Acting, Run};

pub(super) use accounts::account_taken;
pub(super) use certificates::lapse;
pub(super) use registrations::object_key;

/// Does one thing.
pub(super) fn apply<V: StateView>(
    case: &mut Case,
    acting: &Acting,
    act: &Act,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    match act {
        Act::OpenAccount { party, kind, contents } => {
            let holder = single(case, acting, party, run)?;
            accounts::open(case, holder, kind, contents, run)
        }
        Act::RecordEntry { object, rights, holders, account, contents } => {
            let holders = registrations::holders(case, acting, holders, run)?;
            let account = account.as_ref();
            let entry = registrations::Entry { object, rights, holders, account, contents };
            registrations::record(case, entry, run)
        }
        Act::Amend(fields) => registrations::amend(case, fields, run),
        Act::Transfer { to, rights } => {
            let holders = registrations::holders(case, acting, to, run)?;
            registrations::transfer(case, &holders, rights, run)
        }
        Act::End { target, manner, scope } => registrations::end(case, *target, *manner, scope.as_ref(), run),
        Act::Issue { certificate, to } => {
            let mut holders = BTreeSet::new();
            for party in to {
                holders.extend(bound(case, acting, party, run)?);
            }
            certificates::issue(case, certificate, holders, run)
        }
        Act::Void(certificate) => certificates::void(case, certificate, run),
        Act::Extend { certificate, until } => certificates::extend(case, certificate, until, run),
        Act::SetFlag(flag) => flags::set(case, flag, run),
        Act::ClearFlag(flag) => flags::clear(case, flag, run),
        Act::Publish { fields, until } => {
            papers::publish(case, fields, until.as_ref(), run.now());
            Ok(())
        }
        Act::ReturnDocuments(documents) => {
            papers::return_documents(case, documents);
            Ok(())
        }
        Act::OpenCase { procedure, parties } => {
            let mut members = BTreeMap::new();
            for (theirs, ours) in parties {
                members.insert(name(theirs), bound(case, acting, ours, run)?);
            }
            let procedure = name(procedure);
            run.follows.push_back(Follow::Open { case: case.record.number, procedure, parties: members });
            Ok(())
        }
        Act::Retain(period) => papers::retain(case, period, run),
        Act::Erase(fields) => {
            case.record.erasable.extend(fields.iter().map(name));
            Ok(())
        }
        Act::Encumber { right, holder, until } => {
            let holder = single(case, acting, holder, run)?;
            encumbrances::lay(case, right, holder, until.as_ref(), run)
        }
        Act::Release(right) => encumbrances::take_off(case, right, run),
    }
}

/// The members of a party that must be someone.
fn bound<V: StateView>(
    case: &Case,
    acting: &Acting,
    party: &Ident,
    run: &mut Run<'_, '_, V>,
) -> Result<BTreeSet<MemberNumber>, Stop> {
    let members = actors::members(case, acting, party, run)?.filter(|members| !members.is_empty());
    members.ok_or_else(|| StepRule::PartyUnbound { party: party.to_string() }.into())
}

/// The one member of a party.
fn single<V: StateView>(
    case: &Case,
    acting: &Acting,
    party: &Ident,
    run: &mut Run<'_, '_, V>,
) -> Result<MemberNumber, Stop> {
    let members = bound(case, acting, party, run)?;
    match (members.first(), members.len()) {
        (Some(member), 1) => Ok(*member),
        _ => Err(StepRule::PartyNotSingle(party.to_string()).into()),
    }
}

/// The shares that a clear field says.
pub(super) fn shares_in(content: &FieldContent) -> Option<&Shares> {
    match content.clear()?.single()? {
        FieldValue::Shares(shares) => Some(shares),
        _ => None,
    }
}

/// The class of a flag as records hold it.
pub(super) fn flag_class(class: FlagClass) -> RecordFlagClass {
    match class {
        FlagClass::Notice => RecordFlagClass::Notice,
        FlagClass::Objection => RecordFlagClass::Objection,
        FlagClass::Suspension => RecordFlagClass::Suspension,
        FlagClass::Freeze => RecordFlagClass::Freeze,
    }
}
