//! Generates the messages and packages for JavaScript.

use iris_build::{Config, TypeScriptPackage};

fn main() -> Result<(), iris_build::Error> {
    iris_build::generate(
        Config::new()
            .protos("proto")
            .protos("../../protojson/proto")
            .remotes("src/remotes.rs")
            .typescript(everything("typescript"))
            .typescript(everything("typescript-wasm").web_assembly(true)),
    )
}

fn everything(folder: &str) -> TypeScriptPackage {
    TypeScriptPackage::new(folder)
        .name("everything")
        .publish(false)
        .web_socket(true)
}
