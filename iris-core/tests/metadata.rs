//! Metadata as users set it and peers send it.

use iris_core::wire::connect::{end_stream, parse_end_stream};
use iris_core::{Metadata, Request};
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

/// The end of a stream with this many metadata names.
fn end_with_names(count: usize) -> Vec<u8> {
    let names: Vec<String> = (0..count).map(|i| format!("\"x-{i}\":[\"\"]")).collect();
    format!("{{\"metadata\":{{{}}}}}", names.join(",")).into_bytes()
}

#[test]
fn a_stream_that_ends_with_more_names_than_headers_can_hold_still_ends() {
    let end = parse_end_stream(&end_with_names(50_000)).expect("an end");
    assert!(end.error.is_none());
    assert_eq!(end.trailers.get("x-0"), Some(""));
}

#[test]
fn too_many_values_are_refused_and_those_before_stay() {
    let mut metadata = Metadata::new();
    let appended = (0..50_000)
        .take_while(|i| metadata.append(&format!("x-{i}"), "value").is_ok())
        .count();
    assert!((100..50_000).contains(&appended), "{appended}");
    assert_eq!(metadata.len(), appended);
    let refused = metadata.append_bytes("x-last-bin", &[1]).unwrap_err();
    assert!(refused.to_string().contains("x-last-bin"), "{refused}");

    // All of it still fits into headers that hold something already.
    let mut headers = http::HeaderMap::new();
    headers.insert("content-type", http::HeaderValue::from_static("text/plain"));
    metadata.copy_to(&mut headers);
    assert_eq!(headers.len(), appended + 1);
}

fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9!#$&'*+.^_`|~-]{1,20}".prop_map(|rest| format!("x-{rest}"))
}

proptest! {
    #[test]
    fn every_value_is_found_in_order(
        values in proptest::collection::vec((0..3_usize, "[ -~]{0,20}"), 0..20),
    ) {
        let names = ["x-one", "X-Two", "x-three"];
        let mut metadata = Metadata::new();
        for (name, value) in &values {
            metadata.append(names[*name], value).expect("metadata");
        }
        for (index, name) in names.iter().enumerate() {
            let of_this_name = values.iter().filter(|(of, _)| *of == index);
            let expected: Vec<&str> = of_this_name.map(|(_, value)| value.as_str()).collect();
            prop_assert_eq!(metadata.get(name), expected.first().copied());
            prop_assert_eq!(metadata.get_all(name).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn bytes_come_back(name in name(), value: Vec<u8>) {
        let name = name + "-bin";
        let mut metadata = Metadata::new();
        metadata.append_bytes(&name, &value).expect("metadata");
        prop_assert_eq!(metadata.get_bytes(&name), Some(value));
        prop_assert!(metadata.append(&name, "text").is_err());
    }

    #[test]
    fn names_of_protocols_are_refused(rest in "[a-z-]{0,10}", upper: bool) {
        for prefix in ["grpc-", "connect-"] {
            let name = format!("{prefix}{rest}");
            let name = if upper { name.to_ascii_uppercase() } else { name };
            prop_assert!(Metadata::new().append(&name, "1").is_err());
            prop_assert!(Metadata::new().append_bytes(&(name + "-bin"), &[1]).is_err());
        }
    }

    #[test]
    fn trailers_come_back_from_the_end_of_a_stream(
        values in proptest::collection::vec((name(), "[ -~]{0,20}"), 0..20),
    ) {
        let mut trailers = Metadata::new();
        for (name, value) in &values {
            // A name that ends in -bin takes bytes alone.
            let _ = trailers.append(name, value);
        }
        let end = parse_end_stream(&end_stream(None, &trailers)).expect("an end");
        prop_assert_eq!(end.trailers, trailers);
    }

    #[test]
    fn every_cookie_is_found(
        cookies in proptest::collection::btree_map("[a-zA-Z0-9_-]{1,10}", "[a-zA-Z0-9_=/+-]{0,20}", 1..10),
        separator in "; ?",
        in_headers in any::<proptest::sample::Index>(),
    ) {
        let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        // HTTP/2 may send them in several headers.
        let (first, second) = pairs.split_at(in_headers.index(pairs.len()));
        let mut metadata = Metadata::new();
        for part in [first, second] {
            metadata.append("cookie", &part.join(&separator)).expect("metadata");
        }
        let request = Request::detached(metadata);
        for (name, value) in &cookies {
            let found = request.cookie(name);
            prop_assert_eq!(found.as_deref(), Some(value.as_str()));
        }
        prop_assert!(request.cookie("not there").is_none());
    }
}
