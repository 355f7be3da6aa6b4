//! Where a call comes from.

use super::local;
use super::proxies::Proxies;
use http::header::{FORWARDED, HOST, HeaderMap, HeaderName, ORIGIN, VIA};
use http::uri::Authority;
use iris_core::Peer;
use rustix::process::{Uid, geteuid};
use std::net::{IpAddr, SocketAddr};

/// What proxies and browsers add. Whoever sends one of these speaks for somebody else.
static OF_OTHERS: [HeaderName; 8] = [
    FORWARDED,
    ORIGIN,
    HeaderName::from_static("sec-fetch-mode"),
    HeaderName::from_static("sec-fetch-site"),
    VIA,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-real-ip"),
];

/// Where a call comes from.
#[derive(Debug)]
pub(super) enum Origin {
    /// A process of this machine, at the Unix socket.
    Socket { uid: u32 },
    /// A process of this machine, at a port, which speaks for itself.
    Loopback(SocketAddr),
    /// Anybody else.
    Other(Option<IpAddr>),
}

impl Origin {
    pub(super) fn of(
        peer: Option<&Peer>,
        headers: &HeaderMap,
        authority: Option<&Authority>,
        proxies: &Proxies,
    ) -> Origin {
        match peer {
            Some(Peer::Unix { uid, .. }) => Origin::Socket { uid: *uid },
            Some(Peer::Tcp(peer)) => {
                let host = headers.get(HOST).and_then(|host| host.to_str().ok());
                let host = authority.map(Authority::as_str).or(host);
                let own = !OF_OTHERS.iter().any(|name| headers.contains_key(name));
                let own = own && !proxies.believes(peer.ip().to_canonical());
                match peer.ip().to_canonical().is_loopback() && own && is_loopback(host) {
                    true => Origin::Loopback(*peer),
                    false => Origin::Other(Some(proxies.caller(peer.ip(), headers))),
                }
            }
            _ => Origin::Other(None),
        }
    }

    /// The user of this machine that calls, where that is one who may: the daemon's own, and the superuser. Where the
    /// daemon listens at this address they are known by their connections; with none they are known at the socket alone.
    pub(super) fn user(&self, server: Option<SocketAddr>) -> Option<u32> {
        let uid = match self {
            Origin::Socket { uid } => Some(*uid),
            Origin::Loopback(peer) => local::user(*peer, server?),
            Origin::Other(_) => None,
        };
        uid.filter(|uid| [Uid::ROOT, geteuid()].map(Uid::as_raw).contains(uid))
    }

    /// Whose attempts are counted together.
    pub(super) fn address(&self) -> Option<IpAddr> {
        match self {
            Origin::Socket { .. } => None,
            Origin::Loopback(peer) => Some(peer.ip()),
            Origin::Other(address) => *address,
        }
    }
}

/// Whether a caller meant this machine by what it called it. A page whose name was made to lead here did not.
fn is_loopback(host: Option<&str>) -> bool {
    let Some(host) = host else { return false };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost")
        || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_here_are_not_this_machine() {
        for host in [
            "localhost",
            "LOCALHOST:2374",
            "127.0.0.1",
            "127.0.0.1:80",
            "[::1]:1",
            "[::1]",
        ] {
            assert!(is_loopback(Some(host)), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example:2374",
            "10.0.0.1",
            "",
            ":80",
            "::",
        ] {
            assert!(!is_loopback(Some(host)), "{host}");
        }
        assert!(!is_loopback(None));
    }
}
