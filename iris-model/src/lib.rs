//! The model of remotes, read from Rust source.
//!
//! One parser for both readers: `iris-macros` expands what it yields inside the compiler,
//! `iris-build` prints clients and schemas from the same text in a build script.
//!
//! ```
//! use quote::quote;
//!
//! let remote = iris_model::read_remote(
//!     quote!(package = "users.v1"),
//!     quote! {
//!         impl Users {
//!             /// Finds a user.
//!             #[procedure(idempotent)]
//!             async fn find_user(&self, ctx: &Session, request: FindUserRequest) -> Result<User, IrisError> {
//!                 todo!()
//!             }
//!         }
//!     },
//! )
//! .expect("a well-formed remote");
//! assert_eq!(remote.full_name(), "users.v1.Users");
//! assert_eq!(remote.procedures[0].name, "FindUser");
//! assert_eq!(remote.procedures[0].docs, "Finds a user.");
//! ```
//!
//! # Map
//!
//! - [`Remote`], [`Procedure`], [`Payload`]: what an annotated impl block means ([`read_remote`])
//! - [`ErrorCodes`], [`ErrorCode`], [`Status`]: what a derived enum means ([`read_error_codes`])
//! - [`names`]: how Rust names become names on the wire, and which are reserved
//! - [`source`]: finding remotes and error codes in a whole source file

mod error_codes;
pub mod names;
mod procedure;
mod remote;
mod report;
pub mod source;
mod syntax;

pub use error_codes::{CodeMeaning, ErrorCode, ErrorCodes, Status, read_error_codes};
pub use procedure::{Idempotency, Parameter, Payload, Procedure, StreamKind};
pub use remote::{Deprecation, Filter, Rejected, Remote, read_remote};
