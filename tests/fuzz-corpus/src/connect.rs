//! Connect's JSON: the body of an error, and what ends a stream.

use crate::errors::{any_error, any_metadata, assert_same};
use crate::input::Input;
use iris_core::wire::connect::{end_stream, error_body, parse_end_stream, parse_error_body};

/// Whatever can be read can be written and is read again as it was; and so is whatever can be written.
pub fn connect(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let http = input.u16();
    if let Some(error) = parse_error_body(input.rest(), http) {
        let again = parse_error_body(&error_body(&error), http);
        assert_same(&error, &again.expect("what was written is read"));
    }
    if let Some(end) = parse_end_stream(input.rest()) {
        let again = parse_end_stream(&end_stream(end.error.as_ref(), &end.trailers));
        let again = again.expect("what was written is read");
        assert_eq!(end.trailers, again.trailers);
        match (&end.error, &again.error) {
            (None, None) => {}
            (Some(error), Some(again)) => assert_same(error, again),
            other => panic!("{other:?}"),
        }
    }
    let error = any_error(&mut input);
    let again = parse_error_body(&error_body(&error), http);
    assert_same(&error, &again.expect("what was written is read"));
    let trailers = any_metadata(&mut input);
    let end = parse_end_stream(&end_stream(Some(&error), &trailers));
    let end = end.expect("what was written is read");
    assert_same(&error, &end.error.expect("an error"));
    assert_eq!(end.trailers, trailers);
}
