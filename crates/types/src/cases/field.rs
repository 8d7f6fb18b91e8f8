//! Fields of steps (登记事项): what a party says, in clear or as a commitment.

use crate::canonical::{self, Canonical};
use crate::credit_code::CreditCode;
use crate::digest::Digests;
use crate::error::{DecodeError, Fault};
use crate::field::{At, Required, list, rising};
use crate::limits::{FIELD_ITEMS_MAX, OPENING_VALUE_BYTES_MAX};
use crate::number::{AccountNumber, CaseNumber, CertificateNumber, MemberNumber, RegistrationNumber, within};
use crate::opening::Commitment;
use crate::proto;
use crate::proto::field_value::Value;
use crate::proto::step_field::Content;
use crate::rule_name::RuleName;

use super::shares::Shares;

/// A field by its name in the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepField {
    /// Name.
    pub name: RuleName,
    /// What it says.
    pub content: FieldContent,
}

/// Where a field's values stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldContent {
    /// In the entry.
    Clear(FieldValues),
    /// Beside the entry or with their owner; the commitment is to the canonical [`FieldValues`], under the
    /// path `fields.` and the field's name.
    Committed(Commitment),
}

/// What a field says: one to 64 values of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldValues(Vec<FieldValue>);

/// One value. Its kinds are those of a profile's fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// Words; in openings only, since no text stands in clear.
    Text(String),
    /// A term of a vocabulary.
    Term(RuleName),
    /// A number.
    Integer(u64),
    /// Parts per million.
    Ratio(u32),
    /// Money in minor units of the field's currency.
    Amount(u64),
    /// A civil day in UTC+8 as YYYYMMDD; whether there is such a day is for the rules to say.
    Date(u32),
    /// Yes or no.
    Answer(bool),
    /// 统一社会信用代码.
    CreditCode(CreditCode),
    /// Digests of one document.
    Digests(Digests),
    /// A member.
    Member(MemberNumber),
    /// An account.
    Account(AccountNumber),
    /// A registration.
    Registration(RegistrationNumber),
    /// A certificate.
    Certificate(CertificateNumber),
    /// A case.
    Case(CaseNumber),
    /// Members with shares.
    Shares(Shares),
}

impl StepField {
    /// The path under which its commitment is opened.
    #[must_use]
    pub fn path(&self) -> String {
        format!("fields.{}", self.name)
    }

    fn from_message(message: proto::StepField) -> Result<Self, DecodeError> {
        Ok(Self {
            name: RuleName::try_from(message.name).at("name")?,
            content: message.content.required("content", |content| match content {
                Content::Values(values) => {
                    FieldValues::from_message(values).at("values").map(FieldContent::Clear)
                }
                Content::Commitment(commitment) => {
                    Commitment::from_message(&commitment).at("commitment").map(FieldContent::Committed)
                }
            })?,
        })
    }

    /// Fields in rising order of name.
    pub(crate) fn list_from_messages(
        messages: Vec<proto::StepField>,
        field: &str,
        count_max: usize,
    ) -> Result<Vec<Self>, DecodeError> {
        let fields = list(messages, field, 0..=count_max, Self::from_message)?;
        rising(&fields, field, |field| field.name.clone())?;
        Ok(fields)
    }

    pub(crate) fn list_to_messages(fields: &[Self]) -> Vec<proto::StepField> {
        fields.iter().map(|field| field.content.to_message(&field.name)).collect()
    }
}

impl FieldContent {
    /// The message of a field of this name that says this.
    pub(crate) fn to_message(&self, name: &RuleName) -> proto::StepField {
        let content = match self {
            Self::Clear(values) => Content::Values(values.to_message()),
            Self::Committed(commitment) => Content::Commitment(commitment.to_message()),
        };
        proto::StepField { name: name.to_wire(), content: Some(content) }
    }

    /// The values, if they stand in clear.
    #[must_use]
    pub fn clear(&self) -> Option<&FieldValues> {
        match self {
            Self::Clear(values) => Some(values),
            Self::Committed(_) => None,
        }
    }
}

impl FieldValues {
    /// Joins values.
    ///
    /// # Errors
    /// None, too many, or values of different kinds.
    pub fn new(values: Vec<FieldValue>) -> Result<Self, Fault> {
        if values.is_empty() {
            return Err(Fault::Missing);
        }
        if values.len() > FIELD_ITEMS_MAX {
            return Err(Fault::TooMany { max: FIELD_ITEMS_MAX });
        }
        let kind = std::mem::discriminant(&values[0]);
        if values.iter().any(|value| std::mem::discriminant(value) != kind) {
            return Err(Fault::Rule("the values of a field are of one kind"));
        }
        Ok(Self(values))
    }

