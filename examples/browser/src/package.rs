//! The page's package: the client crate compiled to WebAssembly, as `docs/javascript.md` says.
//!
//! What is done already is not done again, so that a second start takes a second. Where a project is deployed, these
//! commands belong into its build, and the server is given the folder.

use serde_json::Value;
use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The client crate that `build.rs` generates.
const CRATE: &str = "browser-client";

/// The part of it that is JavaScript already.
const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/client/js");

/// The target that browsers run.
const TARGET: &str = "wasm32-unknown-unknown";

/// Makes the package, and gives a folder that has it as `client`.
///
/// # Errors
///
/// What failed, and what to install where something is missing.
pub fn make() -> Result<PathBuf, String> {
    has_target()?;
    let wasm = compile()?;
    // It lies in TARGET_FOLDER/wasm32-unknown-unknown/wasm.
    let target = wasm.ancestors().nth(3).unwrap_or(&wasm);
    let wasm_bindgen = wasm_bindgen(target)?;
    let folder = target.join("browser");
    let package = folder.join("client");
    let failed = |error: std::io::Error| format!("{}: {error}", package.display());
    fs::create_dir_all(&package).map_err(failed)?;
    for file in fs::read_dir(SOURCE).map_err(|error| format!("{SOURCE}: {error}"))? {
        let file = file.map_err(failed)?;
        fs::copy(file.path(), package.join(file.file_name())).map_err(failed)?;
    }
    let mut command = Command::new(wasm_bindgen);
    command.args(["--target", "web", "--no-typescript", "--out-name", "iris"]);
    run(command.arg("--out-dir").arg(&package).arg(&wasm))?;
    Ok(folder)
}

/// Makes sure that rustc has the target.
fn has_target() -> Result<(), String> {
    let mut rustc = command("rustc");
    let library = output(rustc.args(["--print", "target-libdir", "--target", TARGET]))?;
    if Path::new(library.trim()).is_dir() {
        return Ok(());
    }
    println!("Installing {TARGET}");
    run(command("rustup").args(["target", "add", TARGET])).map_err(|error| {
        format!("{error}\nRust lacks {TARGET}: install it with `rustup target add {TARGET}`")
    })
}

/// Compiles the crate, and gives the WebAssembly.
fn compile() -> Result<PathBuf, String> {
    println!("Compiling {CRATE} to WebAssembly");
    // The profile is in the workspace's Cargo.toml.
    let mut cargo = cargo();
    cargo.args([
        "rustc",
        "--profile",
        "wasm",
        "--lib",
        "--crate-type",
        "cdylib",
    ]);
    cargo.args(["--package", CRATE, "--features", "js", "--target", TARGET]);
    let messages = output(cargo.arg("--message-format=json-render-diagnostics"))?;
    let artifacts = messages
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let files = artifacts.flat_map(|mut artifact: Value| match artifact["filenames"].take() {
        Value::Array(files) => files,
        _ => Vec::new(),
    });
    let mut files = files.filter_map(|file| file.as_str().map(PathBuf::from));
    files
        .find(|file| {
            file.extension()
                .is_some_and(|extension| extension == "wasm")
        })
        .ok_or_else(|| format!("cargo made no WebAssembly of {CRATE}"))
}

/// The program wasm-bindgen, which must be of the version that `Cargo.lock` names for the library.
fn wasm_bindgen(target: &Path) -> Result<PathBuf, String> {
    let id = output(cargo().args(["pkgid", "wasm-bindgen"]))?;
    let version = id.trim().rsplit(['@', '#']).next().unwrap_or_default();
    let tools = target.join("tools");
    let installed = tools.join("bin/wasm-bindgen");
    for program in [PathBuf::from("wasm-bindgen"), installed.clone()] {
        let told = output(Command::new(&program).arg("--version")).unwrap_or_default();
        if told.trim().ends_with(&format!(" {version}")) {
            return Ok(program);
        }
    }
    println!(
        "Installing wasm-bindgen {version} into {}, which takes minutes",
        tools.display()
    );
    let mut install = cargo();
    install.args([
        "install",
        "--locked",
        "--quiet",
        "wasm-bindgen-cli",
        "--version",
        version,
    ]);
    install.arg("--root").arg(&tools);
    install.env("CARGO_TARGET_DIR", tools.join("wasm-bindgen"));
    run(&mut install).map_err(|error| {
        format!(
            "{error}\ninstall it with `cargo install --locked wasm-bindgen-cli --version {version}`"
        )
    })?;
    Ok(installed)
}

/// Cargo, the one that started this program where one did.
fn cargo() -> Command {
    let cargo = std::env::var_os("CARGO");
    command(cargo.unwrap_or_else(|| OsString::from("cargo")))
}

/// A program, in the folder of this package: rustup then takes the Rust that the package wants.
fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// Runs a program to its end.
fn run(command: &mut Command) -> Result<(), String> {
    output(command.stdout(Stdio::inherit())).map(drop)
}

/// What a program prints.
fn output(command: &mut Command) -> Result<String, String> {
    let failed = |command: &Command, what: &dyn Display| format!("`{command:?}`: {what}");
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| failed(command, &error))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(failed(command, &output.status)),
    }
}
