//! Clients of a server that is known by its descriptors alone: the public door, and the way from it to the written files.
//!
//! - `read`: descriptors, and the input of the printers that they amount to
//! - `check`: what printers take for granted and a server may say otherwise; `locations`: what prost wants of comments
//! - `remotes`: services as remotes; `own_files`: what Iris added to a server's files; `codes`: error codes

mod check;
mod codes;
mod locations;
mod own_files;
mod read;
mod remotes;

use crate::client::ClientCrate;
use crate::config::Config;
use crate::error::{Error, Problems};
use crate::generate;
use crate::javascript::TypeScriptPackage;
use crate::message_cache::MessageCache;
use crate::mode::Mode;
use crate::outcome::Outcome;
use crate::project::{Package, Project};
use crate::targets;
use crate::write;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Clients of a server that is known by its descriptors alone, whoever wrote it: nothing of its source is needed.
///
/// Descriptors are a serialized `google.protobuf.FileDescriptorSet` with all that is imported, as servers give it by
/// gRPC's reflection (`iris-up descriptors`, `buf curl`), as `descriptors.binpb` of a client crate has it, and as
/// `protoc --include_imports --descriptor_set_out` writes it. In a build.rs:
///
/// ```no_run
/// use iris_build::{ClientCrate, Described};
///
/// fn main() -> Result<(), iris_build::Error> {
/// # const USERS: &[u8] = &[];
/// # /*
///     const USERS: &[u8] = include_bytes!("users.binpb");
/// # */
///     Described::new("users", USERS)
///         .client(ClientCrate::new("users-client"))
///         .generate()
/// }
/// ```
///
/// A service becomes a remote, a method a procedure, with its kind and whether it may be repeated; comments are docs where
/// the descriptors have them. Of a remote of Iris's the client is the one that its own build script writes, but for what
/// descriptors do not tell:
///
/// - **error codes.** `ErrorCode` has Iris's own; the server's are `ErrorCode::Unrecognized(7)`, unless its OpenAPI document
///   is given, too ([`Described::openapi`]). With [`ClientCrate::error_codes`]`(false)` codes are plain numbers
/// - **`.proto` files.** The crate has no folder `proto`; `descriptors.binpb` has all that is in one
///
/// Procedures that take or give a message of `google.protobuf` itself have prost-types' own, or what it stands for in Rust:
/// no message for `Empty` (`()` in streams), `String` for `StringValue`. What prost-types gives no name, such as `Struct`,
/// is in an `iris_client::json::WellKnown`.
///
/// There is no schema lock, which is the server's: names follow from the descriptors alone. Same descriptors, same bytes.
#[derive(Debug, Clone)]
#[must_use = "it writes nothing before `generate` or `run`"]
pub struct Described {
    descriptors: Vec<u8>,
    package: Package,
    /// The services that there are remotes of; all where it is none.
    services: Option<BTreeSet<String>>,
    /// What names the error codes.
    openapi: Option<String>,
    /// Where to, and how. It has no input.
    config: Config,
}

impl Described {
    /// Clients of what `name` is called here, which says so in its descriptors. Packages are called `{name}-client` unless
    /// they are told.
    pub fn new(name: impl Into<String>, descriptors: impl Into<Vec<u8>>) -> Self {
        Described {
            descriptors: descriptors.into(),
            package: Package {
                name: name.into(),
                version: "0.1.0".to_owned(),
            },
            services: None,
            openapi: None,
            // No lock is looked at.
            config: Config::new().accept_breaks(false),
        }
    }

    /// The version of the packages that do not have their own. 0.1.0 unless told.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.package.version = version.into();
        self
    }

    /// Makes remotes of these services alone: `users.v1.Users`. Files that a server's own import may have services that it
    /// does not serve. All that are described unless told.
    pub fn services<I>(mut self, names: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.services = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Takes the server's error codes from its OpenAPI document: what servers of Iris's show at `/-/openapi.json` where
    /// `HttpServer::openapi` has them do so, and client crates have as `openapi.json`.
    pub fn openapi(mut self, document: impl Into<String>) -> Self {
        self.openapi = Some(document.into());
        self
    }

    /// Writes a client crate. May be called several times.
    pub fn client(mut self, client: impl Into<ClientCrate>) -> Self {
        self.config = self.config.client(client);
        self
    }

    /// Writes a package for JavaScript and TypeScript. May be called several times.
    pub fn typescript(mut self, package: impl Into<TypeScriptPackage>) -> Self {
        self.config = self.config.typescript(package);
        self
    }

    /// The folder that paths are relative to. The package's folder unless told.
    pub fn base(mut self, folder: impl Into<PathBuf>) -> Self {
        self.config = self.config.base(folder);
        self
    }

    /// What to do with what is printed. As `IRIS_GENERATE` says unless told.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.config = self.config.mode(mode);
        self
    }

    /// Generates what was asked for, and tells cargo when to do so again. For build.rs.
    ///
    /// # Errors
    ///
    /// As [`Described::run`].
    pub fn generate(&self) -> Result<(), Error> {
        for line in self.run()?.cargo_instructions() {
            println!("{line}");
        }
        Ok(())
    }

    /// The same without telling cargo. For tools.
    ///
    /// # Errors
    ///
    /// Descriptors that are none, leave out what they import, or have no service; names that Rust cannot tell apart; and
    /// folders in which something else is. Nothing is written then.
    pub fn run(&self) -> Result<Outcome, Error> {
        let project = Project::new(&self.config)?;
        match project.mode {
            Mode::Clean => targets::clean(&self.config, &project),
            Mode::Changed | Mode::Full | Mode::Check => self.print(&project),
        }
    }

    fn print(&self, project: &Project) -> Result<Outcome, Error> {
        let input = read::input(self)?;
        let mut outcome = Outcome::default();
        if project.sealed {
            return Ok(outcome);
        }
        let base = &project.base;
        let mut problems = Problems::default();
        for folder in targets::folders(&self.config) {
            if write::holds_something_else(&base.resolve(&folder)) {
                problems.add(write::something_else(&folder));
            }
        }
        problems.finish()?;
        let cache = match project.mode {
            Mode::Full => MessageCache::new(None),
            _ => MessageCache::new(project.out_dir.clone()),
        };
        let targets = targets::print(&self.config, &self.package, base, &input, &cache)?;
        let changes = targets::plan(project, &targets, &input.protos)?;
        if project.mode == Mode::Check {
            generate::up_to_date(project, &changes, None)?;
        }
        targets::apply(project, &targets, changes, &mut outcome)?;
        Ok(outcome)
    }
}
