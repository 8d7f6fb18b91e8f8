//! When a source of a profile is in force (施行期间).

use std::fmt;

use bulla_rules::CivilDate;
use bulla_rules::profile::Source;

/// A source that is not in force on the day at hand, and when it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceTerm {
    /// By which the profile refers to it.
    pub source: String,
    /// First day, if the source says so.
    pub from: Option<CivilDate>,
    /// Last day, when it is limited.
    pub to: Option<CivilDate>,
}

impl SourceTerm {
    /// Whether the source was in force once, and is so on no day from this one on.
    pub(crate) fn has_ended(&self, day: CivilDate) -> bool {
        self.to.is_some_and(|last| last < day)
    }
}

impl From<&Source> for SourceTerm {
    fn from(source: &Source) -> Self {
        Self { source: source.id.to_string(), from: source.effective_from, to: source.effective_to }
    }
}

impl fmt::Display for SourceTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = &self.source;
        match (self.from, self.to) {
            (Some(from), Some(to)) => {
                write!(f, "the source {source} of the profile is in force from {from} to {to} only")
            }
            (Some(from), None) => {
                write!(f, "the source {source} of the profile is in force from {from} only")
            }
            (None, Some(to)) => write!(f, "the source {source} of the profile is in force to {to} only"),
            (None, None) => write!(f, "the source {source} of the profile is in force only"),
        }
    }
}
