//! Generates client crates, schemas and the schema lock from annotated remotes, and client crates from descriptors.
//!
//! The whole of a build.rs:
//!
//! ```no_run
//! fn main() -> Result<(), iris_build::Error> {
//!     iris_build::generate(
//!         iris_build::Config::new()
//!             .protos("proto")
//!             .remotes("src/remotes")
//!             .error_codes("src/error.rs")
//!             .client("client"),
//!     )
//! }
//! ```
//!
//! It reads the `#[remote]` impl blocks below `src/remotes` with the macros' own parser, compiles the `.proto` files without
//! protoc, and finds the message that each procedure takes and gives. It writes
//!
//! - `OUT_DIR/iris.rs`: the messages as Rust types, for `include!(concat!(env!("OUT_DIR"), "/iris.rs"))`, and their `CONTRACT`
//! - `client/`: a crate of its own, with nothing of the server in it ([`ClientCrate`]). `.proto` services, a descriptor set
//!   and an OpenAPI document lie beside its source, for callers in other languages
//! - `iris.lock`: what callers rely on. A change that would break them fails the build until `IRIS_LOCK=accept` is set once
//!
//! Same input, same bytes; files that did not change are not written. What is not generated is never overwritten or removed.
//!
//! `IRIS_GENERATE` asks for something else: `full` writes every file, `clean` removes what was generated, `check` writes
//! nothing outside `OUT_DIR` and fails where a file would change ([`Mode`]). On docs.rs, and in a package that came from a
//! registry, nothing outside `OUT_DIR` is written.
//!
//! # Which message is meant
//!
//! A build script sees no types. `users::v1::User` in a remote is the message whose Rust path has the longest end in common
//! with it, after what `use` says was put in; a bare `User` that several packages declare is that of the remote's own package.
//! Where this leaves a doubt, the build fails and names what to write.
//!
//! # A server that is known by its descriptors alone
//!
//! [`Described`] makes the same clients of nothing but a `google.protobuf.FileDescriptorSet`, whoever wrote the server.
//!
//! # A client in the server's workspace
//!
//! Cargo reads every member before it runs a build script, and compiles the client beside the one that writes it. So commit
//! the client; add a new one to the workspace after the first build; and where a build says that it wrote to the client,
//! the next one compiles what was written.
//!
//! Build scripts are not optimized unless Cargo.toml asks for it. With thousands of messages it should:
//! `[profile.dev.build-override]`, `opt-level = 2`.
//!
//! # Map
//!
//! - [`Config`], [`ClientCrate`]: what to generate; [`generate`], [`run`]: doing it; [`Described`]: both, from descriptors
//! - `sources`, `protos` (`includes`) read the input, `described` another server's descriptors; `catalogue`, `resolve`, `payload_names` find messages; `assemble` makes the `schema`
//! - `messages`, `client`, `contract` print it; `lock` holds it against what callers rely on
//! - `well_known` is how Rust has the messages of `google.protobuf`; `types` finds messages and enums by full name for all of them; `encoded_files` keeps what prost-types would drop
//! - `write` brings folders to that state; `cargo` says when to run again
//!
//! `schema`, `contract`, `lock` and `messages` are public for the tests of this repository alone: they change without notice.

mod assemble;
mod base;
mod cargo;
mod catalogue;
mod client;
mod config;
pub mod contract;
mod described;
mod encoded_files;
mod error;
mod generate;
mod identifier;
mod includes;
mod input;
mod javascript;
pub mod lock;
mod lock_file;
mod message_cache;
mod message_code;
pub mod messages;
mod mode;
mod outcome;
mod output;
mod payload_names;
mod project;
mod proto_problem;
mod protos;
mod resolve;
pub mod schema;
mod server;
mod sources;
mod targets;
mod types;
mod well_known;
mod write;

pub use client::{ClientCrate, Dependency, Messages};
pub use config::Config;
pub use described::Described;
pub use error::Error;
pub use generate::{generate, run};
pub use javascript::TypeScriptPackage;
pub use mode::Mode;
pub use outcome::Outcome;
pub use output::GeneratedFile;
