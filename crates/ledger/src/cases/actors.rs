//! Who takes a step: parties and the members that they are, those who sign besides, agents (当事人、代理人).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bulla_rules::profile::{Actor, Binding, Content, Ident, Party, Step};
use bulla_types::{
    KeyId, MemberNumber, MemberRecord, MemberStatus, OwnerRecord, Role, RuleName, StepActor, TakeStep,
};

use crate::signers::Signers;
use crate::view::StateView;

use super::case::{Case, name};
use super::conditions::{self, content_of};
use super::mandates;
use super::places;
use super::quorum;
use super::rights;
use super::rule::{StepRule, Stop};
use super::run::{Acting, Run};
use super::wording;

/// The members of a party, in the step at hand; `None` when it is nobody yet.
///
/// Who opened the case, was named or acted first is so for the whole case. Holders are those of now, and so are
/// the parties of a parent.
pub(super) fn members<V: StateView>(
    case: &Case,
    acting: &Acting,
    party: &Ident,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<BTreeSet<MemberNumber>>, Stop> {
    let known = acting.parties.get(party.as_str()).or_else(|| case.record.parties.get(party.as_str()));
    if let Some(members) = known {
        return Ok(Some(members.clone()));
    }
    match case.profile.parties.get(party.as_str()).map(|party| &party.binding) {
        Some(Binding::Adopter) => adopter(case, run),
        Some(Binding::Appointed { members, .. }) => appointed(case, members, run).map(Some),
        Some(Binding::Holders) => Ok(places::holders(case, run)?),
        Some(Binding::HoldersOf(right)) => Ok(rights::holders(case, right, Some(run.now()), run)?),
        Some(Binding::Parent(of)) => match case.parent() {
            Some(parent) => members(&Case::required(parent, run)?, &Acting::default(), of, run),
            None => Ok(None),
        },
        Some(Binding::Opener | Binding::Named | Binding::Anyone | Binding::First) | None => Ok(None),
    }
}

/// The body that adopted the profile.
fn adopter<V: StateView>(
    case: &Case,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<BTreeSet<MemberNumber>>, Stop> {
    let Some(adoption) = &case.profile.adoption else { return Ok(None) };
    let owner = run.state.owner(adoption.credit_code)?;
    Ok(owner.map(|OwnerRecord { member }| BTreeSet::from([member])))
}

/// Those members that a value names and that are enrolled.
fn appointed<V: StateView>(
    case: &Case,
    value: &Ident,
    run: &mut Run<'_, '_, V>,
) -> Result<BTreeSet<MemberNumber>, Stop> {
    let Some(Content::Members(codes)) = content_of(&case.profile, value).cloned() else {
        return Err(StepRule::ValueMissing(value.to_string()).into());
    };
    let mut members = BTreeSet::new();
    for code in codes {
        members.extend(run.state.owner(code)?.map(|OwnerRecord { member }| member));
    }
    Ok(members)
}

/// Checks who takes a step, and binds the parties that acting binds. Gives the members of each party that
/// acts, and who they sign by.
pub(super) fn resolve<V: StateView>(
    case: &mut Case,
    step: &Step,
    take: &TakeStep,
    signers: &Signers,
    run: &mut Run<'_, '_, V>,
) -> Result<Acting, Stop> {
    let taking = taking_party(case, step, take)?;
    let mut groups: BTreeMap<&str, Vec<&StepActor>> = BTreeMap::new();
    for actor in &take.actors {
        groups.entry(actor.party.as_str()).or_default().push(actor);
    }
    let mut acting = Acting::default();
    let besides = step.signed_by.iter().filter(|party| **party != taking);
    for party in std::iter::once(&taking).chain(besides) {
        let group = groups.remove(party.as_str()).unwrap_or_default();
        let members = group_members(case, party, &group, run)?;
        if group.is_empty() {
            return Err(StepRule::CosignerMissing(party.to_string()).into());
        }
        quorum::check(case, party, &group, signers)?;
        acting.parties.insert(name(party), members);
    }
    if let Some((party, _)) = groups.pop_first() {
        return Err(StepRule::ActorSuperfluous(party.to_owned()).into());
    }
    bind(case, &acting);
    acting.taker = taker(take, &taking, signers)?;
    for actor in &take.actors {
        qualify(case, &acting, actor, take, signers, run)?;
    }
    Ok(acting)
}

/// The party as which a step is taken.
fn taking_party(case: &Case, step: &Step, take: &TakeStep) -> Result<Ident, StepRule> {
    let Actor::Parties(parties) = &step.by else { return Err(StepRule::LedgerStep) };
    let known = case.profile.parties.get(take.party.as_str()).map(|party| party.head.name.clone());
    known.filter(|party| parties.contains(party)).ok_or_else(|| StepRule::PartyWrong {
        found: take.party.to_string(),
        expected: parties.iter().map(Ident::as_str).collect::<Vec<_>>().join(" or "),
    })
}

/// How many of the members that a party is act as it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Together {
    One,
    /// As many as a value asks, or more.
    Some,
    All,
}

/// The members that act as a party: those that it is, as many of them as act together.
fn group_members<V: StateView>(
    case: &Case,
    party: &Ident,
    group: &[&StepActor],
    run: &mut Run<'_, '_, V>,
) -> Result<BTreeSet<MemberNumber>, Stop> {
    let present: BTreeSet<MemberNumber> = group.iter().map(|actor| actor.member).collect();
    let Some(rule) = case.profile.parties.get(party.as_str()) else {
        return Err(StepRule::PartyUnbound { party: party.to_string() }.into());
    };
    let is_new = case.record.history_count == 0;
    let bound = members(case, &Acting::default(), party, run)?;
    let one_of = match (&rule.binding, bound) {
        (Binding::Opener, None) if is_new => None,
        (Binding::Anyone | Binding::First, None) => None,
        (_, None) => return Err(StepRule::PartyUnbound { party: party.to_string() }.into()),
        (_, Some(bound)) => Some(bound),
    };
    let wrong = |member| {
        let expected = one_of.iter().flatten().copied().collect();
        StepRule::MemberWrong { party: party.to_string(), member, expected }
    };
    let together = match (&rule.binding, &one_of) {
        (Binding::Appointed { quorum: Some(_), .. }, _) => Together::Some,
        (Binding::Appointed { quorum: None, .. }, _) | (_, None) => Together::One,
        (_, Some(_)) => Together::All,
    };
    // A stranger is told so before anyone is missed.
    for &member in &present {
        if one_of.as_ref().is_some_and(|members| !members.contains(&member)) {
            return Err(wrong(member).into());
        }
    }
    if let Some(members) = one_of.as_ref().filter(|_| together == Together::All)
        && let Some(&missing) = members.difference(&present).next()
    {
        return Err(StepRule::ActorMissing { party: party.to_string(), missing }.into());
    }
    // Whoever qualifies acts alone.
    if let (Together::One, Some(&second)) = (together, present.iter().nth(1)) {
        return Err(wrong(second).into());
    }
    Ok(present)
}

/// Who opens a case is bound to it, and who acts first where only one may.
fn bind(case: &mut Case, acting: &Acting) {
    for (party, members) in &acting.parties {
        let binding = case.profile.parties.get(party.as_str()).map(|party| &party.binding);
        if matches!(binding, Some(Binding::Opener | Binding::First)) {
            case.record.parties.entry(party.clone()).or_insert_with(|| members.clone());
        }
    }
}

/// The member that takes the step, with the key that signs for it.
fn taker(
    take: &TakeStep,
    taking: &Ident,
    signers: &Signers,
) -> Result<Option<(MemberNumber, KeyId)>, StepRule> {
    let first = take.actors.iter().find(|actor| actor.party == taking.as_str());
    first.map(|actor| Ok((actor.member, signing_key(actor, signers)?))).transpose()
}

pub(super) fn signing_key(actor: &StepActor, signers: &Signers) -> Result<KeyId, StepRule> {
    let signer = actor.signer();
    signers.operate_key(signer).ok_or(StepRule::SignatureMissing(signer))
}

/// Checks that a member may act as a party now, by itself or by an agent.
fn qualify<V: StateView>(
    case: &mut Case,
    acting: &Acting,
    actor: &StepActor,
    take: &TakeStep,
    signers: &Signers,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let profile = Arc::clone(&case.profile);
    let Some(party) = profile.parties.get(actor.party.as_str()) else {
        return Err(StepRule::PartyUnbound { party: actor.party.to_string() }.into());
    };
    check_member(party, actor.member, run)?;
    if let Some(agent) = actor.agent {
        mandates::require(case, party, (actor.member, agent), take, run)?;
    }
    signing_key(actor, signers)?;
    conditions::require(case, acting, &party.requires, run)
}

/// Checks that a member is active and of the kind and role that a party asks for.
pub(super) fn check_member<V: StateView>(
    party: &Party,
    member: MemberNumber,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let record = run.state.member(member)?.ok_or(StepRule::MemberUnknown(member))?;
    if record.status != MemberStatus::Active {
        return Err(StepRule::MemberSuspended(member).into());
    }
    match disqualification(party, &record) {
        None => Ok(()),
        Some(needed) => {
            Err(StepRule::Unqualified { party: party.head.name.to_string(), member, needed }.into())
        }
    }
}

/// What a member lacks to be a party.
fn disqualification(party: &Party, member: &MemberRecord) -> Option<String> {
    let has = |role: &Role| member.roles.contains(*role);
    if !party.roles.is_empty() && !party.roles.iter().any(has) {
        return Some(format!("needs one of the roles: {}", wording::roles(&party.roles)));
    }
    if party.excluded_roles.iter().any(has) {
        return Some(format!("may have none of the roles: {}", wording::roles(&party.excluded_roles)));
    }
    let kinds = &party.member_kinds;
    let fits = kinds.is_empty() || kinds.contains(&member.identity.kind());
    (!fits).then(|| format!("must be one of: {}", wording::kinds(kinds)))
}

/// The parties of a procedure that a case of it is opened with, and the member or members that each is.
pub(super) type Bound = BTreeMap<RuleName, BTreeSet<MemberNumber>>;
