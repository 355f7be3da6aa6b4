//! A question to the kernel for one socket (sock_diag(7), `inet_diag_req_v2` without `NLM_F_DUMP`). It looks where the socket
//! has to be, while a reading of its tables walks through all the room that there is for sockets.

use super::{Socket, State, canonical};
use rustix::io::Errno;
use rustix::net::netlink::{SOCK_DIAG, SocketAddrNetlink};
use rustix::net::{self, AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};
use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::OwnedFd;

/// `SOCK_DIAG_BY_FAMILY` (linux/sock_diag.h), what the kernel calls its answers too.
const BY_FAMILY: u16 = 20;
/// `NLM_F_REQUEST` and `NLMSG_ERROR` (netlink(7)).
const REQUEST: u16 = 1;
const ERROR: u16 = 2;
/// `IPPROTO_TCP`.
const TCP: u8 = 6;
/// `INET_DIAG_NOCOOKIE`: whichever socket it is.
const ANY_COOKIE: [u8; 8] = [0xff; 8];

/// What `struct nlmsghdr` takes, and what `struct inet_diag_req_v2` does.
const HEAD: usize = 16;
const QUESTION: usize = 56;
/// Where the fields of `struct inet_diag_msg` are in a message.
const PORTS: usize = HEAD + 4;
const ADDRESSES: usize = PORTS + 4;
const USER: usize = HEAD + 64;
const INODE: usize = USER + 4;

/// The socket with this address, and this one at its other end: without one, a socket that listens.
///
/// # Errors
///
/// Where the kernel does not answer such questions. That it cannot, and that there is no such socket, it may say alike.
pub(super) fn find(own: SocketAddr, other: Option<SocketAddr>) -> Result<Option<Socket>, Errno> {
    thread_local! {
        /// Where this thread asks. One question is at it at a time.
        static KERNEL: Cell<Option<OwnedFd>> = const { Cell::new(None) };
    }
    let kernel = match KERNEL.take() {
        Some(kernel) => kernel,
        None => open()?,
    };
    let told = ask(&kernel, &question(own, other))?;
    if let Told::Socket(found) = &told
        && !is_meant(found, own, other)
    {
        return Err(Errno::BADMSG);
    }
    // One at which anything went wrong may still have an answer to come, and is closed.
    KERNEL.set(Some(kernel));
    match told {
        Told::Socket(socket) => Ok(Some(socket)),
        Told::Failed(Errno::NOENT) => Ok(None),
        Told::Failed(error) => Err(error),
    }
}

fn open() -> Result<OwnedFd, Errno> {
    let (family, kind) = (AddressFamily::NETLINK, SocketType::DGRAM);
    let opened = net::socket_with(family, kind, SocketFlags::CLOEXEC, Some(SOCK_DIAG))?;
    // From nobody but the kernel does anything come then.
    net::connect(&opened, &SocketAddrNetlink::new(0, 0))?;
    Ok(opened)
}

/// Whether it is the one that was asked for, and not one that another question was about.
fn is_meant(found: &Socket, own: SocketAddr, other: Option<SocketAddr>) -> bool {
    match other {
        Some(other) => found.own == own && found.other == other,
        // It may be bound to all addresses.
        None => found.own.port() == own.port(),
    }
}

fn ask(kernel: &OwnedFd, question: &[u8]) -> Result<Told, Errno> {
    net::send(kernel, question, SendFlags::empty())?;
    // It is answered within the call above.
    let mut answer = [0; 1024];
    let (length, _) = net::recv(kernel, &mut answer, RecvFlags::DONTWAIT)?;
    told(&answer[..length]).ok_or(Errno::BADMSG)
}

/// `struct nlmsghdr` and `struct inet_diag_req_v2`.
fn question(own: SocketAddr, other: Option<SocketAddr>) -> Vec<u8> {
    let (family, nowhere) = match own.ip() {
        IpAddr::V4(_) => (AddressFamily::INET, IpAddr::from(Ipv4Addr::UNSPECIFIED)),
        IpAddr::V6(_) => (AddressFamily::INET6, IpAddr::from(Ipv6Addr::UNSPECIFIED)),
    };
    let other = other.unwrap_or(SocketAddr::new(nowhere, 0));
    let mut message = Vec::with_capacity(HEAD + QUESTION);
    message.extend(((HEAD + QUESTION) as u32).to_ne_bytes());
    message.extend(BY_FAMILY.to_ne_bytes());
    message.extend(REQUEST.to_ne_bytes());
    // Its number, and who asks: there is one question at this socket.
    message.extend([0; 8]);
    message.extend([family.as_raw() as u8, TCP, 0, 0]);
    // In whatever state.
    message.extend(u32::MAX.to_ne_bytes());
    message.extend(own.port().to_be_bytes());
    message.extend(other.port().to_be_bytes());
    message.extend(words(own.ip()));
    message.extend(words(other.ip()));
    // At no interface of its own: one that is bound to one (SO_BINDTODEVICE) is not found.
    message.extend([0; 4]);
    message.extend(ANY_COOKIE);
    message
}

/// An address in the room of one of IPv6.
fn words(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V4(ip) => {
            let mut words = [0; 16];
            words[..4].copy_from_slice(&ip.octets());
            words
        }
        IpAddr::V6(ip) => ip.octets(),
    }
}

enum Told {
    Socket(Socket),
    Failed(Errno),
}

/// What a message says; `None` where it is none that is known.
fn told(message: &[u8]) -> Option<Told> {
    match u16::from_ne_bytes(at(message, 4)?) {
        BY_FAMILY => socket(message).map(Told::Socket),
        ERROR => {
            let error = i32::from_ne_bytes(at(message, HEAD)?);
            Some(Told::Failed(Errno::from_raw_os_error(error.checked_neg()?)))
        }
        _ => None,
    }
}

/// `struct inet_diag_msg`.
fn socket(message: &[u8]) -> Option<Socket> {
    let [family, state] = at(message, HEAD)?;
    let is_ipv4 = u16::from(family) == AddressFamily::INET.as_raw();
    let address = |number: usize| {
        let port = u16::from_be_bytes(at(message, PORTS + 2 * number)?);
        let start = ADDRESSES + 16 * number;
        let ip = match is_ipv4 {
            true => IpAddr::from(at::<4>(message, start)?),
            false => IpAddr::from(at::<16>(message, start)?),
        };
        Some(canonical(SocketAddr::new(ip, port)))
    };
    Some(Socket {
        own: address(0)?,
        other: address(1)?,
        state: State::of(state),
        user: u32::from_ne_bytes(at(message, USER)?),
        inode: u32::from_ne_bytes(at(message, INODE)?).into(),
    })
}

/// So many bytes of a message from this one on.
fn at<const LENGTH: usize>(message: &[u8], start: usize) -> Option<[u8; LENGTH]> {
    message.get(start..)?.first_chunk().copied()
}
