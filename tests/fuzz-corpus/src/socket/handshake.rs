//! Who may open a socket, and what is taken from a handshake.

use super::heard::{Head, Said, head, messages};
use super::{BINARY, conversation, message};
use crate::input::Input;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{HOST, HeaderName, HeaderValue, ORIGIN};
use iris_core::wire::websocket::{Frame, parse_response};
use iris_core::{Iris, IrisError, IrisService, Message, Request, WebSockets, remote};
use protojson::included::everything::v1::Scalars;
use std::collections::HashSet;
use std::sync::LazyLock;

const NAMED: &str = "https://app.example.com";

/// Says with which headers it was called.
struct Heard;

#[remote(package = "fuzz.v1")]
impl Heard {
    #[procedure]
    async fn headers(&self, request: &Request) -> Result<Scalars, IrisError> {
        let names = request.metadata().headers().keys().map(HeaderName::as_str);
        Ok(Scalars {
            a_string: names.collect::<Vec<_>>().join("\n"),
            ..Scalars::default()
        })
    }
}

/// Servers that let pages of their own, of one other and of all origins in.
static SERVICES: LazyLock<[IrisService<Request>; 3]> = LazyLock::new(|| {
    let sockets = || WebSockets::new().handshake_headers(["x-trusted"]);
    [
        sockets(),
        sockets().allow_origins([NAMED]),
        sockets().allow_any_origin(),
    ]
    .map(|sockets| {
        let iris = Iris::without_context().add_remote(Heard);
        let service = iris.into_service().expect("an application");
        service.with_websockets(&sockets).expect("sockets")
    })
});

/// A socket opens to a handshake of RFC 6455 alone, and to no page of an origin that may not; what a page may not bring it
/// can neither bring nor make up.
pub fn handshake(bytes: &[u8]) {
    let asked = Asked::new(Input::new(bytes));
    let heard = conversation(&SERVICES[asked.server], &asked.written());
    let Some((answer, rest)) = head(&heard) else {
        // HTTP gave up on it.
        return;
    };
    if answer.status != 101 {
        let refusals = [400, 403, 404, 405, 414, 426, 431, 501, 505];
        assert!(refusals.contains(&answer.status), "{answer:?}");
        return;
    }
    asked.may_open(&answer);
    asked.is_answered(rest);
}

struct Asked {
    server: usize,
    method: &'static str,
    version: &'static str,
    headers: HeaderMap,
    /// Of the call.
    own: HeaderMap,
}

