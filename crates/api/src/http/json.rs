//! Messages of the contract in the JSON mapping that protobuf defines.

use std::sync::LazyLock;

use bulla_types::proto::FILE_DESCRIPTOR_SET;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage};
use serde_json::Value;

use crate::error::ApiError;

#[allow(clippy::expect_used)]
static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(FILE_DESCRIPTOR_SET)
        .expect("invariant: the descriptors were compiled with this program")
});

/// A message of the contract, named without its package, as protobuf JSON.
pub(crate) fn to_json(name: &str, message: &impl Message) -> Result<Value, ApiError> {
    bytes_to_json(name, &message.encode_to_vec())
}

/// Encoded bytes of a message as protobuf JSON.
pub(crate) fn bytes_to_json(name: &str, bytes: &[u8]) -> Result<Value, ApiError> {
    let descriptor = POOL
        .get_message_by_name(&format!("bulla.v1.{name}"))
        .ok_or_else(|| ApiError::internal(format!("the contract has no message {name}")))?;
    let message =
        DynamicMessage::decode(descriptor, bytes).map_err(|error| ApiError::internal(error.to_string()))?;
    serde_json::to_value(message).map_err(|error| ApiError::internal(error.to_string()))
}
