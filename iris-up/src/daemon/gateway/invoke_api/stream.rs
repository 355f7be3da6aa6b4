//! What came of an event, piece by piece: `PayloadChunk` for each, and `InvokeComplete`, which says whether that was all.

use super::event_stream::{self, event};
use super::refusal::Refusal;
use super::told::{UNHANDLED, log};
use crate::daemon::lambda::{Invoked, Pieces};
use crate::daemon::process::tail::Tail;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};
use http_body::Frame;
use http_body_util::StreamBody;
use iris_core::Body;
use serde_json::json;
use std::convert::Infallible;

/// The most bytes of an answer in pieces: 200 MiB, AWS Lambda's quota.
const LARGEST: usize = 200 * 1024 * 1024;

/// An answer that is under way.
struct Sending {
    pieces: Pieces,
    /// How many more bytes there may be.
    left: usize,
    tail: Option<Tail>,
    id: String,
    version: u64,
}

/// A function's answer as it comes. Also where it failed there is one, which says so at its end.
pub(super) fn answer(invoked: Invoked, tail: Option<Tail>) -> Result<Response<Body>, Refusal> {
    let (id, version) = (invoked.request_id.clone(), invoked.version);
    let sending = Sending {
        pieces: invoked.pieces()?,
        left: LARGEST,
        tail,
        id,
        version,
    };
    let frames = stream::unfold(Some(sending), async |sending| {
        let mut sending = sending?;
        let (message, goes_on) = sending.next().await;
        Some((message, goes_on.then_some(sending)))
    });
    let frames = frames.map(|message| Ok::<_, Infallible>(Frame::data(message)));
    let mut response = Response::new(Body::new(StreamBody::new(frames)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(event_stream::TYPE));
    headers.insert("x-amz-executed-version", version.into());
    Ok(response)
}

impl Sending {
    /// The next message, and whether there are more.
    async fn next(&mut self) -> (Bytes, bool) {
        match self.pieces.next().await {
            Some(Ok(piece)) if piece.len() <= self.left => {
                self.left -= piece.len();
                let message = event("PayloadChunk", "application/octet-stream", &piece);
                (message, true)
            }
            Some(Ok(_)) => {
                let why = json!({
                    "errorType": "Function.ResponseSizeTooLarge",
                    "errorMessage": format!("an answer in pieces has at most {LARGEST} bytes"),
                });
                (self.complete(Some(why.to_string())).await, false)
            }
            Some(Err(raised)) => {
                let details = String::from_utf8_lossy(&raised.document).into_owned();
                (self.complete(Some(details)).await, false)
            }
            None => (self.complete(None).await, false),
        }
    }

    async fn complete(&mut self, details: Option<String>) -> Bytes {
        let mut told = json!({});
        if let Some(details) = details {
            told["ErrorCode"] = UNHANDLED.into();
            told["ErrorDetails"] = details.into();
        }
        if let Some(log) = log(self.tail.take(), &self.id, self.version).await {
            told["LogResult"] = log.into();
        }
        let told = told.to_string();
        event("InvokeComplete", "application/json", told.as_bytes())
    }
}
