//! Change of the parameters (账本参数变更).

use bulla_crypto::Hash;

use crate::canonical::Canonical;
use crate::error::DecodeError;
use crate::field::{At, Required};
use crate::ids::{hash_from_wire, hash_to_wire};
use crate::parameters::Parameters;
use crate::proto;

/// Puts parameters in force from the next height on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeParameters {
    /// Hash of the parameters that these replace, so that no change is lost to another one.
    pub former: Hash,
    /// All of the new ones.
    pub parameters: Parameters,
}

impl ChangeParameters {
    pub(crate) fn from_message(message: proto::ChangeParameters) -> Result<Self, DecodeError> {
        Ok(Self {
            former: hash_from_wire(&message.former).at("former")?,
            parameters: message.parameters.required("parameters", Parameters::from_message)?,
        })
    }

    pub(crate) fn to_message(&self) -> proto::ChangeParameters {
        proto::ChangeParameters {
            former: hash_to_wire(&self.former),
            parameters: Some(self.parameters.to_message()),
        }
    }
}
