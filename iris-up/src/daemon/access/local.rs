//! Which user of this machine is at the other end of a connection over the loopback interface.

use std::fs;
use std::net::{IpAddr, SocketAddr};

/// The tables of the kernel's sockets (proc(5), `/proc/net/tcp`).
const TABLES: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];

/// The user whose socket has this address. `None` where there is none, or sockets of several users have it.
pub(super) fn user(address: SocketAddr) -> Option<u32> {
    let tables = TABLES.map(|table| fs::read_to_string(table).unwrap_or_default());
    let mut users = tables.iter().flat_map(|table| users(table, address));
    let first = users.next()?;
    users.all(|other| other == first).then_some(first)
}

/// The users in a table whose sockets have this address as their own.
fn users(table: &str, address: SocketAddr) -> impl Iterator<Item = u32> {
    let address = SocketAddr::new(address.ip().to_canonical(), address.port());
    let lines = table.lines().skip(1);
    lines.filter_map(move |line| {
        let mut columns = line.split_ascii_whitespace();
        let own = parsed(columns.nth(1)?)?;
        (own == address).then(|| columns.nth(5)?.parse().ok())?
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
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_socket_has_its_users() {
        for host in ["127.0.0.1:0", "[::1]:0", "[::ffff:127.0.0.1]:0"] {
            let listener = TcpListener::bind(host).unwrap();
            let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let own = rustix::process::geteuid().as_raw();
            let (_accepted, peer) = listener.accept().unwrap();
            assert_eq!(peer, socket.local_addr().unwrap());
            assert_eq!(user(peer), Some(own), "{host}");
        }
    }

    #[test]
    fn what_nobody_has_is_nobodys() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        assert_eq!(user(address), None);
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn sockets_of_several_users_are_nobodys() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
             0: 0100007F:1F90 0100007F:0946 01 00000000:00000000 00:00000000 00000000  1000        0 1 1\n\
             1: 0100007F:1F90 0100007F:2382 01 00000000:00000000 00:00000000 00000000     0        0 1 1\n";
        let found: Vec<u32> = users(table, "127.0.0.1:8080".parse().unwrap()).collect();
        assert_eq!(found, [1000, 0]);
        assert_eq!(users(table, "127.0.0.1:8081".parse().unwrap()).count(), 0);
    }
}
