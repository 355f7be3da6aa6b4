//! Whole requests: whatever is sent, there is an answer in the caller's protocol.

mod answer;
mod application;
mod content_type;
mod get;
mod recorded;

pub(crate) use application::service;
pub use content_type::content_type;
pub use get::get;
pub(crate) use recorded::recorded;

use crate::chunks::{Chunks, Last, cut};
use crate::clock::run;
use crate::input::Input;
use crate::message::equal;
use answer::Answer;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Method, Request, Uri, Version};
use iris_core::{Body, Format, IrisService, Message};
use protojson::included::everything::v1;
use std::fmt::Debug;

/// Every request is answered, well-formed, in its own protocol; and one that waits for ever ends at its deadline.
pub fn request(bytes: &[u8]) {
    let asked = Asked::new(Input::new(bytes));
    let Some(request) = asked.request() else {
        return;
    };
    let path = request.uri().path().to_owned();
    let service = match asked.compresses {
        true => application::compressing(),
        false => service(),
    };
    match answered(service, request) {
        Some(answer) => asked.check(&answer.well_formed()),
        None => assert_eq!(path, "/fuzz.v1.Mirror/Wait"),
    }
}

/// The answer; `None` where it does not come within any time that can be asked for.
fn answered(service: IrisService<iris_core::Request>, request: Request<Body>) -> Option<Answer> {
    run(async { Answer::read(service.answer(request).await).await })
}

/// What the bytes say.
struct Asked {
    uri: String,
    content_type: Vec<u8>,
    method: Method,
    version: Version,
    /// Whether the application compresses its answers.
    compresses: bool,
    headers: Vec<(String, Vec<u8>)>,
    cuts: Vec<usize>,
    last: Last,
    body: Bytes,
}

const PATHS: [&str; 16] = [
    "/fuzz.v1.Mirror/Scalars",
    "/fuzz.v1.Mirror/Maps",
    "/fuzz.v1.Mirror/WellKnown",
    "/fuzz.v1.Mirror/Tree",
    "/fuzz.v1.Mirror/Ping",
    "/fuzz.v1.Mirror/Split",
    "/fuzz.v1.Mirror/Gather",
    "/fuzz.v1.Mirror/Each",
    "/fuzz.v1.Mirror/Wait",
    "/fuzz.v1.Mirror/Fail",
    "/fuzz.v1.Mirror/Decorate",
    "/fuzz.v1.Mirror/Facts",
    "/fuzz.v1.Mirror/Scalars?connect=v1&encoding=json&message=",
    "/fuzz.v1.Mirror/Scalars?connect=v1&encoding=proto&base64=1&message=",
    "/fuzz.v1.Mirror/Nobody",
    "/",
];

const CONTENT_TYPES: [&str; 15] = [
    "application/json",
    "application/proto",
    "application/connect+json",
    "application/connect+proto",
    "application/grpc",
    "application/grpc+proto",
    "application/grpc+json",
    "Application/JSON; charset=utf-8",
    "application/grpc-web",
    "application/grpc-web+proto",
    "application/grpc-web+json",
    "application/grpc-web-text",
    "application/grpc-web-text+proto",
    "application/grpc-web-text+json",
    "application/grpc-web+proto; charset=utf-8",
];

const HEADERS: [&str; 17] = [
    "connect-timeout-ms",
    "grpc-timeout",
    "connect-protocol-version",
    "content-encoding",
    "connect-content-encoding",
    "grpc-encoding",
    "cookie",
    "x-request-id",
    "x-word",
    "x-bytes-bin",
    "accept-encoding",
    "content-length",
    "te",
    "content-type",
    "connect-accept-encoding",
    "grpc-accept-encoding",
    "grpc-status-details-bin",
];

