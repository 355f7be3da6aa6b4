//! Requests as they came in the conformance suite, for a procedure of ours.

use super::PATHS;
use crate::recorded::{Output, Said, last};

/// What [`Asked::new`](super::Asked::new) reads as this request, as far as that can be said.
///
/// The suite's messages are none of ours: they go to procedures whose own have no fields, to which theirs are unknown.
pub(crate) fn recorded(said: &Said) -> Vec<u8> {
    let procedure = match said.procedure() {
        "Unary" | "IdempotentUnary" => "Ping",
        "ServerStream" | "ClientStream" | "BidiStream" => "Through",
        _ => "Nobody",
    };
    let query = said.query().map(|query| format!("?{query}"));
    let uri = format!("fuzz.v1.Mirror/{procedure}{}", query.unwrap_or_default());
    let method = match said.method.as_str() {
        "GET" => 2 << 2,
        "OPTIONS" => 3 << 2,
        _ => 0,
    };
    let version = match said.version.as_str() {
        "HTTP/2.0" => 0,
        _ => 16,
    };
    let compresses = match said
        .headers
        .iter()
        .any(|(name, _)| name.ends_with("accept-encoding"))
    {
        true => 128,
        false => 0,
    };

    let mut output = Output::default();
    // A path and a content type that are written out, headers, and cuts.
    output.byte(1 | 2 | method | version | 32 | 64 | compresses);
    // The one to which every path can be added.
    let root = PATHS.iter().position(|path| *path == "/");
    output.byte(
        root.and_then(|root| u8::try_from(root).ok())
            .expect("a path"),
    );
    if !output.piece(uri.as_bytes()) {
        output.piece(b"fuzz.v1.Mirror/Ping");
    }
    output.piece(said.content_type().as_bytes());
    output.headers(in_order(&said.headers));
    output.cuts(&said.body);
    output.byte(last(said));
    output.before(&said.bytes())
}

/// Those of protocols first, and without the content type, which has a place of its own.
fn in_order(headers: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    let (own, others): (Vec<_>, Vec<_>) = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| *name != "content-type")
        .partition(|(name, _)| !name.starts_with("x-"));
    own.into_iter().chain(others)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Input;
    use crate::request::{Asked, answered, application};

    const REQUESTS: &str = include_str!("../../recorded/requests.jsonl");

    #[test]
    fn requests_are_read_as_they_came_and_most_are_answered() {
        let requests = Said::all(REQUESTS);
        let mut good = 0;
        for said in &requests {
            let input = recorded(said);
            let asked = Asked::new(Input::new(&input));
            assert_eq!(asked.body, said.bytes());
            assert_eq!(asked.content_type, said.content_type().as_bytes());
            // A method that no request of the target has becomes POST.
            let method = match said.method.as_str() {
                "DELETE" => "POST",
                method => method,
            };
            assert_eq!(asked.method, method);
            for (name, value) in asked.headers.iter() {
                let value = String::from_utf8_lossy(value).into_owned();
                assert!(said.headers.contains(&(name.clone(), value)), "{said:?}");
            }
            let request = asked.request().expect("a request");
            let answer = answered(application::service(), request);
            good += usize::from(answer.is_some_and(|answer| answer.well_formed().status == 200));
        }
        // The suite has bad ones too.
        assert!(good > requests.len() / 2, "{good} of {}", requests.len());
    }
}
