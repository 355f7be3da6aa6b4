//! `#[remote]`, `#[procedure]` and `#[derive(ErrorCodes)]`, re-exported by `iris-core`.
//!
//! ```
//! use iris_core::{ErrorCodes, Iris, IrisError, Request, remote};
//!
//! #[derive(ErrorCodes)]
//! enum GuestbookError {
//!     /// The guest book is closed.
//!     #[code(status = "unavailable")]
//!     Closed = 1,
//! }
//!
//! struct Guestbook {
//!     open: bool,
//! }
//!
//! async fn friendly(request: &Request) -> bool {
//!     request.metadata().get("x-greeting").is_some()
//! }
//!
//! #[remote(package = "guestbook.v1", filters = [friendly])]
//! impl Guestbook {
//!     /// Leaves a mark.
//!     #[procedure]
//!     async fn sign(&self, _: &Request) -> Result<(), GuestbookError> {
//!         if self.open { Ok(()) } else { Err(GuestbookError::Closed) }
//!     }
//! }
//!
//! let application = Iris::without_context().add_remote(Guestbook { open: true });
//! ```
//!
//! The entry points here only delegate. What is accepted, and every message about what is not,
//! lives in `iris-model`, which the generator reads the same source with; `remote.rs` and
//! `error_codes.rs` write the code.

mod error_codes;
mod remote;

use proc_macro::TokenStream;

/// Makes the `#[procedure]` functions of an impl block callable.
///
/// | argument | meaning |
/// |---|---|
/// | `package = "users.v1"` | the protobuf package, first part of every address; required |
/// | `name = "Users"` | the name on the wire, where it is not the type's |
/// | `filters = [signed_in]` | filters that run before those of the procedure |
/// | `crate = path` | where iris-core is, if not at `::iris_core` |
#[proc_macro_attribute]
pub fn remote(attribute: TokenStream, item: TokenStream) -> TokenStream {
    remote::expand(attribute.into(), item.into()).into()
}

/// Marks a function of a `#[remote]` impl block as callable.
///
/// The function is async, borrows its remote and the context, takes at most one message (or
/// `Streaming<Message>`) and may borrow what filters found. It returns a `Result` of a message, of
/// `()`, or of `impl Stream<Item = Result<Message, E>>`.
///
/// | argument | meaning |
/// |---|---|
/// | `name = "Create"` | the name on the wire, where it is not the function's in PascalCase |
/// | `filters = [admin]` | filters that run after those of the remote, in this order |
/// | `idempotent` | it only reads: clients may retry it, GET may call it |
/// | `idempotent = "with_side_effects"` | repeating it changes nothing more: clients may retry it |
#[proc_macro_attribute]
pub fn procedure(_: TokenStream, item: TokenStream) -> TokenStream {
    remote::misplaced_procedure(item.into()).into()
}

/// Turns an enum into error codes: `Into<IrisError>` and `ErrorCodes` for it.
///
/// Each variant has its number, as `InvalidEmail = 1` or `#[code(number = 1)]`; 0 is legal, 900 to 999
/// are Iris's. `#[code(..)]` also takes `status = "not_found"` (`failed_precondition` unless given) and
/// `message = "no user {0}"`, a format string over the fields; without it the first line of the doc
/// comment is the internal message. A variant marked `#[code(internal)]` holds an unexpected error:
/// callers get 902, the log gets the error; where it has one field, `?` converts into it.
#[proc_macro_derive(ErrorCodes, attributes(code, error_codes))]
pub fn error_codes(item: TokenStream) -> TokenStream {
    error_codes::expand(item.into()).into()
}
