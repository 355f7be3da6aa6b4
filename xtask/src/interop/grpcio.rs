//! Python's grpcio, with stubs that grpcio-tools generates from the emitted `.proto` files.

use super::EMITTED;
use super::checks::Checks;
use super::server::Server;
use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::workspace::Workspace;
use std::fs;
use std::path::{Path, PathBuf};

/// Generates the stubs and runs `interop/grpcio_calls.py` with them.
pub(crate) fn check(
    workspace: &Workspace,
    python: &Path,
    server: &Server,
    checks: &mut Checks,
) -> Outcome {
    let stubs = workspace.target("interop/stubs");
    generate(&workspace.path(EMITTED).join("proto"), python, &stubs)?;
    let script = Program::new(python).arg(workspace.path("interop/grpcio_calls.py"));
    checks.client(script.arg(server.address()).arg(stubs).run());
    Ok(())
}

fn generate(protos: &Path, python: &Path, stubs: &Path) -> Outcome {
    let failed = |error| Failure::during(stubs.display(), error);
    if stubs.exists() {
        fs::remove_dir_all(stubs).map_err(failed)?;
    }
    fs::create_dir_all(stubs).map_err(failed)?;
    let mut files = Vec::new();
    collect(protos, &mut files)?;
    files.sort();
    let option = |name: &str, folder: &Path| format!("--{name}={}", folder.display());
    Program::new(python)
        .args(["-m", "grpc_tools.protoc"])
        .arg(option("proto_path", protos))
        .arg(option("python_out", stubs))
        .arg(option("grpc_python_out", stubs))
        .args(files)
        .run()
}

/// Every `.proto` file below a folder.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Outcome {
    let failed = |error| Failure::during(folder.display(), error);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "proto")
        {
            files.push(path);
        }
    }
    Ok(())
}
