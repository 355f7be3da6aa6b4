//! Why a value could not be read or written, and at which field.

use std::fmt;

/// What reading and writing fields gives.
pub type Result<T = ()> = std::result::Result<T, Failure>;

/// Why a value could not be read or written: `address.lines[2]: invalid type: ..`.
#[derive(Debug)]
pub struct Failure(Box<Parts>);

#[derive(Debug)]
struct Parts {
    path: String,
    reason: String,
}

/// How much of a text that came from outside is repeated in an error.
const SHOWN_CHARACTERS: usize = 64;

impl Failure {
    /// A failure of the value itself; the path is added on the way out.
    pub fn new(reason: impl Into<String>) -> Self {
        Failure(Box::new(Parts {
            path: String::new(),
            reason: reason.into(),
        }))
    }

    pub(crate) fn reason(&self) -> &str {
        &self.0.reason
    }

    /// The same failure told in the words of a format, which may have added a line and column.
    pub(crate) fn with_reason(mut self, reason: String) -> Self {
        self.0.reason = reason;
        self
    }

    /// The same failure, seen from the message that has the field.
    pub(crate) fn in_field(self, name: &str) -> Self {
        self.below(name)
    }

    /// The same failure, seen from the list that has the element.
    pub(crate) fn in_element(self, index: usize) -> Self {
        self.below(&format!("[{index}]"))
    }

    /// The same failure, seen from the map that has the entry.
    pub(crate) fn in_entry(self, key: &str) -> Self {
        self.below(&format!("[{:?}]", shown(key)))
    }

    fn below(mut self, step: &str) -> Self {
        let path = &mut self.0.path;
        if !path.is_empty() && !path.starts_with('[') {
            path.insert(0, '.');
        }
        path.insert_str(0, step);
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.path.as_str() {
            "" => formatter.write_str(&self.0.reason),
            path => write!(formatter, "{path}: {}", self.0.reason),
        }
    }
}

impl std::error::Error for Failure {}

/// The beginning of a text, so that an error stays short whatever was sent.
pub(crate) fn shown(text: &str) -> &str {
    match text.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}
