//! Generates the messages and their contract.

fn main() -> Result<(), iris_build::Error> {
    iris_build::generate(
        iris_build::Config::new()
            .protos("proto")
            .remotes("src/remotes"),
    )
}
