//! What a package for JavaScript and TypeScript is called, and where it goes.

use std::path::PathBuf;

/// A package for JavaScript and TypeScript to write: an ES module without dependencies, and its types.
///
/// ```
/// use iris_build::TypeScriptPackage;
///
/// let package = TypeScriptPackage::new("typescript").name("@acme/users");
/// # let _ = package;
/// ```
#[derive(Debug, Clone)]
pub struct TypeScriptPackage {
    pub(crate) folder: PathBuf,
    pub(crate) name: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) license: Option<String>,
    pub(crate) repository: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) publish: bool,
    pub(crate) web_socket: bool,
    pub(crate) web_assembly: bool,
}

impl TypeScriptPackage {
    /// A package in this folder, relative to the Rust package's own.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        TypeScriptPackage {
            folder: folder.into(),
            name: None,
            version: None,
            license: None,
            repository: None,
            description: None,
            publish: true,
            web_socket: false,
            web_assembly: false,
        }
    }

    /// The package's name. `{package}-client` unless told.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The package's version. That of the Rust package unless told.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// The package's license, as SPDX writes it: `MIT OR Apache-2.0`.
    #[must_use]
    pub fn license(mut self, license: impl Into<String>) -> Self {
        self.license = Some(license.into());
        self
    }

    /// The URL of the package's repository.
    #[must_use]
    pub fn repository(mut self, url: impl Into<String>) -> Self {
        self.repository = Some(url.into());
        self
    }

    /// The package's description. Names the remotes unless told.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Whether npm may publish the package. It may unless told.
    #[must_use]
    pub fn publish(mut self, publish: bool) -> Self {
        self.publish = publish;
        self
    }

    /// Whether calls can go over a WebSocket though no procedure takes a stream, which is what needs one: a quarter of the
    /// module more. They cannot unless told.
    #[must_use]
    pub fn web_socket(mut self, included: bool) -> Self {
        self.web_socket = included;
        self
    }

    /// Whether messages with lists of messages or maps in them, of 512 bytes and more, are read by WebAssembly, in about half the
    /// time, for 5 KB of the module, compressed. They are not unless told. All else is the same, and where a page does not
    /// allow WebAssembly they are read without it.
    #[must_use]
    pub fn web_assembly(mut self, included: bool) -> Self {
        self.web_assembly = included;
        self
    }
}

impl From<&str> for TypeScriptPackage {
    fn from(folder: &str) -> Self {
        TypeScriptPackage::new(folder)
    }
}

impl From<PathBuf> for TypeScriptPackage {
    fn from(folder: PathBuf) -> Self {
        TypeScriptPackage::new(folder)
    }
}
