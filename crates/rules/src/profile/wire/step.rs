//! Steps.

use bulla_types::{Fault, proto};

use super::Wire;
use super::condition::{read_optional, read_sequence, write_optional_condition, write_sequence};
use super::lists::{list, name_set, rising, write_all, write_names};
use super::words::{head, ident, optional_ident, write_optional};
use crate::profile::closed::Closed;
use crate::profile::condition::Condition;
use crate::profile::form::{At, FormError};
use crate::profile::limits::{EFFECTS_MAX, NAMES_MAX, ORDER_MAX};
use crate::profile::step::{Actor, Cycle, DocumentUse, FieldUse, Need, Step, Trigger};

use proto::{FieldNeed, TriggerKind};

impl Wire for Step {
    type Message = proto::RuleStep;

    fn read(message: proto::RuleStep) -> Result<Self, FormError> {
        let by = match (message.by.is_empty(), message.trigger) {
            (false, None) => Actor::Parties(name_set(message.by, 1).at("by")?),
            (true, Some(trigger)) => Actor::Ledger(Trigger::read(trigger).at("trigger")?),
            (true, None) => return Err(Fault::Missing).at("by"),
            (false, Some(_)) => {
                return Err(Fault::Unexpected("what a party does has no trigger")).at("trigger");
            }
        };
        if message.order > ORDER_MAX {
            let range = Fault::OutOfRange { found: message.order.into(), min: 0, max: ORDER_MAX.into() };
            return Err(range).at("order");
        }
        let step = Self {
            head: head(message.head)?,
            order: message.order,
            by,
            from: name_set(message.from, 0).at("from")?,
            to: optional_ident(&message.to).at("to")?,
            signed_by: name_set(message.signed_by, 0).at("signed_by")?,
            fields: list(message.fields, 0..=NAMES_MAX, FieldUse::read).at("fields")?,
            documents: list(message.documents, 0..=NAMES_MAX, DocumentUse::read).at("documents")?,
            conditions: read_sequence(message.conditions).at("conditions")?,
            effects: list(message.effects, 0..=EFFECTS_MAX, Wire::read).at("effects")?,
            reasons: message.reasons,
        };
        rising(&step.fields.iter().map(|used| &used.field).collect::<Vec<_>>()).at("fields")?;
        rising(&step.documents.iter().map(|used| &used.category).collect::<Vec<_>>()).at("documents")?;
        Ok(step)
    }

    fn write(&self) -> proto::RuleStep {
        let (by, trigger) = match &self.by {
            Actor::Parties(parties) => (write_names(parties), None),
            Actor::Ledger(trigger) => (Vec::new(), Some(trigger.write())),
        };
        proto::RuleStep {
            head: Some(self.head.write()),
            order: self.order,
            by,
            trigger,
            from: write_names(&self.from),
            to: write_optional(self.to.as_ref()),
            signed_by: write_names(&self.signed_by),
            fields: write_all(&self.fields),
            documents: write_all(&self.documents),
            conditions: write_sequence(&self.conditions),
            effects: write_all(&self.effects),
            reasons: self.reasons,
        }
    }
}

impl Wire for Trigger {
    type Message = proto::RuleTrigger;

    fn read(message: proto::RuleTrigger) -> Result<Self, FormError> {
        let kind = TriggerKind::try_from(message.kind);
        let kind = kind.map_err(|_| Fault::UnknownValue(message.kind.into())).at("kind")?;
        let names_nothing = matches!(
            kind,
            TriggerKind::Routing
                | TriggerKind::ParentEnded
                | TriggerKind::RecordEnded
                | TriggerKind::Opened
                | TriggerKind::Cycle
        );
        if names_nothing && !message.of.is_empty() {
            return Err(Fault::Unexpected("this trigger names nothing")).at("of");
        }
        if kind != TriggerKind::ChildEnded && !message.results.is_empty() {
            return Err(Fault::Unexpected("only what ends has results")).at("results");
        }
        if kind != TriggerKind::Cycle && message.cycle != 0 {
            return Err(Fault::Unexpected("only a cycle has a cycle")).at("cycle");
        }
        Ok(match kind {
            TriggerKind::Unspecified => return Err(Fault::Missing).at("kind"),
            TriggerKind::Routing => Self::Routing,
            TriggerKind::Deadline => Self::Deadline(ident(&message.of).at("of")?),
            TriggerKind::ChildOpened => Self::ChildOpened(ident(&message.of).at("of")?),
            TriggerKind::ChildEnded => Self::ChildEnded {
                procedure: ident(&message.of).at("of")?,
                results: name_set(message.results, 1).at("results")?,
            },
            TriggerKind::ParentEnded => Self::ParentEnded,
            TriggerKind::RecordEnded => Self::RecordEnded,
            TriggerKind::Opened => Self::Opened,
            TriggerKind::Cycle => Self::Cycle(Cycle::from_wire(message.cycle).at("cycle")?),
        })
    }

