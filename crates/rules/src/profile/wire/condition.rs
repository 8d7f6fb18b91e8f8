//! Conditions, as a sequence of nodes in prefix order.

use bulla_types::{Fault, MemberKind, proto};

use super::lists::{member_words, name_set, write_names};
use super::words::{certificate_ref, ident, optional_ident, reference, target, write_optional};
use crate::profile::closed::Closed;
use crate::profile::condition::{ActorLevel, CertificateStanding, Condition, Operand, Relation, RightRef};
use crate::profile::form::{At, FormError};
use crate::profile::ident::Ident;
use crate::profile::limits::{CONDITION_DEPTH_MAX, CONDITION_NODES_MAX};
use crate::profile::records::{FlagClass, RightClass};
use crate::profile::reference::Reference;

use proto::rule_condition::Node;

/// Conditions one after the other.
pub(super) fn read_sequence(nodes: Vec<proto::RuleCondition>) -> Result<Vec<Condition>, FormError> {
    if nodes.len() > CONDITION_NODES_MAX {
        return Err(Fault::TooMany { max: CONDITION_NODES_MAX }.into());
    }
    let mut nodes = nodes.into_iter().enumerate();
    let mut conditions = Vec::new();
    while nodes.len() > 0 {
        conditions.push(read(&mut nodes, 1)?);
    }
    Ok(conditions)
}

/// No condition, or one.
pub(super) fn read_optional(nodes: Vec<proto::RuleCondition>) -> Result<Option<Condition>, FormError> {
    let mut conditions = read_sequence(nodes)?;
    match conditions.len() {
        0 | 1 => Ok(conditions.pop()),
        _ => Err(Fault::Rule("more than one condition").into()),
    }
}

pub(super) fn write_sequence(conditions: &[Condition]) -> Vec<proto::RuleCondition> {
    let mut nodes = Vec::new();
    for condition in conditions {
        condition.visit(&mut |part| nodes.push(proto::RuleCondition { node: Some(node(part)) }));
    }
    nodes
}

pub(super) fn write_optional_condition(condition: Option<&Condition>) -> Vec<proto::RuleCondition> {
    condition.map(|condition| write_sequence(std::slice::from_ref(condition))).unwrap_or_default()
}

type Nodes = std::iter::Enumerate<std::vec::IntoIter<proto::RuleCondition>>;

fn read(nodes: &mut Nodes, depth: usize) -> Result<Condition, FormError> {
    if depth > CONDITION_DEPTH_MAX {
        return Err(Fault::Rule("conditions stand too deep within each other").into());
    }
    let (index, message) = nodes.next().ok_or(Fault::Rule("a condition is cut short"))?;
    let at = format!("[{index}]");
    match message.node.ok_or(Fault::Missing).at(&at)? {
        Node::All(arms) => Ok(Condition::All(read_arms(nodes, arms, depth).at(&at)?)),
        Node::Any(arms) => Ok(Condition::Any(read_arms(nodes, arms, depth).at(&at)?)),
        Node::Not(proto::RuleNothing {}) => Ok(Condition::Not(Box::new(read(nodes, depth + 1)?))),
        leaf => read_leaf(leaf).at(&at),
    }
}

fn read_arms(nodes: &mut Nodes, arms: u32, depth: usize) -> Result<Vec<Condition>, FormError> {
    let arms = usize::try_from(arms).ok().filter(|arms| (1..=nodes.len()).contains(arms));
    let arms = arms.ok_or(Fault::Rule("a condition has other arms than it says"))?;
    (0..arms).map(|_| read(nodes, depth + 1)).collect()
}