/// Those of every handshake; each may be missing.
const USUAL: [(&str, &str); 6] = [
    ("host", "example.com"),
    ("connection", "keep-alive, Upgrade"),
    ("upgrade", "websocket"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("sec-websocket-protocol", "iris.v1"),
];

const NAMES: [&str; 20] = [
    "origin",
    "host",
    "cookie",
    "authorization",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-forwarded-user",
    "forwarded",
    "x-auth-request-user",
    "x-trusted",
    "user-agent",
    "accept-language",
    "content-length",
    "transfer-encoding",
    "connection",
    "upgrade",
    "sec-websocket-version",
    "sec-websocket-key",
    "sec-websocket-protocol",
    "x-tenant",
];

const ORIGINS: [&str; 7] = [
    "https://example.com",
    "http://example.com",
    "https://example.com:443",
    NAMED,
    "https://example.com.evil.com",
    "https://evil.com",
    "null",
];

impl Asked {
    fn new(mut input: Input<'_>) -> Self {
        let (server, missing, shape) = (input.byte(), input.byte(), input.byte());
        let mut headers = HeaderMap::new();
        for (index, (name, value)) in USUAL.into_iter().enumerate() {
            if missing >> index & 1 == 0 {
                headers.insert(name, HeaderValue::from_static(value));
            }
        }
        if shape & 1 != 0 {
            let origin = HeaderValue::from_static(input.one_of(&ORIGINS));
            headers.insert(ORIGIN, origin);
        }
        let mut own = HeaderMap::new();
        any_headers(&mut input, &mut headers);
        any_headers(&mut input, &mut own);
        Asked {
            server: usize::from(server) % SERVICES.len(),
            method: if shape & 2 == 0 { "GET" } else { "POST" },
            version: if shape & 4 == 0 { "1.1" } else { "1.0" },
            headers,
            own,
        }
    }

    /// The handshake, and a call.
    fn written(&self) -> Vec<u8> {
        let (method, version) = (self.method, self.version);
        let mut said = format!("{method} /-/websocket HTTP/{version}\r\n").into_bytes();
        for (name, value) in &self.headers {
            said.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        said.extend(b"\r\n");
        let mut text = b"/fuzz.v1.Heard/Headers\ncontent-type: application/json".to_vec();
        for (name, value) in &self.own {
            text.extend([b"\n", name.as_str().as_bytes(), b": ", value.as_bytes()].concat());
        }
        let (stream, head, data) = (1, text.into(), Bytes::from_static(b"{}"));
        for frame in [
            Frame::Head { stream, head },
            Frame::Data { stream, data },
            Frame::End { stream },
        ] {
            said.extend(message(BINARY, &frame.encode()));
        }
        said
    }

    fn may_open(&self, answer: &Head) {
        assert_eq!((self.method, self.version), ("GET", "1.1"));
        assert_eq!(answer.headers["upgrade"], "websocket");
        assert_eq!(answer.headers["sec-websocket-protocol"], "iris.v1");
        for (name, value) in &USUAL[1..] {
            // Of the key only its length is the server's concern.
            let wanted = value.rsplit(", ").next().expect("a value");
            let lists = self.headers.get_all(*name).iter();
            let mut said = lists.flat_map(|list| list.as_bytes().split(|byte| *byte == b','));
            let holds = said.any(|said| said.trim_ascii().eq_ignore_ascii_case(wanted.as_bytes()));
            assert!(holds || *name == "sec-websocket-key", "{name}");
        }
        if self.server < 2 && self.headers.contains_key(ORIGIN) {
            assert!(self.is_no_stranger(), "{:?}", self.headers);
        }
    }

    /// Whether the page is the server's own, or of the origin that one of the servers names.
    fn is_no_stranger(&self) -> bool {
        let mut origins = self.headers.get_all(ORIGIN).iter();
        let (Some(origin), None) = (origins.next(), origins.next()) else {
            return false;
        };
        if self.server == 1 && origin == NAMED {
            return true;
        }
        let origin = String::from_utf8_lossy(origin.as_bytes()).to_ascii_lowercase();
        let Some((scheme, rest)) = origin.split_once("://") else {
            return false;
        };
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let host = self.headers.get(HOST).map(HeaderValue::as_bytes);
        let host = String::from_utf8_lossy(host.unwrap_or_default()).to_ascii_lowercase();
        let port = if scheme == "https" { ":443" } else { ":80" };
        let bare = |authority: &str| {
            let host = authority.rsplit('@').next().unwrap_or_default().trim();
            host.strip_suffix(port)
                .unwrap_or(host)
                .trim_end_matches(':')
                .to_owned()
        };
        ["http", "https"].contains(&scheme) && bare(authority) == bare(&host)
    }

    fn is_answered(&self, rest: &[u8]) {
        let (mut status, mut body) = (None, Vec::new());
        for said in messages(rest) {
            let Said::Binary(frame) = said else { continue };
            match Frame::decode(Bytes::copy_from_slice(frame)).expect("a frame") {
                Frame::Head { head, .. } => {
                    status = Some(parse_response(&head).expect("a head").status.as_u16());
                }
                Frame::Data { data, .. } => body.extend_from_slice(&data),
                _ => {}
            }
        }
        // Where more was announced than a handshake has, what follows was read as something else; and a peer that is gone
        // is not waited for.
        let Some(200) = status else { return };
        let Ok(message) = Scalars::decode(iris_core::Format::Json, body.into()) else {
            return;
        };
        let heard: HashSet<&str> = message.a_string.lines().collect();
        for never in [
            "cookie",
            "host",
            "origin",
            "forwarded",
            "x-trusted",
            "x-forwarded-user",
        ] {
            assert!(!self.own.contains_key(never), "{never}");
        }
        for name in self
            .own
            .keys()
            .filter(|name| self.headers.contains_key(*name))
        {
            let either = ["user-agent", "accept-language"].contains(&name.as_str());
            assert!(either || is_of_the_handshake(name), "{name}");
        }
        let anonymous =
            self.server == 2 && self.headers.contains_key(ORIGIN) && !self.is_no_stranger();
        if anonymous {
            for secret in [
                "cookie",
                "authorization",
                "x-forwarded-user",
                "x-auth-request-user",
            ] {
                let own = self.own.contains_key(secret);
                assert!(own || !heard.contains(secret), "{secret}");
            }
        }
    }
}

/// Headers that are about a handshake, and say nothing of who calls.
fn is_of_the_handshake(name: &HeaderName) -> bool {
    [
        "accept",
        "baggage",
        "cache-control",
        "content-",
        "pragma",
        "priority",
        "trace",
        "x-request-id",
    ]
    .iter()
    .any(|beginning| name.as_str().starts_with(beginning))
}

fn any_headers(input: &mut Input<'_>, headers: &mut HeaderMap) {
    for _ in 0..input.byte() % 6 {
        let name = match input.byte() {
            0xff => HeaderName::try_from(input.text()),
            index => HeaderName::try_from(NAMES[usize::from(index) % NAMES.len()]),
        };
        let value = HeaderValue::from_bytes(input.piece());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
}
