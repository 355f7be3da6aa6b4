//! `cargo xtask js CRATE`: a client crate, compiled to WebAssembly, as a package for npm.

use crate::failure::{Failure, Outcome};
use crate::interop::tools;
use crate::program::Program;
use crate::toolchain;
use crate::workspace::{ROOT, Workspace};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// What the standard library's own target promises of WebAssembly, which wasm-opt may use, too.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Makes the package and says where it is.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let [name] = arguments else {
        return Err(Failure::new(
            "takes the name of a client crate: `cargo xtask js quickstart-client`",
        ));
    };
    let folder = package(workspace, name)?;
    for file in files(&folder)? {
        let length = fs::metadata(&file).map_or(0, |about| about.len());
        println!("{:>9} {}", length, file.display());
    }
    Ok(())
}

/// Makes the package of a client crate, and gives its folder.
pub(crate) fn package(workspace: &Workspace, name: &str) -> Outcome<PathBuf> {
    let source = source(workspace, name)?;
    toolchain::target(workspace, toolchain::WASM)?;
    let wasm_bindgen = tools::wasm_bindgen(workspace)?;
    let packages = tools::npm(workspace, "xtask/js", "tools/js")?;
    let compiled = compile(workspace, name)?;
    let folder = workspace.target("js").join(name);
    let failed = |error: std::io::Error| Failure::during(folder.display(), error);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    fs::create_dir_all(&folder).map_err(failed)?;
    for file in files(&source)? {
        let copy = folder.join(file.file_name().unwrap_or_default());
        fs::copy(&file, copy).map_err(failed)?;
    }
    let options = ["--target", "web", "--no-typescript", "--out-name", "iris"];
    Program::new(wasm_bindgen)
        .args(options)
        .arg("--out-dir")
        .arg(&folder)
        .arg(&compiled)
        .run()?;
    let wasm = folder.join("iris_bg.wasm");
    Program::new("node")
        .arg(packages.join("binaryen/bin/wasm-opt"))
        .arg("-Oz")
        .args(WASM_FEATURES)
        .arg(&wasm)
        .arg("-o")
        .arg(&wasm)
        .run()?;
    Ok(folder)
}

/// The folder `js` of a client crate.
fn source(workspace: &Workspace, name: &str) -> Outcome<PathBuf> {
    let members = workspace.members(ROOT)?;
    let member = members.iter().find(|member| member["name"] == name);
    let manifest = member.and_then(|member| member["manifest_path"].as_str());
    let manifest =
        manifest.ok_or_else(|| Failure::new(format!("the workspace has no package `{name}`")))?;
    let folder = Path::new(manifest).with_file_name("js");
    if !folder.join("index.js").is_file() {
        return Err(Failure::new(format!(
            "`{name}` has no folder `js`; call `ClientCrate::javascript` where it is generated"
        )));
    }
    Ok(folder)
}

/// Compiles the crate and gives the WebAssembly.
fn compile(workspace: &Workspace, name: &str) -> Outcome<PathBuf> {
    let build = || {
        // The release profile makes programs fast; in this one every byte counts.
        let build = ["rustc", "--profile", "wasm", "--lib"];
        workspace
            .cargo(build)
            .args(["--crate-type", "cdylib"])
            .args(["--package", name, "--features", "js"])
            .args(["--target", toolchain::WASM])
    };
    build().run()?;
    // Once more, now that nothing is left to do, to be told where it is.
    let messages = build().arg("--message-format=json").stdout()?;
    let messages = messages.lines();
    let artifacts = messages.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let files = artifacts.flat_map(|mut artifact| match artifact["filenames"].take() {
        Value::Array(files) => files,
        _ => Vec::new(),
    });
    let mut files = files.filter_map(|file| file.as_str().map(PathBuf::from));
    files
        .find(|file| {
            file.extension()
                .is_some_and(|extension| extension == "wasm")
        })
        .ok_or_else(|| Failure::new(format!("cargo made no WebAssembly of `{name}`")))
}

/// The files of a folder, in the order of their names.
fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let failed = |error: std::io::Error| Failure::during(folder.display(), error);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        files.push(entry.map_err(failed)?.path());
    }
    files.sort();
    Ok(files)
}
