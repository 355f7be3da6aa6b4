//! Prints `ErrorCode`: what callers match on.

use super::{header, text};
use crate::identifier;
use crate::schema::{Schema, Services};
use std::fmt::Write;

/// Iris's own codes.
pub(crate) const IRIS: [(&str, i32, &str); 8] = [
    (
        "IrisCommunicationError",
        900,
        "The call did not reach the server, or its answer did not come back.",
    ),
    (
        "IrisProcedureNotFound",
        901,
        "No procedure answers at that path.",
    ),
    (
        "IrisInternalServerError",
        902,
        "The server failed in a way it did not foresee. The cause is in its log, under the request id.",
    ),
    (
        "IrisInvalidRequestMessage",
        910,
        "The server received a message that does not decode.",
    ),
    (
        "IrisInvalidResponseMessage",
        911,
        "The client received a message that does not decode.",
    ),
    (
        "IrisMessageMissing",
        912,
        "The procedure needs a message and none was sent.",
    ),
    (
        "IrisMessageTooLarge",
        913,
        "A message is larger than its receiver allows.",
    ),
    ("IrisRejectedByFilter", 920, "A filter stopped the call."),
];

pub(super) fn print(schema: &Schema) -> String {
    let codes = &schema.error_codes;
    let mut text = header();
    if codes.iter().any(|code| code.deprecated) {
        text.push_str("#![allow(deprecated)]\n");
    }
    text.push_str(
        "\nuse std::fmt;\n\n\
         /// What went wrong with a call.\n\
         #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]\n\
         #[non_exhaustive]\n\
         pub enum ErrorCode {\n",
    );
    for code in codes {
        text::docs(&mut text, "    ", "///", &code.docs);
        if code.deprecated {
            text.push_str("    #[deprecated]\n");
        }
        let _ = writeln!(text, "    {},", identifier::written(&code.name));
    }
    for (name, _, docs) in IRIS {
        text::docs(&mut text, "    ", "///", docs);
        let _ = writeln!(text, "    {name},");
    }
    let unrecognized = match (schema.services, codes.is_empty()) {
        (Services::Described, true) => {
            "A code of the server's own. What describes the server has no names for them."
        }
        _ => "A code that this crate does not know: the server is newer.",
    };
    text::docs(&mut text, "    ", "///", unrecognized);
    text.push_str("    Unrecognized(i32),\n}\n");
    let numbers: Vec<(String, i32)> = codes
        .iter()
        .map(|code| (code.name.clone(), code.number))
        .chain(IRIS.map(|(name, number, _)| (name.to_owned(), number)))
        .collect();
    text.push_str(
        "\nimpl ErrorCode {\n    /// The number on the wire.\n    pub fn number(self) -> i32 {\n        match self {\n",
    );
    for (name, number) in &numbers {
        let name = identifier::written(name);
        let _ = writeln!(text, "            ErrorCode::{name} => {number},");
    }
    text.push_str(
        "            ErrorCode::Unrecognized(number) => number,\n        }\n    }\n}\n\
         \nimpl From<i32> for ErrorCode {\n    fn from(number: i32) -> Self {\n        match number {\n",
    );
    for (name, number) in &numbers {
        let name = identifier::written(name);
        let _ = writeln!(text, "            {number} => ErrorCode::{name},");
    }
    text.push_str(
        "            number => ErrorCode::Unrecognized(number),\n        }\n    }\n}\n\
         \nimpl From<ErrorCode> for i32 {\n    fn from(code: ErrorCode) -> Self {\n        code.number()\n    }\n}\n\
         \nimpl fmt::Display for ErrorCode {\n    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {\n        \
         match self {\n            ErrorCode::Unrecognized(number) => write!(formatter, \"Unrecognized ({number})\"),\n            \
         known => write!(formatter, \"{known:?} ({})\", known.number()),\n        }\n    }\n}\n",
    );
    text
}
