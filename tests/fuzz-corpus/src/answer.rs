//! Answers as clients read them, in every protocol and for every kind of call.

mod recorded;

pub(crate) use recorded::recorded;

use crate::chunks::{Chunks, Last, cut};
use crate::clock::run;
use crate::input::Input;
use bytes::Bytes;
use futures_util::stream;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use iris_client::{Client, Format, IrisError, Method, Protocol, RetryPolicy, Streaming, kind};
use iris_core::wire::content_type;
use iris_core::{Body, Message};
use protojson::included::everything::v1::Scalars;
use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use tower::service_fn;

/// The largest message, in bytes: small, so that it is met.
const LIMIT: usize = 2048;

const PATH: &str = "/fuzz.v1.Mirror/Scalars";

/// Whatever a server answers, a call ends: with what was to come, or with an error that says something; and in
/// whatever pieces it came.
pub fn answer(bytes: &[u8]) {
    let answered = Arc::new(Answered::new(Input::new(bytes)));
    let in_pieces = answered.clone().read(&answered.cuts);
    in_pieces.check(&answered);
    let at_once = answered.clone().read(&[]);
    assert_eq!(format!("{in_pieces:?}"), format!("{at_once:?}"));
}

/// What the bytes say.
struct Answered {
    protocol: Protocol,
    format: Format,
    kind: Kind,
    status: StatusCode,
    headers: HeaderMap,
    trailers: HeaderMap,
    cuts: Vec<usize>,
    last: Last,
    body: Bytes,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Unary,
    ServerStreaming,
    ClientStreaming,
    Bidirectional,
}

const PROTOCOLS: [Protocol; 4] = [
    Protocol::Connect,
    Protocol::Grpc,
    Protocol::GrpcWeb,
    Protocol::GrpcWebText,
];

const FORMATS: [Format; 2] = [Format::Proto, Format::Json];

const KINDS: [Kind; 4] = [
    Kind::Unary,
    Kind::ServerStreaming,
    Kind::ClientStreaming,
    Kind::Bidirectional,
];

const CONTENT_TYPES: [&str; 13] = [
    "application/proto",
    "application/json",
    "application/connect+proto",
    "application/connect+json",
    "application/grpc",
    "application/grpc+proto",
    "application/grpc+json",
    "application/grpc-web",
    "application/grpc-web+proto",
    "application/grpc-web+json",
    "application/grpc-web-text+proto",
    "text/html; charset=utf-8",
    "APPLICATION/JSON;charset=utf-8",
];

const HEADERS: [&str; 12] = [
    "content-encoding",
    "connect-content-encoding",
    "grpc-encoding",
    "grpc-status",
    "grpc-message",
    "grpc-status-details-bin",
    "content-length",
    "trailer-x-late",
    "trailer-",
    "x-early-bin",
    "set-cookie",
    "retry-after",
];

impl Answered {
    fn new(mut input: Input<'_>) -> Self {
        let (protocol, format) = (input.one_of(&PROTOCOLS), input.one_of(&FORMATS));
        let kind = input.one_of(&KINDS);
        let shape = input.byte();
        let status = match shape & 1 {
            0 => StatusCode::OK,
            _ => StatusCode::from_u16(input.u16()).unwrap_or_default(),
        };
        let content_type = match shape & 2 {
            0 => input.one_of(&CONTENT_TYPES).as_bytes(),
            _ => input.piece(),
        };
        let mut headers = match shape & 4 {
            0 => HeaderMap::new(),
            _ => any_headers(&mut input),
        };
        if let Ok(content_type) = HeaderValue::from_bytes(content_type) {
            headers.insert(CONTENT_TYPE, content_type);
        }
        let (trailers, last) = match shape & 8 {
            0 => (HeaderMap::new(), Last::Data),
            _ => (any_headers(&mut input), input.one_of(&Last::ALL)),
        };
        let cuts = match shape & 16 {
            0 => Vec::new(),
            _ => input.cuts(),
        };
        Answered {
            protocol,
            format,
            kind,
            status,
            headers,
            trailers,
            cuts,
            last,
            body: Bytes::copy_from_slice(input.rest()),
        }
    }

