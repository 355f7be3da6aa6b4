//! Error codes, which are in a server's OpenAPI document and not in its descriptors: what `contract/openapi/errors.rs`
//! writes, the other way around.

use super::check;
use super::locations::as_rust_takes_it;
use crate::error::{Problem, Problems};
use crate::schema::{ErrorCode, Place};
use iris_model::{Status, names};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Where they are, and what the document is called in errors.
const KEY: &str = "x-iris-error-codes";
const DOCUMENT: &str = "openapi.json";

/// The codes of the server's own, by number.
pub(super) fn codes(document: &str, problems: &mut Problems) -> Vec<ErrorCode> {
    let document: Value = match serde_json::from_str(document) {
        Ok(document) => document,
        Err(error) => {
            problems.add(Problem::in_file(
                DOCUMENT,
                format!("is no JSON, and so no OpenAPI document: {error}"),
            ));
            return Vec::new();
        }
    };
    let Some(listed) = document[KEY].as_array() else {
        problems.add(Problem::in_file(
            DOCUMENT,
            format!("has no {KEY}: it is of no server of Iris's"),
        ));
        return Vec::new();
    };
    let mut codes: Vec<ErrorCode> = Vec::new();
    let mut taken = BTreeSet::new();
    for listed in listed {
        match code(listed) {
            Some(code) if names::RESERVED_CODES.contains(&code.number) => {}
            Some(code) if may_be_a_variant(&code.name) && taken.insert(code.name.clone()) => {
                codes.push(code);
            }
            _ => problems.add(Problem::in_file(
                DOCUMENT,
                format!("has an error code that is none, or has another's name: {listed}"),
            )),
        }
    }
    codes.sort_by_key(|code| code.number);
    if codes
        .windows(2)
        .any(|pair| pair[0].number == pair[1].number)
    {
        problems.add(Problem::in_file(
            DOCUMENT,
            "has two error codes of one number",
        ));
    }
    codes
}

fn code(listed: &Value) -> Option<ErrorCode> {
    let text = |key: &str| listed[key].as_str().unwrap_or_default().to_owned();
    let status = text("status");
    Some(ErrorCode {
        name: text("name"),
        number: i32::try_from(listed["number"].as_i64()?).ok()?,
        status: Status::ALL
            .into_iter()
            .find(|known| known.as_str() == status)?,
        docs: as_rust_takes_it(&text("description")),
        of: String::new(),
        deprecated: listed["deprecated"] == true,
        place: Place {
            file: PathBuf::from(DOCUMENT),
            line: 1,
        },
    })
}

/// Whether it can be called so beside Iris's own.
fn may_be_a_variant(name: &str) -> bool {
    let is_word = ["_", "Self", "crate", "self", "super"].contains(&name);
    check::is_name(name) && !is_word && !names::is_reserved_code_name(name)
}
