//! `iris-up`: the daemon and the command line in one program. See [`iris_up::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    iris_up::cli::main()
}
