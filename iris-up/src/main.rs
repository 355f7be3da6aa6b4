//! `iris-up`: the daemon and the command line in one program. See [`iris_up::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    // Apps are started by way of this program.
    if let Some(ended) = iris_up::sandbox::launch() {
        return ended;
    }
    iris_up::cli::main()
}
