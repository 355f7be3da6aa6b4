//! Generates the messages, the schema lock, and the client crate that becomes the page's package.

use iris_build::{ClientCrate, Config, Dependency};

fn main() -> Result<(), iris_build::Error> {
    iris_build::generate(
        Config::new()
            .protos("proto")
            .remotes("src/remotes")
            .error_codes("src/error.rs")
            .client(
                ClientCrate::new("client")
                    .license("MIT OR Apache-2.0")
                    .publish(false)
                    .iris_client(Dependency::Path("../../../iris-client".into()))
                    .javascript(),
            ),
    )
}
