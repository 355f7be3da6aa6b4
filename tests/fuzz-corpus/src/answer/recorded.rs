//! Answers as they came in the conformance suite.

use crate::recorded::{Output, Said, last};

/// What [`Answered::new`](super::Answered::new) reads as this answer, as far as that can be said.
pub(crate) fn recorded(said: &Said) -> Vec<u8> {
    let by_get = said.query().unwrap_or_default();
    let protocol = match said.asked.as_str() {
        web if web.starts_with("application/grpc-web") => 2,
        grpc if grpc.starts_with("application/grpc") => 1,
        _ => 0,
    };
    let is_json = said.asked.ends_with("json") || by_get.contains("encoding=json");
    let kind = match said.procedure() {
        "ServerStream" => 1,
        "ClientStream" => 2,
        "BidiStream" => 3,
        _ => 0,
    };
    let mut output = Output::default();
    output.byte(protocol);
    output.byte(u8::from(is_json));
    output.byte(kind);
    // All that can be written out is.
    output.byte(1 | 2 | 4 | 8 | 16);
    output.u16(said.status);
    output.piece(said.content_type().as_bytes());
    output.headers(pairs(&said.headers));
    output.headers(pairs(said.trailers.as_deref().unwrap_or_default()));
    output.byte(last(said));
    output.cuts(&said.body);
    output.before(&said.bytes())
}

/// Without the content type, which has a place of its own; those of protocols first.
fn pairs(headers: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    let (others, own): (Vec<_>, Vec<_>) = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| *name != "content-type")
        .partition(|(name, _)| name.starts_with("x-"));
    own.into_iter().chain(others)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Answered;
    use crate::input::Input;

    const ANSWERS: &str = include_str!("../../recorded/answers.jsonl");

    #[test]
    fn answers_are_read_as_they_came() {
        for said in Said::all(ANSWERS) {
            let input = recorded(&said);
            let answered = Answered::new(Input::new(&input));
            assert_eq!(answered.status, said.status);
            assert_eq!(answered.body, said.bytes());
            assert_eq!(answered.headers["content-type"], said.content_type());
            for (name, value) in answered.headers.iter().chain(&answered.trailers) {
                let pair = (name.to_string(), value.to_str().expect("text").to_owned());
                let trailers = said.trailers.as_deref().unwrap_or_default();
                let there = said.headers.contains(&pair) || trailers.contains(&pair);
                assert!(there || name == "content-type", "{pair:?}, {said:?}");
            }
        }
    }
}
