//! Flags are set and cleared (标识、中止、冻结).
//!
//! While a flag stands that suspends its record, neither the record nor a certificate of it is valid.

use std::collections::BTreeMap;

use bulla_rules::profile::{FlagTarget, Ident};
use bulla_types::{RecordFlag, RegisterStatus, RuleName, Subject};

use crate::view::StateView;

use super::super::case::{Case, name};
use super::super::places;
use super::super::rule::{StepRule, Stop};
use super::super::run::Run;
use super::{accounts, certificates, flag_class, registrations};

/// Sets a flag. One that stands already keeps its time.
pub(super) fn set<V: StateView>(case: &mut Case, flag: &Ident, run: &mut Run<'_, '_, V>) -> Result<(), Stop> {
    let Some(rule) = case.profile.flags.get(flag.as_str()) else {
        return Err(StepRule::RecordMissing("flag").into());
    };
    let (on, class) = (rule.on, flag_class(rule.class));
    let set = RecordFlag { class, case: case.record.number, since: run.now() };
    change(case, on, run, |flags| {
        flags.entry(name(flag)).or_insert(set);
    })
}

/// Clears a flag, if it stands.
pub(super) fn clear<V: StateView>(
    case: &mut Case,
    flag: &Ident,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let Some(rule) = case.profile.flags.get(flag.as_str()) else {
        return Err(StepRule::RecordMissing("flag").into());
    };
    change(case, rule.on, run, |flags| {
        flags.remove(flag.as_str());
    })
}

fn change<V: StateView>(
    case: &mut Case,
    on: FlagTarget,
    run: &mut Run<'_, '_, V>,
    change: impl FnOnce(&mut BTreeMap<RuleName, RecordFlag>),
) -> Result<(), Stop> {
    match on {
        FlagTarget::Case => {
            let was = suspends(&case.record.flags);
            change(&mut case.record.flags);
            follow(case, case.subject(), was, suspends(&case.record.flags), run)
        }
        FlagTarget::Entry => {
            let number =
                places::registration_of(case, run)?.ok_or(StepRule::RecordMissing("registration"))?;
            let mut registration = (*places::registration(number, run)?).clone();
            let (before, was) = (registration.flags.clone(), suspends(&registration.flags));
            change(&mut registration.flags);
            if registration.flags == before {
                return Ok(());
            }
            let now = suspends(&registration.flags);
            registration.status = status(registration.status, now);
            registration.changed_by = case.record.number;
            registrations::save(registration, run)?;
            follow(case, Subject::Registration(number), was, now, run)
        }
        FlagTarget::Account => {
            let number = places::account_of(case, run)?.ok_or(StepRule::RecordMissing("account"))?;
            let mut account = (*places::account(number, run)?).clone();
            let (before, was) = (account.flags.clone(), suspends(&account.flags));
            change(&mut account.flags);
            if account.flags == before {
                return Ok(());
            }
            let now = suspends(&account.flags);
            account.status = status(account.status, now);
            accounts::save(case, account, run)?;
            follow(case, Subject::Account(number), was, now, run)
        }
    }
}

fn follow<V: StateView>(
    case: &Case,
    record: Subject,
    was: bool,
    now: bool,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    if was == now { Ok(()) } else { certificates::follow_suspension(case, record, now, run) }
}

fn suspends(flags: &BTreeMap<RuleName, RecordFlag>) -> bool {
    flags.values().any(|flag| flag.class.suspends())
}

/// What has ended stays so.
fn status(status: RegisterStatus, suspended: bool) -> RegisterStatus {
    match (status.stands(), suspended) {
        (false, _) => status,
        (true, true) => RegisterStatus::Suspended,
        (true, false) => RegisterStatus::InForce,
    }
}
