//! The fields of a step in the making.

use std::collections::BTreeMap;

use bulla_rules::profile::{Disposition, Field, FieldType, Need, Profile};
use bulla_types::{Commitment, FieldValue, FieldValues, RuleName, SubjectKind, canonical};

use super::error::{Asked, ItemAt, StepFault};
use super::names::name;
use super::place::Setting;
use super::twin::{Twin, twin};
use super::value::read;

/// Written in place of a value: the field says what the one that it must equal has said.
const AS_BEFORE: &str = "=";

/// What a field says.
#[derive(Debug, Clone)]
pub(super) enum Said {
    /// These values, where the profile puts them.
    Values(Disposition, FieldValues),
    /// What was committed to before; its opening is where it was.
    AsBefore(Commitment),
}

/// Fields by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(BTreeMap<RuleName, Given>);

#[derive(Debug, Clone)]
enum Given {
    Values(Vec<FieldValue>),
    AsBefore(Commitment),
}

impl Fields {
    /// Adds a value, read from text.
    pub(super) fn add_text(
        &mut self,
        name: &str,
        text: &str,
        setting: &Setting<'_>,
    ) -> Result<(), StepFault> {
        let field = field_of(name, setting)?;
        if text.trim() == AS_BEFORE
            && let Some(Twin { commitment, .. }) = twin(field, setting)
        {
            return self.put(field, Given::AsBefore(commitment));
        }
        let value = read(text, &field.of, setting.profile(), &setting.ledger);
        let value = value.map_err(|asked| StepFault::FieldInvalid {
            field: ItemAt::of(&field.head),
            found: text.to_owned(),
            asked,
        })?;
        self.add(field, value)
    }

    /// Adds a value of the field's type.
    pub(super) fn add_value(
        &mut self,
        name: &str,
        value: FieldValue,
        setting: &Setting<'_>,
    ) -> Result<(), StepFault> {
        let field = field_of(name, setting)?;
        match asked_instead(&value, &field.of, setting.profile()) {
            None => self.add(field, value),
            Some(asked) => Err(StepFault::FieldInvalid {
                field: ItemAt::of(&field.head),
                found: format!("{value:?}"),
                asked,
            }),
        }
    }

    /// Says what was committed to before.
    pub(super) fn take_over(
        &mut self,
        name: &str,
        commitment: Commitment,
        setting: &Setting<'_>,
    ) -> Result<(), StepFault> {
        let field = field_of(name, setting)?;
        if field.disposition == Disposition::Clear {
            let (found, item) = (commitment.0.to_string(), ItemAt::of(&field.head));
            let asked = asked_of(&field.of, setting.profile());
            return Err(StepFault::FieldInvalid { field: item, found, asked });
        }
        self.put(field, Given::AsBefore(commitment))
    }

    fn put(&mut self, field: &Field, given: Given) -> Result<(), StepFault> {
        match self.0.insert(name(&field.head.name), given) {
            None => Ok(()),
            Some(_) => Err(StepFault::FieldRepeated(ItemAt::of(&field.head))),
        }
    }

    fn add(&mut self, field: &Field, value: FieldValue) -> Result<(), StepFault> {
        let item = || ItemAt::of(&field.head);
        let given = self.0.entry(name(&field.head.name)).or_insert_with(|| Given::Values(Vec::new()));
        let Given::Values(values) = given else { return Err(StepFault::FieldRepeated(item())) };
        if values.contains(&value) {
            return Err(StepFault::FieldRepeated(item()));
        }
        if u32::try_from(values.len()).is_ok_and(|count| count >= field.items_max) {
            return Err(StepFault::FieldTooMany { field: item(), max: field.items_max });
        }
        values.push(value);
        Ok(())
    }

