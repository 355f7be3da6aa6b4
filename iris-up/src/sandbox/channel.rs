//! The socket between a daemon and the launcher stage: a plan goes one way, with a socket for the app where it is to have
//! one, and back comes what went wrong. The stage has it as its standard input, which can be given to a child without
//! `unsafe` code; the app reads nothing there. It is closed where the app begins.

use super::plan::Plan;
use super::stage::Failed;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

/// Numbers of the stage's own files begin here, so that those below are there for the app.
const OWN: RawFd = 10;

/// The stage's end.
#[derive(Debug)]
pub(super) struct Channel(OwnedFd);

/// What the stage is to do.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) plan: Plan,
    /// A socket that listens, for the app.
    pub(super) listener: Option<OwnedFd>,
}

impl Channel {
    /// What this process has as its standard input.
    pub(super) fn take() -> io::Result<Channel> {
        let own = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), OWN)?;
        Ok(Channel(own))
    }

    /// Waits for what is to be done; `None` where the daemon has gone, or needs no app any more.
    pub(super) fn receive(&self) -> Result<Option<Order>, Failed> {
        let at = |error: rustix::io::Errno| Failed::at("plan", error);
        let mut written = Vec::new();
        let mut listener = None;
        let mut buffer = [0; 16 * 1024];
        loop {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
            let mut files = RecvAncillaryBuffer::new(&mut space);
            let mut into = [IoSliceMut::new(&mut buffer)];
            let received =
                recvmsg(&self.0, &mut into, &mut files, RecvFlags::CMSG_CLOEXEC).map_err(at)?;
            if received.flags.contains(ReturnFlags::CTRUNC) {
                return Err(Failed::at(
                    "plan",
                    "its files did not arrive: too many are open",
                ));
            }
            for message in files.drain() {
                if let RecvAncillaryMessage::ScmRights(mut files) = message {
                    listener = files.next();
                }
            }
            match received.bytes {
                0 if written.is_empty() => return Ok(None),
                0 => break,
                bytes => written.extend_from_slice(&buffer[..bytes]),
            }
        }
        let plan = Plan::read(&written).map_err(|why| Failed::at("plan", why))?;
        let listener = match listener {
            Some(listener) => Some(rustix::io::fcntl_dupfd_cloexec(&listener, OWN).map_err(at)?),
            None => None,
        };
        Ok(Some(Order { plan, listener }))
    }

    /// Says what became of it. Where nobody listens there is nobody to be told that.
    pub(super) fn report(&self, told: &str) {
        let _ = rustix::io::write(&self.0, told.as_bytes());
    }

    pub(super) fn number(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

/// Sends the beginning of a plan, with the socket for the app; gives how many bytes went.
pub(crate) fn begin(
    channel: impl AsFd,
    plan: &[u8],
    listener: BorrowedFd<'_>,
) -> io::Result<usize> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut files = SendAncillaryBuffer::new(&mut space);
    let listener = [listener];
    files.push(SendAncillaryMessage::ScmRights(&listener));
    Ok(sendmsg(
        channel,
        &[IoSlice::new(plan)],
        &mut files,
        SendFlags::NOSIGNAL,
    )?)
}
