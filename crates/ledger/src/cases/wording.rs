//! Conditions in words, for refusals.

use bulla_rules::profile::{ActorLevel, CertificateStanding, Closed, Condition, Ident, Operand, RightRef};
use bulla_types::{MemberKind, ReasonCode, Role};

/// A condition as refusals and work lists name it: in English, with the names of the profile.
#[must_use]
pub fn of(condition: &Condition) -> String {
    match condition {
        Condition::All(arms) => joined(arms, " and "),
        Condition::Any(arms) => joined(arms, " or "),
        Condition::Not(inner) => format!("not ({})", of(inner)),
        Condition::FieldIs { field, terms } => format!("{field} is {}", names(terms)),
        Condition::FieldPresent(field) => format!("{field} is given"),
        Condition::DocumentPresent(category) => format!("document {category} is in hand"),
        Condition::Same(left, right) => format!("{left} is the same as {right}"),
        Condition::Among(item, list) => format!("{item} is one of {list}"),
        Condition::Compare { field, relation, other, times } => {
            let other = match other {
                Operand::Field(field) => field.to_string(),
                Operand::Value(value) => value.to_string(),
            };
            let times = times.as_ref().map_or_else(String::new, |times| format!(" times {times}"));
            format!("{field} is {} {other}{times}", relation.name())
        }
        Condition::SharesWhole(field) => format!("{field} sums to the whole"),
        Condition::ValueIs { value, terms } => format!("value {value} is {}", names(terms)),
        Condition::Standing { certificate, standing } => format!("{certificate} is {}", standing.name()),
        Condition::FromProfile { certificate, value } => format!("{certificate} is of a profile in {value}"),
        Condition::HeldBy { certificate, party } => format!("{certificate} was issued to {party}"),
        Condition::PartyKind { party, kinds } => format!("{party} is one of: {}", self::kinds(kinds)),
        Condition::FreeObject(kind) => format!("no entry of the same {kind} is in force"),
        Condition::FreeAccount { party, kind } => format!("{party} may open account {kind}"),
        Condition::HoldsAccount { party, kind } => format!("{party} holds account {kind}"),
        Condition::HoldsCertificate { party, kind } => format!("{party} holds certificate {kind}"),
        Condition::Flagged { flag, on } => format!("{on} has flag {flag}"),
        Condition::FlagClass { class, on } => format!("{on} has a flag of class {}", class.name()),
        Condition::RightHeld { right, on, party } => {
            let right = match right {
                RightRef::Kind(right) => format!("right {right}"),
                RightRef::Class(class) => format!("a right of class {}", class.name()),
            };
            match party {
                Some(party) => format!("{party} holds {right} of {on}"),
                None => format!("there is {right} of {on}"),
            }
        }
        Condition::OpenCase { procedure, on } => format!("a case of {procedure} about {on} is open"),
        Condition::PastCase { procedure, on, results, .. } => {
            format!("a case of {procedure} about {on} has ended as {}", names(results))
        }
        Condition::Taken { step, times: None } => format!("step {step} was taken"),
        Condition::Taken { step, times: Some(times) } => format!("step {step} was taken {times} times"),
        Condition::Reached(deadline) => format!("{deadline} has come"),
        Condition::Within(deadline) => format!("within {deadline}"),
        Condition::SameActor { step, level } => format!("the {} who took {step}", actor(*level)),
        Condition::OtherActor { step, level } => format!("not the {} who took {step}", actor(*level)),
        Condition::PartiesDiffer(parties) => format!("{} are different", names(parties)),
    }
}

/// The reason code of a condition that does not hold.
pub(super) fn reason(condition: &Condition) -> ReasonCode {
    match condition {
        Condition::All(arms) | Condition::Any(arms) => {
            let mut reasons = arms.iter().map(reason);
            let first = reasons.next().unwrap_or(ReasonCode::ConditionNotMet);
            if reasons.all(|other| other == first) { first } else { ReasonCode::ConditionNotMet }
        }
        Condition::Not(inner) => match &**inner {
            Condition::Flagged { .. } | Condition::FlagClass { .. } => ReasonCode::RecordFlagged,
            Condition::RightHeld { .. } => ReasonCode::RightInTheWay,
            Condition::OpenCase { .. } | Condition::PastCase { .. } => ReasonCode::CaseExists,
            Condition::Taken { .. } => ReasonCode::StepOutOfOrder,
            Condition::Within(_) | Condition::Reached(_) => ReasonCode::WindowClosed,
            _ => ReasonCode::ConditionNotMet,
        },
        Condition::Same(..) | Condition::Compare { .. } => ReasonCode::ValuesDiffer,
        Condition::SharesWhole(_) => ReasonCode::SharesNotWhole,
        Condition::Standing { standing: CertificateStanding::Valid, .. }
        | Condition::FromProfile { .. }
        | Condition::HeldBy { .. }
        | Condition::HoldsCertificate { .. } => ReasonCode::CertificateNotValid,
        Condition::FreeObject(_) => ReasonCode::ObjectRegistered,
        Condition::FreeAccount { .. } => ReasonCode::AccountExists,
        Condition::HoldsAccount { .. } => ReasonCode::AccountMissing,
        Condition::RightHeld { .. } => ReasonCode::RightMissing,
        Condition::DocumentPresent(_) => ReasonCode::DocumentMissing,
        Condition::Taken { .. } => ReasonCode::StepOutOfOrder,
        Condition::Reached(_) => ReasonCode::TooEarly,
        Condition::Within(_) => ReasonCode::WindowClosed,
        Condition::PartyKind { .. }
        | Condition::SameActor { .. }
        | Condition::OtherActor { .. }
        | Condition::PartiesDiffer(_) => ReasonCode::PartyWrong,
        Condition::FieldIs { .. }
        | Condition::FieldPresent(_)
        | Condition::Among(..)
        | Condition::ValueIs { .. }
        | Condition::Standing { .. }
        | Condition::Flagged { .. }
        | Condition::FlagClass { .. }
        | Condition::OpenCase { .. }
        | Condition::PastCase { .. } => ReasonCode::ConditionNotMet,
    }
}

/// Roles as scripts name them.
pub(super) fn roles(roles: &[Role]) -> String {
    let name = |role: &Role| match role {
        Role::RegistrationBody => "registration_body",
        Role::EvidenceService => "evidence_service",
        Role::Exchange => "exchange",
        Role::ServiceInstitution => "service_institution",
        Role::Judicial => "judicial",
        Role::Supervisor => "supervisor",
        Role::Subject => "subject",
        Role::Agent => "agent",
    };
    roles.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// Kinds of members as scripts name them.
pub(super) fn kinds(kinds: &[MemberKind]) -> String {
    let name = |kind: &MemberKind| match kind {
        MemberKind::LegalPerson => "legal_person",
        MemberKind::Unincorporated => "unincorporated",
        MemberKind::NaturalPerson => "natural_person",
    };
    kinds.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn joined(arms: &[Condition], word: &str) -> String {
    let arms: Vec<String> = arms.iter().map(|arm| format!("({})", of(arm))).collect();
    arms.join(word)
}

fn names<'n>(names: impl IntoIterator<Item = &'n Ident>) -> String {
    let names: Vec<&str> = names.into_iter().map(Ident::as_str).collect();
    names.join(" or ")
}

fn actor(level: ActorLevel) -> &'static str {
    match level {
        ActorLevel::Key => "person",
        ActorLevel::Member => "body",
    }
}
