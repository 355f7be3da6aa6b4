//! Answers to what is no handshake, or no call: plain text, which people read in their browser's tools.

use crate::Body;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use std::borrow::Cow;

/// Why a request is none that a socket answers.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    why: Cow<'static, str>,
    headers: Vec<(HeaderName, &'static str)>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, why: impl Into<Cow<'static, str>>) -> Self {
        Refusal {
            status,
            why: why.into(),
            headers: Vec::new(),
        }
    }

    /// The same with a header that says it to programs.
    pub(super) fn with(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn response(self) -> Response<Body> {
        let mut response = Response::new(Body::full(self.why.into_owned() + "\n"));
        *response.status_mut() = self.status;
        let kind = (CONTENT_TYPE, "text/plain; charset=utf-8");
        for (name, value) in [kind].into_iter().chain(self.headers) {
            let value = HeaderValue::from_static(value);
            response.headers_mut().insert(name, value);
        }
        response
    }
}
