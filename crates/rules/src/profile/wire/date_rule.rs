//! Date rules.

use bulla_types::{Fault, proto};

use super::Wire;
use super::condition::{read_optional, write_optional_condition};
use super::lists::{list, write_all};
use super::words::{ident, optional_ident, reference, write_optional};
use crate::profile::closed::Closed;
use crate::profile::date_rule::{Anchor, DateRule, DateTerm, Direction, Take};
use crate::profile::form::{At, FormError};
use crate::profile::limits::DATE_TERMS_MAX;

use proto::AnchorKind as Kind;

const OPENED: i32 = Kind::Opened as i32;
const STATE: i32 = Kind::State as i32;
const STEP: i32 = Kind::Step as i32;
const FIELD: i32 = Kind::Field as i32;
const ISSUED: i32 = Kind::Issued as i32;
const EXPIRES: i32 = Kind::Expires as i32;

impl Wire for DateRule {
    type Message = proto::RuleDateRule;

    fn read(message: proto::RuleDateRule) -> Result<Self, FormError> {
        date_rule(message.take, message.terms)
    }

    fn write(&self) -> proto::RuleDateRule {
        proto::RuleDateRule { take: self.take.number(), terms: write_all(&self.terms) }
    }
}

pub(super) fn date_rule(take: i32, terms: Vec<proto::RuleDateTerm>) -> Result<DateRule, FormError> {
    let take = Take::from_wire(take).at("take")?;
    Ok(DateRule { take, terms: list(terms, 1..=DATE_TERMS_MAX, DateTerm::read).at("terms")? })
}

impl Wire for DateTerm {
    type Message = proto::RuleDateTerm;

    fn read(message: proto::RuleDateTerm) -> Result<Self, FormError> {
        let of = message.of.as_str();
        let anchor = match message.anchor {
            0 => return Err(Fault::Missing).at("anchor"),
            OPENED if of.is_empty() => Anchor::Opened,
            OPENED => return Err(Fault::Unexpected("the opening is of nothing")).at("of"),
            STATE => Anchor::State(ident(of).at("of")?),
            STEP => Anchor::Step(ident(of).at("of")?),
            FIELD => Anchor::Field(reference(of).at("of")?),
            ISSUED => Anchor::Issued(ident(of).at("of")?),
            EXPIRES => Anchor::Expires(ident(of).at("of")?),
            other => return Err(Fault::UnknownValue(other.into())).at("anchor"),
        };
        Ok(Self {
            anchor,
            direction: Direction::from_wire(message.direction).at("direction")?,
            period: optional_ident(&message.period).at("period")?,
            when: read_optional(message.when).at("when")?,
        })
    }

    fn write(&self) -> proto::RuleDateTerm {
        let (anchor, of) = match &self.anchor {
            Anchor::Opened => (OPENED, String::new()),
            Anchor::State(state) => (STATE, state.to_string()),
            Anchor::Step(step) => (STEP, step.to_string()),
            Anchor::Field(field) => (FIELD, field.to_string()),
            Anchor::Issued(kind) => (ISSUED, kind.to_string()),
            Anchor::Expires(kind) => (EXPIRES, kind.to_string()),
        };
        proto::RuleDateTerm {
            anchor,
            of,
            direction: self.direction.number(),
            period: write_optional(self.period.as_ref()),
            when: write_optional_condition(self.when.as_ref()),
        }
    }
}
