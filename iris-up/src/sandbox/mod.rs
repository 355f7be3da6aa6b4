//! The launcher stage: what a process of an app does to itself before it becomes the app.
//!
//! A daemon does not start an app but this very program, which waits to be told how to restrict itself, and then becomes the
//! app. Between `fork` and `exec` little may be done, and only by `unsafe` code; a program of its own may do anything,
//! and what it cannot do it says.
//!
//! | to read | |
//! |---|---|
//! | `plan` | what the stage is told |
//! | `channel` | how it is told that, and says what went wrong |
//! | `stage` | the steps in their order |
//! | `descriptors` | its standard input, files that it has inherited, a socket for the app |
//! | `limits` | limits of the process (`setrlimit`) |
//! | `privileges` | capabilities, and files that its new user is to have |
//! | `domain` | files, ports, signals: Landlock |
//! | `syscalls` | system calls that are refused: seccomp |

pub(crate) mod channel;
mod descriptors;
pub(crate) mod domain;
pub(crate) mod limits;
pub(crate) mod plan;
mod privileges;
mod stage;
pub(crate) mod syscalls;

pub(crate) use stage::{FLAG, Failed, is_there};

use std::process::ExitCode;

/// Becomes an app where a daemon started this program for that, and says how it went where that did not work. Whoever has
/// a [`Daemon`](crate::daemon::Daemon) in a program of their own calls this first in `main`, before there is any other
/// thread:
///
/// ```no_run
/// use std::process::ExitCode;
///
/// fn main() -> ExitCode {
///     if let Some(ended) = iris_up::sandbox::launch() {
///         return ended;
///     }
///     // What the program is for.
///     ExitCode::SUCCESS
/// }
/// ```
pub fn launch() -> Option<ExitCode> {
    stage::launch()
}
