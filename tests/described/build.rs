//! Compiles `.proto` files as another server's author would, and makes clients of nothing but the descriptors.

use iris_build::{ClientCrate, Dependency, Described, TypeScriptPackage};
use prost::Message;
use std::error::Error;

/// The services that a client is made of are all in these, or imported by them.
const FILES: [&str; 2] = ["odd/v1/odd.proto", "even/v1/even.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let descriptors = protox::compile(FILES, ["proto"])?.encode_to_vec();
    Described::new("described", descriptors)
        .client(
            ClientCrate::new("client")
                .license("MIT OR Apache-2.0")
                .publish(false)
                .iris_client(Dependency::Path("../../../iris-client".into())),
        )
        .typescript(TypeScriptPackage::new("typescript").publish(false))
        .generate()?;
    Ok(())
}
