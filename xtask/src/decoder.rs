//! `cargo xtask decoder`: compiles iris-decoder to the WebAssembly that is committed beside its source.

use crate::failure::{Failure, Outcome};
use crate::toolchain;
use crate::workspace::Workspace;
use std::fs;
use std::path::{Path, PathBuf};

/// What is committed.
const COMMITTED: &str = "iris-decoder/src/decoder.wasm";

/// Compiles it, and puts it where it belongs.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let compiled = read(&compile(workspace)?)?;
    println!("{COMMITTED}: {} bytes", compiled.len());
    let committed = workspace.path(COMMITTED);
    fs::write(&committed, compiled).map_err(|error| Failure::during(committed.display(), error))
}

/// Fails where what is committed is not, byte by byte, what its source becomes.
pub(crate) fn check(workspace: &Workspace) -> Outcome {
    if read(&compile(workspace)?)? == read(&workspace.path(COMMITTED))? {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{COMMITTED} is not what its source becomes; run `cargo xtask decoder`"
    )))
}

/// By rustc alone: cargo names symbols after the folder of the workspace, and the order of functions follows.
fn compile(workspace: &Workspace) -> Outcome<PathBuf> {
    toolchain::target(workspace, toolchain::WASM)?;
    let folder = workspace.target("decoder");
    fs::create_dir_all(&folder).map_err(|error| Failure::during(folder.display(), error))?;
    let compiled = folder.join("decoder.wasm");
    let codegen = [
        "opt-level=s",
        "lto=fat",
        "codegen-units=1",
        "panic=abort",
        "strip=symbols",
        // A hundred messages inside of each other take a part of it.
        "link-arg=-zstack-size=131072",
    ];
    workspace
        .program("rustc")
        .folder(&workspace.path("iris-decoder"))
        .args(["src/lib.rs", "--crate-name", "iris_decoder"])
        .args(["--edition", "2024", "--crate-type", "cdylib"])
        .args(["--cfg", "feature=\"exports\"", "--target", toolchain::WASM])
        .args(codegen.iter().flat_map(|option| ["-C", option]))
        .arg("-o")
        .arg(&compiled)
        .run()?;
    Ok(compiled)
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).map_err(|error| Failure::during(path.display(), error))
}
