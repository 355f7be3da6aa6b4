//! The kernel's account of this machine's TCP sockets: one that is asked for (`diagnosis`), or the table of all (`table`).

mod diagnosis;
pub(crate) mod table;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

/// A socket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Socket {
    /// Its address, and the one at its other end.
    pub(crate) own: SocketAddr,
    pub(crate) other: SocketAddr,
    pub(crate) state: State,
    pub(crate) user: u32,
    /// What its descriptors are known by. Nobody has one open whose is 0, and whose user is not known any more.
    pub(crate) inode: u64,
}

/// How it is with a socket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum State {
    Established,
    Listens,
    Other,
}

impl State {
    /// What the kernel calls it by (`enum` in linux/net/tcp_states.h).
    fn of(number: u8) -> State {
        match number {
            1 => State::Established,
            10 => State::Listens,
            _ => State::Other,
        }
    }
}

impl Socket {
    /// Whether a process has it open.
    fn is_held(&self) -> bool {
        self.inode != 0
    }

    /// Whether it is open at both ends, and a process has it.
    pub(crate) fn is_connected(&self) -> bool {
        self.state == State::Established && self.is_held()
    }

    /// Whether it waits for connections, and a process has it.
    pub(crate) fn is_listening(&self) -> bool {
        self.state == State::Listens && self.is_held()
    }
}

/// The end of a connection that has the first address, and the second at its other end, for as long as it is open.
pub(crate) fn connected(own: SocketAddr, other: SocketAddr) -> Option<Socket> {
    let (own, other) = (canonical(own), canonical(other));
    match asked(own, Some(other)) {
        Some(found) => found.filter(Socket::is_connected),
        None => table::all()
            .into_iter()
            .find(|socket| socket.own == own && socket.other == other && socket.is_connected()),
    }
}

/// The sockets that a connection to this address comes to, if any does.
pub(crate) fn listening(address: SocketAddr) -> Vec<Socket> {
    let address = canonical(address);
    match asked(address, None) {
        Some(found) => found.filter(Socket::is_listening).into_iter().collect(),
        None => most_exact(table::all(), address),
    }
}

/// What the kernel says of one socket; `None` where it does not answer questions for one.
fn asked(own: SocketAddr, other: Option<SocketAddr>) -> Option<Option<Socket>> {
    /// That there is none is also said where nobody is there to look. So it is believed once another was found.
    static ANSWERS: AtomicBool = AtomicBool::new(false);
    match diagnosis::find(own, other) {
        Ok(Some(socket)) => {
            ANSWERS.store(true, Ordering::Relaxed);
            Some(Some(socket))
        }
        Ok(None) if ANSWERS.load(Ordering::Relaxed) => Some(None),
        Ok(None) | Err(_) => None,
    }
}

/// Of those that listen at a port the ones that are bound to this address go before those that are bound to all.
fn most_exact(sockets: Vec<Socket>, address: SocketAddr) -> Vec<Socket> {
    let sockets = sockets.into_iter();
    let (exact, others): (Vec<Socket>, Vec<Socket>) = sockets
        .filter(|socket| socket.is_listening() && socket.own.port() == address.port())
        .partition(|socket| socket.own.ip() == address.ip());
    match exact.is_empty() {
        false => exact,
        true => {
            let any = others.into_iter();
            any.filter(|socket| socket.own.ip().is_unspecified())
                .collect()
        }
    }
}

/// An IPv4 address as one of IPv4, also where a socket of IPv6 has it.
pub(crate) fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Shutdown, TcpListener, TcpStream};

    #[test]
    fn what_is_asked_for_is_what_the_table_says() {
        for host in ["127.0.0.1:0", "[::1]:0", "[::ffff:127.0.0.1]:0"] {
            let listener = TcpListener::bind(host).unwrap();
            let at = listener.local_addr().unwrap();
            let socket = TcpStream::connect(at).unwrap();
            let (accepted, peer) = listener.accept().unwrap();
            let (peer, at) = (canonical(peer), canonical(at));
            let known = |own, other| {
                let mut all = table::all().into_iter();
                all.find(|socket| socket.own == own && socket.other == other)
            };
            for (own, other) in [(peer, at), (at, peer)] {
                let found = diagnosis::find(own, Some(other)).unwrap();
                assert_eq!(found, known(own, other), "{host}");
                assert!(found.is_some_and(|found| found.is_connected()), "{host}");
                assert_eq!(connected(own, other), found, "{host}");
            }
            let listens = diagnosis::find(at, None).unwrap();
            assert!(listens.is_some_and(|found| found.is_listening()), "{host}");
            assert_eq!(listening(at), most_exact(table::all(), at), "{host}");
            // Once it is half closed, or gone, nobody has it.
            socket.shutdown(Shutdown::Write).unwrap();
            assert_eq!(connected(peer, at), None, "{host}");
            drop((socket, accepted));
            assert_eq!(connected(peer, at), None, "{host}");
            drop(listener);
            assert_eq!(listening(at), [], "{host}");
        }
    }

    #[test]
    fn a_socket_at_one_address_goes_before_one_at_all() {
        let any = TcpListener::bind("0.0.0.0:0").unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], any.local_addr().unwrap().port()));
        let found = listening(address);
        assert_eq!(found.len(), 1);
        assert!(found[0].own.ip().is_unspecified());
        assert_eq!(most_exact(table::all(), address), found);
    }
}
