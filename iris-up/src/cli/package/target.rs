//! The processors that a function runs on, and what it takes to build for them.

use clap::ValueEnum;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use tokio::process::Command;

/// The two kinds that AWS Lambda has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Arch {
    /// Intel's and AMD's.
    #[value(name = "x86_64")]
    X86_64,
    /// Graviton.
    #[value(name = "arm64", alias = "aarch64")]
    Arm64,
}

impl Arch {
    pub(super) fn of_this_machine() -> Arch {
        match cfg!(target_arch = "aarch64") {
            true => Arch::Arm64,
            false => Arch::X86_64,
        }
    }

    /// What Rust calls it, where executables are linked with musl and need nothing of the system.
    pub(super) fn target(self) -> &'static str {
        match self {
            Arch::X86_64 => "x86_64-unknown-linux-musl",
            Arch::Arm64 => "aarch64-unknown-linux-musl",
        }
    }

    pub(super) fn as_amazon_says(self) -> &'static str {
        match self {
            Arch::X86_64 => "x86_64",
            Arch::Arm64 => "arm64",
        }
    }
}

/// Whether the toolchain of a package builds for them.
///
/// # Errors
///
/// What is missing, and how it is to be had.
pub(super) async fn check(arch: Arch, package: &Path) -> Result<(), String> {
    let target = arch.target();
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let asked = Command::new(&rustc)
        .args(["--print", "target-libdir", "--target", target])
        // A folder may have a toolchain of its own.
        .current_dir(package)
        .output()
        .await
        .map_err(|error| format!("{} cannot be run: {error}", rustc.display()))?;
    let libraries = PathBuf::from(String::from_utf8_lossy(&asked.stdout).trim());
    match asked.status.success() && libraries.is_dir() {
        true => Ok(()),
        false => Err(format!(
            "Rust's standard library for {target} is missing: rustup target add {target}"
        )),
    }
}

/// The linker that comes with Rust, as a variable for Cargo: for other processors than those of this machine, of which the
/// system's own knows nothing. Whoever has set one keeps it.
pub(super) fn linker(arch: Arch, package: &Path) -> Option<(String, &'static str)> {
    let target = arch.target();
    let name = target.replace('-', "_").to_uppercase();
    let variable = format!("CARGO_TARGET_{name}_LINKER");
    let is_set = env::var_os(&variable).is_some() || is_configured(target, package);
    (arch != Arch::of_this_machine() && !is_set).then_some((variable, "rust-lld"))
}

/// Whether Cargo's configuration speaks of a target (The Cargo Book, "Hierarchical structure").
fn is_configured(target: &str, package: &Path) -> bool {
    let package = std::path::absolute(package).unwrap_or_default();
    let above = package.ancestors().map(|folder| folder.join(".cargo"));
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    above.chain(home).any(|folder| {
        ["config.toml", "config"].iter().any(|name| {
            let text = fs::read_to_string(folder.join(name));
            text.is_ok_and(|text| text.contains(target))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linker_that_somebody_has_set_is_kept() {
        let (this, other) = match Arch::of_this_machine() {
            Arch::X86_64 => (Arch::X86_64, Arch::Arm64),
            Arch::Arm64 => (Arch::Arm64, Arch::X86_64),
        };
        let folder = tempfile::tempdir().unwrap();
        let package = folder.path().join("package");
        fs::create_dir_all(folder.path().join(".cargo")).unwrap();
        assert_eq!(linker(this, &package), None);
        let own = linker(other, &package);
        assert!(own.is_none_or(
            |(variable, linker)| variable.ends_with("_MUSL_LINKER") && linker == "rust-lld"
        ));
        let configured = format!("[target.{}]\nlinker = \"own\"\n", other.target());
        fs::write(folder.path().join(".cargo/config.toml"), configured).unwrap();
        assert_eq!(linker(other, &package), None);
    }
}
