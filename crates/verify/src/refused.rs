//! Why a proof is refused.

use bulla_types::{CertificateError, DecodeError, ReasonCode};
use serde::Serialize;
use thiserror::Error;

/// The proof does not hold: why, where, and what was found there.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
#[error("{place}: {detail} ({reason})")]
pub struct Refused {
    /// The stable reason code, with a sentence for people in each language.
    #[serde(serialize_with = "crate::report::text")]
    pub reason: ReasonCode,
    /// Path of the field in the file, as in `receipts[0].certificate.signatures`; or `anchor`, or
    /// `originals[NAME]`.
    pub place: String,
    /// What was found and what was to be found, in English.
    pub detail: String,
}

impl Refused {
    pub(crate) fn new(reason: ReasonCode, place: &str, detail: impl Into<String>) -> Self {
        Self { reason, place: place.to_owned(), detail: detail.into() }
    }

    /// The bytes in this field are not what they should be.
    pub(crate) fn malformed(place: &str, error: &DecodeError) -> Self {
        let inner = Self::new(error.reason(), error.path(), error.fault().to_string());
        inner.within(place)
    }

    pub(crate) fn certificate(place: &str, error: &CertificateError) -> Self {
        Self::new(error.reason(), place, error.to_string())
    }

    /// The place lies within this one.
    pub(crate) fn within(self, outer: &str) -> Self {
        let place = match (outer, self.place.as_str()) {
            ("", _) => self.place,
            (_, "") => outer.to_owned(),
            (_, inner) => format!("{outer}.{inner}"),
        };
        Self { place, ..self }
    }
}

/// Names the item of a list in which a refusal arose.
pub(crate) trait Within<T> {
    fn within_item(self, list: &str, index: usize) -> Result<T, Refused>;
}

impl<T> Within<T> for Result<T, Refused> {
    fn within_item(self, list: &str, index: usize) -> Self {
        self.map_err(|refused| refused.within(&format!("{list}[{index}]")))
    }
}
