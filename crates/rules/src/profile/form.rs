//! Which part of a profile's bytes breaks the format, and how.

use std::fmt;

use bulla_types::{DecodeError, Fault, ReasonCode};

/// Bytes that are not a profile: which part, and how it breaks the format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormError {
    path: String,
    fault: Fault,
}

impl FormError {
    /// Path of the part, as in `procedures[0].steps[2].from`; empty for the whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
    #[must_use]
    pub fn fault(&self) -> &Fault {
        &self.fault
    }

    /// The stable reason code.
    #[must_use]
    pub fn reason(&self) -> ReasonCode {
        self.fault.reason()
    }
}

impl From<Fault> for FormError {
    fn from(fault: Fault) -> Self {
        Self { path: String::new(), fault }
    }
}

impl From<DecodeError> for FormError {
    fn from(error: DecodeError) -> Self {
        Self { path: error.path().to_owned(), fault: error.fault().clone() }
    }
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() { self.fault.fmt(f) } else { write!(f, "{}: {}", self.path, self.fault) }
    }
}

impl std::error::Error for FormError {}

/// Names the part in which an error arose, from the inside out.
pub(super) trait At<T> {
    /// The error arose in this part.
    fn at(self, part: &str) -> Result<T, FormError>;
}

impl<T, E: Into<FormError>> At<T> for Result<T, E> {
    fn at(self, part: &str) -> Result<T, FormError> {
        self.map_err(|error| {
            let FormError { path, fault } = error.into();
            let dot = if path.is_empty() || path.starts_with('[') { "" } else { "." };
            FormError { path: format!("{part}{dot}{path}"), fault }
        })
    }
}
