//! Heads: the first line and the headers of a stream's request or answer, as text.
//!
//! Lines are separated by LF, with none at the end. The first is the path, with the query if there is one, or the HTTP
//! status; the others are `name: value`, names in lower case, values of visible ASCII and spaces.

use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::uri::PathAndQuery;
use http::{Response, StatusCode};
use std::fmt;

/// The longest head: the sum of its names and values and 32 bytes more for each header, as HTTP/2 counts
/// (RFC 9113, section 6.5.2), and its first line.
pub const MAX_HEAD: usize = 16_384;

/// What a header costs beside its text.
const OVERHEAD: usize = 32;

/// How a stream's request begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestHead {
    /// The path below the base URL, with the query.
    pub path: PathAndQuery,
    /// The headers, in their order.
    pub headers: HeaderMap,
}

/// How a stream's answer begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseHead {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers, in their order.
    pub headers: HeaderMap,
}

impl ResponseHead {
    /// The response of which this is the head.
    pub fn with_body<B>(self, body: B) -> Response<B> {
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

/// Text that is no head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeadError {
    /// More than [`MAX_HEAD`]; as HTTP's status 431.
    TooLarge,
    /// Anything else; as HTTP's status 400.
    Malformed {
        /// Counted from 1.
        line: usize,
        /// What the line must be.
        expected: &'static str,
    },
}

/// Writes the head of a request. Headers whose values are not visible ASCII are left out.
///
/// # Errors
///
/// [`HeadError::TooLarge`].
pub fn write_request(path: &PathAndQuery, headers: &HeaderMap) -> Result<Bytes, HeadError> {
    write(path.as_str(), headers)
}

/// Writes the head of an answer. Headers whose values are not visible ASCII are left out.
///
/// # Errors
///
/// [`HeadError::TooLarge`].
///
/// ```
/// use http::{HeaderMap, HeaderValue, StatusCode};
/// use iris_core::wire::websocket::write_response;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("content-type", HeaderValue::from_static("application/proto"));
/// let head = write_response(StatusCode::OK, &headers).unwrap();
/// assert_eq!(head, "200\ncontent-type: application/proto");
/// ```
pub fn write_response(status: StatusCode, headers: &HeaderMap) -> Result<Bytes, HeadError> {
    write(status.as_str(), headers)
}

fn write(first: &str, headers: &HeaderMap) -> Result<Bytes, HeadError> {
    let mut size = Size::default();
    size.add(first.len())?;
    let mut head = String::with_capacity(128);
    head.push_str(first);
    for (name, value) in headers {
        let Some(value) = value.to_str().ok().filter(|value| is_plain(value)) else {
            continue;
        };
        size.add(name.as_str().len() + value.len() + OVERHEAD)?;
        for piece in ["\n", name.as_str(), ": ", value] {
            head.push_str(piece);
        }
    }
    Ok(head.into())
}

/// Reads the head of a request.
///
/// # Errors
///
/// Where it is none.
pub fn parse_request(head: &[u8]) -> Result<RequestHead, HeadError> {
    let (first, headers) = parse(head)?;
    let plain = first.starts_with('/')
        && !first.contains('#')
        && first.bytes().all(|byte| byte.is_ascii_graphic());
    let path = plain.then(|| first.parse().ok()).flatten();
    let path = path.ok_or(HeadError::Malformed {
        line: 1,
        expected: "a path such as /users.v1.Users/Watch",
    })?;
    Ok(RequestHead { path, headers })
}

/// Reads the head of an answer.
///
/// # Errors
///
/// Where it is none.
pub fn parse_response(head: &[u8]) -> Result<ResponseHead, HeadError> {
    let (first, headers) = parse(head)?;
    let status = first.parse().map_err(|_| HeadError::Malformed {
        line: 1,
        expected: "an HTTP status such as 200",
    })?;
    Ok(ResponseHead { status, headers })
}

fn parse(head: &[u8]) -> Result<(&str, HeaderMap), HeadError> {
    let mut size = Size::default();
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    size.add(first.len())?;
    let first = std::str::from_utf8(first).map_err(|_| HeadError::Malformed {
        line: 1,
        expected: "text",
    })?;
    let mut headers = HeaderMap::new();
    for (line, number) in lines.zip(2..) {
        // The separator is not counted.
        size.add((line.len() + OVERHEAD).saturating_sub(2))?;
        let (name, value) = header(line).ok_or(HeadError::Malformed {
            line: number,
            expected: "`name: value`, the name in lower case, the value of visible ASCII",
        })?;
        headers
            .try_append(name, value)
            .map_err(|_| HeadError::TooLarge)?;
    }
    Ok((first, headers))
}

fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = (&line[..colon], line[colon + 1..].strip_prefix(b" ")?);
    if name.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    let value = std::str::from_utf8(value)
        .ok()
        .filter(|value| is_plain(value))?;
    Some((HeaderName::from_bytes(name).ok()?, value.parse().ok()?))
}

