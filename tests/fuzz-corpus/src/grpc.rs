//! gRPC's trailers: how a call ended.

use crate::errors::{any_error, any_metadata, assert_same};
use crate::input::Input;
use http::{HeaderMap, HeaderValue};
use iris_core::wire::grpc::{DETAILS, Ending, MESSAGE, STATUS, read_trailers, write_trailers};
use iris_core::{IrisError, code};

/// Any trailers end a call or are none of gRPC's; an error comes back from its trailers as it was.
pub fn grpc(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let mut trailers = HeaderMap::new();
    for name in [STATUS, MESSAGE, DETAILS] {
        if let Ok(value) = HeaderValue::from_bytes(input.piece()) {
            trailers.insert(name, value);
        }
    }
    match read_trailers(&trailers) {
        Ending::Failed(error) => comes_back(&error, HeaderMap::new()),
        Ending::Ok => assert!(trailers.contains_key(STATUS)),
        Ending::Missing => assert!(!trailers.contains_key(STATUS)),
    }
    let error = any_error(&mut input);
    comes_back(&error, any_metadata(&mut input).into_headers());
}

fn comes_back(error: &IrisError, others: HeaderMap) {
    let mut trailers = others.clone();
    write_trailers(&mut trailers, Some(error));
    for (name, value) in &trailers {
        assert!(value.to_str().is_ok(), "{name}: {value:?}");
        assert!(others.get(name).is_none() || others.get(name) == trailers.get(name));
    }
    assert_eq!(trailers.len(), others.len() + 3);
    assert_same(error, &failed(&trailers));

    // To a peer that knows nothing of our details it is an error all the same.
    trailers.remove(DETAILS);
    let plain = failed(&trailers);
    let message = &error.internal_message;
    assert!(message.starts_with(&plain.internal_message), "{plain}");
    assert!(message.len() == plain.internal_message.len() || message.len() > 500);
    match plain.code {
        code::IRIS_PROCEDURE_NOT_FOUND => {}
        code => {
            assert_eq!(code, code::IRIS_COMMUNICATION_ERROR);
            assert_eq!(plain.status, error.status);
        }
    }
}

fn failed(trailers: &HeaderMap) -> IrisError {
    match read_trailers(trailers) {
        Ending::Failed(error) => error,
        other => panic!("{other:?}"),
    }
}
