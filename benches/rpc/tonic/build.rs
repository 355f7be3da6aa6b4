//! Generates messages, service and client. `bytes` fields are `Bytes`, as those of Iris are.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=../proto");
    println!("cargo:rerun-if-changed=../services");
    let descriptors = protox::compile(["bench/v1/service.proto"], ["../services", "../proto"])?;
    tonic_prost_build::configure()
        .bytes(".")
        .compile_fds(descriptors)?;
    Ok(())
}