impl Asked {
    fn new(mut input: Input<'_>) -> Self {
        let shape = input.byte();
        let path = input.one_of(&PATHS).to_owned();
        let uri = match shape & 1 {
            0 => path,
            _ => path + &input.text(),
        };
        let content_type = match shape & 2 {
            0 => input.one_of(&CONTENT_TYPES).as_bytes().to_vec(),
            _ => input.piece().to_vec(),
        };
        let method = match shape >> 2 & 3 {
            0 | 1 => Method::POST,
            2 => Method::GET,
            _ => Method::OPTIONS,
        };
        let version = match shape & 16 {
            0 => Version::HTTP_2,
            _ => Version::HTTP_11,
        };
        let headers = match shape & 32 {
            0 => 0,
            _ => input.byte() % 8,
        };
        let headers = (0..headers).map(|_| {
            let name = match input.byte() {
                0xff => input.text(),
                index => HEADERS[usize::from(index) % HEADERS.len()].to_owned(),
            };
            (name, input.piece().to_vec())
        });
        let headers = headers.collect();
        let (cuts, last) = match shape & 64 {
            0 => (Vec::new(), Last::Data),
            _ => (input.cuts(), input.one_of(&Last::ALL)),
        };
        Asked {
            uri,
            content_type,
            method,
            version,
            compresses: shape & 128 != 0,
            headers,
            cuts,
            last,
            body: Bytes::copy_from_slice(input.rest()),
        }
    }

    /// The request, where HTTP knows such a one.
    fn request(&self) -> Option<Request<Body>> {
        let pieces = cut(self.body.clone(), &self.cuts);
        let mut request = Request::new(Body::new(Chunks::new(pieces, self.last)));
        *request.uri_mut() = self.uri.parse::<Uri>().ok()?;
        *request.method_mut() = self.method.clone();
        *request.version_mut() = self.version;
        let headers = request.headers_mut();
        if let Ok(content_type) = HeaderValue::from_bytes(&self.content_type) {
            headers.insert(CONTENT_TYPE, content_type);
        }
        for (name, value) in &self.headers {
            headers.append(
                HeaderName::try_from(name).ok()?,
                HeaderValue::from_bytes(value).ok()?,
            );
        }
        Some(request)
    }

    /// A plain call of a procedure that gives its message back is answered with that message, or 910.
    fn check(&self, answer: &Answer) {
        let plain = self.headers.is_empty()
            && self.method == Method::POST
            && self.last == Last::Data
            && self.body.len() <= application::LIMIT;
        let format = match self.content_type.as_slice() {
            b"application/json" => Format::Json,
            b"application/proto" => Format::Proto,
            _ => return,
        };
        if plain {
            match self.uri.as_str() {
                "/fuzz.v1.Mirror/Scalars" => mirrored::<v1::Scalars>(format, &self.body, answer),
                "/fuzz.v1.Mirror/Maps" => mirrored::<v1::Maps>(format, &self.body, answer),
                "/fuzz.v1.Mirror/WellKnown" => {
                    mirrored::<v1::WellKnown>(format, &self.body, answer);
                }
                "/fuzz.v1.Mirror/Tree" => mirrored::<v1::Tree>(format, &self.body, answer),
                _ => {}
            }
        }
    }
}

fn mirrored<M: Message + PartialEq + Debug>(format: Format, sent: &Bytes, answer: &Answer) {
    match M::decode(format, sent.clone()) {
        Err(_) => {
            assert_eq!(answer.status, 400, "{answer:?}");
            let code = answer.error_code();
            let missing = format == Format::Json && sent.trim_ascii().is_empty();
            assert_eq!(code, Some(if missing { 912 } else { 910 }), "{answer:?}");
        }
        // The answer may be larger than what was asked: JSON can say a number in fewer characters.
        Ok(_) if answer.error_code() == Some(913) => {}
        Ok(message) => {
            assert_eq!(answer.status, 200, "{answer:?}");
            let back = M::decode(format, answer.body.clone()).expect("a message");
            assert!(equal(&message, &back), "{message:?}\n{back:?}");
        }
    }
}
