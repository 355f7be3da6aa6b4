//! Servers who mean harm: what they can do to a client, whose other calls go on.

use crate::others::{Fetched, Others};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use end_to_end_client::iris_client::{Client, Format, Protocol, RetryPolicy, Status};
use end_to_end_client::messages::testing::v1::{Range, Text};
use end_to_end_client::{ErrorCode, Remotes};
use http::{HeaderMap, HeaderValue, Request, Response};
use iris_core::wire::compression::Compression;
use iris_core::{Body, HttpServer, HttpService, Iris, Running};
use std::convert::Infallible;
use std::sync::Arc;
use tower::layer::layer_fn;
use tower::{Service, service_fn};

/// The most that a message may have in these tests, in bytes.
const LIMIT: usize = 10_000;

/// More, by far.
static ZEROS: [u8; 8 * 1024 * 1024] = [0; 8 * 1024 * 1024];

const PROTOCOLS: [Protocol; 4] = [
    Protocol::Connect,
    Protocol::Grpc,
    Protocol::GrpcWeb,
    Protocol::GrpcWebText,
];

/// What a stream is answered with.
#[derive(Clone)]
struct Answer {
    protocol: Protocol,
    headers: Vec<(&'static str, &'static str)>,
    body: Vec<u8>,
}

impl Answer {
    /// Envelopes, and a good end.
    fn new(protocol: Protocol, envelopes: &[Vec<u8>]) -> Self {
        let end = match protocol {
            Protocol::Grpc => Vec::new(),
            Protocol::Connect => envelope(2, b"{}"),
            _ => envelope(128, b"grpc-status: 0\r\n"),
        };
        Answer {
            protocol,
            headers: Vec::new(),
            body: [envelopes.concat(), end].concat(),
        }
    }

    fn compressed(self, compression: Compression) -> Self {
        let name = match self.protocol {
            Protocol::Connect => "connect-content-encoding",
            _ => "grpc-encoding",
        };
        self.header(name, compression.as_str())
    }

    fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    fn response(&self) -> Response<Body> {
        let content_type = match self.protocol {
            Protocol::Connect => "application/connect+json",
            Protocol::Grpc => "application/grpc+json",
            Protocol::GrpcWeb => "application/grpc-web+json",
            _ => "application/grpc-web-text+json",
        };
        let body = match self.protocol {
            Protocol::Grpc => {
                let status = HeaderValue::from_static("0");
                let trailers = HeaderMap::from_iter([("grpc-status".parse().unwrap(), status)]);
                Body::with_trailers(self.body.clone().into(), trailers)
            }
            Protocol::GrpcWebText => Body::full(STANDARD.encode(&self.body)),
            _ => Body::full(Bytes::from(self.body.clone())),
        };
        let mut response = Response::builder().header("content-type", content_type);
        for (name, value) in &self.headers {
            response = response.header(*name, *value);
        }
        response.body(body).unwrap()
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

/// A server that answers everything so, but for `Shapes.Fetch`.
async fn hostile(answer: impl Fn() -> Response<Body> + Send + Sync + 'static) -> Running {
    let answer = Arc::new(answer);
    let layer = layer_fn(move |good: HttpService| {
        let answer = answer.clone();
        service_fn(move |request: Request<Body>| {
            let is_good = request.uri().path().ends_with("/Fetch");
            let answered = match is_good {
                true => Err(good.clone().call(request)),
                false => Ok(answer()),
            };
            async move {
                Ok::<_, Infallible>(match answered {
                    Ok(answer) => answer,
                    Err(answering) => answering.await?,
                })
            }
        })
    });
    let server = HttpServer::bind("127.0.0.1:0").layer(layer);
    let application = Iris::without_context().add_remote(Fetched);
    application.add_server(server).start().await.unwrap()
}

fn client(server: &Running, protocol: Protocol) -> Remotes {
    let client = Client::builder(&server.url())
        .protocol(protocol)
        .format(Format::Json)
        .max_message_size(LIMIT)
        .retry(RetryPolicy::never());
    Remotes::new(client.build().unwrap())
}

/// The error that a stream ends with which is answered so. The client serves its caller as before.
async fn fails(answer: Answer) -> (ErrorCode, Status, String) {
    let protocol = answer.protocol;
    let server = hostile(move || answer.response()).await;
    let shapes = client(&server, protocol).shapes();
    let failed = async {
        let mut numbers = shapes.count(Range::default()).await?;
        while let Some(number) = numbers.next().await {
            number?;
        }
        Ok(())
    };
    let error: end_to_end_client::IrisError = failed.await.unwrap_err();
    shapes.fetch().await.unwrap();
    (error.code, error.status, error.to_string())
}

#[tokio::test]
async fn a_bomb_is_913_in_every_protocol_and_compression() {
    let good = hostile(|| Response::new(Body::empty())).await;
    let others = Others::of(&good).await;
    for &compression in Compression::ALL {
        let bomb = packed(compression, &ZEROS);
        assert!(bomb.len() <= LIMIT, "{compression}: {}", bomb.len());
        for protocol in PROTOCOLS {
            // Not only the first message of a stream.
            let first = envelope(1, &packed(compression, b"{}"));
            let answer = Answer::new(protocol, &[first, envelope(1, &bomb)]);
            let (code, status, why) = fails(answer.compressed(compression)).await;
            assert_eq!(
                (code, status),
                (ErrorCode::IrisMessageTooLarge, Status::ResourceExhausted),
                "{protocol:?} {compression} {why}"
            );
        }
        let unary = hostile(move || {
            let response = Response::builder()
                .header("content-type", "application/json")
                .header("content-encoding", compression.as_str());
            response.body(Body::full(bomb.clone())).unwrap()
        })
        .await;
        let shapes = client(&unary, Protocol::Connect).shapes();
        let error = shapes.echo(Text::default()).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::IrisMessageTooLarge, "{error}");
        shapes.fetch().await.unwrap();
    }
    others.were_served().await;
}

#[tokio::test]
async fn what_is_compressed_twice_is_unpacked_once_or_not_at_all() {
    let good = hostile(|| Response::new(Body::empty())).await;
    let others = Others::of(&good).await;
    for protocol in PROTOCOLS {
        let outer = packed(Compression::Gzip, &packed(Compression::Gzip, &ZEROS));
        let answer = Answer::new(protocol, &[envelope(1, &outer)]).compressed(Compression::Gzip);
        let (code, _, why) = fails(answer.clone()).await;
        // What is inside is no JSON.
        assert_eq!(code, ErrorCode::IrisInvalidResponseMessage, "{why}");
        for twice in [
            answer.clone().compressed(Compression::Gzip),
            answer.clone().header("content-encoding", "gzip"),
            answer.header("content-encoding", "gzip, br"),
        ] {
            let (code, status, why) = fails(twice).await;
            assert_eq!(
                (code, status),
                (ErrorCode::IrisCommunicationError, Status::Internal)
            );
            assert!(why.contains("compressed its answer"), "{why}");
        }
    }
    others.were_served().await;
}

#[tokio::test]
async fn flags_that_nobody_knows_are_900() {
    let good = hostile(|| Response::new(Body::empty())).await;
    let others = Others::of(&good).await;
    for protocol in PROTOCOLS {
        // That which ends a stream of the other protocol among them.
        let ends_the_other = match protocol {
            Protocol::Connect => 128,
            _ => 2,
        };
        for flags in [4, 0x40, ends_the_other, 0xfe] {
            let answer = Answer::new(protocol, &[envelope(0, b"{}"), envelope(flags, b"{}")]);
            let (code, status, why) = fails(answer).await;
            assert_eq!(
                (code, status),
                (ErrorCode::IrisCommunicationError, Status::Internal)
            );
            assert!(
                why.contains("unknown flags"),
                "{protocol:?} {flags:#x} {why}"
            );
        }
        for flags in [1, 0xff] {
            let answer = Answer::new(protocol, &[envelope(flags, b"{}")]);
            let (code, _, why) = fails(answer).await;
            assert_eq!(code, ErrorCode::IrisCommunicationError, "{why}");
            assert!(why.contains("compressed its answer"), "{why}");
        }
        let announced = Answer::new(protocol, &[b"\xff\xff\xff\xff\xff".to_vec()]);
        let (code, _, why) = fails(announced).await;
        assert_eq!(code, ErrorCode::IrisMessageTooLarge, "{why}");
    }
    others.were_served().await;
}
