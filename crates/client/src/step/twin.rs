//! Fields that must say the same as an earlier one that nobody may read: they take over its commitment
//! (`docs/profiles.md`, `same`).

use bulla_rules::profile::{Condition, Disposition, Field, Ident, Scope};
use bulla_types::{Commitment, FieldContent, FieldValues};

use super::error::{ItemAt, StepFault};
use super::place::{Place, Setting};

/// The earlier field.
pub(super) struct Twin {
    pub(super) commitment: Commitment,
    item: Box<ItemAt>,
    /// What it says, where that could be seen.
    values: Option<FieldValues>,
}

impl Twin {
    /// Its commitment, for a field that says this.
    pub(super) fn taken_over(self, field: &Field, values: &FieldValues) -> Result<Commitment, StepFault> {
        let (field, other) = (ItemAt::of(&field.head), self.item);
        match self.values {
            Some(said) if said == *values => Ok(self.commitment),
            Some(_) => Err(StepFault::FieldDiffers { field, other }),
            None => Err(StepFault::FieldUnseen { field, other }),
        }
    }
}

/// The earlier field of the case that a field must equal, if both stand as commitments.
pub(super) fn twin(field: &Field, setting: &Setting<'_>) -> Option<Twin> {
    let Place::Case(report) = setting.place else { return None };
    if field.disposition == Disposition::Clear {
        return None;
    }
    let other = other_of(&setting.step.conditions, &field.head.name)?;
    // A field that this step brings as well is not an earlier one.
    if setting.step.fields.iter().any(|used| used.field == *other) {
        return None;
    }
    let Some(FieldContent::Committed(commitment)) = report.record.fields.get(other.as_str()) else {
        return None;
    };
    let opened = report.openings.iter().find(|opened| opened.field == other.as_str());
    Some(Twin {
        commitment: *commitment,
        item: ItemAt::of(&setting.profile().fields.get(other.as_str())?.head),
        values: opened.map(|opened| opened.values.clone()),
    })
}

/// The field of the case that must say the same as this one, whatever else holds.
fn other_of<'c>(conditions: &'c [Condition], field: &Ident) -> Option<&'c Ident> {
    conditions.iter().find_map(|condition| match condition {
        Condition::All(arms) => other_of(arms, field),
        Condition::Same(left, right) if left.scope == Scope::Case && right.scope == Scope::Case => {
            match (left.name == *field, right.name == *field) {
                (true, false) => Some(&right.name),
                (false, true) => Some(&left.name),
                _ => None,
            }
        }
        _ => None,
    })
}
