//! Mandates of agents (授权): what an agent must have shown to act for a member, and for how long that counts.
//!
//! A mandate counts for the member and the agent for whom it was handed in, in the case in which it was handed in,
//! until the documents of its category are handed back. A certificate counts while it is valid, and only where the
//! member holds it.

use std::collections::BTreeSet;

use bulla_rules::profile::Party;
use bulla_types::{
    CaseMandate, CertificateNumber, DocumentItem, MandateOf, MemberNumber, Role, StepDocument, TakeStep,
};

use crate::view::{StateView, ViewError};

use super::case::{Case, name};
use super::rule::{StepRule, Stop};
use super::run::Run;

/// Refuses unless an agent may act for a member as a party: it shows its mandate in this step, which the case then
/// keeps in hand, or has shown it before.
pub(super) fn require<V: StateView>(
    case: &mut Case,
    party: &Party,
    (member, agent): (MemberNumber, MemberNumber),
    take: &TakeStep,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let Some(category) = &party.mandate else {
        return Err(StepRule::AgentNotAllowed(party.head.name.to_string()).into());
    };
    let record = run.state.member(agent)?.ok_or(StepRule::MemberUnknown(agent))?;
    if !record.roles.contains(Role::Agent) {
        return Err(StepRule::NotAnAgent(agent).into());
    }
    let of: MandateOf = (member, agent, name(category));
    let handed_in = take.documents.iter().find(|document| document.category == category.as_str());
    if let Some(mandate) = handed_in.map(|document| shown(document, member, run)).transpose()?.flatten() {
        case.record.mandates.insert(of, mandate);
        return Ok(());
    }
    if let Some(mandate) = case.record.mandates.get(&of)
        && (mandate.certificates.is_empty() || !valid(&mandate.certificates, member, run)?.is_empty())
    {
        return Ok(());
    }
    Err(StepRule::MandateMissing { document: category.to_string(), member, agent }.into())
}

/// What documents show of a mandate of a member, if anything. Papers are taken as they are declared.
fn shown<V: StateView>(
    document: &StepDocument,
    member: MemberNumber,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<CaseMandate>, Stop> {
    let mut certificates = BTreeSet::new();
    for item in &document.items {
        match item {
            DocumentItem::Certificate(number) => certificates.insert(*number),
            DocumentItem::Digests(_) | DocumentItem::Evidence(_) => return Ok(Some(CaseMandate::default())),
        };
    }
    for &number in &certificates {
        if run.state.certificate(number)?.is_some_and(|found| !found.is_valid(run.now())) {
            return Err(StepRule::CertificateNotValid(number).into());
        }
    }
    let certificates = valid(&certificates, member, run)?;
    Ok((!certificates.is_empty()).then_some(CaseMandate { certificates }))
}

/// Those of the certificates that are valid now and that the member holds.
fn valid<V: StateView>(
    certificates: &BTreeSet<CertificateNumber>,
    member: MemberNumber,
    run: &mut Run<'_, '_, V>,
) -> Result<BTreeSet<CertificateNumber>, ViewError> {
    let mut valid = BTreeSet::new();
    for &number in certificates {
        let certificate = run.state.certificate(number)?;
        if certificate.is_some_and(|found| found.is_valid(run.now()) && found.holders.contains(&member)) {
            valid.insert(number);
        }
    }
    Ok(valid)
}
