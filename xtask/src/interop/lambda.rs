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
use std::thread;
use std::time::{Duration, Instant};

/// The Go module with the function.
const MODULE: &str = "interop/lambda-go";

/// Between two looks, and how long to look.
const PAUSE: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(60);

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
    let met = Answer::Message(json!({ "http": 200, "body": { "met": true } }));
    let meet = || whole(server.url(), "/function/meet");
    let (one, other) = thread::scope(|scope| {
        let other = scope.spawn(meet);
        (meet(), other.join())
    });
    let other = other.map_err(|_| Failure::new("a call panicked"))?;
    checks.equal("/function/meet", &met, &one?);
    checks.equal("/function/meet, at once", &met, &other?);
    checks.section("aws-lambda-go, given an event that nobody waits for");
    nobody_waits(&program, &server, checks)?;
    checks.section("aws-lambda-go, that cannot start");
    cannot_start(&program, &server, &function, checks)?;
    // Nothing that the daemon started is left behind.
    let remove = Program::new(&program).args(["remove", "function", "--url", server.url()]);
    remove.run()
}

/// An event is kept, given to the function, and kept no longer.
#[expect(
    clippy::disallowed_methods,
    reason = "there is no runtime here, and it looks until there is something to see"
)]
fn nobody_waits(program: &Path, server: &Server, checks: &mut Checks) -> Outcome {
    let command = |arguments: &[&str]| {
        let command = Program::new(program).args(arguments);
        command.args(["--url", server.url()]).stdout()
    };
    let id = command(&["invoke", "function", r#"{"rawPath":"/print"}"#, "--async"])?;
    let begun = Instant::now();
    // What it prints about the event is known by its id.
    let line = |printed: &str| {
        let mut lines = printed.lines();
        lines.any(|line| line.contains(id.trim()) && line.contains("printed"))
    };
    while !line(&command(&["logs", "function", "--json"])?) && begun.elapsed() < PATIENCE {
        thread::sleep(PAUSE);
    }
    while command(&["events", "list", "function"])?.contains(id.trim()) {
        if begun.elapsed() > PATIENCE {
            return Err(Failure::new("an event that was answered is kept"));
        }
        thread::sleep(PAUSE);
    }
    let told = line(&command(&["logs", "function", "--json"])?);
    let expected = Answer::Message(json!({ "printed": true }));
    checks.equal(
        "/print",
        &expected,
        &Answer::Message(json!({ "printed": told })),
    );
    Ok(())
}

/// A version that ends as it starts takes nothing over.
fn cannot_start(program: &Path, server: &Server, function: &Path, checks: &mut Checks) -> Outcome {
    let push = Program::new(program)
        .args([
            "push",
            "--lambda",
            "--name",
            "function",
            "--url",
            server.url(),
        ])
        .arg(function)
        .args(["--", "cannot-start"])
        .output()?;
    let told = String::from_utf8_lossy(&push.stderr);
    let why = "it did not start: its process ended with exit code 1";
    let got = json!({ "pushed": push.status.success(), "says why": told.contains(why) });
    let expected = json!({ "pushed": false, "says why": true });
    checks.equal("push", &Answer::Message(expected), &Answer::Message(got));
    let path = "/function/body?a=1";
    let before = json!({ "http": 200, "body": { "got": "", "query": "1" } });
    checks.equal(path, &Answer::Message(before), &whole(server.url(), path)?);
    Ok(())
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
