//! What the engine asks of a profile.

use std::collections::BTreeSet;

use bulla_types::CreditCode;

use super::closed::Closed;
use super::condition::{Condition, Operand};
use super::field::Disposition;
use super::procedure::{ClockReturn, Deadline, OnReturn};
use super::profile_id::ProfileId;
use super::reference::Reference;
use super::source::Source;
use super::value::{Amount, Content};
use super::whole::Profile;
use crate::civil_date::CivilDate;
use crate::period::Period;

/// Each answers `None` when there is no such value, it is of another kind, or it is unset. In a profile that
/// [`check_adoptable`](Profile::check_adoptable) finds nothing against, what it uses is there.
impl Profile {
    fn content(&self, name: &str) -> Option<&Content> {
        self.values.get(name)?.content.as_ref()
    }

    /// A period.
    #[must_use]
    pub fn period(&self, name: &str) -> Option<Period> {
        if let Content::Period(period) = self.content(name)? { Some(*period) } else { None }
    }

    /// A number.
    #[must_use]
    pub fn integer(&self, name: &str) -> Option<u64> {
        if let Content::Integer(number) = self.content(name)? { Some(*number) } else { None }
    }

    /// Parts per million.
    #[must_use]
    pub fn ratio_ppm(&self, name: &str) -> Option<u32> {
        if let Content::Ratio(ratio) = self.content(name)? { Some(*ratio) } else { None }
    }

    /// Money.
    #[must_use]
    pub fn amount(&self, name: &str) -> Option<&Amount> {
        if let Content::Amount(amount) = self.content(name)? { Some(amount) } else { None }
    }

    /// The term of a choice; of yes or no, `true` or `false`.
    #[must_use]
    pub fn choice(&self, name: &str) -> Option<&str> {
        match self.content(name)? {
            Content::Choice(term) => Some(term.as_str()),
            Content::Boolean(true) => Some("true"),
            Content::Boolean(false) => Some("false"),
            _ => None,
        }
    }

    /// Members by unified social credit code.
    #[must_use]
    pub fn members(&self, name: &str) -> Option<&BTreeSet<CreditCode>> {
        if let Content::Members(members) = self.content(name)? { Some(members) } else { None }
    }

    /// Profiles.
    #[must_use]
    pub fn profiles(&self, name: &str) -> Option<&BTreeSet<ProfileId>> {
        if let Content::Profiles(profiles) = self.content(name)? { Some(profiles) } else { None }
    }

    /// A source that is not in force on this day, if there is one. The profile as it is written rests on all its
    /// sources: it is adopted, and opens cases, while all of them are in force.
    #[must_use]
    pub fn source_not_in_force(&self, on: CivilDate) -> Option<&Source> {
        self.sources.iter().find(|source| !source.is_in_force(on))
    }

    /// What becomes of a deadline when the case comes back to where it runs.
    #[must_use]
    pub fn on_return(&self, deadline: &Deadline) -> Option<ClockReturn> {
        match &deadline.on_return {
            OnReturn::Fixed(what) => Some(*what),
            OnReturn::Value(value) => ClockReturn::from_name(self.choice(value.as_str())?),
        }
    }

    /// Whether the ledger cannot answer the condition, so that who signs the step answers for it: it
    /// compares fields of which one is not clear.
    #[must_use]
    pub fn is_declared(&self, condition: &Condition) -> bool {
        let hidden = |field: &Reference| {
            let found = self.fields.get(field.name.as_str());
            found.is_some_and(|found| found.disposition != Disposition::Clear)
        };
        match condition {
            Condition::Compare { field, other: Operand::Field(other), .. } => hidden(field) || hidden(other),
            Condition::Compare { field, other: Operand::Value(_), .. } => hidden(field),
            _ => false,
        }
    }
}
