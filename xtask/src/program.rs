//! Running other programs.

use crate::failure::{Failure, Outcome};
use std::ffi::OsStr;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// A program about to be run.
#[derive(Debug)]
pub(crate) struct Program(Command);

impl Program {
    /// The program of this name or path, in the current folder.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        Program(command)
    }

    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.0.arg(argument);
        self
    }

    pub(crate) fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.0.args(arguments);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    pub(crate) fn without_env(mut self, name: &str) -> Self {
        self.0.env_remove(name);
        self
    }

    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.0.current_dir(folder);
        self
    }

    /// The command line, for messages.
    pub(crate) fn shown(&self) -> String {
        let program = Path::new(self.0.get_program());
        let program = program.file_name().unwrap_or(program.as_os_str());
        let words = std::iter::once(program).chain(self.0.get_args());
        let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
        words.join(" ")
    }

    /// Runs it to its end; what it prints goes to this terminal.
    pub(crate) fn run(mut self) -> Outcome {
        let status = self.0.status().map_err(|error| self.cannot_start(&error))?;
        match status.success() {
            true => Ok(()),
            false => Err(Failure::during(self.quoted(), status)),
        }
    }

    /// Runs it to its end and gives back what it printed, and whether it succeeded.
    pub(crate) fn output(mut self) -> Outcome<Output> {
        self.0.output().map_err(|error| self.cannot_start(&error))
    }

    /// Runs it to its end and gives back its standard output; a failure carries its error output.
    pub(crate) fn stdout(mut self) -> Outcome<String> {
        let output = self.0.output().map_err(|error| self.cannot_start(&error))?;
        if !output.status.success() {
            let errors = String::from_utf8_lossy(&output.stderr);
            let why = format!("{}\n{}", output.status, errors.trim_end());
            return Err(Failure::during(self.quoted(), why));
        }
        String::from_utf8(output.stdout)
            .map_err(|_| Failure::during(self.quoted(), "printed something that is no text"))
    }

    /// Runs it to its end with this to read; what it prints goes to this terminal.
    pub(crate) fn input(mut self, text: &str) -> Outcome {
        self.0.stdin(Stdio::piped());
        let mut child = self.0.spawn().map_err(|error| self.cannot_start(&error))?;
        let written = child
            .stdin
            .take()
            .map(|mut to| to.write_all(text.as_bytes()));
        let status = child.wait().map_err(|error| self.cannot_start(&error))?;
        match (status.success(), written) {
            (true, Some(Ok(()))) => Ok(()),
            (true, _) => Err(Failure::during(
                self.quoted(),
                "does not read what it is told",
            )),
            (false, _) => Err(Failure::during(self.quoted(), status)),
        }
    }

    /// Whether it can be run and succeeds. What it prints is thrown away.
    pub(crate) fn succeeds(mut self) -> bool {
        self.0.output().is_ok_and(|output| output.status.success())
    }

    /// Starts it with these of its outputs to be read by the caller.
    pub(crate) fn start(mut self, stdout: Stdio, stderr: Stdio) -> Outcome<Child> {
        self.0.stdout(stdout).stderr(stderr);
        self.0.spawn().map_err(|error| self.cannot_start(&error))
    }

    fn quoted(&self) -> String {
        format!("`{}`", self.shown())
    }

    fn cannot_start(&self, error: &std::io::Error) -> Failure {
        match error.kind() {
            ErrorKind::NotFound => Failure::new(format!(
                "`{}` is not installed, or not in PATH",
                self.0.get_program().to_string_lossy()
            )),
            _ => Failure::during(self.quoted(), error),
        }
    }
}
