//! A function on Amazon's runtime for Go, which `iris-up` runs unchanged.

use super::checks::Checks;
use super::curl::whole;
use super::outcome::Answer;
use super::server::{Server, build_target};
use crate::failure::{Failure, Outcome};
use crate::go::go;
use crate::program::Program;
use crate::workspace::Workspace;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// The Go module with the function.
const MODULE: &str = "interop/lambda-go";

/// What the function answers at each path.
fn expected() -> [(&'static str, Value); 8] {
    let failed = |status: u16, why: &str| json!({ "http": status, "body": format!("{why}\n") });
    [
        (
            "/function/a",
            json!({ "http": 200, "body": {
                "path": "/a",
                "arn": "arn:aws:lambda:us-east-1:000000000000:function:function",
                "name": "function",
                "version": "1",
                "id": 36,
                "time": 10,
            } }),
        ),
        (
            "/function/body?a=1",
            json!({ "http": 200, "body": { "got": "", "query": "1" } }),
        ),
        (
            "/function/stream",
            json!({ "http": 201, "body": { "streamed": true } }),
        ),
        (
            "/function/fail",
            failed(502, "the function failed: errorString: no luck"),
        ),
        (
            "/function/panic",
            failed(502, "the function failed: string: no more luck"),
        ),
        (
            "/function/end",
            failed(
                502,
                "the function ended before it answered: its process ended with exit code 3",
            ),
        ),
        (
            "/function/hang",
            failed(504, "the function did not answer in time"),
        ),
        // Another process, as good as the first.
        (
            "/function/body?a=2",
            json!({ "http": 200, "body": { "got": "", "query": "2" } }),
        ),
    ]
}

/// A daemon that runs, and a function for it.
pub(super) struct Daemon {
    pub(super) program: PathBuf,
    pub(super) server: Server,
    pub(super) function: PathBuf,
}

impl Daemon {
    /// Builds both, and starts the daemon in a folder of this name.
    pub(super) fn start(workspace: &Workspace, folder: &str) -> Outcome<Daemon> {
        let folder = workspace.target(&format!("interop/{folder}"));
        // What an earlier run left.
        let _ = fs::remove_dir_all(&folder);
        let at = |error| Failure::during(folder.display(), error);
        fs::create_dir_all(&folder).map_err(at)?;
        let function = folder.join("bootstrap");
        let module = workspace.path(MODULE);
        let build = go(workspace).args(["build", "-o"]).arg(&function);
        // As it is built for AWS: a static executable.
        build.env("CGO_ENABLED", "0").folder(&module).run()?;
        let program = build_target(workspace, "iris-up", ["--bin", "iris-up"])?;
        let serve = Program::new(&program).args(["serve", "--managed", "--data"]);
        let server = Server::listening(serve.arg(folder.join("data")), 1)?;
        Ok(Daemon {
            program,
            server,
            function,
        })
    }
}

/// Pushes the function and calls it.
pub(super) fn check(workspace: &Workspace, checks: &mut Checks) -> Outcome {
    let Daemon {
        program,
        server,
        function,
    } = Daemon::start(workspace, "lambda-go")?;
    checks.section("aws-lambda-go, run by iris-up");
    push(
        &program,
        &server,
        "function",
        &function,
        &["--timeout", "10"],
    )?;
    for (path, answer) in expected() {
        let got = whole(server.url(), path)?;
        checks.equal(path, &Answer::Message(answer), &got);
    }
    checks.section("aws-lambda-go, given several events at a time");
    push(
        &program,
        &server,
        "function",
        &function,
        &["--concurrency", "8"],
    )?;
    for path in ["/function/body?a=1", "/function/body?a=2"] {
        let body = json!({ "got": "", "query": &path[path.len() - 1..] });
        let answer = Answer::Message(json!({ "http": 200, "body": body }));
        checks.equal(path, &answer, &whole(server.url(), path)?);
    }
    // Nothing that the daemon started is left behind.
    let remove = Program::new(&program).args(["remove", "function", "--url", server.url()]);
    remove.run()
}

/// Pushes the function by this name.
pub(super) fn push(
    program: &Path,
    server: &Server,
    name: &str,
    function: &Path,
    settings: &[&str],
) -> Outcome {
    Program::new(program)
        .args(["push", "--lambda", "--name", name, "--url", server.url()])
        .args(settings)
        .arg(function)
        .run()
}
