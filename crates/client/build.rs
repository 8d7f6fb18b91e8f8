//! Generates the client side of `proto/bulla/v1/ledger_service.proto`; the messages are those of `bulla-types`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=../../proto");
    let descriptors = protox::compile(["bulla/v1/ledger_service.proto"], ["../../proto"])?;
    tonic_prost_build::configure()
        .build_server(false)
        .extern_path(".bulla.v1", "::bulla_types::proto")
        .compile_fds(descriptors)?;
    Ok(())
}
