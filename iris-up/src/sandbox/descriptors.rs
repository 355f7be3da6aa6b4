//! The files that a process has from the start: three, and no other.

use rustix::fs::{Mode, OFlags};
use std::fs;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

/// Where the stage says what went wrong. It is closed where the app begins.
pub(super) type Report = OwnedFd;

/// The report comes as the standard input, which can be given to a child without `unsafe` code; the app reads nothing there.
pub(super) fn take_report() -> io::Result<Report> {
    Ok(rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?)
}

/// From here on there is nothing to be read.
pub(super) fn close_input() -> io::Result<()> {
    let nothing = rustix::fs::open("/dev/null", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    Ok(rustix::stdio::dup2_stdin(&nothing)?)
}

/// Closes whatever else a daemon, or who started it, has left open.
pub(super) fn close_others(report: &Report) -> io::Result<()> {
    let open: Vec<RawFd> = fs::read_dir("/proc/self/fd")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|number| *number > 2 && *number != report.as_raw_fd())
        .collect();
    for number in open {
        // The folder's own is closed already. All others are nobody's in this program, which has opened nothing else.
        let _ = nix::unistd::close(number);
    }
    Ok(())
}
