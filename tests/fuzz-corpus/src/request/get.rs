//! Connect's GET: the message is in the query, which can be written in many ways.

use super::answer::Answer;
use super::{answered, application};
use crate::input::Input;
use base64::Engine;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Uri};
use iris_core::wire::compression::Compression;
use iris_core::wire::content_type;
use iris_core::{Body, Format};

const PATH: &str = "/fuzz.v1.Mirror/Scalars";

/// A GET is answered as the POST of its message is, however its query is written; and any query is answered.
pub fn get(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let query = Query {
        format: input.one_of(&[Format::Json, Format::Proto]),
        compression: match usize::from(input.byte()) {
            0..128 => None,
            index => Some(Compression::ALL[index % Compression::ALL.len()]),
        },
        shape: input.byte(),
        order: input.byte(),
    };
    let packs = input.byte() & 1 == 0;
    let mut message = input.rest().to_vec();
    if let (Some(compression), true) = (query.compression, packs) {
        let mut packed = Vec::new();
        let done = compression.compress(&message, &mut packed);
        done.expect("compression");
        message = packed;
    }
    let asked = query.written(&message);
    // Longer ones are no URI to an HTTP stack.
    if let Ok(uri) = asked.parse::<Uri>() {
        let got = answer(Method::GET, uri, |_| {}, Bytes::new());
        let posted = query.posted(message.into());
        assert_eq!(got.status, posted.status, "{asked}\n{got:?}\n{posted:?}");
        assert_eq!(got.error_code(), posted.error_code(), "{asked}");
        if got.status == 200 {
            assert_eq!(got.body, posted.body, "{asked}");
        }
    }

    let any = String::from_utf8_lossy(input.rest());
    if let Ok(uri) = format!("{PATH}?connect=v1&{any}").parse::<Uri>() {
        answer(Method::GET, uri, |_| {}, Bytes::new());
    }
}

struct Query {
    format: Format,
    compression: Option<Compression>,
    /// A bit for each thing that can be written in two ways.
    shape: u8,
    /// Which parameter comes first.
    order: u8,
}

impl Query {
    fn is(&self, bit: u8) -> bool {
        self.shape & 1 << bit != 0
    }

    fn written(&self, message: &[u8]) -> String {
        let (value, base64) = match (self.is(0), self.is(1)) {
            (true, true) => (URL_SAFE.encode(message), true),
            (true, false) => (URL_SAFE_NO_PAD.encode(message), true),
            _ => (self.escaped(message), false),
        };
        let format = self.format.as_str();
        let mut parameters = vec![format!("encoding={format}"), format!("message={value}")];
        if self.is(2) {
            parameters.push("connect=v1".to_owned());
        }
        match (base64, self.is(3)) {
            (true, _) => parameters.push("base64=1".to_owned()),
            (false, true) => parameters.push("base64=0".to_owned()),
            (false, false) => {}
        }
        match self.compression {
            Some(compression) => parameters.push(format!("compression={compression}")),
            None if self.is(4) => parameters.push("compression=identity".to_owned()),
            None => {}
        }
        let first = usize::from(self.order) % parameters.len();
        parameters.rotate_left(first);
        format!("{PATH}?{}", parameters.join("&"))
    }

    /// As RFC 3986, section 2.1, or a form has it.
    fn escaped(&self, message: &[u8]) -> String {
        let bytes = message.iter().map(|byte| match byte {
            b' ' if self.is(5) => "+".to_owned(),
            byte if byte.is_ascii_alphanumeric() && !self.is(6) => char::from(*byte).to_string(),
            byte if self.is(7) => format!("%{byte:02x}"),
            byte => format!("%{byte:02X}"),
        });
        bytes.collect()
    }

    fn posted(&self, message: Bytes) -> Answer {
        let content_type = content_type::unary(self.format);
        let describe = |request: &mut Request<Body>| {
            let headers = request.headers_mut();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
            if let Some(compression) = self.compression {
                let name = HeaderValue::from_static(compression.as_str());
                headers.insert(CONTENT_ENCODING, name);
            }
        };
        answer(Method::POST, Uri::from_static(PATH), describe, message)
    }
}

fn answer(
    method: Method,
    uri: Uri,
    describe: impl FnOnce(&mut Request<Body>),
    body: Bytes,
) -> Answer {
    let mut request = Request::new(Body::full(body));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    describe(&mut request);
    let answer = answered(application::service(), request).expect("an answer");
    answer.well_formed()
}
