//! Generates the messages, the packages for JavaScript, and `.proto` files for the peer's generator.

use iris_build::{ClientCrate, Config, Dependency, TypeScriptPackage};

fn main() -> Result<(), iris_build::Error> {
    iris_build::generate(
        Config::new()
            .protos("../../rpc/proto")
            .remotes("src/remotes.rs")
            .client(
                ClientCrate::new("client")
                    .iris_client(Dependency::Path("../../../../iris-client".into())),
            )
            .typescript(TypeScriptPackage::new("typescript").publish(false))
            .typescript(
                TypeScriptPackage::new("typescript-wasm")
                    .publish(false)
                    .web_assembly(true),
            ),
    )
}
