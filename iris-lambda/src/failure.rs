//! Why an event has no answer, as its caller is told.

use serde::Serialize;
use std::any::type_name;
use std::error::Error;
use std::fmt;

pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// What a caller is told of an event that failed: a kind for programs, and a message for people.
///
/// Any error that a handler gives becomes one. Its kind is then the name of its type, and the errors behind it make the
/// stack trace. A handler that returns a `Failure`, as it is or in a `Box<dyn Error>`, chooses both:
///
/// ```
/// use iris_lambda::Failure;
///
/// fn find(order: u32) -> Result<(), Failure> {
///     Err(Failure::new("NoSuchOrder", format!("there is no order {order}")))
/// }
/// # assert_eq!(find(5).unwrap_err().to_string(), "NoSuchOrder: there is no order 5");
/// ```
///
/// Callers see the message. Where it must not leave the function, return another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    #[serde(rename = "errorType")]
    kind: String,
    #[serde(rename = "errorMessage")]
    message: String,
    stack_trace: Vec<String>,
}

impl Failure {
    /// A failure of this kind.
    pub fn new(kind: impl Into<String>, message: impl Into<String>) -> Self {
        Failure {
            kind: kind.into(),
            message: message.into(),
            stack_trace: Vec::new(),
        }
    }

    /// The same with these lines as its stack trace.
    #[must_use = "it gives another failure"]
    pub fn with_stack_trace(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.stack_trace = lines.into_iter().collect();
        self
    }

    /// What an error says.
    pub(crate) fn of<E: Into<BoxError>>(error: E) -> Self {
        let kind = kind_of::<E>();
        let error = match error.into().downcast::<Failure>() {
            Ok(failure) => return *failure,
            Err(error) => error,
        };
        let mut behind = error.source();
        let mut stack_trace = Vec::new();
        while let Some(error) = behind {
            stack_trace.push(format!("caused by: {error}"));
            behind = error.source();
        }
        Failure {
            kind: kind.to_owned(),
            message: error.to_string(),
            stack_trace,
        }
    }

    /// The kind.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The message.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it comes from, line by line.
    pub fn stack_trace(&self) -> &[String] {
        &self.stack_trace
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        // Texts are always JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.kind, self.message)
    }
}

impl Error for Failure {}

/// The name of a type without its path and parameters. Types that hold any error say nothing by theirs.
fn kind_of<E>() -> &'static str {
    let name = type_name::<E>();
    let name = name.split('<').next().unwrap_or(name);
    match name.rsplit("::").next().unwrap_or(name) {
        "Box" | "String" | "&str" | "Cow" => "Error",
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Outer(std::num::ParseIntError);

    impl fmt::Display for Outer {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("no number")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn an_error_is_told_by_its_type_its_text_and_what_is_behind_it() {
        let failure = Failure::of(Outer("x".parse::<i32>().unwrap_err()));
        assert_eq!(failure.to_string(), "Outer: no number");
        let behind = "caused by: invalid digit found in string";
        assert_eq!(failure.stack_trace(), [behind]);
        let json: serde_json::Value = serde_json::from_slice(&failure.to_json()).unwrap();
        let expected = serde_json::json!({
            "errorType": "Outer", "errorMessage": "no number", "stackTrace": [behind]
        });
        assert_eq!(json, expected);
    }

    #[test]
    fn a_failure_in_a_box_keeps_its_kind_and_a_mere_text_has_none() {
        let chosen: BoxError = Failure::new("NoSuchOrder", "5").into();
        assert_eq!(Failure::of(chosen).kind(), "NoSuchOrder");
        assert_eq!(Failure::of("no luck").to_string(), "Error: no luck");
        let boxed: BoxError = "no luck".into();
        assert_eq!(Failure::of(boxed).to_string(), "Error: no luck");
    }
}
