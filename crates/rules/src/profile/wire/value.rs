//! Values.

use std::collections::BTreeSet;

use bulla_types::{Fault, proto};

use super::Wire;
use super::lists::{list, rising};
use super::words::{
    credit_code, currency, head, ident, optional_ident, optional_text, profile_id, text, write_optional,
};
use crate::period::{Count, Length, Period, Roll};
use crate::profile::closed::{Closed, closed};
use crate::profile::form::{At, FormError};
use crate::profile::limits::{NAMES_MAX, NOTE_BYTES_MAX};
use crate::profile::value::{Amount, Bound, Content, Origin, Value, ValueKind};

use proto::rule_content::Content as Given;

closed! {
    enum OriginKind {
        Source = 1 "source" "依据" "source",
        Overlay = 2 "overlay" "补充规定" "overlay",
    }
}

const RATIO_PPM_MAX: u32 = 100_000_000;
const UNIT_SAME_DAY: i32 = proto::PeriodUnit::SameDay as i32;
const UNIT_WORKING_DAYS: i32 = proto::PeriodUnit::WorkingDays as i32;
const UNIT_DAYS: i32 = proto::PeriodUnit::Days as i32;
const UNIT_MONTHS: i32 = proto::PeriodUnit::Months as i32;
const UNIT_YEARS: i32 = proto::PeriodUnit::Years as i32;
const ROLL_STAYS: i32 = proto::PeriodRoll::Stays as i32;
const ROLL_TO_WORKING_DAY: i32 = proto::PeriodRoll::ToWorkingDay as i32;

impl Wire for Value {
    type Message = proto::RuleValue;

    fn read(message: proto::RuleValue) -> Result<Self, FormError> {
        let kind = ValueKind::from_wire(message.kind).at("kind")?;
        let content = message.content.map(Content::read).transpose().at("content")?;
        if content.as_ref().is_some_and(|content| content.kind() != kind) {
            return Err(Fault::Rule("the value is not of its kind")).at("content");
        }
        let vocabulary = optional_ident(&message.vocabulary).at("vocabulary")?;
        if vocabulary.is_some() != (kind == ValueKind::Choice) {
            return Err(Fault::Rule("a choice has a vocabulary, and nothing else has")).at("vocabulary");
        }
        let why = optional_text(message.unset, NOTE_BYTES_MAX).at("unset")?;
        let basis = optional_text(message.basis, NOTE_BYTES_MAX).at("basis")?;
        let origin = OriginKind::from_wire(message.origin).at("origin")?;
        let origin = match (origin, content.is_some(), why, basis) {
            (OriginKind::Source, true, None, None) => Origin::Source,
            (OriginKind::Source, false, Some(why), None) => Origin::Unset { why },
            (OriginKind::Overlay, true, Some(why), Some(basis)) => Origin::Filled { why, basis },
            (OriginKind::Overlay, true, None, Some(basis)) => Origin::Stricter { basis },
            _ => return Err(Fault::Rule("content, ground and basis do not fit the origin")).at("origin"),
        };
        let bound = Bound::from_wire(message.bound).at("bound")?;
        Ok(Self { head: head(message.head)?, kind, vocabulary, bound, content, origin })
    }

    fn write(&self) -> proto::RuleValue {
        let (origin, why, basis) = match &self.origin {
            Origin::Source => (OriginKind::Source, None, None),
            Origin::Unset { why } => (OriginKind::Source, Some(why), None),
            Origin::Filled { why, basis } => (OriginKind::Overlay, Some(why), Some(basis)),
            Origin::Stricter { basis } => (OriginKind::Overlay, None, Some(basis)),
        };
        proto::RuleValue {
            head: Some(self.head.write()),
            kind: self.kind.number(),
            vocabulary: write_optional(self.vocabulary.as_ref()),
            bound: self.bound.number(),
            content: self.content.as_ref().map(Wire::write),
            unset: why.cloned().unwrap_or_default(),
            origin: origin.number(),
            basis: basis.cloned().unwrap_or_default(),
        }
    }
}

impl Wire for Content {
    type Message = proto::RuleContent;

