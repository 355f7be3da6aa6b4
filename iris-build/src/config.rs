//! What to generate, from what, and to where.

use crate::client::ClientCrate;
use crate::javascript::TypeScriptPackage;
use crate::mode::Mode;
use std::path::PathBuf;

/// What to generate, from what, and to where. Paths are relative to the package's folder.
#[derive(Debug, Clone, Default)]
pub struct Config {
    pub(crate) base: Option<PathBuf>,
    pub(crate) out_dir: Option<PathBuf>,
    pub(crate) mode: Option<Mode>,
    pub(crate) accept_breaks: Option<bool>,
    pub(crate) proto_folders: Vec<PathBuf>,
    pub(crate) proto_files: Vec<ProtoFiles>,
    pub(crate) remotes: Vec<PathBuf>,
    pub(crate) error_codes: Vec<PathBuf>,
    pub(crate) clients: Vec<ClientCrate>,
    pub(crate) typescript: Vec<TypeScriptPackage>,
    pub(crate) contracts: Vec<PathBuf>,
    pub(crate) lock: Option<PathBuf>,
}

/// Single `.proto` files, and the folders their imports are looked up in.
#[derive(Debug, Clone)]
pub(crate) struct ProtoFiles {
    pub(crate) files: Vec<PathBuf>,
    pub(crate) includes: Vec<PathBuf>,
}

impl Config {
    /// Nothing to generate yet.
    pub fn new() -> Self {
        Config::default()
    }

    /// Takes every `.proto` file below `folder`, which is also where imports are looked up. May be called several times.
    #[must_use]
    pub fn protos(mut self, folder: impl Into<PathBuf>) -> Self {
        self.proto_folders.push(folder.into());
        self
    }

    /// Takes these `.proto` files alone; imports are looked up in `includes`, and each file lies below one of them.
    #[must_use]
    pub fn proto_files<F, I>(mut self, files: F, includes: I) -> Self
    where
        F: IntoIterator<Item: Into<PathBuf>>,
        I: IntoIterator<Item: Into<PathBuf>>,
    {
        self.proto_files.push(ProtoFiles {
            files: files.into_iter().map(Into::into).collect(),
            includes: includes.into_iter().map(Into::into).collect(),
        });
        self
    }

    /// Reads remotes, and the error codes beside them, from a Rust file or from every Rust file below a folder.
    /// May be called several times.
    #[must_use]
    pub fn remotes(mut self, path: impl Into<PathBuf>) -> Self {
        self.remotes.push(path.into());
        self
    }

    /// Reads error codes from a Rust file or from every Rust file below a folder. May be called several times, or not at all.
    #[must_use]
    pub fn error_codes(mut self, path: impl Into<PathBuf>) -> Self {
        self.error_codes.push(path.into());
        self
    }

    /// Writes a client crate. May be called several times.
    #[must_use]
    pub fn client(mut self, client: impl Into<ClientCrate>) -> Self {
        self.clients.push(client.into());
        self
    }

    /// Writes a package for JavaScript and TypeScript, in browsers and in Node.js: an ES module without dependencies, and
    /// its types. May be called several times.
    #[must_use]
    pub fn typescript(mut self, package: impl Into<TypeScriptPackage>) -> Self {
        self.typescript.push(package.into());
        self
    }

    /// Writes the `.proto` services, the descriptor set and the OpenAPI document to this folder too. They are always part of
    /// a client crate; this is a second place for them.
    #[must_use]
    pub fn contract(mut self, folder: impl Into<PathBuf>) -> Self {
        self.contracts.push(folder.into());
        self
    }

    /// Where the schema lock is. `iris.lock` beside Cargo.toml unless told.
    #[must_use]
    pub fn lock(mut self, file: impl Into<PathBuf>) -> Self {
        self.lock = Some(file.into());
        self
    }

    /// The folder that paths are relative to. The package's folder unless told.
    ///
    /// A base cuts the ties to cargo, for tests and tools: `OUT_DIR` and the package's name and version are not looked up,
    /// so that server code is written only if [`Config::out_dir`] says where.
    #[must_use]
    pub fn base(mut self, folder: impl Into<PathBuf>) -> Self {
        self.base = Some(folder.into());
        self
    }

    /// Where the server's message code goes. Cargo's `OUT_DIR` unless told.
    #[must_use]
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(folder.into());
        self
    }

    /// What to do with what is printed. As `IRIS_GENERATE` says unless told.
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// Whether breaking changes are accepted into the lock. As `IRIS_LOCK=accept` says unless told.
    #[must_use]
    pub fn accept_breaks(mut self, accept: bool) -> Self {
        self.accept_breaks = Some(accept);
        self
    }

    /// Whether anything is printed for JavaScript.
    pub(crate) fn has_javascript(&self) -> bool {
        !self.typescript.is_empty()
    }
}
