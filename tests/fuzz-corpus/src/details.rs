//! The details of an error: in `grpc-status-details-bin`, and in Connect's JSON.

use crate::errors::{any_error, assert_same};
use crate::input::Input;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use http::{HeaderMap, HeaderValue};
use iris_core::wire::connect::{error_body, parse_error_body};
use iris_core::wire::grpc::{DETAILS, Ending, STATUS, read_trailers, write_trailers};
use iris_core::{Detail, IrisError};

/// Names worth a try: our own, and those of which the conformance suite and grpc-go make use.
const TYPES: [&str; 4] = [
    "iris.v1.ErrorDetail",
    "connectrpc.conformance.v1.ConformancePayload.RequestInfo",
    "google.rpc.RetryInfo",
    "google.protobuf.StringValue",
];

/// The longest message that gRPC's trailers hold, in bytes; more would be too much for a header.
const LONGEST: usize = 3072;

/// The details that trailers have room for beside such a message, in bytes; more would be left out.
const FITTING: usize = 1024;

/// The details of any error come back in both protocols; any bytes in their place are details or none.
pub fn details(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let mut error = any_error(&mut input);
    for _ in 0..input.byte() % 4 {
        let name = match input.byte() {
            // What stands before a slash is a URL, which is not part of the name.
            0xff => input.text().replace('/', ""),
            index => TYPES[usize::from(index) % TYPES.len()].to_owned(),
        };
        error = error.with_encoded_detail(Detail::new(name, input.piece().to_vec()));
    }
    comes_back(&error);

    let rest = input.rest();
    let encoded = [STANDARD.encode(rest), STANDARD_NO_PAD.encode(rest)];
    let values = encoded.iter().map(String::as_bytes).chain([rest]);
    for value in values.filter_map(|value| HeaderValue::from_bytes(value).ok()) {
        let mut trailers = HeaderMap::new();
        trailers.insert(STATUS, HeaderValue::from(error.status.number()));
        trailers.insert(DETAILS, value);
        comes_back(&of_trailers(&trailers));
    }
    let value = &encoded[1];
    for name in TYPES {
        let body =
            serde_json::json!({ "code": "aborted", "details": [{ "type": name, "value": value }] });
        let read = parse_error_body(body.to_string().as_bytes(), 409).expect("an error");
        // Our own is taken out where it can be read.
        assert!(read.details().len() <= 1);
        if name != TYPES[0] {
            assert_eq!(read.details()[0].value(), rest);
        }
        comes_back(&read);
    }
}

fn comes_back(error: &IrisError) {
    let back = parse_error_body(&error_body(error), 500).expect("what was written is read");
    assert_same(error, &back);
    assert_eq!(error.details(), back.details());

    let mut trailers = HeaderMap::new();
    write_trailers(&mut trailers, Some(error));
    let back = of_trailers(&trailers);
    let lengths = error.details().iter();
    let lengths = lengths.map(|detail| detail.type_name().len() + detail.value().len());
    if lengths.sum::<usize>() <= FITTING {
        assert_eq!(error.details(), back.details());
    }
    if error.internal_message.len() <= LONGEST {
        assert_same(error, &back);
    }
}

fn of_trailers(trailers: &HeaderMap) -> IrisError {
    match read_trailers(trailers) {
        Ending::Failed(error) => error,
        other => panic!("{other:?}"),
    }
}
