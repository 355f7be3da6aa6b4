//! What came back, and what must hold of it in the protocol it is in.

use super::application::LIMIT;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, Response};
use http_body_util::BodyExt;
use iris_core::wire::compression::Compression;
use iris_core::wire::connect::{parse_end_stream, parse_error_body};
use iris_core::wire::envelope::{COMPRESSED, Decoder, END_STREAM, Envelope};
use iris_core::wire::grpc::{Ending, read_trailers};
use iris_core::wire::grpc_web::{FromText, TRAILERS, parse_trailers};
use iris_core::{Body, IrisError};

/// A response, read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: HeaderMap,
    pub(super) body: Bytes,
    trailers: Option<HeaderMap>,
}

impl Answer {
    pub(super) async fn read(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let content_type = parts.headers.get(CONTENT_TYPE);
        let is_text = content_type.is_some_and(|content_type| {
            content_type
                .as_bytes()
                .starts_with(b"application/grpc-web-text")
        });
        let body = match is_text {
            true => Body::new(FromText::new(body)),
            false => body,
        };
        let collected = body.collect().await.expect("a body that ends");
        let trailers = collected.trailers().cloned();
        let body = collected.to_bytes();
        let body = match named(&parts.headers, CONTENT_ENCODING.as_str()) {
            Some(compression) => compression.decompress(&body, LIMIT).expect("a message"),
            None => body,
        };
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
            trailers,
        }
    }

    pub(super) fn content_type(&self) -> &str {
        self.headers[CONTENT_TYPE].to_str().expect("a content type")
    }

    /// Holds the answer against the protocol that its content type names.
    pub(super) fn well_formed(self) -> Self {
        match self.content_type() {
            "application/grpc+proto" | "application/grpc+json" => self.is_grpc(),
            "application/connect+proto" | "application/connect+json" => self.is_connect_stream(),
            "application/proto" => assert_eq!(self.status, 200, "{self:?}"),
            "application/json" => self.is_connect_json(),
            web if web.starts_with("application/grpc-web") => self.is_grpc_web(),
            "text/plain; charset=utf-8" => self.is_refusal(),
            _ => panic!("{self:?}"),
        }
        for value in self.headers.values() {
            assert!(value.to_str().is_ok(), "{self:?}");
        }
        self
    }

    /// The numeric code of a Connect error.
    pub(super) fn error_code(&self) -> Option<i32> {
        Some(self.connect_error()?.code)
    }

    fn connect_error(&self) -> Option<IrisError> {
        match self.status {
            200 => None,
            status => parse_error_body(&self.body, status),
        }
    }

    fn is_connect_json(&self) {
        if self.status == 200 {
            let value = serde_json::from_slice::<serde_json::Value>(&self.body);
            assert!(value.expect("JSON").is_object(), "{self:?}");
            return;
        }
        let error = self.connect_error();
        let status = error.expect("an error body").status.to_http();
        // 404 for what is not there.
        assert!(self.status == status || self.status == 404, "{self:?}");
    }

    /// What is no call at all is told so in words.
    fn is_refusal(&self) {
        assert!([405, 415, 505].contains(&self.status), "{self:?}");
        let text = std::str::from_utf8(&self.body).expect("text");
        assert!(!text.trim().is_empty(), "{self:?}");
    }

    fn is_grpc_web(&self) {
        assert_eq!(self.status, 200, "{self:?}");
        assert!(self.trailers.is_none(), "{self:?}");
        let envelopes = self.envelopes();
        let (end, messages) = envelopes.split_last().expect("an end");
        self.are_messages(messages, "grpc-encoding");
        assert_eq!(end.flags, TRAILERS, "{self:?}");
        let trailers = parse_trailers(&end.payload).expect("trailers");
        assert!(
            !matches!(read_trailers(&trailers), Ending::Missing),
            "{self:?}"
        );
    }

    fn is_connect_stream(&self) {
        assert_eq!(self.status, 200, "{self:?}");
        assert!(self.trailers.is_none(), "{self:?}");
        let envelopes = self.envelopes();
        let (end, messages) = envelopes.split_last().expect("an end");
        self.are_messages(messages, "connect-content-encoding");
        assert_eq!(end.flags, END_STREAM, "{self:?}");
        assert!(parse_end_stream(&end.payload).is_some(), "{self:?}");
    }

    fn is_grpc(&self) {
        assert_eq!(self.status, 200, "{self:?}");
        let messages = self.envelopes();
        self.are_messages(&messages, "grpc-encoding");
        match &self.trailers {
            Some(trailers) => {
                assert!(!self.headers.contains_key("grpc-status"), "{self:?}");
                assert!(
                    !matches!(read_trailers(trailers), Ending::Missing),
                    "{self:?}"
                );
            }
            None => {
                assert!(messages.is_empty(), "{self:?}");
                let ending = read_trailers(&self.headers);
                assert!(matches!(ending, Ending::Failed(_)), "{self:?}");
            }
        }
    }

    /// Each is within the limit, and compressed as the header says where it is compressed.
    fn are_messages(&self, messages: &[Envelope], encoding: &str) {
        for message in messages {
            match message.flags {
                0 => assert!(message.payload.len() <= LIMIT, "{self:?}"),
                COMPRESSED => {
                    let compression = named(&self.headers, encoding).expect("a compression");
                    let unpacked = compression.decompress(&message.payload, LIMIT);
                    assert!(unpacked.is_ok(), "{self:?}");
                }
                _ => panic!("{self:?}"),
            }
        }
    }

    fn envelopes(&self) -> Vec<Envelope> {
        let mut decoder = Decoder::new(self.body.len());
        decoder.push(self.body.clone());
        let mut envelopes = Vec::new();
        while let Some(envelope) = decoder.next().expect("envelopes") {
            envelopes.push(envelope);
        }
        decoder.finish().expect("whole envelopes");
        envelopes
    }
}

/// The compression that a header names.
fn named(headers: &HeaderMap, header: &str) -> Option<Compression> {
    let name = headers.get(header)?.to_str().expect("a name");
    Some(Compression::of_name(name).expect("a compression"))
}
