//! Generates the messages, the clients and the schema lock.

use iris_build::{ClientCrate, Config, Dependency};

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
            .typescript("typescript"),
    )
}