fn read_leaf(node: Node) -> Result<Condition, FormError> {
    Ok(match node {
        Node::All(_) | Node::Any(_) | Node::Not(_) => return Err(Fault::Rule("not a leaf").into()),
        Node::FieldIs(message) => Condition::FieldIs {
            field: reference(&message.field).at("field")?,
            terms: name_set(message.terms, 1).at("terms")?,
        },
        Node::FieldPresent(field) => Condition::FieldPresent(reference(&field)?),
        Node::DocumentPresent(category) => Condition::DocumentPresent(ident(&category)?),
        Node::Same(pair) => {
            Condition::Same(reference(&pair.left).at("left")?, reference(&pair.right).at("right")?)
        }
        Node::Among(pair) => {
            Condition::Among(reference(&pair.left).at("left")?, reference(&pair.right).at("right")?)
        }
        Node::Compare(message) => read_compare(&message)?,
        Node::SharesWhole(field) => Condition::SharesWhole(reference(&field)?),
        Node::ValueIs(message) => Condition::ValueIs {
            value: ident(&message.value).at("value")?,
            terms: name_set(message.terms, 1).at("terms")?,
        },
        Node::Standing(message) => Condition::Standing {
            certificate: certificate_ref(&message.certificate).at("certificate")?,
            standing: CertificateStanding::from_wire(message.standing).at("standing")?,
        },
        Node::FromProfile(message) => Condition::FromProfile {
            certificate: certificate_ref(&message.certificate).at("certificate")?,
            value: ident(&message.value).at("value")?,
        },
        Node::HeldBy(message) => Condition::HeldBy {
            certificate: certificate_ref(&message.certificate).at("certificate")?,
            party: ident(&message.party).at("party")?,
        },
        Node::PartyKind(message) => Condition::PartyKind {
            party: ident(&message.party).at("party")?,
            kinds: member_words(&message.kinds, 1, MemberKind::ALL, MemberKind::number).at("kinds")?,
        },
        Node::FreeObject(object) => Condition::FreeObject(ident(&object)?),
        Node::FreeAccount(message) => {
            let (party, kind) = holding(&message)?;
            Condition::FreeAccount { party, kind }
        }
        Node::HoldsAccount(message) => {
            let (party, kind) = holding(&message)?;
            Condition::HoldsAccount { party, kind }
        }
        Node::HoldsCertificate(message) => {
            let (party, kind) = holding(&message)?;
            Condition::HoldsCertificate { party, kind }
        }
        Node::Flagged(message) => {
            Condition::Flagged { flag: ident(&message.flag).at("flag")?, on: target(&message.on).at("on")? }
        }
        Node::FlagClass(message) => Condition::FlagClass {
            class: FlagClass::from_wire(message.class).at("class")?,
            on: target(&message.on).at("on")?,
        },
        Node::RightHeld(message) => Condition::RightHeld {
            right: read_right(&message)?,
            on: target(&message.on).at("on")?,
            party: optional_ident(&message.party).at("party")?,
        },
        Node::OpenCase(message) => Condition::OpenCase {
            procedure: ident(&message.procedure).at("procedure")?,
            on: target(&message.on).at("on")?,
        },
        Node::PastCase(message) => Condition::PastCase {
            procedure: ident(&message.procedure).at("procedure")?,
            on: target(&message.on).at("on")?,
            results: name_set(message.results, 1).at("results")?,
            same: name_set(message.same, 0).at("same")?,
            party: optional_ident(&message.party).at("party")?,
        },
        Node::Taken(message) => Condition::Taken {
            step: ident(&message.step).at("step")?,
            times: optional_ident(&message.times).at("times")?,
        },
        Node::Reached(deadline) => Condition::Reached(reference(&deadline)?),
        Node::Within(deadline) => Condition::Within(reference(&deadline)?),
        Node::SameActor(message) => {
            let (step, level) = actor(&message)?;
            Condition::SameActor { step, level }
        }
        Node::OtherActor(message) => {
            let (step, level) = actor(&message)?;
            Condition::OtherActor { step, level }
        }
        Node::PartiesDiffer(parties) => Condition::PartiesDiffer(name_set(parties.names, 2).at("names")?),
    })
}

fn read_compare(message: &proto::RuleCompare) -> Result<Condition, FormError> {
    let other = match (message.other_field.as_str(), message.value.as_str()) {
        ("", value) => Operand::Value(ident(value).at("value")?),
        (field, "") => Operand::Field(reference(field).at("other_field")?),
        _ => return Err(Fault::Unexpected("a comparison has one other side")).at("value"),
    };
    Ok(Condition::Compare {
        field: reference(&message.field).at("field")?,
        relation: Relation::from_wire(message.relation).at("relation")?,
        other,
        times: optional_ident(&message.times).at("times")?,
    })
}

fn read_right(message: &proto::RuleRightHeld) -> Result<RightRef, FormError> {
    match (message.right.as_str(), message.class) {
        ("", class) => Ok(RightRef::Class(RightClass::from_wire(class).at("class")?)),
        (right, 0) => Ok(RightRef::Kind(ident(right).at("right")?)),
        _ => Err(Fault::Unexpected("a right has a kind or a class")).at("class"),
    }
}

fn holding(message: &proto::RuleHolding) -> Result<(Ident, Ident), FormError> {
    Ok((ident(&message.party).at("party")?, ident(&message.kind).at("kind")?))
}

fn actor(message: &proto::RuleActor) -> Result<(Ident, ActorLevel), FormError> {
    Ok((ident(&message.step).at("step")?, ActorLevel::from_wire(message.level).at("level")?))
}

