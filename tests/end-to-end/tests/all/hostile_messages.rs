//! Messages that are not what they say: bombs, flags that nobody knows, lengths that are not kept.

use crate::others::Others;
use crate::support::Server;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use iris_core::wire::compression::Compression;
use iris_core::wire::connect::{parse_end_stream, parse_error_body};
use iris_core::wire::grpc::{Ending, read_trailers};
use iris_core::wire::grpc_web::parse_trailers;
use iris_core::{IrisError, Status, code};
use tokio::net::TcpStream;

/// The most that a message may have in these tests, in bytes.
const LIMIT: usize = 10_000;

/// A connection, of whichever version of HTTP its calls need.
enum Connection {
    Http1(http1::SendRequest<Full<Bytes>>),
    Http2(http2::SendRequest<Full<Bytes>>),
}

impl Connection {
    async fn open(server: &Server, kind: Kind) -> Self {
        let address = server.running.addresses()[0].tcp().unwrap();
        let io = TokioIo::new(TcpStream::connect(address).await.unwrap());
        if kind == Kind::Grpc {
            let opened = http2::handshake(TokioExecutor::new(), io).await;
            let (sender, connection) = opened.unwrap();
            tokio::spawn(connection);
            return Connection::Http2(sender);
        }
        let (sender, connection) = http1::handshake(io).await.unwrap();
        tokio::spawn(connection);
        Connection::Http1(sender)
    }

    /// Fails where the connection was closed.
    async fn send(&mut self, request: Request<Full<Bytes>>) -> Response<Incoming> {
        match self {
            Connection::Http1(sender) => {
                sender.ready().await.unwrap();
                sender.send_request(request).await.unwrap()
            }
            Connection::Http2(sender) => {
                sender.ready().await.unwrap();
                sender.send_request(request).await.unwrap()
            }
        }
    }
}

/// How a message can come.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    ConnectUnary,
    ConnectStream,
    Grpc,
    GrpcWeb,
    GrpcWebText,
}

impl Kind {
    const ALL: [Kind; 5] = [
        Kind::ConnectUnary,
        Kind::ConnectStream,
        Kind::Grpc,
        Kind::GrpcWeb,
        Kind::GrpcWebText,
    ];

    const ENVELOPED: [Kind; 4] = [
        Kind::ConnectStream,
        Kind::Grpc,
        Kind::GrpcWeb,
        Kind::GrpcWebText,
    ];

    fn content_type(self) -> &'static str {
        match self {
            Kind::ConnectUnary => "application/json",
            Kind::ConnectStream => "application/connect+json",
            Kind::Grpc => "application/grpc+json",
            Kind::GrpcWeb => "application/grpc-web+json",
            Kind::GrpcWebText => "application/grpc-web-text+json",
        }
    }

    fn encoding(self) -> &'static str {
        match self {
            Kind::ConnectUnary => "content-encoding",
            Kind::ConnectStream => "connect-content-encoding",
            _ => "grpc-encoding",
        }
    }

    /// One that takes a stream in Connect, which has its own content type for those.
    fn path(self) -> &'static str {
        match self {
            Kind::ConnectUnary => "/testing.v1.Shapes/Echo",
            _ => "/testing.v1.Shapes/Chat",
        }
    }

    fn request(self, encodings: &[(&str, &str)], body: Vec<u8>) -> Request<Full<Bytes>> {
        let uri = match self {
            Kind::Grpc => format!("http://localhost{}", self.path()),
            _ => self.path().to_owned(),
        };
        let mut request = Request::post(uri).header("content-type", self.content_type());
        if self != Kind::Grpc {
            request = request.header("host", "localhost");
        }
        for (name, value) in encodings {
            request = request.header(*name, *value);
        }
        request.body(Full::from(body)).unwrap()
    }

    /// The error that a call with this body ends with.
    async fn error(
        self,
        server: &Server,
        encoding: Option<Compression>,
        body: Vec<u8>,
    ) -> IrisError {
        let encoding = encoding.map(|encoding| (self.encoding(), encoding.as_str()));
        let encodings: Vec<_> = encoding.into_iter().collect();
        let mut connection = Connection::open(server, self).await;
        self.error_over(&mut connection, &encodings, body).await
    }

    /// The same over this connection, where this is said of the body.
    async fn error_over(
        self,
        connection: &mut Connection,
        encodings: &[(&str, &str)],
        body: Vec<u8>,
    ) -> IrisError {
        let body = match self {
            Kind::GrpcWebText => STANDARD.encode(body).into_bytes(),
            _ => body,
        };
        let request = self.request(encodings, body);
        let (head, body) = connection.send(request).await.into_parts();
        let body = body.collect().await.unwrap();
        let trailers = body.trailers().cloned();
        let bytes = body.to_bytes();
        match self {
            Kind::ConnectUnary => parse_error_body(&bytes, head.status.as_u16()).unwrap(),
            Kind::ConnectStream => {
                let end = parse_end_stream(last(&bytes)).unwrap();
                end.error.unwrap()
            }
            Kind::Grpc => failed(&trailers.unwrap_or(head.headers)),
            Kind::GrpcWeb => failed(&parse_trailers(last(&bytes)).unwrap()),
            Kind::GrpcWebText => {
                // The stream and its end may be padded each by itself.
                let text = String::from_utf8(bytes.to_vec()).unwrap();
                let pieces = text.as_bytes().chunks(4);
                let bytes: Vec<u8> = pieces
                    .flat_map(|group| STANDARD.decode(group).unwrap())
                    .collect();
                failed(&parse_trailers(last(&bytes)).unwrap())
            }
        }
    }
}

