//! The messages of `proto/bulla/v1`, as `prost` generates them.
//!
//! They are the shape of the wire and promise nothing about their content: the domain types of this crate
//! do. Fields of type `bytes` are [`bytes::Bytes`] and share the buffer that they were decoded from.
#![allow(missing_docs, unreachable_pub, unused_qualifications, clippy::all, clippy::pedantic)]

include!(concat!(env!("OUT_DIR"), "/bulla.v1.rs"));

/// The compiled `FileDescriptorSet` of the package with its imports, for gRPC reflection.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/bulla.v1.descriptors.bin"));
