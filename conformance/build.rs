//! Generates the suite's messages, and has Iris read the remote that serves them.

use iris_build::Config;
use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the suite's `.proto` files are.
const PROTO: &str = "CONFORMANCE_PROTO";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed={PROTO}");
    let Some(suite) = env::var_os(PROTO) else {
        let message = format!(
            "{PROTO} is not set: build with `cargo xtask conformance`, which gets the suite and sets this to its .proto files"
        );
        return Err(message.into());
    };
    let out_dir = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let protos = out_dir.join("proto");
    copy(Path::new(&suite), &protos)?;
    let config = Config::new()
        .protos(protos)
        .remotes("src/server/service.rs")
        // Nobody relies on what is generated here.
        .lock(out_dir.join("iris.lock"));
    Ok(iris_build::generate(config)?)
}

/// Copies the `.proto` files below a folder, without the service in them, which Iris prints from the remote.
fn copy(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let copied = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &copied)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "proto")
        {
            println!("cargo::rerun-if-changed={}", path.display());
            let copy = without_service(&fs::read_to_string(&path)?);
            // Left as it is where nothing changes, so that cargo does not see a new file.
            if !fs::read_to_string(&copied).is_ok_and(|there| there == copy) {
                fs::write(copied, copy)?;
            }
        }
    }
    Ok(())
}

/// The suite is formatted: what a line of its own opens, the next line that is `}` alone closes.
fn without_service(proto: &str) -> String {
    let mut within = false;
    let mut kept = String::new();
    for line in proto.lines() {
        within |= line.starts_with("service ");
        if !within {
            kept.push_str(line);
            kept.push('\n');
        }
        within &= line != "}";
    }
    kept
}
