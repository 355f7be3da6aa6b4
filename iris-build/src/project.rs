//! The package that is being built, and what is asked of this run.

use crate::base::Base;
use crate::config::Config;
use crate::error::Problem;
use crate::lock_file;
use crate::mode::Mode;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The name and version of the package whose remotes these are.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
}

/// The package that is being built, and what is asked of this run.
pub(crate) struct Project {
    pub(crate) base: Base,
    pub(crate) package: Package,
    pub(crate) out_dir: Option<PathBuf>,
    pub(crate) mode: Mode,
    pub(crate) accept_breaks: bool,
    /// The package's folder is not a place to write to: it came from a registry, or docs.rs builds it.
    pub(crate) sealed: bool,
}

impl Project {
    pub(crate) fn new(config: &Config) -> Result<Project, Problem> {
        let (folder, package, out_dir) = match &config.base {
            Some(folder) => (folder.clone(), Package::of_folder(folder), None),
            None => {
                let folder = env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| {
                    Problem::new(
                        "CARGO_MANIFEST_DIR is not set; call `generate` from build.rs, or name the folder with \
                         `Config::base`",
                    )
                })?;
                let out_dir = env::var_os("OUT_DIR").map(PathBuf::from);
                (PathBuf::from(folder), Package::of_environment(), out_dir)
            }
        };
        let sealed = env::var_os("DOCS_RS").is_some() || folder.join("Cargo.toml.orig").is_file();
        let base = Base::new(folder);
        let configured = config.out_dir.as_deref().map(|path| base.resolve(path));
        Ok(Project {
            out_dir: configured.or(out_dir),
            base,
            package,
            mode: config.mode.map_or_else(Mode::from_environment, Ok)?,
            accept_breaks: config
                .accept_breaks
                .map_or_else(lock_file::accepts_breaks, Ok)?,
            sealed,
        })
    }
}

impl Package {
    fn of_environment() -> Package {
        Package {
            name: env::var("CARGO_PKG_NAME").unwrap_or_else(|_| "remotes".to_owned()),
            version: env::var("CARGO_PKG_VERSION").unwrap_or_else(|_| "0.1.0".to_owned()),
        }
    }

    fn of_folder(folder: &Path) -> Package {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        let manifest: toml::Table = manifest.parse().unwrap_or_default();
        let package = manifest.get("package");
        // What is inherited from a workspace is no string, and is not followed.
        let value = |key: &str, default: &str| {
            let value = package.and_then(|package| package.get(key)?.as_str());
            value.unwrap_or(default).to_owned()
        };
        Package {
            name: value("name", "remotes"),
            version: value("version", "0.1.0"),
        }
    }
}
