//! What a client crate is called, depends on and holds.

use std::path::PathBuf;

/// A client crate to write.
///
/// ```
/// use iris_build::{ClientCrate, Dependency};
///
/// let client = ClientCrate::new("client")
///     .name("acme-client")
///     .iris_client(Dependency::Path("../iris/iris-client".into()));
/// # let _ = client;
/// ```
#[derive(Debug, Clone)]
pub struct ClientCrate {
    pub(crate) folder: PathBuf,
    pub(crate) name: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) license: Option<String>,
    pub(crate) repository: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) publish: bool,
    pub(crate) iris_client: Dependency,
    pub(crate) iris_client_web: Option<Dependency>,
    pub(crate) messages: Messages,
    pub(crate) error_codes: bool,
}

/// Where a crate is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dependency {
    /// A registry, with this requirement: `"1.2"`.
    Version(String),
    /// A folder, written as it is given: relative to the client crate.
    Path(PathBuf),
    /// A repository: its URL, and a revision where not the newest is meant.
    Git {
        /// `https://github.com/acme/messages`
        url: String,
        /// A commit, tag or branch name that `rev` of Cargo.toml takes.
        revision: Option<String>,
    },
}

/// Where the client crate's messages come from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Messages {
    /// They are part of it.
    Included,
    /// Another crate has them, printed by iris-build too, so that several clients share them.
    From {
        /// The path of the module tree: `acme_messages`, `acme::messages`. Its first part is the crate.
        path: String,
        /// The package's name, where it is not the first part of the path: `acme-messages`.
        package: Option<String>,
        /// Where the crate is taken from.
        dependency: Dependency,
    },
}

impl ClientCrate {
    /// A crate in this folder, relative to the package's own. It has messages and error codes.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        ClientCrate {
            folder: folder.into(),
            name: None,
            version: None,
            license: None,
            repository: None,
            description: None,
            publish: true,
            iris_client: Dependency::Version(env!("CARGO_PKG_VERSION").to_owned()),
            iris_client_web: None,
            messages: Messages::Included,
            error_codes: true,
        }
    }

    /// The crate's name. `{package}-client` unless told.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The crate's version. That of the package unless told.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// The crate's license, as SPDX writes it: `MIT OR Apache-2.0`.
    #[must_use]
    pub fn license(mut self, license: impl Into<String>) -> Self {
        self.license = Some(license.into());
        self
    }

    /// The URL of the crate's repository.
    #[must_use]
    pub fn repository(mut self, url: impl Into<String>) -> Self {
        self.repository = Some(url.into());
        self
    }

    /// The crate's description. Names the remotes unless told.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Whether cargo may publish the crate. It may unless told.
    #[must_use]
    pub fn publish(mut self, publish: bool) -> Self {
        self.publish = publish;
        self
    }

    /// Where the crate takes iris-client from. The registry, in the version of this iris-build, unless told.
    #[must_use]
    pub fn iris_client(mut self, dependency: Dependency) -> Self {
        self.iris_client = dependency;
        self
    }

    /// Where the crate takes iris-client-web from, which stands in for iris-client in browsers. From where iris-client is,
    /// unless told: the same version or repository, or the folder `iris-client-web` beside its own.
    #[must_use]
    pub fn iris_client_web(mut self, dependency: Dependency) -> Self {
        self.iris_client_web = Some(dependency);
        self
    }

    /// Where the crate's messages come from. They are included unless told.
    #[must_use]
    pub fn messages(mut self, messages: Messages) -> Self {
        self.messages = messages;
        self
    }

    /// Whether the crate has an `ErrorCode` enum. Without it, errors carry plain numbers.
    #[must_use]
    pub fn error_codes(mut self, included: bool) -> Self {
        self.error_codes = included;
        self
    }
}

impl From<&str> for ClientCrate {
    fn from(folder: &str) -> Self {
        ClientCrate::new(folder)
    }
}

impl From<PathBuf> for ClientCrate {
    fn from(folder: PathBuf) -> Self {
        ClientCrate::new(folder)
    }
}
