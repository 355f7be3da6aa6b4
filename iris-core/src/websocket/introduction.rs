//! What a handshake says of the caller, which holds for each call on its socket.
//!
//! A browser lets a page set no header of a handshake, and a proxy in front sees the handshake alone. So what they say of
//! the caller is taken from there: cookies, addresses, who is signed in. A HEAD may not say otherwise.

use super::origin::Trust;
use crate::Peer;
use http::header::{
    ACCEPT_LANGUAGE, AUTHORIZATION, FORWARDED, HOST, HeaderMap, HeaderName, ORIGIN, USER_AGENT, VIA,
};
use http::{Extensions, request};

/// What is known of the caller of a socket.
#[derive(Debug)]
pub(crate) struct Introduction {
    /// Headers of every call.
    pub(super) headers: HeaderMap,
    /// Extensions of every call.
    pub(super) extensions: Extensions,
    /// Headers that the server takes from handshakes alone.
    handshake_headers: Vec<HeaderName>,
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
const OF_NO_HEAD: [&str; 21] = [
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

/// What a HEAD may say in another way than the handshake.
const OF_EITHER: [HeaderName; 3] = [AUTHORIZATION, USER_AGENT, ACCEPT_LANGUAGE];

/// What is known even of a stranger's page.
const OF_STRANGERS: [HeaderName; 5] = [FORWARDED, HOST, ORIGIN, USER_AGENT, VIA];

impl Introduction {
    pub(super) fn new(
        handshake: request::Parts,
        trust: Trust,
        handshake_headers: &[HeaderName],
    ) -> Self {
        let request::Parts {
            mut headers,
            extensions,
            ..
        } = handshake;
        let leaves: Vec<HeaderName> = headers
            .keys()
            .filter(|name| !tells_of_the_caller(name, trust))
            .cloned()
            .collect();
        for name in leaves {
            headers.remove(name);
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
            handshake_headers: handshake_headers.to_vec(),
        }
    }

    /// Whether a HEAD may have a header of this name.
    pub(super) fn leaves_to_head(&self, name: &HeaderName) -> bool {
        let text = name.as_str();
        let never = OF_NO_HEAD.contains(&text)
            || PREFIXES_OF_NO_HEAD
                .iter()
                .any(|prefix| text.starts_with(prefix))
            || self.handshake_headers.contains(name);
        !never && (OF_EITHER.contains(name) || !self.headers.contains_key(name))
    }
}

/// Whether a header of a handshake holds for the calls on its socket.
fn tells_of_the_caller(name: &HeaderName, trust: Trust) -> bool {
    let text = name.as_str();
    match trust {
        Trust::Full => {
            !OF_THE_HANDSHAKE.contains(&text)
                && *name != crate::request::REQUEST_ID
                && !text.starts_with("sec-websocket-")
        }
        Trust::Anonymous => {
            OF_STRANGERS.contains(name) || text == "x-real-ip" || text.starts_with("x-forwarded-")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

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

    const HANDSHAKE: [(&str, &str); 12] = [
        ("host", "example.com"),
        ("origin", "https://example.com"),
        ("cookie", "session=1"),
        ("authorization", "Basic abc"),
        ("user-agent", "browser"),
        ("x-forwarded-for", "192.0.2.1"),
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
            "x-forwarded-for",
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
        let introduction = introduction(&HANDSHAKE, Trust::Full);
        let may = |name: &'static str| introduction.leaves_to_head(&HeaderName::from_static(name));
        for name in [
            "authorization",
            "user-agent",
            "content-type",
            "connect-timeout-ms",
            "x-tenant",
            "x-request-id",
            "traceparent",
            "accept-encoding",
        ] {
            assert!(may(name), "{name}");
        }
        for name in [
            "cookie",
            "host",
            "te",
            "x-forwarded-anything",
            "sec-fetch-site",
            "x-signed-in",
            "x-auth-user",
            "content-length",
        ] {
            assert!(!may(name), "{name}");
        }
    }
}
