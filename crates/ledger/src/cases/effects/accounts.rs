//! Accounts are opened and end (账户的开立、注销).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bulla_rules::profile::{AccountKind, AccountNumber as AccountsAllowed, Ident};
use bulla_types::{
    AccountNumber, AccountRecord, Counter, FieldContent, MemberNumber, RegisterStatus, RuleName, StateKey,
    Subject,
};

use crate::history;
use crate::view::StateView;

use super::super::case::{Case, name};
use super::super::index::{self, account_tag, holdings};
use super::super::places;
use super::super::rule::{StepRule, Stop, check_size};
use super::super::run::Run;
use super::registrations;

/// Opens an account of a kind.
pub(super) fn open<V: StateView>(
    case: &mut Case,
    holder: MemberNumber,
    kind: &Ident,
    contents: &[Ident],
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    if let Some(number) = account_taken(case, holder, kind, run)? {
        return Err(StepRule::AccountTaken { holder, kind: kind.to_string(), number }.into());
    }
    let rule = kind_of(case, kind);
    let within = match rule.and_then(|rule| rule.within.clone()) {
        Some(outer) => Some(in_force(case, holder, &outer, run)?),
        None => None,
    };
    let mut contents = registrations::said(case, contents);
    contents.extend(rule.map(|rule| distinguishing(case, rule)).unwrap_or_default());
    let number = AccountNumber(run.state.take(Counter::Accounts)?);
    run.give(Subject::Account(number))?;
    let account = AccountRecord {
        number,
        profile: case.record.profile,
        kind: name(kind),
        holder,
        within,
        case: case.record.number,
        contents,
        flags: BTreeMap::new(),
        certificates: BTreeMap::new(),
        status: RegisterStatus::InForce,
        history_count: 0,
    };
    save(case, account, run)?;
    case.record.account = Some(number);
    Ok(())
}

/// Writes an account as it now is. It is found by its holder and kind until it has ended.
pub(super) fn save<V: StateView>(
    case: &Case,
    mut account: AccountRecord,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let stands = |account: &AccountRecord| account.status.stands();
    let tag = account_tag(&case.profile, account.kind.as_str());
    let row = StateKey::Holding { holder: account.holder, kind: tag, number: account.number.0 };
    let before = run.state.account(account.number)?;
    let mut written = rows(before.as_deref().is_some_and(stands), row);
    account.history_count = history::one_more(account.history_count);
    check_size(Subject::Account(account.number), &account)?;
    index::replace(&mut written, rows(account.status.stands(), row), run);
    history::write_account(account, run.stamp, run.state);
    Ok(())
}

fn rows(stands: bool, row: StateKey) -> BTreeSet<StateKey> {
    stands.then_some(row).into_iter().collect()
}

/// The account that keeps a member from opening another one of this kind.
pub(crate) fn account_taken<V: StateView>(
    case: &Case,
    holder: MemberNumber,
    kind: &Ident,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<AccountNumber>, Stop> {
    let Some(rule) = kind_of(case, kind) else { return Ok(None) };
    if rule.number == AccountsAllowed::Any {
        return Ok(None);
    }
    let wanted = distinguishing(case, rule);
    Ok(find(case, holder, kind, run, |account| agrees(account, &wanted))?.map(|found| found.number))
}

/// The account of this kind in force in which something of this case is booked: the one that agrees with the
/// case in what distinguishes the accounts of its kind.
pub(super) fn in_force<V: StateView>(
    case: &Case,
    holder: MemberNumber,
    kind: &Ident,
    run: &mut Run<'_, '_, V>,
) -> Result<AccountNumber, Stop> {
    let wanted = kind_of(case, kind).map(|rule| distinguishing(case, rule)).unwrap_or_default();
    let fits =
        |account: &AccountRecord| account.status == RegisterStatus::InForce && agrees(account, &wanted);
    let found = find(case, holder, kind, run, fits)?;
    let missing = || StepRule::AccountMissing { holder, kind: kind.to_string() };
    Ok(found.map(|account| account.number).ok_or_else(missing)?)
}

fn find<V: StateView>(
    case: &Case,
    holder: MemberNumber,
    kind: &Ident,
    run: &mut Run<'_, '_, V>,
    fits: impl Fn(&AccountRecord) -> bool,
) -> Result<Option<Arc<AccountRecord>>, Stop> {
    for number in holdings(holder, account_tag(&case.profile, kind.as_str()), run)? {
        let account = places::account(AccountNumber(number), run)?;
        if fits(&account) {
            return Ok(Some(account));
        }
    }
    Ok(None)
}

fn kind_of<'c>(case: &'c Case, kind: &Ident) -> Option<&'c AccountKind> {
    case.profile.accounts.get(kind.as_str())
}

/// The fields that tell the accounts of one kind and holder apart, as this case says them.
fn distinguishing(case: &Case, rule: &AccountKind) -> BTreeMap<RuleName, FieldContent> {
    let AccountsAllowed::OneForEach(fields) = &rule.number else { return BTreeMap::new() };
    let said = fields.iter().filter_map(|field| {
        let content = case.record.fields.get(field.as_str())?;
        Some((name(field), content.clone()))
    });
    said.collect()
}

/// Whether an account says the same of all these fields.
fn agrees(account: &AccountRecord, wanted: &BTreeMap<RuleName, FieldContent>) -> bool {
    wanted.iter().all(|(field, content)| account.contents.get(field) == Some(content))
}