fn failed(trailers: &HeaderMap) -> IrisError {
    match read_trailers(trailers) {
        Ending::Failed(error) => error,
        other => panic!("{other:?}"),
    }
}

/// The payload of the last envelope.
fn last(mut body: &[u8]) -> &[u8] {
    loop {
        let length = u32::from_be_bytes(body[1..5].try_into().unwrap()) as usize;
        let (payload, rest) = body[5..].split_at(length);
        if rest.is_empty() {
            return payload;
        }
        body = rest;
    }
}

fn envelope(flags: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap();
    [&[flags][..], &length.to_be_bytes(), payload].concat()
}

fn packed(compression: Compression, message: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    compression.compress(message, &mut packed).unwrap();
    packed
}

async fn limited() -> Server {
    Server::with(|iris| iris.max_request_size(LIMIT), |server| server).await
}

#[tokio::test]
async fn a_bomb_is_913_in_every_protocol_and_compression() {
    let server = limited().await;
    let others = Others::of(&server.running).await;
    for &compression in Compression::ALL {
        // Zeros become a thousandth in gzip, and less in the others.
        let bomb = packed(compression, &vec![0; 8 * 1024 * 1024]);
        assert!(bomb.len() <= LIMIT, "{compression}: {}", bomb.len());
        let unary = Kind::ConnectUnary
            .error(&server, Some(compression), bomb.clone())
            .await;
        assert_eq!(unary.code, code::IRIS_MESSAGE_TOO_LARGE, "{compression}");
        for kind in Kind::ENVELOPED {
            // Not only the first message of a stream.
            let good = envelope(1, &packed(compression, b"{}"));
            let body = [good.clone(), good, envelope(1, &bomb)].concat();
            let error = kind.error(&server, Some(compression), body).await;
            assert_eq!(
                (error.code, error.status),
                (code::IRIS_MESSAGE_TOO_LARGE, Status::ResourceExhausted),
                "{kind:?} {compression} {error}"
            );
        }
    }
    others.were_served().await;
}

#[tokio::test]
async fn a_bomb_in_a_bomb_is_unpacked_once() {
    let server = limited().await;
    let others = Others::of(&server.running).await;
    for &compression in Compression::ALL {
        let inner = packed(compression, &vec![0; 8 * 1024 * 1024]);
        let outer = packed(compression, &inner);
        let body = envelope(1, &outer);
        for kind in Kind::ENVELOPED {
            let error = kind.error(&server, Some(compression), body.clone()).await;
            // What is inside is no JSON.
            assert_eq!(error.code, code::IRIS_INVALID_REQUEST_MESSAGE, "{error}");
        }
        let unary = Kind::ConnectUnary
            .error(&server, Some(compression), outer)
            .await;
        assert_eq!(unary.code, code::IRIS_INVALID_REQUEST_MESSAGE, "{unary}");
    }
    others.were_served().await;
}

#[tokio::test]
async fn what_is_to_be_unpacked_twice_is_refused() {
    let server = limited().await;
    let others = Others::of(&server.running).await;
    let gzip = |message: &[u8]| packed(Compression::Gzip, message);
    let bomb = gzip(&gzip(&vec![0; 8 * 1024 * 1024]));
    for kind in Kind::ALL {
        let own = kind.encoding();
        let body = match kind {
            Kind::ConnectUnary => bomb.clone(),
            _ => envelope(1, &bomb),
        };
        // In one line, in two, and where what has the messages in it is compressed as well.
        let ways = [
            vec![(own, "gzip, gzip")],
            vec![(own, "gzip"), (own, "gzip")],
            vec![(own, "identity"), (own, "gzip")],
            vec![(own, "gzip"), ("content-encoding", "gzip")],
        ];
        for encodings in ways {
            let mut connection = Connection::open(&server, kind).await;
            let error = kind
                .error_over(&mut connection, &encodings, gzip(&body))
                .await;
            assert_eq!(
                (error.code, error.status),
                (code::IRIS_COMMUNICATION_ERROR, Status::Unimplemented),
                "{kind:?} {encodings:?} {error}"
            );
            let told = error.internal_message.contains("compress");
            assert!(told, "{kind:?} {encodings:?} {error}");
        }
    }
    others.were_served().await;
}

