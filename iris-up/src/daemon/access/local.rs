//! Which user of this machine is at the other end of a connection over the loopback interface.

use crate::daemon::sockets::{self, Socket, State};
use std::net::SocketAddr;

/// The user whose open socket has this address, and this port at its other end. `None` where there is none, or sockets of
/// several users are so. Of connections that are not open at both ends the kernel says that they are the superuser's.
pub(crate) fn user(address: SocketAddr, port: u16) -> Option<u32> {
    let mut users = users(sockets::all(), address, port);
    let first = users.next()?;
    users.all(|other| other == first).then_some(first)
}

/// The users whose sockets are so.
fn users(
    sockets: impl IntoIterator<Item = Socket>,
    address: SocketAddr,
    port: u16,
) -> impl Iterator<Item = u32> {
    let address = SocketAddr::new(address.ip().to_canonical(), address.port());
    let meant = sockets.into_iter().filter(move |socket| {
        let (own, other) = (socket.own, socket.other);
        let is_meant = own == address && other.port() == port && other.ip().is_loopback();
        is_meant && socket.state == State::Established && socket.inode != 0
    });
    meant.map(|socket| socket.user)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Shutdown, TcpListener, TcpStream};

    #[test]
    fn a_socket_has_its_user_for_as_long_as_it_is_open() {
        for host in ["127.0.0.1:0", "[::1]:0", "[::ffff:127.0.0.1]:0"] {
            let listener = TcpListener::bind(host).unwrap();
            let port = listener.local_addr().unwrap().port();
            let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let own = rustix::process::geteuid().as_raw();
            let (_accepted, peer) = listener.accept().unwrap();
            assert_eq!(peer, socket.local_addr().unwrap());
            assert_eq!(user(peer, port), Some(own), "{host}");
            assert_eq!(user(peer, port ^ 1), None, "{host}");
            // Once it is half closed, or gone, it is nobody's.
            socket.shutdown(Shutdown::Write).unwrap();
            assert_eq!(user(peer, port), None, "{host}");
            drop(socket);
            assert_eq!(user(peer, port), None, "{host}");
        }
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn sockets_that_are_closed_or_of_several_users_are_nobodys() {
        let line = |state: &str, user: u32, inode: u32| {
            format!(
                "   0: 0100007F:1F90 0100007F:0946 {state} 00000000:00000000 00:00000000 00000000 {user:5}        0 {inode} 1\n"
            )
        };
        let found = |lines: &[String]| -> Vec<u32> {
            let table = format!("  sl  local_address ..\n{}", lines.concat());
            users(
                sockets::of(&table),
                "127.0.0.1:8080".parse().unwrap(),
                0x946,
            )
            .collect()
        };
        assert_eq!(found(&[line("01", 1000, 7)]), [1000]);
        assert_eq!(found(&[line("01", 1000, 7), line("01", 0, 8)]), [1000, 0]);
        // FIN_WAIT2, TIME_WAIT, and one that nobody has open.
        for closed in [line("05", 0, 0), line("06", 0, 0), line("01", 0, 0)] {
            assert_eq!(found(&[closed]), [0; 0]);
        }
    }
}