/// The node of this condition alone; those of its arms follow.
fn node(condition: &Condition) -> Node {
    let arms = |arms: &[Condition]| u32::try_from(arms.len()).unwrap_or(u32::MAX);
    match condition {
        Condition::All(of) => Node::All(arms(of)),
        Condition::Any(of) => Node::Any(arms(of)),
        Condition::Not(_) => Node::Not(proto::RuleNothing {}),
        Condition::FieldIs { field, terms } => {
            Node::FieldIs(proto::RuleFieldIs { field: field.to_string(), terms: write_names(terms) })
        }
        Condition::FieldPresent(field) => Node::FieldPresent(field.to_string()),
        Condition::DocumentPresent(category) => Node::DocumentPresent(category.to_string()),
        Condition::Same(left, right) => Node::Same(pair(left, right)),
        Condition::Among(left, right) => Node::Among(pair(left, right)),
        Condition::Compare { field, relation, other, times } => {
            let (other_field, value) = match other {
                Operand::Field(field) => (field.to_string(), String::new()),
                Operand::Value(value) => (String::new(), value.to_string()),
            };
            let (field, relation) = (field.to_string(), relation.number());
            Node::Compare(proto::RuleCompare {
                field,
                relation,
                other_field,
                value,
                times: write_optional(times.as_ref()),
            })
        }
        Condition::SharesWhole(field) => Node::SharesWhole(field.to_string()),
        Condition::ValueIs { value, terms } => {
            Node::ValueIs(proto::RuleValueIs { value: value.to_string(), terms: write_names(terms) })
        }
        Condition::Standing { certificate, standing } => Node::Standing(proto::RuleStanding {
            certificate: certificate.to_string(),
            standing: standing.number(),
        }),
        Condition::FromProfile { certificate, value } => Node::FromProfile(proto::RuleFromProfile {
            certificate: certificate.to_string(),
            value: value.to_string(),
        }),
        Condition::HeldBy { certificate, party } => {
            Node::HeldBy(proto::RuleHeldBy { certificate: certificate.to_string(), party: party.to_string() })
        }
        Condition::PartyKind { party, kinds } => Node::PartyKind(proto::RulePartyKind {
            party: party.to_string(),
            kinds: kinds.iter().map(|kind| kind.number().into()).collect(),
        }),
        Condition::FreeObject(object) => Node::FreeObject(object.to_string()),
        Condition::FreeAccount { party, kind } => Node::FreeAccount(write_holding(party, kind)),
        Condition::HoldsAccount { party, kind } => Node::HoldsAccount(write_holding(party, kind)),
        Condition::HoldsCertificate { party, kind } => Node::HoldsCertificate(write_holding(party, kind)),
        Condition::Flagged { flag, on } => {
            Node::Flagged(proto::RuleFlagged { flag: flag.to_string(), on: on.to_string() })
        }
        Condition::FlagClass { class, on } => {
            Node::FlagClass(proto::RuleFlagClass { class: class.number(), on: on.to_string() })
        }
        Condition::RightHeld { right, on, party } => {
            let (right, class) = match right {
                RightRef::Kind(right) => (right.to_string(), 0),
                RightRef::Class(class) => (String::new(), class.number()),
            };
            let (on, party) = (on.to_string(), write_optional(party.as_ref()));
            Node::RightHeld(proto::RuleRightHeld { right, class, on, party })
        }
        Condition::OpenCase { procedure, on } => {
            Node::OpenCase(proto::RuleOpenCase { procedure: procedure.to_string(), on: on.to_string() })
        }
        Condition::PastCase { procedure, on, results, same, party } => Node::PastCase(proto::RulePastCase {
            procedure: procedure.to_string(),
            on: on.to_string(),
            results: write_names(results),
            same: write_names(same),
            party: write_optional(party.as_ref()),
        }),
        Condition::Taken { step, times } => {
            Node::Taken(proto::RuleTaken { step: step.to_string(), times: write_optional(times.as_ref()) })
        }
        Condition::Reached(deadline) => Node::Reached(deadline.to_string()),
        Condition::Within(deadline) => Node::Within(deadline.to_string()),
        Condition::SameActor { step, level } => {
            Node::SameActor(proto::RuleActor { step: step.to_string(), level: level.number() })
        }
        Condition::OtherActor { step, level } => {
            Node::OtherActor(proto::RuleActor { step: step.to_string(), level: level.number() })
        }
        Condition::PartiesDiffer(parties) => {
            Node::PartiesDiffer(proto::RuleNames { names: write_names(parties) })
        }
    }
}

fn pair(left: &Reference, right: &Reference) -> proto::RulePair {
    proto::RulePair { left: left.to_string(), right: right.to_string() }
}

fn write_holding(party: &Ident, kind: &Ident) -> proto::RuleHolding {
    proto::RuleHolding { party: party.to_string(), kind: kind.to_string() }
}
