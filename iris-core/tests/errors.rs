//! Errors on their way through either protocol.

use http::HeaderMap;
use iris_core::wire::connect::{error_body, parse_error_body};
use iris_core::wire::grpc::{Ending, read_trailers, write_trailers};
use iris_core::{Detail, ErrorDetail, IrisError, Status};
use proptest::option;
use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};
use proptest::sample::select;

fn error() -> impl Strategy<Value = IrisError> {
    let status = select(Status::ALL.to_vec());
    (any::<i32>(), any::<String>(), status, option::of(".+")).prop_map(
        |(code, message, status, id)| {
            let error = IrisError::new(code, message).with_status(status);
            match id {
                None => error,
                Some(id) => error.with_request_id(id),
            }
        },
    )
}

/// All that a caller gets of an error.
fn told(error: &IrisError) -> (i32, Status, &str, Option<&str>) {
    let IrisError {
        code,
        status,
        internal_message,
        ..
    } = error;
    (*code, *status, internal_message, error.request_id())
}

fn by_grpc(error: &IrisError) -> IrisError {
    let mut trailers = HeaderMap::new();
    write_trailers(&mut trailers, Some(error));
    match read_trailers(&trailers) {
        Ending::Failed(error) => error,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn grpc_and_connect_tell_the_same_error(error in error(), http: u16) {
        let by_connect = parse_error_body(&error_body(&error), http).expect("an error");
        prop_assert_eq!(told(&by_connect), told(&error));
        let by_grpc = by_grpc(&error);
        prop_assert_eq!(told(&by_grpc), told(&error));
    }

    #[test]
    fn sources_stay_here(error in error(), secret in "[a-z]{20}") {
        let error = error.with_source(secret.clone());
        let body = String::from_utf8(error_body(&error)).expect("text");
        prop_assert_eq!(body.contains(&secret), false);
        prop_assert_eq!(ErrorDetail::from_error(&error), ErrorDetail::from_error(&by_grpc(&error)));
    }

    #[test]
    fn a_detail_that_is_none_leaves_the_status(bytes: Vec<u8>, status in select(Status::ALL.to_vec()), message: String) {
        let error = ErrorDetail::into_error(vec![Detail::new(ErrorDetail::FULL_NAME, bytes)], status, &message);
        prop_assert_eq!(error.status, status);
    }
}
