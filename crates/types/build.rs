//! Compiles the public contract in `proto/` into Rust, without a system `protoc`.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

const PROTO_ROOT: &str = "../../proto";
const PACKAGE_DIR: &str = "../../proto/bulla/v1";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={PROTO_ROOT}");
    let out_dir = PathBuf::from(env::var("OUT_DIR")?);

    let mut compiler = protox::Compiler::new([PROTO_ROOT])?;
    compiler.include_imports(true).include_source_info(true).open_files(proto_files()?)?;

    fs::write(out_dir.join("bulla.v1.descriptors.bin"), compiler.encode_file_descriptor_set())?;
    prost_build::Config::new().bytes(["."]).compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}

/// Every `.proto` of the package, sorted, so that the generated code does not depend on the file system.
fn proto_files() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for item in fs::read_dir(Path::new(PACKAGE_DIR))? {
        let path = item?.path();
        if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
