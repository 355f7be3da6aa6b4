//! `iris-up push FOLDER`: an executable that Cargo builds.

use serde_json::Value;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

type BoxError = Box<dyn Error + Send + Sync>;

/// The executable of what is pushed: the file itself, or what the Cargo package in a folder makes, in release. Cargo says
/// how far it is.
pub(super) async fn executable(path: &Path, binary: Option<&str>) -> Result<PathBuf, BoxError> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    let manifest = path.join("Cargo.toml");
    if !manifest.is_file() {
        let path = path.display();
        return Err(format!("{path} is a folder without a Cargo.toml: push an executable, or the folder of a Cargo package").into());
    }
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args([
            "build",
            "--release",
            "--message-format=json-render-diagnostics",
            "--manifest-path",
        ])
        .arg(&manifest)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    if let Some(binary) = binary {
        cargo.args(["--bin", binary]);
    }
    let mut child = cargo
        .spawn()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
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
        [] => Err(format!("{} makes no executable", manifest.display()).into()),
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
