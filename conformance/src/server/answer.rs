//! Answers of one message.

use crate::suite::conformance_payload::{ConnectGetInfo, RequestInfo};
use crate::suite::unary_response_definition::Response;
use crate::suite::{ConformancePayload, Header, UnaryResponseDefinition};
use crate::{failure, header};
use iris_core::{InvalidMetadata, IrisError, Request, Status};
use prost::bytes::Bytes;
use prost_types::Any;
use std::time::Duration;

/// Answers as a call's message defines.
pub(super) async fn answer(
    request: &Request,
    definition: Option<UnaryResponseDefinition>,
    received: Vec<Any>,
) -> Result<ConformancePayload, IrisError> {
    let seen = seen(request, received);
    let definition = definition.unwrap_or_default();
    send_back(
        request,
        &definition.response_headers,
        &definition.response_trailers,
    )?;
    tokio::time::sleep(milliseconds(definition.response_delay_ms)).await;
    let data = match definition.response {
        Some(Response::Error(error)) => return Err(failure::asked_for(error, Some(&seen))),
        Some(Response::ResponseData(data)) => data,
        None => Bytes::new(),
    };
    Ok(ConformancePayload {
        data,
        request_info: Some(seen),
    })
}

/// What the server knows of a call, for the suite to compare with what was sent.
pub(super) fn seen(request: &Request, received: Vec<Any>) -> RequestInfo {
    let remaining = request.remaining();
    RequestInfo {
        request_headers: header::of_metadata(request.metadata()),
        timeout_ms: remaining.map(|left| i64::try_from(left.as_millis()).unwrap_or(i64::MAX)),
        requests: received,
        connect_get_info: (request.method() == "GET").then(|| query(request)),
    }
}

/// The query of a call by GET.
fn query(request: &Request) -> ConnectGetInfo {
    let query = request.uri().query().unwrap_or_default();
    let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
    let parameters = pairs.map(|(name, value)| Header {
        name,
        value: vec![value],
    });
    ConnectGetInfo {
        query_params: parameters.collect(),
    }
}

/// Has metadata sent before the answer and after it.
pub(super) fn send_back(
    request: &Request,
    before: &[Header],
    after: &[Header],
) -> Result<(), IrisError> {
    for (name, value) in header::pairs(before) {
        request.append_metadata(name, value).map_err(unsendable)?;
    }
    for (name, value) in header::pairs(after) {
        request.append_trailer(name, value).map_err(unsendable)?;
    }
    Ok(())
}

pub(super) fn milliseconds(count: u32) -> Duration {
    Duration::from_millis(count.into())
}

fn unsendable(error: InvalidMetadata) -> IrisError {
    IrisError::of_status(Status::InvalidArgument, error.to_string())
}
