//! gRPC-Web: gRPC's envelopes with the trailers as a last envelope, for HTTP without trailers
//! (gRPC `PROTOCOL-WEB.md`).

mod text;

pub use text::{FromText, NotBase64, ToText};

use crate::metadata::MOST_VALUES;
use http::{HeaderMap, HeaderName, HeaderValue};

/// The flag of the envelope that holds the trailers, and ends the body.
pub const TRAILERS: u8 = 0b1000_0000;

/// The payload of the envelope that ends a body: a line for each trailer, as HTTP/1.1 has headers.
pub fn trailers_payload(trailers: &HeaderMap) -> Vec<u8> {
    let mut payload = Vec::with_capacity(64);
    for (name, value) in trailers {
        payload.extend_from_slice(name.as_str().as_bytes());
        payload.extend_from_slice(b": ");
        payload.extend_from_slice(value.as_bytes());
        payload.extend_from_slice(b"\r\n");
    }
    payload
}

/// The most trailers that are read: what metadata may have, and the three that are gRPC's own. A line of three bytes takes 72 in
/// memory, and a header map has no limit for how often a name comes again.
const MOST: usize = MOST_VALUES + 3;

/// Reads that payload. `None` where a line is no header, or there are more than anybody can have set.
pub fn parse_trailers(payload: &[u8]) -> Option<HeaderMap> {
    let mut trailers = HeaderMap::new();
    let lines = payload.split(|byte| *byte == b'\n');
    for line in lines
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
    {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(line[..colon].trim_ascii()).ok()?;
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
        if trailers.len() == MOST {
            return None;
        }
        trailers.append(name, value);
    }
    Some(trailers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn more_trailers_than_metadata_has_are_none() {
        let same = |count: usize| -> String { "a:\n".repeat(count) };
        let named =
            |count: usize| -> String { (0..count).map(|name| format!("x{name}:\n")).collect() };
        for lines in [&same as &dyn Fn(usize) -> String, &named] {
            let most = parse_trailers(lines(MOST).as_bytes());
            assert_eq!(most.map(|trailers| trailers.len()), Some(MOST));
            assert_eq!(parse_trailers(lines(MOST + 1).as_bytes()), None);
        }
    }

    #[test]
    fn trailers_come_back() {
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", HeaderValue::from_static("0"));
        trailers.append("x-cost", HeaderValue::from_static("3: 4"));
        trailers.append("x-cost", HeaderValue::from_static(""));
        let payload = trailers_payload(&trailers);
        assert_eq!(parse_trailers(&payload), Some(trailers));
        assert_eq!(parse_trailers(b""), Some(HeaderMap::new()));
        assert_eq!(parse_trailers(b"Grpc-Status:5"), {
            let mut read = HeaderMap::new();
            read.insert("grpc-status", HeaderValue::from_static("5"));
            Some(read)
        });
        assert_eq!(parse_trailers(b"no header"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_trailers_or_nothing(payload: Vec<u8>) {
            let _ = parse_trailers(&payload);
        }
    }
}
