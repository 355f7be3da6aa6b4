//! Error codes of every form.

use iris_core::ErrorCodes;

/// What the remotes here fail with.
#[derive(Debug, ErrorCodes)]
pub enum TestError {
    /// Zero is a legal code.
    #[code(number = 0, status = "unauthenticated")]
    Zero,
    /// The first line of the docs is the message.
    ///
    /// The rest is not.
    #[code(number = 1)]
    Documented,
    /// Not shown, since there is a message.
    #[code(number = 2, status = "not_found", message = "no row {0} in {1:?} {{}}")]
    Formatted(u32, &'static str, ()),
    /// Not shown either.
    #[code(number = 3, message = "{count} too many")]
    Named {
        /// How many.
        count: u32,
    },
    /// Callers get 902.
    #[code(internal)]
    Io(std::io::Error),
    /// Above Iris's own range.
    #[code(number = 1000, status = "aborted")]
    Large,
}
