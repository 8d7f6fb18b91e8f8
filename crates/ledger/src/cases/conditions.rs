//! Conditions: the questions that a profile asks of a case.
//!
//! All answers but one kind follow from the state. A comparison of fields that are not clear is *declared* by
//! who signs the step: the ledger cannot answer it, and does not stand in its way.

use std::collections::BTreeSet;

use bulla_rules::profile::{
    ActorLevel, CertificateRef, CertificateStanding, Condition, Content, Ident, Operand, Profile, Reference,
    Relation, Target,
};
use bulla_types::{
    CaseNumber, CertificateRecord, CertificateStatus, FieldContent, FieldValue, KeyRange, MemberNumber,
    RegisterStatus, StateKey,
};

use crate::view::StateView;

use super::actors;
use super::case::{Case, procedure_tag};
use super::deadlines;
use super::effects;
use super::facts;
use super::index::{account_tag, certificate_tag, holdings};
use super::places;
use super::rights;
use super::rule::{StepRule, Stop};
use super::run::{Acting, Run};
use super::unmet;

/// Ended cases of one procedure about one record that are looked at.
const PAST_CASES_MAX: usize = 256;
/// The whole, in parts per million.
const WHOLE_PPM: u128 = 1_000_000;

/// Whether a condition holds, as far as the ledger can say.
pub(super) fn hold<V: StateView>(
    case: &Case,
    acting: &Acting,
    condition: &Condition,
    run: &mut Run<'_, '_, V>,
) -> Result<bool, Stop> {
    Ok(answer(case, acting, condition, run)?.unwrap_or(true))
}

