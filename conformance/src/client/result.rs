//! What the runner is told of a call.

use crate::suite::{self, ClientResponseResult, Code, ConformancePayload};
use crate::{failure, header};
use iris_client::{IrisError, Response, Streaming};

/// An answer of one message.
pub(super) fn of_response<Res>(
    response: Result<Response<Res>, IrisError>,
    payload: impl FnOnce(Res) -> Option<ConformancePayload>,
) -> ClientResponseResult {
    match response {
        Ok(response) => ClientResponseResult {
            response_headers: header::of_metadata(&response.metadata),
            response_trailers: header::of_metadata(&response.trailers),
            payloads: vec![payload(response.message).unwrap_or_default()],
            ..ClientResponseResult::default()
        },
        Err(error) => failed(&error),
    }
}

/// A call that failed before it answered.
pub(super) fn failed(error: &IrisError) -> ClientResponseResult {
    ClientResponseResult {
        response_headers: header::of_metadata(error.metadata()),
        response_trailers: header::of_metadata(error.trailers()),
        error: Some(failure::of_call(error)),
        ..ClientResponseResult::default()
    }
}

/// A call that was cancelled. It was dropped, and nothing is left to tell of it: so the caller says so itself.
pub(super) fn cancelled() -> ClientResponseResult {
    ClientResponseResult {
        error: Some(cancellation()),
        ..ClientResponseResult::default()
    }
}

fn cancellation() -> suite::Error {
    suite::Error {
        code: Code::Canceled.into(),
        message: Some("the caller dropped the call".to_owned()),
        details: Vec::new(),
    }
}

/// How a stream of answers ended.
pub(super) enum Ending {
    Complete,
    Failed(IrisError),
    Cancelled,
}

/// A stream of answers, and what came of it.
pub(super) fn of_stream<Res>(
    stream: &Streaming<Res>,
    payloads: Vec<ConformancePayload>,
    ending: Ending,
) -> ClientResponseResult {
    let (error, trailers) = match ending {
        Ending::Complete => (None, header::of_metadata(stream.trailers())),
        Ending::Failed(error) => (
            Some(failure::of_call(&error)),
            header::of_metadata(error.trailers()),
        ),
        Ending::Cancelled => (Some(cancellation()), Vec::new()),
    };
    ClientResponseResult {
        response_headers: header::of_metadata(stream.metadata()),
        response_trailers: trailers,
        payloads,
        error,
        ..ClientResponseResult::default()
    }
}
