//! Executables that Cargo builds.

use serde_json::Value;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

type BoxError = Box<dyn Error + Send + Sync>;

/// What Cargo is to build.
#[derive(Debug, Clone, Copy)]
pub(super) struct Build<'a> {
    /// The folder of the package.
    pub(super) folder: &'a Path,
    /// Which executable, where the package has several.
    pub(super) binary: Option<&'a str>,
    /// As it is to run for good, and not for debugging.
    pub(super) release: bool,
    /// For which machines, where that is not this one.
    pub(super) target: Option<&'a str>,
    /// Cargo says only what went wrong, and not how far it is.
    pub(super) quiet: bool,
}

/// Whether a folder has a Cargo package in it.
pub(super) fn is_package(folder: &Path) -> bool {
    folder.join("Cargo.toml").is_file()
}

/// Cargo itself.
pub(super) fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.stdin(Stdio::null()).stdout(Stdio::piped());
    cargo
}

impl Build<'_> {
    /// Builds it, and gives the executable. Cargo says how far it is, on a terminal by a bar.
    pub(super) async fn run(&self) -> Result<PathBuf, BoxError> {
        let child = self.command().spawn().map_err(cannot_be_run)?;
        self.result(child).await
    }

    /// What builds it, to be started by whoever asks.
    pub(super) fn command(&self) -> Command {
        let mut cargo = cargo();
        cargo
            .args(["build", "--message-format=json-render-diagnostics"])
            .arg("--manifest-path")
            .arg(self.manifest());
        // Which toolchain it is, and how it is set up, is found from there on upwards.
        if let Ok(folder) = std::path::absolute(self.folder) {
            cargo.current_dir(folder);
        }
        if self.release {
            cargo.arg("--release");
        }
        if self.quiet {
            cargo.arg("--quiet");
        }
        if let Some(binary) = self.binary {
            cargo.args(["--bin", binary]);
        }
        if let Some(target) = self.target {
            cargo.args(["--target", target]);
        }
        cargo
    }

    /// What comes of that.
    pub(super) async fn result(&self, mut child: Child) -> Result<PathBuf, BoxError> {
        let mut made = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            let mut lines = BufReader::new(stdout).lines();
            while let Some(line) = lines.next_line().await? {
                made.extend(executable_in(&line));
            }
        }
        let status = child.wait().await?;
        if !status.success() {
            return Err(format!("cargo build: {status}").into());
        }
        match made.as_slice() {
            [only] => Ok(only.clone()),
            [] => Err(format!("{} makes no executable", self.manifest().display()).into()),
            [..] => {
                let names = made.iter().filter_map(|path| path.file_name());
                let names: Vec<_> = names.map(|name| name.to_string_lossy()).collect();
                Err(format!(
                    "it makes several executables: choose one with --bin: {}",
                    names.join(", ")
                )
                .into())
            }
        }
    }

    fn manifest(&self) -> PathBuf {
        let manifest = self.folder.join("Cargo.toml");
        std::path::absolute(&manifest).unwrap_or(manifest)
    }
}

pub(super) fn cannot_be_run(error: std::io::Error) -> String {
    format!("cargo cannot be run: {error}")
}

/// The executable that a message of Cargo's tells of (The Cargo Book, "External tools").
fn executable_in(line: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(line).ok()?;
    let kinds = message["target"]["kind"].as_array()?;
    let is_binary = kinds.iter().any(|kind| kind == "bin");
    let path = message["executable"].as_str()?;
    is_binary.then(|| path.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executables_are_told_from_build_scripts_and_libraries() {
        let told = |kind: &str, executable: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","target":{{"kind":["{kind}"]}},"executable":{executable}}}"#
            )
        };
        assert_eq!(
            executable_in(&told("bin", "\"/t/hello\"")),
            Some("/t/hello".into())
        );
        assert_eq!(executable_in(&told("custom-build", "\"/t/build\"")), None);
        assert_eq!(executable_in(&told("lib", "null")), None);
        assert_eq!(executable_in("no message"), None);
    }
}
