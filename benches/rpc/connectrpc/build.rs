//! Generates messages, service and client, from descriptors that protox made: there is no protoc here.

use protox::prost::Message;
use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=../proto");
    println!("cargo:rerun-if-changed=../services");
    let descriptors = protox::compile(["bench/v1/service.proto"], ["../services", "../proto"])?;
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?);
    let file = folder.join("service.binpb");
    std::fs::write(&file, descriptors.encode_to_vec())?;
    connectrpc_build::Config::new()
        .descriptor_set(file)
        .files(&["bench/v1/messages.proto", "bench/v1/service.proto"])
        .include_file("_connectrpc.rs")
        .emit_rerun_directives(false)
        .compile()?;
    Ok(())
}
