//! What is known of a message, and the file it is kept in.

use super::shape;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Request, Response};
use iris_core::Body;
use prost::bytes::Bytes;
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{fs, io, process};

/// The longest body that is kept, in bytes: what fuzzers feed takes no larger messages, and longer inputs are slower ones.
const LONGEST: usize = 4096;

/// The header in which the suite says which case it is.
const CASE: &str = "x-test-case-name";

/// What is different with each run, and read by nobody.
const LEFT_OUT: [&str; 4] = ["host", "user-agent", "date", CASE];

/// With this begin headers for the suite itself.
const FOR_THE_SUITE: &str = "x-expect-";

/// How a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Its reader went away.
    Left,
    Whole,
    Broken,
}

impl End {
    fn name(self) -> &'static str {
        match self {
            End::Left => "left",
            End::Whole => "whole",
            End::Broken => "broken",
        }
    }
}

/// What a client has to know of its call to read the answer.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    case: String,
    method: String,
    uri: String,
    content_type: String,
}

impl Asked {
    pub(super) fn new(request: &Request<Body>) -> Self {
        Asked {
            case: text(request.headers(), CASE),
            method: request.method().to_string(),
            // The server's address is another one each time.
            uri: request
                .uri()
                .path_and_query()
                .map_or_else(|| "/".to_owned(), ToString::to_string),
            content_type: text(request.headers(), CONTENT_TYPE.as_str()),
        }
    }

    fn path(&self) -> &str {
        self.uri.split('?').next().unwrap_or_default()
    }
}

/// A message, as far as it came.
pub(super) struct Note {
    folder: PathBuf,
    facts: Map<String, Value>,
    /// What of the facts tells the message from others.
    begins: Vec<String>,
    headers: HeaderMap,
    pieces: Vec<Bytes>,
    length: usize,
    trailers: Option<HeaderMap>,
    end: End,
}

impl Note {
    pub(super) fn of_request(folder: PathBuf, request: &Request<Body>) -> Self {
        let asked = Asked::new(request);
        let version = format!("{:?}", request.version());
        let mut begins = vec![
            asked.method.clone(),
            asked.path().to_owned(),
            version.clone(),
        ];
        begins.extend(shape::query(&asked.uri));
        let mut facts = Map::new();
        facts.insert("case".to_owned(), asked.case.into());
        facts.insert("method".to_owned(), asked.method.into());
        facts.insert("uri".to_owned(), asked.uri.into());
        facts.insert("version".to_owned(), version.into());
        Note::new(folder, facts, begins, request.headers())
    }

    pub(super) fn of_answer(folder: PathBuf, asked: Asked, answer: &Response<Body>) -> Self {
        let status = answer.status().as_u16();
        let begins = vec![
            asked.method.clone(),
            asked.path().to_owned(),
            asked.content_type.clone(),
            status.to_string(),
        ];
        let mut facts = Map::new();
        facts.insert("case".to_owned(), asked.case.into());
        facts.insert("asked".to_owned(), asked.content_type.into());
        facts.insert("method".to_owned(), asked.method.into());
        facts.insert("uri".to_owned(), asked.uri.into());
        facts.insert("status".to_owned(), status.into());
        Note::new(folder, facts, begins, answer.headers())
    }

    fn new(
        folder: PathBuf,
        facts: Map<String, Value>,
        begins: Vec<String>,
        headers: &HeaderMap,
    ) -> Self {
        let mut headers = headers.clone();
        for name in LEFT_OUT {
            headers.remove(name);
        }
        let own: Vec<_> = headers.keys().cloned().collect();
        for name in own {
            if name.as_str().starts_with(FOR_THE_SUITE) {
                headers.remove(name);
            }
        }
        Note {
            folder,
            facts,
            begins,
            headers,
            pieces: Vec::new(),
            length: 0,
            trailers: None,
            end: End::Left,
        }
    }

    pub(super) fn data(&mut self, data: &Bytes) {
        self.length += data.len();
        if self.length <= LONGEST {
            self.pieces.push(data.clone());
        }
    }

    pub(super) fn trailers(&mut self, trailers: &HeaderMap) {
        self.trailers = Some(trailers.clone());
        self.end = End::Whole;
    }

    pub(super) fn ended(&mut self, end: End) {
        if self.end == End::Left {
            self.end = end;
        }
    }

    /// Writes it, unless there is one of its shape that is no longer.
    pub(super) fn write(&self) -> io::Result<()> {
        if self.length > LONGEST {
            return Ok(());
        }
        let mut line = self.line();
        line.push('\n');
        fs::create_dir_all(&self.folder)?;
        let path = self.folder.join(format!("{:016x}.json", self.shape()));
        let there = fs::metadata(&path).map_or(u64::MAX, |there| there.len());
        if there <= line.len() as u64 {
            return Ok(());
        }
        // Servers of several processes write at once: what is there is whole at any time.
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let new = self.folder.join(format!("{}-{count}.new", process::id()));
        fs::write(&new, line)?;
        fs::rename(new, path)
    }

    fn line(&self) -> String {
        let mut facts = self.facts.clone();
        facts.insert("headers".to_owned(), pairs(&self.headers));
        let pieces = self.pieces.iter().map(|piece| STANDARD.encode(piece));
        facts.insert("body".to_owned(), pieces.collect());
        facts.insert("end".to_owned(), self.end.name().into());
        if let Some(trailers) = &self.trailers {
            facts.insert("trailers".to_owned(), pairs(trailers));
        }
        Value::Object(facts).to_string()
    }

    fn shape(&self) -> u64 {
        let mut parts = self.begins.clone();
        parts.push(self.end.name().to_owned());
        parts.extend(shape::headers(&self.headers));
        parts.extend(self.trailers.iter().flat_map(shape::headers));
        let content_type = text(&self.headers, CONTENT_TYPE.as_str());
        parts.extend(shape::body(&content_type, &self.pieces.concat()));
        shape::number(&parts)
    }
}

fn pairs(headers: &HeaderMap) -> Value {
    let pairs = headers.iter();
    pairs
        .map(|(name, value)| json!([name.as_str(), String::from_utf8_lossy(value.as_bytes())]))
        .collect()
}

fn text(headers: &HeaderMap, name: &str) -> String {
    let value = headers.get(name).map(http::HeaderValue::as_bytes);
    String::from_utf8_lossy(value.unwrap_or_default()).into_owned()
}