#[tokio::test]
async fn flags_that_nobody_knows_leave_the_connection_as_it_was() {
    let server = limited().await;
    let mut others = Others::of(&server.running).await;
    for kind in Kind::ENVELOPED {
        let mut connection = Connection::open(&server, kind).await;
        for flags in [4, 0x80, 0xff, 1] {
            let body = [envelope(0, b"{}"), envelope(flags, b"{}")].concat();
            let error = kind.error_over(&mut connection, &[], body).await;
            assert_eq!(error.code, code::IRIS_INVALID_REQUEST_MESSAGE, "{error}");
            // A stream without messages, which `Chat` answers with none.
            let request = kind.request(&[], Vec::new());
            let response = connection.send(request).await;
            assert_eq!(response.status(), 200, "{kind:?} {flags:#x}");
            response.into_body().collect().await.unwrap();
        }
        others.are_served().await;
    }
    others.were_served().await;
}

#[tokio::test]
async fn members_without_number_are_910() {
    let server = Server::start().await;
    let others = Others::of(&server.running).await;
    let empty = packed(Compression::Gzip, b"");
    let many = empty.repeat(4 * 1024 * 1024 / empty.len());
    let unary = Kind::ConnectUnary
        .error(&server, Some(Compression::Gzip), many.clone())
        .await;
    assert_eq!(unary.code, code::IRIS_INVALID_REQUEST_MESSAGE, "{unary}");
    assert!(unary.internal_message.contains("members"), "{unary}");
    for kind in Kind::ENVELOPED {
        let body = envelope(1, &many);
        let error = kind.error(&server, Some(Compression::Gzip), body).await;
        assert!(error.internal_message.contains("members"), "{error}");
    }
    others.were_served().await;
}

#[tokio::test]
async fn flags_that_nobody_knows_are_910() {
    let server = limited().await;
    let others = Others::of(&server.running).await;
    // 2 ends a stream of Connect, and 128 one of gRPC-Web, from the server alone.
    for flags in [2, 3, 4, 64, 128, 129, 255] {
        for kind in Kind::ENVELOPED {
            let body = [envelope(0, b"{}"), envelope(flags, b"{}")].concat();
            let error = kind.error(&server, Some(Compression::Gzip), body).await;
            assert_eq!(error.code, code::IRIS_INVALID_REQUEST_MESSAGE, "{error}");
            assert!(
                error.internal_message.contains("unknown flags"),
                "{kind:?} {flags} {error}"
            );
        }
    }
    for kind in Kind::ENVELOPED {
        let error = kind.error(&server, None, envelope(1, b"{}")).await;
        assert!(
            error.internal_message.contains("names no compression"),
            "{kind:?} {error}"
        );
    }
    others.were_served().await;
}

#[tokio::test]
async fn lengths_that_are_not_kept_are_errors() {
    let server = limited().await;
    let others = Others::of(&server.running).await;
    for kind in Kind::ENVELOPED {
        for (what, body, expected) in [
            (
                "4 GiB announced",
                b"\0\xff\xff\xff\xff{}".to_vec(),
                code::IRIS_MESSAGE_TOO_LARGE,
            ),
            (
                "4 GiB announced, compressed",
                b"\x01\xff\xff\xff\xff{}".to_vec(),
                code::IRIS_MESSAGE_TOO_LARGE,
            ),
            (
                "one byte more than the limit",
                envelope(0, &vec![b' '; LIMIT + 1]),
                code::IRIS_MESSAGE_TOO_LARGE,
            ),
            (
                "more announced than comes",
                b"\0\0\0\0\x03{}".to_vec(),
                code::IRIS_INVALID_REQUEST_MESSAGE,
            ),
            (
                "less announced than comes",
                b"\0\0\0\0\x01{}".to_vec(),
                code::IRIS_INVALID_REQUEST_MESSAGE,
            ),
            (
                "half a prefix",
                b"\0\0\0".to_vec(),
                code::IRIS_INVALID_REQUEST_MESSAGE,
            ),
        ] {
            let error = kind.error(&server, Some(Compression::Gzip), body).await;
            assert_eq!(error.code, expected, "{kind:?}, {what}: {error}");
        }
    }
    others.were_served().await;
}
