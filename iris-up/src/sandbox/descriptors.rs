//! The files that a process has from the start: three, and the socket that was handed to it, where one was.

use super::channel::Channel;
use rustix::fs::{Mode, OFlags};
use rustix::io::FdFlags;
use std::fs;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

/// The number that the first socket has which is handed to a program (sd_listen_fds(3)).
const HANDED_OVER: RawFd = 3;

/// From here on there is nothing to be read.
pub(super) fn close_input() -> io::Result<()> {
    let nothing = rustix::fs::open("/dev/null", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    Ok(rustix::stdio::dup2_stdin(&nothing)?)
}

/// Closes whatever else a daemon, or who started it, has left open.
pub(super) fn close_others(channel: &Channel) -> io::Result<()> {
    let own = channel.number();
    let open: Vec<RawFd> = fs::read_dir("/proc/self/fd")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|number| *number > 2 && *number != own)
        .collect();
    for number in open {
        // The folder's own is closed already. All others are nobody's in this program, which has opened nothing else yet.
        let _ = nix::unistd::close(number);
    }
    Ok(())
}

/// Gives a socket the number that programs look for it at, where nothing else is open.
pub(super) fn hand_over(listener: &OwnedFd) -> io::Result<OwnedFd> {
    let handed = rustix::io::fcntl_dupfd_cloexec(listener, HANDED_OVER)?;
    if handed.as_raw_fd() != HANDED_OVER {
        return Err(io::Error::other("the number of its socket is taken"));
    }
    rustix::io::fcntl_setfd(&handed, FdFlags::empty())?;
    Ok(handed)
}
