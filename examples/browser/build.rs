//! Generates the messages, the schema lock, and the package that the page calls with.

use iris_build::{Config, TypeScriptPackage};

fn main() -> Result<(), iris_build::Error> {
    iris_build::generate(
        Config::new()
            .protos("proto")
            .remotes("src/remotes")
            .error_codes("src/error.rs")
            // In the folder that is served, so that the page finds it as it is.
            .typescript(
                TypeScriptPackage::new("page/client")
                    .license("MIT OR Apache-2.0")
                    .publish(false)
                    .web_assembly(true),
            ),
    )
}
