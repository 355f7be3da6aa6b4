//! Which user of this machine is at the other end of a connection over the loopback interface.

use crate::daemon::sockets::{self, Socket, table};
use std::net::SocketAddr;

/// The user whose open socket has this address, and the server's at its other end. `None` where there is none. Of connections that
/// are not open at both ends the kernel says that they are the superuser's.
///
/// Where the server listens at all addresses, it is not known to which of them a caller has connected: `None` then also where sockets
/// of several users are so.
pub(crate) fn user(caller: SocketAddr, server: SocketAddr) -> Option<u32> {
    if !server.ip().is_unspecified() {
        return sockets::connected(caller, server).map(|socket| socket.user);
    }
    let mut users = users(table::all(), caller, server.port());
    let first = users.next()?;
    users.all(|other| other == first).then_some(first)
}

/// The users whose sockets are so.
fn users(
    sockets: impl IntoIterator<Item = Socket>,
    address: SocketAddr,
    port: u16,
) -> impl Iterator<Item = u32> {
    let address = sockets::canonical(address);
    let meant = sockets.into_iter().filter(move |socket| {
        let (own, other) = (socket.own, socket.other);
        let is_meant = own == address && other.port() == port && other.ip().is_loopback();
        is_meant && socket.is_connected()
    });
    meant.map(|socket| socket.user)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Shutdown, TcpListener, TcpStream};

    #[test]
    fn a_socket_has_its_user_for_as_long_as_it_is_open() {
        for (host, reached) in [
            ("127.0.0.1:0", "127.0.0.1"),
            ("[::1]:0", "::1"),
            ("[::ffff:127.0.0.1]:0", "::ffff:127.0.0.1"),
            ("0.0.0.0:0", "127.0.0.2"),
            ("[::]:0", "::1"),
            ("[::]:0", "127.0.0.1"),
        ] {
            let listener = TcpListener::bind(host).unwrap();
            let at = listener.local_addr().unwrap();
            let reached: IpAddr = reached.parse().unwrap();
            let socket = TcpStream::connect((reached, at.port())).unwrap();
            let own = rustix::process::geteuid().as_raw();
            let (_accepted, peer) = listener.accept().unwrap();
            let own_end = socket.local_addr().unwrap();
            assert_eq!(peer.ip().to_canonical(), own_end.ip().to_canonical());
            assert_eq!(user(peer, at), Some(own), "{host}");
            let elsewhere = SocketAddr::new(at.ip(), at.port() ^ 1);
            assert_eq!(user(peer, elsewhere), None, "{host}");
            // Once it is half closed, or gone, it is nobody's.
            socket.shutdown(Shutdown::Write).unwrap();
            assert_eq!(user(peer, at), None, "{host}");
            drop(socket);
            assert_eq!(user(peer, at), None, "{host}");
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
            let text = format!("  sl  local_address ..\n{}", lines.concat());
            users(table::of(&text), "127.0.0.1:8080".parse().unwrap(), 0x946).collect()
        };
        assert_eq!(found(&[line("01", 1000, 7)]), [1000]);
        assert_eq!(found(&[line("01", 1000, 7), line("01", 0, 8)]), [1000, 0]);
        // FIN_WAIT2, TIME_WAIT, and one that nobody has open.
        for closed in [line("05", 0, 0), line("06", 0, 0), line("01", 0, 0)] {
            assert_eq!(found(&[closed]), [0; 0]);
        }
    }
}
