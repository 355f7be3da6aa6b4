//! What the suite's peers say, as seeds for fuzzers: the requests that connect-go and grpc-go send to our server, and the
//! answers that they, and the suite's malformed ones, give to our client.
//!
//! Off unless [`FOLDER`] is set, which `cargo xtask conformance --record` does. Of messages that have the same shape one is
//! kept, as a file of JSON below `requests` or `answers`.
//!
//! # Map
//!
//! - `note`: what is known of a message, and its file
//! - `body`: notes a body while it is read
//! - `shape`: what tells one message from another

mod body;
mod note;
mod shape;

use body::Noted;
use http::{Request, Response};
use iris_core::Body;
pub(crate) use note::Asked;
use note::Note;
use std::env;
use std::path::PathBuf;

/// Names the folder that has what was recorded.
pub const FOLDER: &str = "CONFORMANCE_RECORD";

/// The folder, where something is to be recorded.
pub(crate) fn folder() -> Option<PathBuf> {
    env::var_os(FOLDER).map(PathBuf::from)
}

/// The request as it was, which is noted once its body is done with.
pub(crate) fn request(folder: PathBuf, request: Request<Body>) -> Request<Body> {
    let note = Note::of_request(folder.join("requests"), &request);
    request.map(|body| Body::new(Noted::new(body, note)))
}

/// The answer as it was, which is noted once its body is done with.
pub(crate) fn answer(folder: PathBuf, asked: Asked, answer: Response<Body>) -> Response<Body> {
    let note = Note::of_answer(folder.join("answers"), asked, &answer);
    answer.map(|body| Body::new(Noted::new(body, note)))
}

/// What an answer cannot be read without.
pub(crate) fn asked(request: &Request<Body>) -> Asked {
    Asked::new(request)
}