    fn write(&self) -> proto::RuleTrigger {
        let mut message = proto::RuleTrigger::default();
        let kind = match self {
            Self::Routing => TriggerKind::Routing,
            Self::Deadline(deadline) => {
                message.of = deadline.to_string();
                TriggerKind::Deadline
            }
            Self::ChildOpened(procedure) => {
                message.of = procedure.to_string();
                TriggerKind::ChildOpened
            }
            Self::ChildEnded { procedure, results } => {
                message.of = procedure.to_string();
                message.results = write_names(results);
                TriggerKind::ChildEnded
            }
            Self::ParentEnded => TriggerKind::ParentEnded,
            Self::RecordEnded => TriggerKind::RecordEnded,
            Self::Opened => TriggerKind::Opened,
            Self::Cycle(cycle) => {
                message.cycle = cycle.number();
                TriggerKind::Cycle
            }
        };
        message.kind = kind.into();
        message
    }
}

fn need(number: i32, when: Vec<proto::RuleCondition>) -> Result<Need, FormError> {
    let when = read_optional(when).at("when")?;
    match (FieldNeed::try_from(number), when) {
        (Err(_), _) => Err(Fault::UnknownValue(number.into())).at("need"),
        (Ok(FieldNeed::Unspecified), _) => Err(Fault::Missing).at("need"),
        (Ok(FieldNeed::Required), None) => Ok(Need::Required),
        (Ok(FieldNeed::Required), Some(when)) => Ok(Need::RequiredWhen(when)),
        (Ok(FieldNeed::Optional), None) => Ok(Need::Optional),
        (Ok(FieldNeed::Optional), Some(_)) => {
            Err(Fault::Unexpected("what is optional has no condition")).at("when")
        }
    }
}

fn write_need(need: &Need) -> (i32, Option<&Condition>) {
    match need {
        Need::Required => (FieldNeed::Required.into(), None),
        Need::RequiredWhen(when) => (FieldNeed::Required.into(), Some(when)),
        Need::Optional => (FieldNeed::Optional.into(), None),
    }
}

impl Wire for FieldUse {
    type Message = proto::RuleFieldUse;

    fn read(message: proto::RuleFieldUse) -> Result<Self, FormError> {
        Ok(Self { field: ident(&message.field).at("field")?, need: need(message.need, message.when)? })
    }

    fn write(&self) -> proto::RuleFieldUse {
        let (need, when) = write_need(&self.need);
        proto::RuleFieldUse { field: self.field.to_string(), need, when: write_optional_condition(when) }
    }
}

impl Wire for DocumentUse {
    type Message = proto::RuleDocumentUse;

    fn read(message: proto::RuleDocumentUse) -> Result<Self, FormError> {
        Ok(Self {
            category: ident(&message.category).at("category")?,
            need: need(message.need, message.when)?,
            at_least: optional_ident(&message.at_least).at("at_least")?,
        })
    }

    fn write(&self) -> proto::RuleDocumentUse {
        let (need, when) = write_need(&self.need);
        proto::RuleDocumentUse {
            category: self.category.to_string(),
            need,
            when: write_optional_condition(when),
            at_least: write_optional(self.at_least.as_ref()),
        }
    }
}
