//! What is for one connection and not for what is behind it (RFC 9110, section 7.6.1).

use http::HeaderValue;
use http::header::{CONNECTION, HOST, HeaderMap, HeaderName, UPGRADE};

/// Headers that are so whether or not `connection` names them.
const HEADERS: [&str; 8] = [
    "connection",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "transfer-encoding",
];

/// What a caller wants to speak from here on: an extension of a request.
#[derive(Debug, Clone)]
pub(crate) struct Upgrade(pub(super) HeaderValue);

/// Takes it away. What a caller wants to speak from here on is given back.
pub(crate) fn clean(headers: &mut HeaderMap) -> Option<Upgrade> {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    let wanted = named.contains(&UPGRADE);
    let protocol = headers.remove(UPGRADE);
    // Whom it is for nobody takes away: the app would be told another.
    for name in named.into_iter().filter(|name| *name != HOST) {
        headers.remove(name);
    }
    for name in HEADERS {
        headers.remove(name);
    }
    protocol
        .filter(|protocol| wanted && !is_http(protocol))
        .map(Upgrade)
}

/// What the gateway says of a request, and proxies before it.
const SAID: [&str; 7] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "x-real-ip",
];

/// Takes away what some programs do not tell from that, since they write `_` for `-` (CGI, RFC 3875, section 4.1.18).
pub(super) fn remove_alike(headers: &mut HeaderMap) {
    let alike = headers.keys().filter(|name| {
        let name = name.as_str();
        name.contains('_') && SAID.contains(&name.replace('_', "-").as_str())
    });
    let alike: Vec<HeaderName> = alike.cloned().collect();
    for name in alike {
        headers.remove(name);
    }
}

/// Whether what follows would be requests again (`h2c`), which then came to an app past the gateway.
fn is_http(protocol: &HeaderValue) -> bool {
    let protocol = protocol.as_bytes().to_ascii_lowercase();
    let mut named = protocol.split(|byte| *byte == b',');
    named.any(|named| {
        let named = named.trim_ascii();
        named == b"h2c"
            || named == b"h2"
            || named.starts_with(b"http/")
            || named.starts_with(b"tls/")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            let name = HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        });
        pairs.collect()
    }

    #[test]
    fn what_connection_names_goes_with_it() {
        let mut all = headers(&[
            ("connection", "x-own , Upgrade"),
            ("upgrade", "websocket"),
            ("x-own", "1"),
            ("te", "trailers"),
            ("accept", "*/*"),
        ]);
        let upgrade = clean(&mut all);
        assert_eq!(upgrade.map(|upgrade| upgrade.0).unwrap(), "websocket");
        assert_eq!(all, headers(&[("accept", "*/*")]));
    }

    #[test]
    fn whom_it_is_for_stays_and_requests_are_not_hidden() {
        let mut all = headers(&[
            (
                "connection",
                "host, upgrade, http2-settings, content-length",
            ),
            ("upgrade", "websocket, H2C"),
            ("http2-settings", "AAMAAABkAAQAAP__"),
            ("host", "a.example"),
        ]);
        assert!(clean(&mut all).is_none());
        assert_eq!(all, headers(&[("host", "a.example")]));
    }

    #[test]
    fn what_only_looks_like_the_gateways_word_goes() {
        let mut all = headers(&[
            ("x_forwarded_for", "127.0.0.1"),
            ("x-forwarded_proto", "https"),
            ("x-forwarded-for", "9.9.9.9"),
            ("x_own", "1"),
        ]);
        remove_alike(&mut all);
        let left = headers(&[("x-forwarded-for", "9.9.9.9"), ("x_own", "1")]);
        assert_eq!(all, left);
    }

    #[test]
    fn an_upgrade_that_connection_does_not_name_is_none() {
        let mut all = headers(&[("upgrade", "h2c")]);
        assert!(clean(&mut all).is_none());
        assert!(all.is_empty());
    }
}