/// The same, `None` for what is declared.
pub(super) fn answer<V: StateView>(
    case: &Case,
    acting: &Acting,
    condition: &Condition,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<bool>, Stop> {
    Question { case, acting, run }.answer(condition)
}

/// Whether all of them hold.
pub(super) fn all_hold<V: StateView>(
    case: &Case,
    acting: &Acting,
    conditions: &[Condition],
    run: &mut Run<'_, '_, V>,
) -> Result<bool, Stop> {
    for condition in conditions {
        if !hold(case, acting, condition, run)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Refuses when one of them does not hold.
pub(super) fn require<V: StateView>(
    case: &Case,
    acting: &Acting,
    conditions: &[Condition],
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    for condition in conditions {
        if !hold(case, acting, condition, run)? {
            if let Some(rule) = facts::lacking(case, acting, condition, run)? {
                return Err(rule.into());
            }
            let unmet = unmet::explain(case, acting, condition, run)?;
            return Err(StepRule::ConditionNotMet(Box::new(unmet)).into());
        }
    }
    Ok(())
}

/// A question about a case. `None` for what is declared.
struct Question<'q, 'r, 'v, V> {
    case: &'q Case,
    acting: &'q Acting,
    run: &'q mut Run<'r, 'v, V>,
}

impl<V: StateView> Question<'_, '_, '_, V> {
    fn answer(&mut self, condition: &Condition) -> Result<Option<bool>, Stop> {
        match condition {
            Condition::All(arms) => self.joined(arms, false),
            Condition::Any(arms) => self.joined(arms, true),
            Condition::Not(inner) => Ok(self.answer(inner)?.map(|holds| !holds)),
            Condition::Compare { field, relation, other, times } => {
                self.compare(field, *relation, other, times.as_ref())
            }
            other => self.plain(other).map(Some),
        }
    }

    /// `decisive` settles it as soon as one arm says so; what is declared leaves it open.
    fn joined(&mut self, arms: &[Condition], decisive: bool) -> Result<Option<bool>, Stop> {
        let mut declared = false;
        for arm in arms {
            match self.answer(arm)? {
                Some(holds) if holds == decisive => return Ok(Some(decisive)),
                Some(_) => {}
                None => declared = true,
            }
        }
        Ok((!declared).then_some(!decisive))
    }

    fn plain(&mut self, condition: &Condition) -> Result<bool, Stop> {
        match condition {
            Condition::FieldIs { field, terms } => self.field_is(field, terms),
            Condition::FieldPresent(field) => Ok(self.field(field)?.is_some()),
            Condition::DocumentPresent(category) => {
                Ok(self.case.record.documents.contains_key(category.as_str()))
            }
            Condition::Same(left, right) => {
                let (left, right) = (self.field(left)?, self.field(right)?);
                Ok(left.is_some() && left == right)
            }
            Condition::Among(item, list) => self.among(item, list),
            Condition::SharesWhole(field) => {
                let content = self.field(field)?;
                Ok(content.as_ref().and_then(effects::shares_in).is_some_and(bulla_types::Shares::are_whole))
            }
            Condition::ValueIs { value, terms } => Ok(value_is(&self.case.profile, value, terms)),
            Condition::Standing { certificate, standing } => self.standing(certificate, *standing),
            Condition::FromProfile { certificate, value } => self.is_from_profile(certificate, value),
            Condition::HeldBy { certificate, party } => self.held_by(certificate, party),
            Condition::PartyKind { party, kinds } => {
                for member in self.members(party)? {
                    let record = self.run.state.member(member)?;
                    if !record.is_some_and(|record| kinds.contains(&record.identity.kind())) {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Condition::FreeObject(kind) => self.free_object(kind),
            Condition::FreeAccount { party, kind } => self.free_account(party, kind),
            Condition::HoldsAccount { party, kind } => self.holds_account(party, kind),
            Condition::HoldsCertificate { party, kind } => self.holds_certificate(party, kind),
            Condition::Flagged { flag, on } => {
                let flags = self.flags(on)?;
                Ok(flags.is_some_and(|flags| flags.contains_key(flag.as_str())))
            }
            Condition::FlagClass { class, on } => {
                let class = effects::flag_class(*class);
                Ok(self.flags(on)?.is_some_and(|flags| flags.values().any(|flag| flag.class == class)))
            }
            Condition::RightHeld { right, on, party } => {
                let members = party.as_ref().map(|party| self.members(party)).transpose()?;
                Ok(rights::are_held(self.case, right, on, members.as_ref(), self.run)?)
            }
            Condition::OpenCase { procedure, on } => self.open_case(procedure, on),
            Condition::PastCase { .. } => self.past_case(condition),
            Condition::Taken { step, times } => self.taken(step, times.as_ref()),
            Condition::Reached(deadline) => deadlines::is_reached(self.case, deadline, self.run),
            Condition::Within(deadline) => deadlines::is_within(self.case, deadline, self.run),
            Condition::SameActor { step, level } => Ok(self.same_actor(step, *level)),
            Condition::OtherActor { step, level } => Ok(!self.same_actor(step, *level)),
            Condition::PartiesDiffer(parties) => self.parties_differ(parties),
            Condition::All(_) | Condition::Any(_) | Condition::Not(_) | Condition::Compare { .. } => {
                unreachable!("invariant: joined conditions and comparisons are answered elsewhere")
            }
        }
    }

    // Fields and values.

    fn field(&mut self, reference: &Reference) -> Result<Option<FieldContent>, Stop> {
        match reference.fact() {
            Some((party, fact)) => facts::of_party(self.case, self.acting, party, fact, self.run),
            None => Ok(places::field(self.case, reference, self.run)?),
        }
    }

    fn field_is(&mut self, field: &Reference, terms: &BTreeSet<Ident>) -> Result<bool, Stop> {
        let content = self.field(field)?;
        let values = content.as_ref().and_then(FieldContent::clear);
        let is_one = |value: &FieldValue| match value {
            FieldValue::Term(term) => terms.contains(term.as_str()),
            FieldValue::Answer(answer) => terms.contains(if *answer { "true" } else { "false" }),
            _ => false,
        };
        Ok(values.is_some_and(|values| values.as_slice().iter().any(is_one)))
    }

    fn among(&mut self, item: &Reference, list: &Reference) -> Result<bool, Stop> {
        let (item, list) = (self.field(item)?, self.field(list)?);
        let clear = |content: &Option<FieldContent>| content.as_ref().and_then(FieldContent::clear).cloned();
        let (Some(item), Some(list)) = (clear(&item), clear(&list)) else { return Ok(false) };
        Ok(item.as_slice().iter().all(|value| list.as_slice().contains(value)))
    }

    fn compare(
        &mut self,
        field: &Reference,
        relation: Relation,
        other: &Operand,
        times: Option<&Ident>,
    ) -> Result<Option<bool>, Stop> {
        let Some(left) = self.field(field)? else { return Ok(Some(false)) };
        let right = match other {
            Operand::Field(field) => match self.field(field)? {
                Some(content) => amount_in(&content),
                None => return Ok(Some(false)),
            },
            Operand::Value(value) => amount_of(&self.case.profile, value),
        };
        let (Some(left), Some(right)) = (amount_in(&left), right) else { return Ok(None) };
        let factor = match times {
            None => WHOLE_PPM,
            Some(value) => match content_of(&self.case.profile, value) {
                Some(Content::Ratio(ppm)) => u128::from(*ppm),
                _ => return Err(StepRule::ValueMissing(value.to_string()).into()),
            },
        };
        let (left, right) = (u128::from(left) * WHOLE_PPM, u128::from(right) * factor);
        Ok(Some(match relation {
            Relation::Less => left < right,
            Relation::AtMost => left <= right,
            Relation::Equal => left == right,
            Relation::AtLeast => left >= right,
            Relation::More => left > right,
        }))
    }

    // Certificates.

    fn certificates(&mut self, reference: &CertificateRef) -> Result<Vec<CertificateRecord>, Stop> {
        let numbers = places::certificates(self.case, reference, self.run)?;
        let read = |number| places::certificate(number, self.run).map(|record| (*record).clone());
        Ok(numbers.into_iter().map(read).collect::<Result<_, _>>()?)
    }

    fn standing(&mut self, reference: &CertificateRef, standing: CertificateStanding) -> Result<bool, Stop> {
        let now = self.run.now();
        let certificates = self.certificates(reference)?;
        let stands = |certificate: &CertificateRecord| match standing {
            CertificateStanding::Valid => certificate.is_valid(now),
            CertificateStanding::Lapsed => certificate.has_lapsed(now),
            CertificateStanding::Void => certificate.status == CertificateStatus::Void,
        };
        Ok(!certificates.is_empty() && certificates.iter().all(stands))
    }

    fn is_from_profile(&mut self, reference: &CertificateRef, value: &Ident) -> Result<bool, Stop> {
        let Some(Content::Profiles(recognised)) = content_of(&self.case.profile, value).cloned() else {
            return Err(StepRule::ValueMissing(value.to_string()).into());
        };
        let certificates = self.certificates(reference)?;
        for certificate in &certificates {
            let profile = self.run.state.profile(certificate.profile)?;
            if !recognised.contains(&profile.id) {
                return Ok(false);
            }
        }
        Ok(!certificates.is_empty())
    }

    fn held_by(&mut self, reference: &CertificateRef, party: &Ident) -> Result<bool, Stop> {
        let members = self.members(party)?;
        let certificates = self.certificates(reference)?;
        let held = |certificate: &CertificateRecord| members.is_subset(&certificate.holders);
        Ok(!members.is_empty() && !certificates.is_empty() && certificates.iter().all(held))
    }

    // Records.

    fn free_object(&mut self, kind: &Ident) -> Result<bool, Stop> {
        let Some(key) = effects::object_key(self.case, kind, self.run)? else { return Ok(false) };
        let object = self.run.state.object_of(key)?;
        Ok(object.is_none_or(|object| object.registration.is_none()))
    }

    fn free_account(&mut self, party: &Ident, kind: &Ident) -> Result<bool, Stop> {
        for member in self.members(party)? {
            if effects::account_taken(self.case, member, kind, self.run)?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn holds_account(&mut self, party: &Ident, kind: &Ident) -> Result<bool, Stop> {
        let members = self.members(party)?;
        let tag = account_tag(&self.case.profile, kind.as_str());
        for &member in &members {
            let mut holds = false;
            for number in holdings(member, tag, self.run)? {
                let account = places::account(bulla_types::AccountNumber(number), self.run)?;
                holds |= account.status == RegisterStatus::InForce;
            }
            if !holds {
                return Ok(false);
            }
        }
        Ok(!members.is_empty())
    }

    fn holds_certificate(&mut self, party: &Ident, kind: &Ident) -> Result<bool, Stop> {
        let members = self.members(party)?;
        let tag = certificate_tag(&self.case.profile, kind.as_str());
        let now = self.run.now();
        for &member in &members {
            let mut holds = false;
            for number in holdings(member, tag, self.run)? {
                let certificate = places::certificate(bulla_types::CertificateNumber(number), self.run)?;
                holds |= certificate.is_valid(now);
            }
            if !holds {
                return Ok(false);
            }
        }
        Ok(!members.is_empty())
    }

    fn flags(
        &mut self,
        on: &Target,
    ) -> Result<Option<std::collections::BTreeMap<bulla_types::RuleName, bulla_types::RecordFlag>>, Stop>
    {
        match places::target(self.case, on, self.run)? {
            Some(record) => Ok(Some(places::flags(self.case, record, self.run)?)),
            None => Ok(None),
        }
    }

    // Cases.

    fn open_case(&mut self, procedure: &Ident, on: &Target) -> Result<bool, Stop> {
        Ok(other_open_case(self.case, procedure, on, self.run)?.is_some())
    }

    fn past_case(&mut self, condition: &Condition) -> Result<bool, Stop> {
        let Condition::PastCase { procedure, on, results, same, party } = condition else { return Ok(false) };
        let Some(about) = places::target(self.case, on, self.run)? else { return Ok(false) };
        let tag = procedure_tag(&self.case.profile, procedure.as_str());
        let rows = self.run.state.rows(&KeyRange::ended_cases_of(about, tag), PAST_CASES_MAX + 1)?;
        if rows.len() > PAST_CASES_MAX {
            return Err(StepRule::TooManyCases { subject: about, max: PAST_CASES_MAX }.into());
        }
        let wanted = party.as_ref().map(|party| self.members(party)).transpose()?;
        for row in rows {
            let StateKey::EndedCase(ended) = row else { continue };
            let past = Case::required(ended.case, self.run)?;
            let same_fields = same.iter().all(|field| {
                let fields = |case: &Case| case.record.fields.get(field.as_str()).cloned();
                fields(self.case).is_some() && fields(self.case) == fields(&past)
            });
            let same_party = match party {
                Some(party) => actors::members(&past, &Acting::default(), party, self.run)? == wanted,
                None => true,
            };
            if results.contains(past.record.state.as_str()) && same_fields && same_party {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn taken(&mut self, step: &Ident, times: Option<&Ident>) -> Result<bool, Stop> {
        let needed = match times {
            None => 1,
            Some(value) => integer(&self.case.profile, value)?,
        };
        let taken = self.case.record.steps.get(step.as_str());
        Ok(taken.is_some_and(|taken| u64::from(taken.times) >= needed))
    }

    // Parties.

    fn members(&mut self, party: &Ident) -> Result<BTreeSet<MemberNumber>, Stop> {
        Ok(actors::members(self.case, self.acting, party, self.run)?.unwrap_or_default())
    }

    fn same_actor(&self, step: &Ident, level: ActorLevel) -> bool {
        let before = self.case.record.steps.get(step.as_str()).and_then(|taken| taken.by);
        match (before, self.acting.taker) {
            (Some((member, key)), Some((now, now_key))) => match level {
                ActorLevel::Key => key == now_key,
                ActorLevel::Member => member == now,
            },
            _ => false,
        }
    }

    /// A party that is nobody yet differs from everyone.
    fn parties_differ(&mut self, parties: &BTreeSet<Ident>) -> Result<bool, Stop> {
        let mut seen = BTreeSet::new();
        for party in parties {
            for member in self.members(party)? {
                if !seen.insert(member) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

/// Another open case of the procedure about the same.
pub(super) fn other_open_case<V: StateView>(
    case: &Case,
    procedure: &Ident,
    on: &Target,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<CaseNumber>, Stop> {
    let Some(about) = places::target(case, on, run)? else { return Ok(None) };
    let tag = procedure_tag(&case.profile, procedure.as_str());
    let rows = run.state.rows(&KeyRange::open_cases_of(about, tag), 2)?;
    let this = case.record.number;
    Ok(rows.iter().find_map(|row| match row {
        StateKey::OpenCase(open) if open.case != this => Some(open.case),
        _ => None,
    }))
}

/// The content of a value of the profile.
pub(super) fn content_of<'p>(profile: &'p Profile, value: &Ident) -> Option<&'p Content> {
    profile.values.get(value.as_str()).and_then(|value| value.content.as_ref())
}

/// A value of kind integer.
pub(super) fn integer(profile: &Profile, value: &Ident) -> Result<u64, StepRule> {
    match content_of(profile, value) {
        Some(Content::Integer(number)) => Ok(*number),
        _ => Err(StepRule::ValueMissing(value.to_string())),
    }
}

fn value_is(profile: &Profile, value: &Ident, terms: &BTreeSet<Ident>) -> bool {
    match content_of(profile, value) {
        Some(Content::Choice(term)) => terms.contains(term),
        Some(Content::Boolean(answer)) => terms.contains(if *answer { "true" } else { "false" }),
        _ => false,
    }
}

/// The number that a clear field says; `None` when it is not clear.
fn amount_in(content: &FieldContent) -> Option<u64> {
    match content.clear()?.single()? {
        FieldValue::Integer(number) | FieldValue::Amount(number) => Some(*number),
        FieldValue::Ratio(number) | FieldValue::Date(number) => Some(u64::from(*number)),
        _ => None,
    }
}

fn amount_of(profile: &Profile, value: &Ident) -> Option<u64> {
    match content_of(profile, value)? {
        Content::Integer(number) => Some(*number),
        Content::Ratio(ppm) => Some(u64::from(*ppm)),
        Content::Amount(amount) => Some(amount.minor),
        _ => None,
    }
}
