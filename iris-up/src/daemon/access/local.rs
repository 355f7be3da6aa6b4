//! Which user of this machine is at the other end of a connection over the loopback interface.

use std::fs;
use std::net::{IpAddr, SocketAddr};

/// The tables of the kernel's sockets (proc(5), `/proc/net/tcp`).
const TABLES: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];

/// A connection that is open at both ends. Of others the kernel does not know any more whose they are, and says that they
/// are the superuser's.
const ESTABLISHED: &str = "01";

/// The user whose open socket has this address, and this port at its other end. `None` where there is none, or sockets of
/// several users are so.
pub(crate) fn user(address: SocketAddr, port: u16) -> Option<u32> {
    let tables = TABLES.map(|table| fs::read_to_string(table).unwrap_or_default());
    let mut users = tables.iter().flat_map(|table| users(table, address, port));
    let first = users.next()?;
    users.all(|other| other == first).then_some(first)
}

/// The users in a table whose sockets are so.
fn users(table: &str, address: SocketAddr, port: u16) -> impl Iterator<Item = u32> {
    let address = SocketAddr::new(address.ip().to_canonical(), address.port());
    let lines = table.lines().skip(1);
    lines.filter_map(move |line| {
        let mut columns = line.split_ascii_whitespace().skip(1);
        let (own, other) = (parsed(columns.next()?)?, parsed(columns.next()?)?);
        let state = columns.next()?;
        let user = columns.nth(3)?;
        let inode = columns.nth(1)?;
        let is_meant = own == address && other.port() == port && other.ip().is_loopback();
        (is_meant && state == ESTABLISHED && inode != "0").then(|| user.parse().ok())?
    })
}

/// An address as the kernel writes it: words of 32 bits in the machine's own order, and a port.
fn parsed(text: &str) -> Option<SocketAddr> {
    let (words, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let words = words.as_bytes().chunks(8).map(|word| {
        let word = std::str::from_utf8(word).ok()?;
        u32::from_str_radix(word, 16).ok().map(u32::to_ne_bytes)
    });
    let words = words.collect::<Option<Vec<[u8; 4]>>>()?;
    let ip: IpAddr = match words[..] {
        [word] => word.into(),
        [..] => <[u8; 16]>::try_from(words.concat()).ok()?.into(),
    };
    Some(SocketAddr::new(ip.to_canonical(), port))
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
            users(&table, "127.0.0.1:8080".parse().unwrap(), 0x946).collect()
        };
        assert_eq!(found(&[line("01", 1000, 7)]), [1000]);
        assert_eq!(found(&[line("01", 1000, 7), line("01", 0, 8)]), [1000, 0]);
        // FIN_WAIT2, TIME_WAIT, and one that nobody has open.
        for closed in [line("05", 0, 0), line("06", 0, 0), line("01", 0, 0)] {
            assert_eq!(found(&[closed]), [0; 0]);
        }
    }
}
