//! Generates two client crates of one remote, the second with the messages of the first.

use iris_build::{ClientCrate, Config, Dependency, Messages};

fn main() -> Result<(), iris_build::Error> {
    let client = |name: &str| {
        ClientCrate::new(name)
            .name(name)
            .license("MIT OR Apache-2.0")
            .publish(false)
            .iris_client(Dependency::Path("../../../iris-client".into()))
    };
    iris_build::generate(
        Config::new()
            .protos("proto")
            .remotes("src")
            .client(client("numbers-client").error_codes(false))
            .client(client("sharing-client").messages(Messages::From {
                path: "numbers_client::messages".into(),
                package: Some("numbers-client".into()),
                dependency: Dependency::Path("../numbers-client".into()),
            })),
    )
}
