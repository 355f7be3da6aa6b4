//! cargo-lambda's emulator, with a function that this program starts, as `cargo lambda watch --only-lambda-apis` wants it.

use super::{free_port, listening};
use crate::Outcome;
use crate::settings::Settings;
use std::net::SocketAddr;
use std::process::Stdio;
use tempfile::TempDir;
use tokio::process::{Child, Command};

const PACKAGE: &str =
    "[package]\nname = \"function\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n";

/// An emulator with a function.
pub(crate) struct CargoLambda {
    emulator: Child,
    function: Child,
    pub(crate) address: SocketAddr,
    _folder: TempDir,
}

impl CargoLambda {
    pub(crate) async fn start(settings: &Settings) -> Outcome<CargoLambda> {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
        let folder = tempfile::tempdir()?;
        // It asks Cargo for a package, and compiles nothing of it.
        std::fs::write(folder.path().join("Cargo.toml"), PACKAGE)?;
        std::fs::create_dir(folder.path().join("src"))?;
        std::fs::write(folder.path().join("src/main.rs"), "fn main() {}\n")?;
        let emulator = Command::new(&settings.cargo_lambda)
            .args(["lambda", "watch", "--only-lambda-apis"])
            .args(["--invoke-address", "127.0.0.1", "--invoke-port"])
            .arg(address.port().to_string())
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        listening(address).await?;
        let function = Command::new(settings.program("bench-function"))
            .env("AWS_LAMBDA_RUNTIME_API", format!("{address}/.rt/function"))
            .env("AWS_LAMBDA_FUNCTION_NAME", "function")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "4096")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        Ok(CargoLambda {
            emulator,
            function,
            address,
            _folder: folder,
        })
    }

    pub(crate) fn id(&self) -> Outcome<u32> {
        Ok(self.emulator.id().ok_or("the emulator has ended")?)
    }

    pub(crate) fn function(&self) -> Outcome<u32> {
        Ok(self.function.id().ok_or("the function has ended")?)
    }

    pub(crate) async fn stop(mut self) -> Outcome {
        self.function.kill().await?;
        self.emulator.kill().await?;
        Ok(())
    }
}
