//! The kernel's tables of this machine's TCP sockets (proc(5), `/proc/net/tcp`). They are read in up to 7 ms, however few sockets
//! there are.

use super::{Socket, State, canonical};
use std::fs;
use std::net::{IpAddr, SocketAddr};

/// One for each version of IP.
const TABLES: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];

/// All that there are.
pub(crate) fn all() -> Vec<Socket> {
    let tables = TABLES.map(|table| fs::read_to_string(table).unwrap_or_default());
    tables.iter().flat_map(|table| of(table)).collect()
}

/// Those in a table.
pub(crate) fn of(table: &str) -> impl Iterator<Item = Socket> {
    let lines = table.lines().skip(1);
    lines.filter_map(|line| {
        let mut columns = line.split_ascii_whitespace().skip(1);
        let (own, other) = (parsed(columns.next()?)?, parsed(columns.next()?)?);
        let state = State::of(u8::from_str_radix(columns.next()?, 16).ok()?);
        Some(Socket {
            own,
            other,
            state,
            user: columns.nth(3)?.parse().ok()?,
            inode: columns.nth(1)?.parse().ok()?,
        })
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
    Some(canonical(SocketAddr::new(ip, port)))
}
