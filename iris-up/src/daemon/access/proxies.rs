//! Which proxies are believed, and what is told to apps of whom a request is from.

use http::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use ipnet::IpNet;
use std::net::IpAddr;

/// Whom a request is from, hop by hop.
const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Which scheme its sender used.
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Which host its sender meant.
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// What else proxies say of whom a request is from: nothing that a stranger may say.
const OTHERS: [&str; 3] = ["forwarded", "x-forwarded-port", "x-real-ip"];

/// The proxies that are believed. None are, unless they are named.
#[derive(Debug)]
pub(crate) struct Proxies {
    believed: Vec<IpNet>,
    silent: bool,
    scheme: HeaderValue,
}

impl Proxies {
    pub(super) fn new(believed: Vec<IpNet>, silent: bool, tls: bool) -> Proxies {
        Proxies {
            believed,
            silent,
            scheme: HeaderValue::from_static(if tls { "https" } else { "http" }),
        }
    }

    pub(super) fn believes(&self, address: IpAddr) -> bool {
        !self.silent && self.believed.iter().any(|net| net.contains(&address))
    }

    /// Whom a request is from that came from this address: the last that is no proxy of ours. What stands before it
    /// anybody can write.
    pub(crate) fn caller(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut caller = peer.to_canonical();
        let values: Vec<&str> = headers
            .get_all(FOR)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        let hops = values.iter().flat_map(|value| value.split(','));
        let hops: Vec<&str> = hops.map(str::trim).collect();
        for hop in hops.iter().rev() {
            if !self.believes(caller) {
                break;
            }
            match hop.parse::<IpAddr>() {
                Ok(address) => caller = address.to_canonical(),
                // What is no address is nobody's.
                Err(_) => break,
            }
        }
        caller
    }

    /// Makes the headers of a request say whom it is from, as far as that is known.
    pub(crate) fn introduce(&self, peer: Option<IpAddr>, headers: &mut HeaderMap) {
        let believed = peer.is_some_and(|peer| self.believes(peer.to_canonical()));
        let before: Vec<HeaderValue> = match believed {
            true => headers.get_all(FOR).iter().cloned().collect(),
            false => Vec::new(),
        };
        headers.remove(FOR);
        if !believed {
            for name in OTHERS {
                headers.remove(name);
            }
        }
        if let Some(peer) = peer.filter(|_| !self.silent) {
            let hops = before.iter().filter_map(|value| value.to_str().ok());
            let hops: Vec<String> = hops
                .map(str::to_owned)
                .chain([peer.to_canonical().to_string()])
                .collect();
            if let Ok(hops) = HeaderValue::try_from(hops.join(", ")) {
                headers.insert(FOR, hops);
            }
        }
        if !(believed && headers.contains_key(PROTO)) {
            headers.insert(PROTO, self.scheme.clone());
        }
        if !(believed && headers.contains_key(FORWARDED_HOST)) {
            headers.remove(FORWARDED_HOST);
            if let Some(host) = headers.get(HOST).cloned() {
                headers.insert(FORWARDED_HOST, host);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(hops: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for hop in hops {
            headers.append(FOR, hop.parse().unwrap());
        }
        headers
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn strangers_are_not_believed() {
        let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap()], false, false);
        let forged = headers(&["127.0.0.1"]);
        assert_eq!(
            proxies.caller(address("9.9.9.9"), &forged),
            address("9.9.9.9")
        );
        let none = Proxies::new(Vec::new(), false, false);
        assert_eq!(
            none.caller(address("10.0.0.1"), &forged),
            address("10.0.0.1")
        );
    }

    #[test]
    fn what_stands_before_a_stranger_is_the_strangers_word() {
        let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap()], false, false);
        let chain = headers(&["127.0.0.1, 9.9.9.9", "10.0.0.2"]);
        assert_eq!(
            proxies.caller(address("::ffff:10.0.0.1"), &chain),
            address("9.9.9.9")
        );
        let unknown = headers(&["1.1.1.1, unknown"]);
        assert_eq!(
            proxies.caller(address("10.0.0.1"), &unknown),
            address("10.0.0.1")
        );
    }

    #[test]
    fn apps_are_told_as_much_as_is_known() {
        let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap()], false, false);
        let told = |proxies: &Proxies, peer: &str| {
            let mut headers = headers(&["1.1.1.1"]);
            headers.insert(PROTO, HeaderValue::from_static("https"));
            headers.insert(HOST, HeaderValue::from_static("box.example"));
            proxies.introduce(Some(address(peer)), &mut headers);
            let text = |name: &HeaderName| {
                headers
                    .get(name)
                    .map(|value| value.to_str().unwrap().to_owned())
            };
            (text(&FOR), text(&PROTO), text(&FORWARDED_HOST))
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            told(&proxies, "10.0.0.1"),
            (
                some("1.1.1.1, 10.0.0.1"),
                some("https"),
                some("box.example")
            )
        );
        assert_eq!(
            told(&proxies, "9.9.9.9"),
            (some("9.9.9.9"), some("http"), some("box.example"))
        );
        let silent = Proxies::new(vec!["10.0.0.0/8".parse().unwrap()], true, false);
        assert_eq!(
            told(&silent, "10.0.0.1"),
            (None, some("http"), some("box.example"))
        );
    }
}
