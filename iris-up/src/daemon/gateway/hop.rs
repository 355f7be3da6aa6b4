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
    protocol.filter(|_| wanted).map(Upgrade)
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
    fn an_upgrade_that_connection_does_not_name_is_none() {
        let mut all = headers(&[("upgrade", "h2c")]);
        assert!(clean(&mut all).is_none());
        assert!(all.is_empty());
    }
}
