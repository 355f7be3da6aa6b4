//! Generates the messages and the clients. Both packages for JavaScript have to pass the same tests.

use iris_build::{ClientCrate, Config, Dependency, TypeScriptPackage};

fn main() -> Result<(), iris_build::Error> {
    iris_build::generate(
        Config::new()
            .protos("proto")
            .remotes("src/remotes")
            .error_codes("src/error.rs")
            .client(
                ClientCrate::new("client")
                    .iris_client(Dependency::Path("../../../iris-client".into())),
            )
            .typescript("typescript")
            .typescript(TypeScriptPackage::new("typescript-wasm").web_assembly(true)),
    )
}
