//! `iris-up completions`: what a shell needs to complete commands.

use super::{Arguments, Outcome};
use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};
use std::io::{Write, stdout};
use std::string::FromUtf8Error;

/// Prints what a shell needs to complete commands: `iris-up completions bash > /etc/bash_completion.d/iris-up`.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> Outcome {
        Ok(stdout().write_all(self.script()?.as_bytes())?)
    }

    fn script(&self) -> Result<String, FromUtf8Error> {
        match self.shell {
            // With a hyphen in the program's name bash is offered nothing behind the first word (clap-rs/clap, issue 6421): so it is
            // another name that all is called by, and the program's own that it is for.
            Shell::Bash => {
                let script = generated(Shell::Bash, "iris_up")?;
                Ok(script.replace(" iris_up\n", " iris-up\n"))
            }
            shell => generated(shell, "iris-up"),
        }
    }
}

fn generated(shell: Shell, program: &str) -> Result<String, FromUtf8Error> {
    let mut script = Vec::new();
    generate(shell, &mut Arguments::command(), program, &mut script);
    String::from_utf8(script)
}
