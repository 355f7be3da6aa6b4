//! The clients, installed below `target/interop` in the versions that `interop/` pins.

use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::workspace::Workspace;
use std::fs;
use std::path::{Path, PathBuf};

/// A Python with grpcio and openapi-spec-validator.
pub(crate) fn python(workspace: &Workspace) -> Outcome<PathBuf> {
    python_of(workspace, "python", "requirements.txt")
}

/// A Python in this folder, with what this file of `interop/` pins.
pub(crate) fn python_of(
    workspace: &Workspace,
    folder: &str,
    requirements: &str,
) -> Outcome<PathBuf> {
    // Building grpcio would take half an hour.
    let programs = pip(
        workspace,
        &format!("interop/{requirements}"),
        &format!("interop/{folder}"),
        "--only-binary=:all:",
    )?;
    Ok(programs.join("python"))
}

/// The program cargo-lambda, without the compiler for other systems that comes with it.
pub(crate) fn cargo_lambda(workspace: &Workspace) -> Outcome<PathBuf> {
    let programs = pip(
        workspace,
        "benches/lambda/requirements.txt",
        "benches/lambda/python",
        "--no-deps",
    )?;
    Ok(programs.join("cargo-lambda"))
}

/// Installs what a file of pinned packages names into a folder below the target folder; gives the folder of the programs.
fn pip(workspace: &Workspace, pinned: &str, folder: &str, how: &str) -> Outcome<PathBuf> {
    let folder = workspace.target(folder);
    let programs = folder.join("bin");
    let requirements = workspace.path(pinned);
    install(&folder, &[&requirements], || {
        let can_make_one = || Program::new("python3").args(["-c", "import ensurepip, venv"]);
        need("python3 with venv", "python3-venv", can_make_one)?;
        Program::new("python3")
            .args(["-m", "venv"])
            .arg(&folder)
            .run()?;
        let pip = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            how,
        ];
        let pip = Program::new(programs.join("python")).args(pip);
        pip.arg("--requirement").arg(&requirements).run()
    })?;
    Ok(programs)
}

/// The folder of the npm packages: connect-es, grpc-js, grpc-web and buf.
pub(crate) fn packages(workspace: &Workspace) -> Outcome<PathBuf> {
    npm(workspace, "interop", "interop/node")
}

/// The buf program itself: the npm package's own entry is a script around it.
pub(crate) fn buf(packages: &Path) -> Outcome<PathBuf> {
    let packages = packages.join("@bufbuild");
    let listed = fs::read_dir(&packages);
    let listed = listed.map_err(|error| Failure::during(packages.display(), error))?;
    let mut programs = listed
        .filter_map(|package| Some(package.ok()?.path()))
        .filter(|package| package.to_string_lossy().contains("buf-"))
        .map(|package| package.join("bin/buf"));
    programs.find(|program| program.is_file()).ok_or_else(|| {
        Failure::new(format!(
            "npm installed no buf for this system in {}",
            packages.display()
        ))
    })
}

/// Installs what `package-lock.json` in the folder `pinned` names into a folder below the target folder; gives the
/// folder of the packages.
pub(crate) fn npm(workspace: &Workspace, pinned: &str, folder: &str) -> Outcome<PathBuf> {
    let folder = workspace.target(folder);
    let files = ["package.json", "package-lock.json", ".npmrc"];
    let files = files.map(|name| workspace.path(pinned).join(name));
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    install(&folder, &files, || {
        need("npm", "npm", || Program::new("npm").arg("--version"))?;
        for file in &files {
            let copy = folder.join(file.file_name().unwrap_or_default());
            fs::copy(file, copy).map_err(|error| Failure::during(file.display(), error))?;
        }
        let npm = [
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ];
        Program::new("npm").args(npm).folder(&folder).run()
    })?;
    Ok(folder.join("node_modules"))
}

