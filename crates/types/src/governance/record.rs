//! The histories of the validators and of the parameters, as the state map holds them.

use crate::canonical::Canonical;
use crate::error::DecodeError;
use crate::field::{At, Required};
use crate::limits::{RECORD_BYTES_MAX, VALIDATOR_SET_RECORD_BYTES_MAX};
use crate::number::Height;
use crate::parameters::Parameters;
use crate::proto;
use crate::time::BlockTime;
use crate::validators::ValidatorSet;

/// The validators from one height on, until the next of these records. The first one holds those of the genesis,
/// and is written when they change for the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidatorSetRecord {
    /// The first height that they decide.
    pub first_height: Height,
    /// The validators.
    pub validators: ValidatorSet,
}

impl Canonical for ValidatorSetRecord {
    type Message = proto::ValidatorSetRecord;
    const BYTES_MAX: usize = VALIDATOR_SET_RECORD_BYTES_MAX;

    fn from_message(message: proto::ValidatorSetRecord) -> Result<Self, DecodeError> {
        Ok(Self {
            first_height: Height::from_wire(message.first_height).at("first_height")?,
            validators: message.validators.required("validators", ValidatorSet::from_message)?,
        })
    }

    fn to_message(&self) -> proto::ValidatorSetRecord {
        proto::ValidatorSetRecord {
            first_height: self.first_height.0,
            validators: Some(self.validators.to_message()),
        }
    }
}

/// The parameters from one height on, until the next of these records; likewise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterSetRecord {
    /// The first height that they are in force for.
    pub first_height: Height,
    /// The parameters.
    pub parameters: Parameters,
    /// Requests whose own time is before this are refused, whatever the window says: they may be forgotten. `None`
    /// in the set of the genesis.
    pub requests_from: Option<BlockTime>,
}

impl Canonical for ParameterSetRecord {
    type Message = proto::ParameterSetRecord;
    const BYTES_MAX: usize = RECORD_BYTES_MAX;

    fn from_message(message: proto::ParameterSetRecord) -> Result<Self, DecodeError> {
        Ok(Self {
            first_height: Height::from_wire(message.first_height).at("first_height")?,
            parameters: message.parameters.required("parameters", Parameters::from_message)?,
            requests_from: BlockTime::optional(message.requests_from_ms),
        })
    }

    fn to_message(&self) -> proto::ParameterSetRecord {
        proto::ParameterSetRecord {
            first_height: self.first_height.0,
            parameters: Some(self.parameters.to_message()),
            requests_from_ms: BlockTime::optional_to_wire(self.requests_from),
        }
    }
}
