//! Responses in the format of their events.

use super::event::Format;
use super::service::Answered;
use crate::answer::{Answer, IntoAnswer};
use crate::failure::{BoxError, Failure};
use crate::head::{cookies, joined, listed};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::SET_COOKIE;
use http::response::Parts;
use http_body::Body;
use http_body_util::BodyExt;
use serde::Serialize;
use std::collections::BTreeMap;
use std::env;

/// Set to one of function URLs' invoke modes.
const INVOKE_MODE: &str = "IRIS_LAMBDA_INVOKE_MODE";

/// Set by iris-up.
const IRIS_UP: &str = "IRIS_UP_DAEMON";

/// Which answers go piece by piece.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Mode {
    None,
    All,
    /// Those whose length is not known.
    Unsized,
}

impl Mode {
    /// As the program says, or else its environment.
    pub(super) fn chosen(said: Option<bool>) -> Mode {
        let mode = env::var(INVOKE_MODE);
        match (said, mode.as_deref()) {
            (Some(true), _) | (None, Ok("RESPONSE_STREAM")) => Mode::All,
            (Some(false), _) | (None, Ok("BUFFERED")) => Mode::None,
            _ if env::var_os(IRIS_UP).is_some() => Mode::Unsized,
            _ => Mode::None,
        }
    }

    pub(super) fn streams(self, response: &Answered) -> bool {
        match self {
            Mode::None => false,
            Mode::All => true,
            Mode::Unsized => response.body().size_hint().exact().is_none(),
        }
    }
}

/// A response as JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    status_code: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cookies: Option<Vec<String>>,
    body: &'a str,
    is_base64_encoded: bool,
}

/// A response that goes whole.
pub(super) async fn whole(response: Answered, format: Format) -> Result<Answer, Failure> {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(Failure::of::<BoxError>)?;
    let body = body.to_bytes();
    let encoded;
    let (text, is_base64_encoded) = match as_text(&body) {
        Some(text) => (text, false),
        None => {
            encoded = STANDARD.encode(&body);
            (encoded.as_str(), true)
        }
    };
    let mut told = head(&parts, format);
    told.body = text;
    told.is_base64_encoded = is_base64_encoded;
    told.into_answer()
}

/// The body, where it is text by what it is: types say little of that, and a text that went as base64 would stay that behind a
/// REST API that was not told of binary types. One with control characters would be longer than its base64.
fn as_text(body: &[u8]) -> Option<&str> {
    let control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t');
    match body.iter().any(control) {
        true => None,
        false => std::str::from_utf8(body).ok(),
    }
}

fn head(parts: &Parts, format: Format) -> Told<'static> {
    let mut told = Told {
        status_code: parts.status.as_u16(),
        status_description: None,
        headers: None,
        multi_value_headers: None,
        cookies: None,
        body: "",
        is_base64_encoded: false,
    };
    match format {
        Format::Two => {
            told.headers = Some(joined(&parts.headers));
            told.cookies = Some(cookies(&parts.headers));
        }
        Format::One => told.multi_value_headers = Some(listed(&parts.headers)),
        Format::LoadBalancer { multi_value } => {
            let reason = parts.status.canonical_reason().unwrap_or("Unknown");
            told.status_description = Some(format!("{} {reason}", told.status_code));
            match multi_value {
                true => told.multi_value_headers = Some(listed(&parts.headers)),
                false => {
                    let mut headers = joined(&parts.headers);
                    headers.extend(spelled(cookies(&parts.headers)));
                    told.headers = Some(headers);
                }
            }
        }
    }
    told
}

/// Several cookies for a load balancer that takes each name once: names are told apart by case, and mean the same.
fn spelled(cookies: Vec<String>) -> impl Iterator<Item = (String, String)> {
    let spell = |(number, cookie): (usize, String)| {
        let mut letter = 0;
        let spelling = SET_COOKIE.as_str().chars().map(|char| {
            let upper = char.is_ascii_alphabetic() && number >> letter & 1 == 1;
            letter += usize::from(char.is_ascii_alphabetic());
            if upper {
                char.to_ascii_uppercase()
            } else {
                char
            }
        });
        (spelling.collect(), cookie)
    };
    // There are no more spellings than these.
    cookies.into_iter().take(512).enumerate().map(spell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_text_where_it_reads_as_such() {
        assert_eq!(
            as_text("{\"é\":\t1}\r\n".as_bytes()),
            Some("{\"é\":\t1}\r\n")
        );
        assert_eq!(as_text(b""), Some(""));
        assert_eq!(as_text(&[0xff]), None);
        assert_eq!(as_text(b"\x0a\x03ada\x10\x05"), None);
    }

    #[test]
    fn cookies_have_a_spelling_each() {
        let cookies = (0..512).map(|number| number.to_string()).collect();
        let spelled: BTreeMap<String, String> = spelled(cookies).collect();
        assert_eq!(spelled.len(), 512);
        assert_eq!(spelled["set-cookie"], "0");
        assert_eq!(spelled["Set-cookie"], "1");
        assert_eq!(spelled["SET-COOKIE"], "511");
    }
}