    /// The values, at least one.
    #[must_use]
    pub fn as_slice(&self) -> &[FieldValue] {
        &self.0
    }

    /// The value, if there is just one.
    #[must_use]
    pub fn single(&self) -> Option<&FieldValue> {
        match self.0.as_slice() {
            [value] => Some(value),
            _ => None,
        }
    }
}

impl From<FieldValue> for FieldValues {
    fn from(value: FieldValue) -> Self {
        Self(vec![value])
    }
}

impl Canonical for FieldValues {
    type Message = proto::FieldValues;
    const BYTES_MAX: usize = OPENING_VALUE_BYTES_MAX;

    fn from_message(message: proto::FieldValues) -> Result<Self, DecodeError> {
        let values = list(message.values, "values", 1..=FIELD_ITEMS_MAX, FieldValue::from_message)?;
        Self::new(values).at("values")
    }

    fn to_message(&self) -> proto::FieldValues {
        proto::FieldValues { values: self.0.iter().map(FieldValue::to_message).collect() }
    }
}

impl FieldValue {
    fn from_message(message: proto::FieldValue) -> Result<Self, DecodeError> {
        match message.value.ok_or(Fault::Missing)? {
            Value::Text(text) => {
                canonical::text(&text, OPENING_VALUE_BYTES_MAX).at("text")?;
                Ok(Self::Text(text))
            }
            Value::Term(term) => RuleName::try_from(term).at("term").map(Self::Term),
            Value::Integer(number) => Ok(Self::Integer(number)),
            Value::RatioPpm(ppm) => Ok(Self::Ratio(ppm)),
            Value::AmountMinor(minor) => Ok(Self::Amount(minor)),
            Value::Date(date) => within(date, 19_700_101, 99_991_231).at("date").map(Self::Date),
            Value::Answer(answer) => Ok(Self::Answer(answer)),
            Value::CreditCode(code) => {
                CreditCode::parse(code.as_bytes()).at("credit_code").map(Self::CreditCode)
            }
            Value::Digests(digests) => {
                Digests::from_messages(&digests.digests).at("digests").map(Self::Digests)
            }
            Value::Member(number) => MemberNumber::from_wire(number).at("member").map(Self::Member),
            Value::Account(number) => AccountNumber::from_wire(number).at("account").map(Self::Account),
            Value::Registration(number) => {
                RegistrationNumber::from_wire(number).at("registration").map(Self::Registration)
            }
            Value::Certificate(number) => {
                CertificateNumber::from_wire(number).at("certificate").map(Self::Certificate)
            }
            Value::CaseNumber(number) => CaseNumber::from_wire(number).at("case_number").map(Self::Case),
            Value::Shares(shares) => Shares::from_message(&shares).at("shares").map(Self::Shares),
        }
    }

    fn to_message(&self) -> proto::FieldValue {
        let value = match self {
            Self::Text(text) => Value::Text(text.clone()),
            Self::Term(term) => Value::Term(term.to_wire()),
            Self::Integer(number) => Value::Integer(*number),
            Self::Ratio(ppm) => Value::RatioPpm(*ppm),
            Self::Amount(minor) => Value::AmountMinor(*minor),
            Self::Date(date) => Value::Date(*date),
            Self::Answer(answer) => Value::Answer(*answer),
            Self::CreditCode(code) => Value::CreditCode(code.to_string()),
            Self::Digests(digests) => {
                Value::Digests(proto::DocumentDigests { digests: digests.to_messages() })
            }
            Self::Member(number) => Value::Member(number.0),
            Self::Account(number) => Value::Account(number.0),
            Self::Registration(number) => Value::Registration(number.0),
            Self::Certificate(number) => Value::Certificate(number.0),
            Self::Case(number) => Value::CaseNumber(number.0),
            Self::Shares(shares) => Value::Shares(shares.to_message()),
        };
        proto::FieldValue { value: Some(value) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_values_of_a_field_are_of_one_kind() {
        let term = |name: &str| FieldValue::Term(name.parse().unwrap());
        assert!(FieldValues::new(vec![term("dataset"), term("report")]).is_ok());
        let mixed = vec![term("dataset"), FieldValue::Integer(1)];
        assert_eq!(FieldValues::new(mixed), Err(Fault::Rule("the values of a field are of one kind")));
        assert_eq!(FieldValues::new(vec![]), Err(Fault::Missing));
        assert!(FieldValues::new(vec![FieldValue::Integer(0); 65]).is_err());
    }

    #[test]
    fn a_zero_is_a_value() {
        for value in [FieldValue::Integer(0), FieldValue::Amount(0), FieldValue::Answer(false)] {
            let values = FieldValues::from(value);
            assert_eq!(FieldValues::decode(&values.encode()), Ok(values));
        }
    }
}
