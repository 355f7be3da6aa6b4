//! A message and procedures, as `iris-build` would print them.

use iris_client::json::{self, FieldReader, FieldWriter, Fields};
use iris_client::{Client, IrisError, Method, Unary, kind};

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Note {
    #[prost(string, tag = "1")]
    pub(crate) text: String,
}

impl prost::Name for Note {
    const NAME: &'static str = "Note";
    const PACKAGE: &'static str = "test.v1";
}

impl Fields for Note {
    fn write(&self, out: &mut FieldWriter<'_>) -> json::Result {
        out.singular::<json::Text>("text", &self.text)
    }

    fn read(&mut self, field: &mut FieldReader<'_>) -> json::Result<bool> {
        match field.name() {
            "text" => field.singular::<json::Text>(1, &mut self.text),
            _ => Ok(false),
        }
    }
}

/// Not known to be repeatable.
pub(crate) const ADD: Method<Note, Note> = Method::new("/test.v1.Notes/Add");
pub(crate) const PUT: Method<Note, Note> = Method::new("/test.v1.Notes/Put").idempotent();
pub(crate) const LOOK: Method<Note, Note> = Method::new("/test.v1.Notes/Look").no_side_effects();
pub(crate) const WATCH: Method<Note, Note, kind::ServerStreaming> =
    Method::new("/test.v1.Notes/Watch");
pub(crate) const LIST: Method<Note, Note, kind::ServerStreaming> =
    Method::new("/test.v1.Notes/List").idempotent();
pub(crate) const COLLECT: Method<Note, Note, kind::ClientStreaming> =
    Method::new("/test.v1.Notes/Collect");
pub(crate) const CHAT: Method<Note, Note, kind::Bidirectional> = Method::new("/test.v1.Notes/Chat");

pub(crate) fn note(text: impl Into<String>) -> Note {
    Note { text: text.into() }
}

pub(crate) fn add(client: &Client) -> Unary<Note, Note> {
    client.unary(ADD, note("hello"))
}

pub(crate) fn put(client: &Client) -> Unary<Note, Note> {
    client.unary(PUT, note("hello"))
}

/// What an error says, its causes included.
pub(crate) fn chain(error: &IrisError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}
