//! The first process of a container, which is more than a daemon: whatever loses its parent becomes its child, and stays among
//! the processes after its end until it is asked how it ended. A daemon asks those that it has started, and no others: an
//! app's user would go on having processes, for which whoever ends the app waits.
//!
//! So the first process starts the daemon as another, hands on what it is told, and asks all that end.

use super::Outcome;
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, kill_process, wait};
use std::os::unix::process::CommandExt;
use std::process::Command;
use tokio::signal::unix::{SignalKind, signal};

/// Whether this is it.
pub(super) fn is_first() -> bool {
    std::process::id() == 1
}

/// Runs the same command in another process, until that ends.
///
/// # Errors
///
/// Where it cannot be run, or has not ended well.
pub(super) async fn run() -> Outcome {
    // Before there is anybody who could be told, or could end.
    let mut ended = signal(SignalKind::child())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let mut daemon = Command::new("/proc/self/exe");
    // What a terminal tells is handed on, and not told twice.
    let daemon = daemon.args(std::env::args_os().skip(1)).process_group(0);
    let daemon = daemon.spawn();
    let daemon = daemon.map_err(|error| format!("the daemon cannot be run: {error}"))?;
    let daemon = Pid::from_child(&daemon);
    loop {
        tokio::select! {
            _ = ended.recv() => {
                if let Some(how) = ask_all(daemon)? {
                    return told(how);
                }
            }
            // It may have ended in this very moment.
            _ = interrupted.recv() => drop(kill_process(daemon, Signal::INT)),
            _ = terminated.recv() => drop(kill_process(daemon, Signal::TERM)),
        }
    }
}

/// Asks all that have ended; gives how the daemon has, where it is among them.
fn ask_all(daemon: Pid) -> Result<Option<WaitStatus>, Errno> {
    loop {
        match wait(WaitOptions::NOHANG) {
            Ok(Some((process, how))) if process == daemon => return Ok(Some(how)),
            Ok(Some(_)) | Err(Errno::INTR) => {}
            Ok(None) | Err(Errno::CHILD) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
}

fn told(how: WaitStatus) -> Outcome {
    match (how.exit_status(), how.terminating_signal()) {
        (Some(0), _) => Ok(()),
        // It has said why.
        (Some(code), _) => Err(format!("the daemon ended with exit code {code}").into()),
        (None, signal) => Err(format!(
            "the daemon was ended by signal {}",
            signal.unwrap_or_default()
        )
        .into()),
    }
}
