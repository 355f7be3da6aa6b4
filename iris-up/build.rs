//! Generates the messages of the daemon's API, the client that the command line calls it with, and the schema lock.

use iris_build::{ClientCrate, Config, Dependency};

fn main() -> Result<(), iris_build::Error> {
    iris_build::generate(
        Config::new()
            .proto_files(
                ["access", "apps", "artifacts", "functions", "sandbox"]
                    .map(|name| format!("../proto/iris/up/v1/{name}.proto")),
                ["../proto"],
            )
            .remotes("src/daemon/remotes")
            .error_codes("src/error.rs")
            .client(
                ClientCrate::new("client")
                    .iris_client(Dependency::Path("../../iris-client".into())),
            ),
    )
}
