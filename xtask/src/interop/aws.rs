//! `cargo xtask interop-aws`: boto3, AWS's library for Python, invokes a function on AWS's runtime for Go at `iris-up`.

use super::checks::Checks;
use super::lambda::{Daemon, push};
use super::tools;
use crate::failure::Outcome;
use crate::go;
use crate::program::Program;
use crate::workspace::Workspace;

/// Builds function and daemon, pushes the one to the other, and lets boto3 call it.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    go::needed_for(workspace, "a function on aws-lambda-go")?;
    let python = tools::python_of(workspace, "aws-python", "aws-requirements.txt")?;
    let Daemon {
        program,
        server,
        function,
    } = Daemon::start(workspace, "aws")?;
    push(
        &program,
        &server,
        "function",
        &function,
        &["--timeout", "2"],
    )?;
    let one = ["--max-processes", "1", "--timeout", "30"];
    push(&program, &server, "slow", &function, &one)?;

    let mut checks = Checks::default();
    checks.section("boto3");
    let script = Program::new(&python).arg(workspace.path("interop/boto3_calls.py"));
    checks.client(script.arg(server.url()).run());
    // Nothing that the daemon started is left behind.
    for name in ["function", "slow"] {
        let remove = Program::new(&program).args(["remove", name, "--url", server.url()]);
        remove.run()?;
    }
    checks.finish()
}
