//! Compiles the messages to descriptors.

use protox::prost::Message;
use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=../proto");
    let descriptors = protox::compile(["bench/v1/messages.proto"], ["../proto"])?;
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?);
    std::fs::write(folder.join("messages.binpb"), descriptors.encode_to_vec())?;
    Ok(())
}
