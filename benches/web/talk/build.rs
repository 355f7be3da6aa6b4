//! Generates the messages, and the package for JavaScript.

use iris_build::{Config, TypeScriptPackage};

fn main() -> Result<(), iris_build::Error> {
    iris_build::generate(
        Config::new()
            .protos("../../rpc/proto")
            .remotes("src/remotes.rs")
            .typescript(TypeScriptPackage::new("typescript").publish(false)),
    )
}
