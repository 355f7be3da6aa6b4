//! Messages as they were recorded.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// How a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Its reader went away.
    Left,
    Whole,
    Broken,
}

/// A request, or an answer to one.
#[derive(Debug)]
pub(crate) struct Said {
    /// Of an answer, that of its request; so is the URI.
    pub(crate) method: String,
    pub(crate) uri: String,
    /// `HTTP/1.1` or `HTTP/2.0`, of a request.
    pub(crate) version: String,
    /// The content type of its request, of an answer.
    pub(crate) asked: String,
    /// Of an answer; 0 of a request.
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// In the pieces in which it came.
    pub(crate) body: Vec<Vec<u8>>,
    pub(crate) end: End,
    pub(crate) trailers: Option<Vec<(String, String)>>,
}

impl Said {
    /// One in each line.
    pub(crate) fn all(lines: &str) -> Vec<Self> {
        lines.lines().map(Said::of_line).collect()
    }

    fn of_line(line: &str) -> Self {
        let value: Value = serde_json::from_str(line).expect("a recorded message");
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let body = value["body"].as_array().expect("a body").iter();
        let body = body.map(|piece| {
            let piece = piece.as_str().unwrap_or_default();
            STANDARD.decode(piece).expect("base64")
        });
        Said {
            method: text("method"),
            uri: text("uri"),
            version: text("version"),
            asked: text("asked"),
            status: value["status"]
                .as_u64()
                .map_or(0, |status| u16::try_from(status).expect("a status of HTTP")),
            headers: pairs(&value["headers"]).expect("headers"),
            body: body.collect(),
            end: match text("end").as_str() {
                "whole" => End::Whole,
                "broken" => End::Broken,
                _ => End::Left,
            },
            trailers: pairs(&value["trailers"]),
        }
    }

    /// The first value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The first value of a header, or of a trailer where there is no such header.
    pub(crate) fn header_or_trailer(&self, name: &str) -> Option<&str> {
        let trailers = || find(self.trailers.as_deref()?, name);
        self.header(name).or_else(trailers)
    }

    pub(crate) fn content_type(&self) -> &str {
        self.header("content-type").unwrap_or_default()
    }

    /// All of the body.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.body.concat()
    }

    /// The procedure's name.
    pub(crate) fn procedure(&self) -> &str {
        let path = self.uri.split('?').next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default()
    }

    /// What stands after the path.
    pub(crate) fn query(&self) -> Option<&str> {
        Some(self.uri.split_once('?')?.1)
    }

    /// Whether the body has frames.
    pub(crate) fn is_framed(&self) -> bool {
        let content_type = self.content_type();
        content_type.starts_with("application/grpc")
            || content_type.starts_with("application/connect+")
    }

    /// The flags and payloads of the frames that are whole.
    pub(crate) fn frames(&self) -> Vec<(u8, Vec<u8>)> {
        let body = match self.is_framed() {
            true => self.bytes(),
            false => Vec::new(),
        };
        let (mut rest, mut frames) = (&body[..], Vec::new());
        while let Some((&[flags, a, b, c, d], after)) = rest.split_first_chunk::<5>() {
            let length = u32::from_be_bytes([a, b, c, d]) as usize;
            let Some((payload, after)) = after.split_at_checked(length) else {
                break;
            };
            frames.push((flags, payload.to_vec()));
            rest = after;
        }
        frames
    }

    /// The name of the compression of the body or of its frames.
    pub(crate) fn compression(&self) -> Option<&str> {
        let names = [
            "content-encoding",
            "connect-content-encoding",
            "grpc-encoding",
        ];
        names.into_iter().find_map(|name| self.header(name))
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut pairs = pairs.iter();
    let (_, value) = pairs.find(|(found, _)| found == name)?;
    Some(value)
}

fn pairs(value: &Value) -> Option<Vec<(String, String)>> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let pairs = value.as_array()?.iter();
    Some(pairs.map(|pair| (text(&pair[0]), text(&pair[1]))).collect())
}
