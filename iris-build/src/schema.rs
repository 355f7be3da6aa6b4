//! The schema: remotes with their messages resolved, and the descriptors they refer to.
//!
//! Everything that is printed or locked is taken from here; nothing below this point reads Rust source.

#![doc(hidden)]

use crate::types::join;
use iris_model::{Deprecation, Idempotency, StreamKind};
use prost_types::FileDescriptorSet;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

pub use crate::encoded_files::EncodedFiles;

/// What a server offers: the input of every printer and of the lock.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The user's `.proto` files and everything they import, with comments, imports first.
    pub files: FileDescriptorSet,
    /// The same with custom options.
    pub encoded: EncodedFiles,
    /// Where files are, by name, as the user finds them: `proto/users/v1/users.proto`. A file that is
    /// not here is spoken of by its name.
    pub paths: BTreeMap<String, PathBuf>,
    /// Where the services stand that are the remotes on the wire.
    pub services: Services,
    /// Sorted by full name.
    pub remotes: Vec<Remote>,
    /// Of all enums together, sorted by number.
    pub error_codes: Vec<ErrorCode>,
    /// What callers in JavaScript call messages and enums, by full name, where it is not what their own names give: another
    /// had the name first. Empty where nothing is printed for JavaScript.
    pub javascript_names: BTreeMap<String, String>,
}

/// Where services stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Services {
    /// Nowhere yet: Iris prints a file for each remote.
    Printed,
    /// Among the encoded files, as another server describes itself. What is not in descriptors, its error codes and the text of
    /// its `.proto` files, is not known.
    Described,
}

/// A bundle of procedures.
#[derive(Debug, Clone)]
pub struct Remote {
    /// `users.v1`; empty where another server has services without a package.
    pub package: String,
    /// `Users`
    pub name: String,
    /// The module in client crates, which is also the method of `Remotes`: `users`, or `users_v2` where another remote had
    /// `users` first. Not yet raw.
    pub client_name: String,
    /// The doc comment, empty where there is none.
    pub docs: String,
    /// Set where the remote is deprecated.
    pub deprecation: Option<Deprecation>,
    /// In source order; never empty.
    pub procedures: Vec<Procedure>,
    /// Where it is written.
    pub place: Place,
}

/// A procedure with its messages resolved.
#[derive(Debug, Clone)]
pub struct Procedure {
    /// The name on the wire: `CreateUser`.
    pub name: String,
    /// The function in client crates, from the name on the wire: `create_user`. Not yet raw.
    pub function: String,
    /// The doc comment, empty where there is none.
    pub docs: String,
    /// Set where the procedure is deprecated.
    pub deprecation: Option<Deprecation>,
    /// Whether a call may be repeated.
    pub idempotency: Idempotency,
    /// Which directions carry a stream.
    pub kind: StreamKind,
    /// What the caller sends.
    pub request: Payload,
    /// What the caller gets.
    pub response: Payload,
    /// Where it is written.
    pub place: Place,
}

/// A message in one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The full protobuf name: `users.v1.CreateUserRequest`.
    pub message: String,
    /// How the procedure knows it.
    pub source: PayloadSource,
}

/// Where a payload's message comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayloadSource {
    /// The procedure takes or gives it.
    Given,
    /// The procedure has no such parameter or result, but a `.proto` declares `PingRequest` in the
    /// remote's package: fields were added, and callers already send them.
    Declared,
    /// The procedure has none and no `.proto` declares it: an empty message that Iris prints.
    Printed,
}

/// One error code of the user's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorCode {
    /// `InvalidEmail`
    pub name: String,
    /// Never 900 to 999.
    pub number: i32,
    /// The canonical status.
    pub status: iris_model::Status,
    /// The doc comment, empty where there is none.
    pub docs: String,
    /// The enum it is a variant of: `UserError`.
    pub of: String,
    /// `#[deprecated]` was on the variant.
    pub deprecated: bool,
    /// Where it is written.
    pub place: Place,
}

/// A place in the user's source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// As given to [`generate`](crate::generate), so that editors find it.
    pub file: PathBuf,
    /// Counted from 1.
    pub line: usize,
}

impl Remote {
    /// `users.v1.Users`
    pub fn full_name(&self) -> String {
        join(&self.package, &self.name)
    }
}

impl Procedure {
    /// `/users.v1.Users/CreateUser`
    pub fn path(&self, remote: &Remote) -> String {
        format!("/{}/{}", remote.full_name(), self.name)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.file.display(), self.line)
    }
}
