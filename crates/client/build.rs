//! Generates the client side of `proto/bulla/v1/ledger_service.proto`, and for the tests the server side; the
//! messages are those of `bulla-types`.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=../../proto");
    let server_dir = PathBuf::from(env::var("OUT_DIR")?).join("server");
    fs::create_dir_all(&server_dir)?;

    let descriptors = protox::compile(["bulla/v1/ledger_service.proto"], ["../../proto"])?;
    let generator = || tonic_prost_build::configure().extern_path(".bulla.v1", "::bulla_types::proto");
    generator().build_server(false).compile_fds(descriptors.clone())?;
    generator().build_client(false).out_dir(server_dir).compile_fds(descriptors)?;
    Ok(())
}