/// The program wasm-bindgen, of the version of the library: they go together.
pub(crate) fn wasm_bindgen(workspace: &Workspace) -> Outcome<PathBuf> {
    let version = workspace.locked("wasm-bindgen")?;
    let root = workspace.target("tools");
    let program = root.join("bin/wasm-bindgen");
    let there = || Program::new(&program).arg("--version").stdout();
    if there().is_ok_and(|told| told.trim().ends_with(&format!(" {version}"))) {
        return Ok(program);
    }
    println!("installing wasm-bindgen {version} into {}", root.display());
    workspace
        .cargo(["install", "--locked", "--quiet", "wasm-bindgen-cli"])
        .args(["--version", &version])
        .arg("--root")
        .arg(&root)
        .env("CARGO_TARGET_DIR", root.join("wasm-bindgen"))
        .run()?;
    Ok(program)
}

/// The program of a Chromium.
pub(crate) fn chromium() -> Outcome<PathBuf> {
    let found = || {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let names = ["chromium", "chromium-browser", "google-chrome"];
        std::env::split_paths(&folders)
            .flat_map(|folder| names.map(|name| folder.join(name)))
            .find(|program| program.is_file())
    };
    if let Some(program) = found() {
        return Ok(program);
    }
    need("Chromium", "chromium", || {
        Program::new("chromium").arg("--version")
    })?;
    found().ok_or_else(|| Failure::new("chromium was installed, and is not in the PATH"))
}

/// Makes sure that there is a Node.js.
pub(crate) fn node() -> Outcome {
    let node = || Program::new("node").arg("--version");
    need("Node.js 20", "nodejs", node)
}

/// Makes sure that there is a curl.
pub(crate) fn curl(_: &Workspace) -> Outcome {
    need("curl", "curl", || Program::new("curl").arg("--version"))
}

/// Makes sure that there is a systemd-analyze.
pub(crate) fn systemd() -> Outcome {
    let analyze = || Program::new("systemd-analyze").arg("--version");
    need("systemd", "systemd", analyze)
}

/// Makes sure that there is a compiler for C that links with musl.
pub(crate) fn musl() -> Outcome {
    need("a C compiler for musl", "musl-tools", || {
        Program::new("musl-gcc").arg("--version")
    })
}

/// Whether this is the superuser.
pub(crate) fn is_root() -> bool {
    let user = Program::new("id").arg("-u").stdout().unwrap_or_default();
    user.trim() == "0"
}

/// Installs into a fresh folder, unless that was done with the very same files.
fn install(folder: &Path, files: &[&Path], work: impl FnOnce() -> Outcome) -> Outcome {
    let failed = |error: std::io::Error| Failure::during(folder.display(), error);
    let mut wanted = Vec::new();
    for file in files {
        let read = fs::read(file).map_err(|error| Failure::during(file.display(), error))?;
        wanted.extend(read);
    }
    let stamp = folder.join("installed");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(failed)?;
    }
    fs::create_dir_all(folder).map_err(failed)?;
    println!("installing into {}", folder.display());
    work()?;
    fs::write(&stamp, wanted).map_err(failed)
}

/// Makes sure of a program of the system's: on Debian and as root by installing it.
fn need(what: &str, package: &str, there: impl Fn() -> Program) -> Outcome {
    if there().succeeds() {
        return Ok(());
    }
    let debian = Program::new("apt-get").arg("--version").succeeds();
    if is_root() && debian {
        println!("installing {package}");
        Program::new("apt-get")
            .args(["update", "--quiet=2"])
            .run()?;
        let install = [
            "install",
            "--yes",
            "--quiet=2",
            "--no-install-recommends",
            package,
        ];
        let apt = Program::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive");
        apt.args(install).run()?;
        if there().succeeds() {
            return Ok(());
        }
    }
    Err(Failure::new(format!(
        "`{}` fails: {what} is missing; install it (Debian and Ubuntu: `apt-get install {package}`)",
        there().shown()
    )))
}