    fn response(&self, cuts: &[usize]) -> Response<Body> {
        let pieces = cut(self.body.clone(), cuts);
        let body = Chunks::new(pieces, self.last).with_trailers(self.trailers.clone());
        let mut response = Response::new(Body::new(body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        response
    }

    /// What a client makes of it, where it comes in such pieces.
    fn read(self: Arc<Self>, cuts: &[usize]) -> Outcome {
        let (answered, cuts) = (self.clone(), cuts.to_vec());
        let service = service_fn(move |_| ready(Ok::<_, Infallible>(answered.response(&cuts))));
        let client = Client::builder("http://fuzz.test")
            .protocol(self.protocol)
            .format(self.format)
            .max_message_size(LIMIT)
            .retry(RetryPolicy::never())
            .build_in_process(service)
            .expect("a client");
        run(self.kind.call(&client)).expect("an end")
    }
}

fn any_headers(input: &mut Input<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for _ in 0..input.byte() % 8 {
        let name = match input.byte() {
            0xff => HeaderName::try_from(input.text()),
            index => HeaderName::try_from(HEADERS[usize::from(index) % HEADERS.len()]),
        };
        let value = HeaderValue::from_bytes(input.piece());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    headers
}

impl Kind {
    async fn call(self, client: &Client) -> Outcome {
        let message = Scalars::default();
        let messages = stream::iter([message.clone(), message.clone()]);
        match self {
            Kind::Unary => {
                let method = Method::<Scalars, Scalars>::new(PATH);
                Outcome::of_one(client.unary(method, message).await)
            }
            Kind::ServerStreaming => {
                let method = Method::<Scalars, Scalars, kind::ServerStreaming>::new(PATH);
                Outcome::of_stream(client.server_streaming(method, message).await).await
            }
            Kind::ClientStreaming => {
                let method = Method::<Scalars, Scalars, kind::ClientStreaming>::new(PATH);
                Outcome::of_one(client.client_streaming(method, messages).await)
            }
            Kind::Bidirectional => {
                let method = Method::<Scalars, Scalars, kind::Bidirectional>::new(PATH);
                Outcome::of_stream(client.bidirectional(method, messages).await).await
            }
        }
    }
}

/// How a call ended.
#[derive(Debug)]
struct Outcome {
    messages: Vec<Scalars>,
    error: Option<IrisError>,
}

impl Outcome {
    fn of_one(result: Result<Scalars, IrisError>) -> Self {
        match result {
            Ok(message) => Outcome {
                messages: vec![message],
                error: None,
            },
            Err(error) => Outcome {
                messages: Vec::new(),
                error: Some(error),
            },
        }
    }

    async fn of_stream(opened: Result<Streaming<Scalars>, IrisError>) -> Self {
        let mut messages = Vec::new();
        let mut stream = match opened {
            Ok(stream) => stream,
            Err(error) => return Outcome::of_one(Err(error)),
        };
        let error = loop {
            match stream.next().await {
                Some(Ok(message)) => messages.push(message),
                Some(Err(error)) => break Some(error),
                None => break None,
            }
        };
        assert!(stream.next().await.is_none(), "something after the end");
        Outcome { messages, error }
    }

    fn check(&self, answered: &Answered) {
        let connect_unary = answered.protocol == Protocol::Connect && answered.kind == Kind::Unary;
        if let Some(error) = &self.error {
            let silent = error.internal_message.trim().is_empty();
            assert!(!silent || error.is_from_remote(), "{error:?}");
        } else {
            assert_eq!(answered.status, StatusCode::OK);
            // What says how a call ended comes last, and in these cases behind the messages.
            if connect_unary || answered.protocol == Protocol::Grpc {
                assert_ne!(answered.last, Last::Error, "{self:?}");
            }
        }
        let own = content_type::unary(answered.format);
        let plain = answered.headers.len() == 1
            && answered
                .headers
                .get(CONTENT_TYPE)
                .is_some_and(|kind| kind == own);
        if connect_unary && plain && answered.status == 200 && answered.last == Last::Data {
            let message = Scalars::decode(answered.format, answered.body.clone());
            match (&self.messages[..], &self.error) {
                ([read], None) => {
                    let message = message.expect("a message");
                    assert_eq!(format!("{read:?}"), format!("{message:?}"));
                }
                (_, error) => {
                    let code = error.as_ref().expect("an error").code;
                    let too_large = answered.body.len() > LIMIT;
                    assert!(too_large || message.is_err(), "{self:?}");
                    assert_eq!(code, if too_large { 913 } else { 911 }, "{self:?}");
                }
            }
        }
    }
}