/// Whether a value can stand in a head: what `HeaderValue` allows beside is a tab.
fn is_plain(value: &str) -> bool {
    value.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// How much of a head was seen, in bytes as they are counted.
#[derive(Default)]
struct Size(usize);

impl Size {
    fn add(&mut self, bytes: usize) -> Result<(), HeadError> {
        self.0 += bytes;
        match self.0 <= MAX_HEAD {
            true => Ok(()),
            false => Err(HeadError::TooLarge),
        }
    }
}

impl fmt::Display for HeadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HeadError::TooLarge => write!(
                formatter,
                "HEAD is larger than {MAX_HEAD} bytes, of which each header takes {OVERHEAD} beside its text"
            ),
            HeadError::Malformed { line, expected } => {
                write!(formatter, "line {line} of HEAD must be {expected}")
            }
        }
    }
}

impl std::error::Error for HeadError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_comes_back() {
        let mut headers = HeaderMap::new();
        headers.append(
            "content-type",
            HeaderValue::from_static("application/proto"),
        );
        headers.append("x-word", HeaderValue::from_static("one two: three"));
        headers.append("x-word", HeaderValue::from_static(""));
        let path = PathAndQuery::from_static("/users.v1.Users/Watch?a=b");
        let head = write_request(&path, &headers).unwrap();
        assert_eq!(
            head,
            "/users.v1.Users/Watch?a=b\ncontent-type: application/proto\nx-word: one two: three\nx-word: "
        );
        let read = parse_request(&head).unwrap();
        assert_eq!((read.path, read.headers), (path, headers.clone()));

        let head = write_response(StatusCode::NOT_FOUND, &headers).unwrap();
        let read = parse_response(&head).unwrap();
        assert_eq!(
            (read.status, read.headers),
            (StatusCode::NOT_FOUND, headers)
        );
    }

    #[test]
    fn values_that_no_head_can_hold_are_left_out() {
        let mut headers = HeaderMap::new();
        headers.append("x-tab", HeaderValue::from_static("a\tb"));
        headers.append("x-latin", HeaderValue::from_bytes(b"caf\xe9").unwrap());
        headers.append("x-word", HeaderValue::from_static("yes"));
        let head = write_response(StatusCode::OK, &headers).unwrap();
        assert_eq!(head, "200\nx-word: yes");
    }

    #[test]
    fn what_is_no_head_is_refused_with_its_line() {
        for head in [
            "",
            "users",
            "/ a",
            "/a#b",
            "/\u{e9}",
            "*",
            "http://host/a",
            "/a\r",
        ] {
            let error = parse_request(head.as_bytes()).unwrap_err();
            let shown = "line 1 of HEAD must be a path such as /users.v1.Users/Watch";
            assert_eq!(error.to_string(), shown, "{head:?}");
        }
        for head in ["", "20", "2000", "OK", "200 OK", "099"] {
            let error = parse_response(head.as_bytes()).unwrap_err();
            let shown = "line 1 of HEAD must be an HTTP status such as 200";
            assert_eq!(error.to_string(), shown, "{head:?}");
        }
        for line in [
            "",
            "x",
            "x:y",
            ": y",
            "X: y",
            "x : y",
            "x: y\r",
            "x: \t",
            "x: \u{e9}",
            "x y: z",
            "\u{e9}: z",
        ] {
            let head = format!("/a.B/C\nfirst: 1\n{line}");
            let error = parse_request(head.as_bytes()).unwrap_err();
            assert!(
                matches!(error, HeadError::Malformed { line: 3, .. }),
                "{line:?}"
            );
        }
        assert!(parse_request(b"/\xff").is_err());
    }

    #[test]
    fn a_large_head_is_refused_before_all_of_it_is_kept() {
        let at_most = (MAX_HEAD - 1 - 1) / (1 + 1 + OVERHEAD);
        let head = |headers| format!("/{}", "\na: b".repeat(headers));
        assert_eq!(
            parse_request(head(at_most).as_bytes())
                .unwrap()
                .headers
                .len(),
            at_most
        );
        assert_eq!(
            parse_request(head(at_most + 1).as_bytes()),
            Err(HeadError::TooLarge)
        );

        let mut headers = HeaderMap::new();
        headers.insert(
            "a",
            "b".repeat(MAX_HEAD - 1 - 1 - OVERHEAD).parse().unwrap(),
        );
        let path = PathAndQuery::from_static("/");
        let largest = write_request(&path, &headers).unwrap();
        assert_eq!(parse_request(&largest).unwrap().headers, headers);
        headers.insert("c", HeaderValue::from_static(""));
        assert_eq!(write_request(&path, &headers), Err(HeadError::TooLarge));
    }
}
