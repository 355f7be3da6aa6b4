//! What a handshake says of the caller, which holds for each call on its socket.
//!
//! A browser lets a page set no header of a handshake, and a proxy in front sees the handshake alone. So what they say of
//! the caller is taken from there: cookies, addresses, who is signed in. A HEAD may not say otherwise.

use super::origin::Trust;
use crate::Peer;
use http::header::{ACCEPT_LANGUAGE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use http::{Extensions, request};
use std::collections::HashSet;

/// What is known of the caller of a socket.
#[derive(Debug)]
pub(crate) struct Introduction {
    /// Headers of every call.
    pub(super) headers: HeaderMap,
    /// Extensions of every call.
    pub(super) extensions: Extensions,
    /// Headers that no HEAD may have: those that the server takes from handshakes alone, and those that this one had,
    /// whether they count or not. What a stranger's page may not bring it may not make up either.
    of_the_handshake: HashSet<HeaderName>,
}

/// Of a handshake itself, or of what would be its body; and what differs from call to call.
const OF_THE_HANDSHAKE: [&str; 22] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "baggage",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "http2-settings",
    "keep-alive",
    "pragma",
    "priority",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "traceparent",
    "tracestate",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What browsers and proxies say, and HTTP itself: no HEAD has it.
const OF_NO_HEAD: [&str; 23] = [
    "client-cert",
    "client-cert-chain",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "keep-alive",
    "origin",
    "proxy-authorization",
    "proxy-connection",
    "referer",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "true-client-ip",
    "upgrade",
    "via",
    "x-client-ip",
    "x-real-ip",
];

/// Names of which every one that begins so is the browser's or a proxy's.
const PREFIXES_OF_NO_HEAD: [&str; 4] =
    ["sec-", "x-forwarded-", "cf-connecting-", "access-control-"];

/// What a HEAD may say in another way than the handshake: it speaks of a program and its language, and of no person.
const OF_EITHER: [HeaderName; 2] = [USER_AGENT, ACCEPT_LANGUAGE];

/// What is known even of a stranger's page: addresses. Names are exact, since proxies put whom they know into others
/// that begin alike, such as `x-forwarded-user`.
const OF_STRANGERS: [&str; 11] = [
    "forwarded",
    "host",
    "origin",
    "user-agent",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "x-real-ip",
];

impl Introduction {
    pub(super) fn new(
        handshake: request::Parts,
        trust: Trust,
        handshake_headers: &[HeaderName],
    ) -> Self {
        let request::Parts {
            headers: all,
            extensions,
            ..
        } = handshake;
        let mut of_the_handshake: HashSet<_> = handshake_headers.iter().cloned().collect();
        let mut headers = HeaderMap::new();
        for (name, value) in &all {
            if !tells_of_the_caller(name) {
                continue;
            }
            if !OF_EITHER.contains(name) {
                of_the_handshake.insert(name.clone());
            }
            if trust == Trust::Full || OF_STRANGERS.contains(&name.as_str()) {
                headers.append(name, copied(value));
            }
        }
        let extensions = match trust {
            Trust::Full => extensions,
            Trust::Anonymous => extensions.get::<Peer>().cloned().into_iter().fold(
                Extensions::new(),
                |mut extensions, peer| {
                    extensions.insert(peer);
                    extensions
                },
            ),
        };
        Introduction {
            headers,
            extensions,
            of_the_handshake,
        }
    }

    /// Whether a HEAD may have a header of this name.
    pub(super) fn leaves_to_head(&self, name: &HeaderName) -> bool {
        let text = name.as_str();
        let never = OF_NO_HEAD.contains(&text)
            || PREFIXES_OF_NO_HEAD
                .iter()
                .any(|prefix| text.starts_with(prefix));
        !never && !self.of_the_handshake.contains(name)
    }
}

/// Whether a header of a handshake is about its caller, and so about the calls on its socket.
fn tells_of_the_caller(name: &HeaderName) -> bool {
    let text = name.as_str();
    !OF_THE_HANDSHAKE.contains(&text)
        && *name != crate::request::REQUEST_ID
        && !text.starts_with("sec-websocket-")
}

/// A value that holds none of the buffer that it was read into, for as long as a socket lives.
fn copied(value: &HeaderValue) -> HeaderValue {
    // The bytes are those of a value.
    let Ok(mut copy) = HeaderValue::from_bytes(value.as_bytes()) else {
        return value.clone();
    };
    copy.set_sensitive(value.is_sensitive());
    copy
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;
    use http::header::AUTHORIZATION;

    fn introduction(headers: &[(&str, &str)], trust: Trust) -> Introduction {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert("of the person");
        parts
            .extensions
            .insert(Peer::Tcp(([127, 0, 0, 1], 80).into()));
        let kept = [HeaderName::from_static("x-auth-user")];
        Introduction::new(parts, trust, &kept)
    }

    const HANDSHAKE: [(&str, &str); 14] = [
        ("host", "example.com"),
        ("origin", "https://example.com"),
        ("cookie", "session=1"),
        ("authorization", "Basic abc"),
        ("user-agent", "browser"),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-user", "ada"),
        ("x-forwarded-client-cert", "of-ada"),
        ("x-signed-in", "ada"),
        ("sec-websocket-key", "0123"),
        ("sec-fetch-site", "same-origin"),
        ("connection", "upgrade"),
        ("x-request-id", "of the handshake"),
        ("traceparent", "00-0-0-01"),
    ];

    fn names(introduction: &Introduction) -> Vec<&str> {
        introduction
            .headers
            .keys()
            .map(HeaderName::as_str)
            .collect()
    }

    #[test]
    fn calls_have_what_the_handshake_says_of_their_caller() {
        let introduction = introduction(&HANDSHAKE, Trust::Full);
        let mut names = names(&introduction);
        names.sort_unstable();
        let kept = [
            "authorization",
            "cookie",
            "host",
            "origin",
            "sec-fetch-site",
            "user-agent",
            "x-forwarded-client-cert",
            "x-forwarded-for",
            "x-forwarded-user",
            "x-signed-in",
        ];
        assert_eq!(names, kept);
        assert!(introduction.extensions.get::<&str>().is_some());
    }

    #[test]
    fn a_stranger_s_page_brings_nothing_of_the_person_before_it() {
        let introduction = introduction(&HANDSHAKE, Trust::Anonymous);
        let mut names = names(&introduction);
        names.sort_unstable();
        assert_eq!(names, ["host", "origin", "user-agent", "x-forwarded-for"]);
        assert!(introduction.extensions.get::<&str>().is_none());
        assert!(introduction.extensions.get::<Peer>().is_some());
    }

    #[test]
    fn a_head_says_nothing_that_the_handshake_or_nobody_may() {
        // Nor does a stranger's page, of whose handshake all that was there is known, though most of it does not count.
        for trust in [Trust::Full, Trust::Anonymous] {
            let introduction = introduction(&HANDSHAKE, trust);
            let may =
                |name: &'static str| introduction.leaves_to_head(&HeaderName::from_static(name));
            for name in [
                "user-agent",
                "accept-language",
                "content-type",
                "connect-timeout-ms",
                "x-tenant",
                "x-request-id",
                "traceparent",
                "accept-encoding",
            ] {
                assert!(may(name), "{name}, {trust:?}");
            }
            for name in [
                "authorization",
                "client-cert",
                "cookie",
                "host",
                "te",
                "x-forwarded-anything",
                "sec-fetch-site",
                "x-signed-in",
                "x-auth-user",
                "content-length",
            ] {
                assert!(!may(name), "{name}, {trust:?}");
            }
        }
    }

    #[test]
    fn a_call_says_by_what_right_it_comes_where_the_handshake_does_not() {
        let introduction = introduction(&[("host", "example.com")], Trust::Full);
        assert!(introduction.leaves_to_head(&AUTHORIZATION));
    }
}