    fn read(message: proto::RuleContent) -> Result<Self, FormError> {
        Ok(match message.content.ok_or(Fault::Missing)? {
            Given::Period(period) => Self::Period(Period::read(period).at("period")?),
            Given::Integer(number) => Self::Integer(number),
            Given::RatioPpm(ratio) if ratio <= RATIO_PPM_MAX => Self::Ratio(ratio),
            Given::RatioPpm(ratio) => {
                let range = Fault::OutOfRange { found: ratio.into(), min: 0, max: RATIO_PPM_MAX.into() };
                return Err(range).at("ratio_ppm");
            }
            Given::Amount(amount) => {
                let currency = currency(&amount.currency).at("amount.currency")?;
                Self::Amount(Amount { minor: amount.minor, currency })
            }
            Given::Answer(1) => Self::Boolean(false),
            Given::Answer(2) => Self::Boolean(true),
            Given::Answer(other) => return Err(Fault::UnknownValue(other.into())).at("answer"),
            Given::Choice(term) => Self::Choice(ident(&term).at("choice")?),
            Given::Text(words) => Self::Text(text(words, NOTE_BYTES_MAX).at("text")?),
            Given::Members(members) => Self::Members(set(members, credit_code).at("members")?),
            Given::Profiles(profiles) => Self::Profiles(set(profiles, profile_id).at("profiles")?),
        })
    }

    fn write(&self) -> proto::RuleContent {
        let content = match self {
            Self::Period(period) => Given::Period(period.write()),
            Self::Integer(number) => Given::Integer(*number),
            Self::Ratio(ratio) => Given::RatioPpm(*ratio),
            Self::Amount(Amount { minor, currency }) => {
                Given::Amount(proto::RuleAmount { minor: *minor, currency: currency.clone() })
            }
            Self::Boolean(answer) => Given::Answer(if *answer { 2 } else { 1 }),
            Self::Choice(term) => Given::Choice(term.to_string()),
            Self::Text(words) => Given::Text(words.clone()),
            Self::Members(members) => Given::Members(write_set(members)),
            Self::Profiles(profiles) => Given::Profiles(write_set(profiles)),
        };
        proto::RuleContent { content: Some(content) }
    }
}

fn set<T: Ord>(
    message: proto::RuleNames,
    read: impl Fn(&str) -> Result<T, Fault>,
) -> Result<BTreeSet<T>, FormError> {
    let items = list(message.names, 1..=NAMES_MAX, |name| Ok(read(&name)?)).at("names")?;
    rising(&items).at("names")?;
    Ok(items.into_iter().collect())
}

fn write_set<T: ToString>(items: &BTreeSet<T>) -> proto::RuleNames {
    proto::RuleNames { names: items.iter().map(ToString::to_string).collect() }
}

impl Wire for Period {
    type Message = proto::RulePeriod;

    fn read(message: proto::RulePeriod) -> Result<Self, FormError> {
        let roll = match message.roll {
            0 => Err(Fault::Missing),
            ROLL_STAYS => Ok(Roll::Stays),
            ROLL_TO_WORKING_DAY => Ok(Roll::ToWorkingDay),
            other => Err(Fault::UnknownValue(other.into())),
        };
        let roll = roll.at("roll")?;
        let count = Count::try_from(message.count).map_err(|_| Fault::Rule("not a count of a period"));
        let length = match message.unit {
            0 => return Err(Fault::Missing).at("unit"),
            UNIT_SAME_DAY if message.count == 0 => Length::SameDay,
            UNIT_SAME_DAY => return Err(Fault::Unexpected("the same day has no count")).at("count"),
            UNIT_WORKING_DAYS => Length::WorkingDays(count.at("count")?),
            UNIT_DAYS => Length::NaturalDays(count.at("count")?),
            UNIT_MONTHS => Length::Months(count.at("count")?),
            UNIT_YEARS => Length::Years(count.at("count")?),
            other => return Err(Fault::UnknownValue(other.into())).at("unit"),
        };
        Ok(Self { length, roll })
    }

    fn write(&self) -> proto::RulePeriod {
        let (unit, count) = match self.length {
            Length::SameDay => (UNIT_SAME_DAY, 0),
            Length::WorkingDays(count) => (UNIT_WORKING_DAYS, count.get().into()),
            Length::NaturalDays(count) => (UNIT_DAYS, count.get().into()),
            Length::Months(count) => (UNIT_MONTHS, count.get().into()),
            Length::Years(count) => (UNIT_YEARS, count.get().into()),
        };
        let roll = match self.roll {
            Roll::Stays => ROLL_STAYS,
            Roll::ToWorkingDay => ROLL_TO_WORKING_DAY,
        };
        proto::RulePeriod { count, unit, roll }
    }
}
