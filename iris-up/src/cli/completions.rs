//! `iris-up completions`: what a shell needs to complete commands.

use super::{Arguments, Outcome};
use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};
use std::io::{Write, stdout};

/// Prints what a shell needs to complete commands: `iris-up completions bash > /etc/bash_completion.d/iris-up`.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> Outcome {
        let mut script = Vec::new();
        generate(
            self.shell,
            &mut Arguments::command(),
            "iris-up",
            &mut script,
        );
        Ok(stdout().write_all(&script)?)
    }
}