    /// All of them, rising by name. What the step must bring in any case is there; what must say the same as an earlier
    /// field that stands as a commitment takes it over.
    pub(super) fn finish(&self, setting: &Setting<'_>) -> Result<Vec<(RuleName, Said)>, StepFault> {
        let profile = setting.profile();
        let required = setting.step.fields.iter().filter(|used| used.need == Need::Required);
        let missing = required.map(|used| used.field.as_str()).find(|name| !self.0.contains_key(*name));
        if let Some(field) = missing.and_then(|name| profile.fields.get(name)) {
            return Err(StepFault::FieldMissing(ItemAt::of(&field.head)));
        }
        let mut fields = Vec::new();
        for (name, given) in &self.0 {
            let field = field_of(name.as_str(), setting)?;
            let said = match given {
                Given::AsBefore(commitment) => Said::AsBefore(*commitment),
                Given::Values(values) => {
                    let values = FieldValues::new(values.clone())
                        .map_err(|_| StepFault::FieldMissing(ItemAt::of(&field.head)))?;
                    match twin(field, setting) {
                        None => Said::Values(field.disposition, values),
                        Some(twin) => Said::AsBefore(twin.taken_over(field, &values)?),
                    }
                }
            };
            fields.push((name.clone(), said));
        }
        Ok(fields)
    }
}

fn field_of<'p>(name: &str, setting: &Setting<'p>) -> Result<&'p Field, StepFault> {
    let fields = &setting.step.fields;
    let used = fields.iter().any(|used| used.field == *name);
    setting.profile().fields.get(name).filter(|_| used).ok_or_else(|| StepFault::FieldUnknown {
        field: name.to_owned(),
        known: fields.iter().map(|used| used.field.to_string()).collect(),
    })
}

/// What is asked for when a value is not of a type.
fn asked_instead(value: &FieldValue, of: &FieldType, profile: &Profile) -> Option<Asked> {
    let fits = match (of, value) {
        (FieldType::Text { bytes_max }, FieldValue::Text(text)) => {
            canonical::text(text, usize::try_from(*bytes_max).unwrap_or(usize::MAX)).is_ok()
        }
        (FieldType::Term { vocabulary }, FieldValue::Term(term)) => {
            let vocabulary = profile.vocabularies.get(vocabulary.as_str());
            vocabulary.is_some_and(|vocabulary| vocabulary.term(term.as_str()).is_some())
        }
        (FieldType::Integer, FieldValue::Integer(_))
        | (FieldType::Ratio, FieldValue::Ratio(_))
        | (FieldType::Amount { .. }, FieldValue::Amount(_))
        | (FieldType::Date, FieldValue::Date(_))
        | (FieldType::Boolean, FieldValue::Answer(_))
        | (FieldType::CreditCode, FieldValue::CreditCode(_))
        | (FieldType::Digest, FieldValue::Digests(_))
        | (FieldType::Member, FieldValue::Member(_))
        | (FieldType::Account, FieldValue::Account(_))
        | (FieldType::Entry, FieldValue::Registration(_))
        | (FieldType::Certificate { .. }, FieldValue::Certificate(_))
        | (FieldType::Case, FieldValue::Case(_))
        | (FieldType::Shares, FieldValue::Shares(_)) => true,
        _ => false,
    };
    (!fits).then(|| asked_of(of, profile))
}

/// What a type asks for.
fn asked_of(of: &FieldType, profile: &Profile) -> Asked {
    match of {
        FieldType::Text { bytes_max } => Asked::Text { bytes_max: *bytes_max },
        FieldType::Term { vocabulary } => {
            let vocabulary = profile.vocabularies.get(vocabulary.as_str());
            Asked::Term(vocabulary.map(|vocabulary| vocabulary.terms.clone()).unwrap_or_default())
        }
        FieldType::Integer => Asked::Integer,
        FieldType::Ratio => Asked::Ratio,
        FieldType::Amount { currency } => Asked::Amount { currency: currency.clone() },
        FieldType::Date => Asked::Date,
        FieldType::Boolean => Asked::Answer,
        FieldType::CreditCode => Asked::CreditCode,
        FieldType::Digest => Asked::Digests,
        FieldType::Member => Asked::Number(SubjectKind::Member),
        FieldType::Account => Asked::Number(SubjectKind::Account),
        FieldType::Entry => Asked::Number(SubjectKind::Registration),
        FieldType::Certificate { .. } => Asked::Number(SubjectKind::Certificate),
        FieldType::Case => Asked::Number(SubjectKind::Case),
        FieldType::Shares => Asked::Shares,
    }
}
