//! `cargo xtask standalone`: the generated crate, copied out of the repository, builds and calls a server.

use crate::failure::{Failure, Outcome};
use crate::interop::server::{self, Server};
use crate::workspace::Workspace;
use std::fs;
use std::io;
use std::path::Path;

/// The crate as it is shipped.
const CRATE: &str = "examples/quickstart/client";

/// A caller that has nothing but the shipped crate.
const CALLER: &str = r#"
use quickstart_client::messages::users::v1::SignInRequest;
use quickstart_client::{ErrorCode, IrisError, Remotes};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let url = std::env::args().nth(1).expect("a URL");
    let remotes = Remotes::connect(&url).expect("a URL");
    let request = SignInRequest { name: "ada".into(), password: "wrong".into() };
    match remotes.sessions().sign_in(request).await {
        Err(IrisError { code: ErrorCode::InvalidUsernameOrPassword, internal_message, .. }) => {
            println!("caught code 0: {internal_message}");
        }
        other => panic!("{other:?}"),
    }
    let request = SignInRequest { name: "ada".into(), password: "lovelace".into() };
    println!("{:?}", remotes.sessions().sign_in(request).await.expect("an answer"));
}
"#;

/// What a caller of http:// URLs needs not have: it takes a C compiler.
const UNWANTED: &str = "ring v";

/// Copies the crate to a folder outside, with path dependencies alone, builds a caller and runs it: without the features
/// that the caller has no need of.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    // A fresh one, under a name that nobody foresees, removed in the end.
    let folder = tempfile::Builder::new()
        .prefix("iris-standalone-")
        .tempdir()
        .map_err(|error| failed(&std::env::temp_dir(), &error))?;
    let outside = folder.path();
    copy(&workspace.path(CRATE), &outside.join("shipped"))?;
    let manifest = outside.join("shipped/Cargo.toml");
    let mut text = fs::read_to_string(&manifest).map_err(|error| failed(&manifest, &error))?;
    for name in ["iris-client", "iris-client-web"] {
        let relative = format!("{name} = {{ path = \"../../../{name}\"");
        let absolute = format!("{name} = {{ path = {:?}", workspace.path(name));
        if !text.contains(&relative) {
            return Err(Failure::new(format!(
                "{CRATE}/Cargo.toml no longer says `{relative}`"
            )));
        }
        text = text.replace(&relative, &absolute);
    }
    write(&manifest, &text)?;
    let source = outside.join("src");
    fs::create_dir(&source).map_err(|error| failed(&source, &error))?;
    write(&source.join("main.rs"), CALLER)?;
    write(
        &outside.join("Cargo.toml"),
        "[package]\nname = \"caller\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         quickstart-client = { path = \"shipped\", default-features = false }\ntokio = { version = \"1\", features = [\"macros\", \"rt\"] }\n\n\
         [profile.dev]\ndebug = 0\n",
    )?;
    // The versions that everything else was tested with.
    let lock = outside.join("Cargo.lock");
    fs::copy(workspace.path("Cargo.lock"), &lock).map_err(|error| failed(&lock, &error))?;

    let tree = ["tree", "--prefix", "none", "--edges", "normal,build"];
    let needed = workspace.cargo(tree).folder(outside).stdout()?;
    if needed.lines().any(|line| line.starts_with(UNWANTED)) {
        return Err(Failure::new(format!(
            "a caller without the feature `tls` needs {UNWANTED}..:\n{needed}"
        )));
    }

    let program = server::build(workspace)?;
    let server = Server::start(&program)?;
    workspace
        .cargo(["run", "--quiet"])
        .folder(outside)
        .env("CARGO_TARGET_DIR", workspace.target("standalone"))
        .args(["--", server.url()])
        .run()
}

fn copy(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to).map_err(|error| failed(to, &error))?;
    for entry in fs::read_dir(from).map_err(|error| failed(from, &error))? {
        let entry = entry.map_err(|error| failed(from, &error))?;
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to)?;
        } else {
            fs::copy(&path, &to).map_err(|error| failed(&path, &error))?;
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(|error| failed(path, &error))
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::during(path.display(), error)
}
