//! What the register of members knows of the parties of a case (成员登记簿所载).

use bulla_rules::profile::{Condition, Ident, PartyFact, Reference};
use bulla_types::{FieldContent, FieldValue, FieldValues, MemberRecord};

use crate::view::StateView;

use super::actors;
use super::case::Case;
use super::rule::{StepRule, Stop};
use super::run::{Acting, Run};

/// What the register knows of a party: of several members, of each, in rising order of their numbers. `None` while
/// the party is nobody, and where one of its members has no such thing.
pub(super) fn of_party<V: StateView>(
    case: &Case,
    acting: &Acting,
    party: &Ident,
    fact: PartyFact,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<FieldContent>, Stop> {
    let mut values = Vec::new();
    for member in actors::members(case, acting, party, run)?.unwrap_or_default() {
        let record = run.state.member(member)?;
        let Some(value) = record.and_then(|record| of_member(&record, fact)) else { return Ok(None) };
        values.push(value);
    }
    Ok(FieldValues::new(values).ok().map(FieldContent::Clear))
}

fn of_member(record: &MemberRecord, fact: PartyFact) -> Option<FieldValue> {
    match fact {
        PartyFact::CreditCode => record.identity.credit_code().copied().map(FieldValue::CreditCode),
        PartyFact::Member => Some(FieldValue::Member(record.number)),
    }
}

/// A member of whom the register does not know what a condition asks outright.
pub(super) fn lacking<V: StateView>(
    case: &Case,
    acting: &Acting,
    condition: &Condition,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<StepRule>, Stop> {
    let asked: [&Reference; 2] = match condition {
        Condition::All(arms) => {
            for arm in arms {
                if let found @ Some(_) = lacking(case, acting, arm, run)? {
                    return Ok(found);
                }
            }
            return Ok(None);
        }
        Condition::Same(left, right) | Condition::Among(left, right) => [left, right],
        _ => return Ok(None),
    };
    for (party, fact) in asked.into_iter().filter_map(Reference::fact) {
        for member in actors::members(case, acting, party, run)?.unwrap_or_default() {
            let record = run.state.member(member)?;
            if record.is_some_and(|record| of_member(&record, fact).is_none()) {
                return Ok(Some(StepRule::FactMissing { party: party.to_string(), member, fact }));
            }
        }
    }
    Ok(None)
}
