//! Generates the messages and a package for JavaScript.

use iris_build::{Config, TypeScriptPackage};

fn main() -> Result<(), iris_build::Error> {
    iris_build::generate(
        Config::new()
            .protos("proto")
            .protos("../../protojson/proto")
            .remotes("src/remotes.rs")
            .typescript(
                TypeScriptPackage::new("typescript")
                    .name("everything")
                    .publish(false)
                    .web_socket(true),
            ),
    )
}
