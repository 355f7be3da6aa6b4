//! What `iris-up push` is given, as what is uploaded: an executable, or an archive with one in it.

use super::build::{self, Build};
use crate::archive::{self, Archive, BOOTSTRAP, Packing, Problem, TreePath};
use std::error::Error;
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempPath};

type BoxError = Box<dyn Error + Send + Sync>;

/// What is given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a> {
    /// An executable, a zip, or a folder: of a Cargo package, or with all that an app is made of.
    pub(super) path: &'a Path,
    /// Which executable of a package.
    pub(super) binary: Option<&'a str>,
    /// Which one of a zip or of a folder that is none.
    pub(super) entry: Option<&'a str>,
    /// Nothing is said of how far it is.
    pub(super) quiet: bool,
}

/// What is uploaded.
#[derive(Debug)]
pub(super) struct Payload {
    pub(super) file: PathBuf,
    /// What of it is run, where it is an archive; otherwise nothing.
    pub(super) entry: String,
    /// What the app is called after, unless somebody says otherwise.
    pub(super) namesake: PathBuf,
    /// What was packed for this alone is gone with it.
    _packed: Option<TempPath>,
}

impl Given<'_> {
    pub(super) async fn payload(&self) -> Result<Payload, BoxError> {
        let Given { path, entry, .. } = *self;
        if path.is_dir() {
            return match entry {
                None if build::is_package(path) => self.built().await,
                None if !path.join(BOOTSTRAP).exists() => Err(format!(
                    "{} is a folder with neither a Cargo.toml nor a {BOOTSTRAP}: name what of it is to run with --entry",
                    path.display()
                )
                .into()),
                entry => self.packed(entry.unwrap_or(BOOTSTRAP)),
            };
        }
        if self.binary.is_some() {
            return Err(self.no_package());
        }
        let is_named_so = path
            .extension()
            .is_some_and(|kind| kind.eq_ignore_ascii_case("zip"));
        let begins_so = archive::begins_like_one(path);
        let begins_so = begins_so.map_err(|error| format!("{}: {error}", path.display()))?;
        match entry.is_some() || is_named_so || begins_so {
            true => self.zipped(path.to_owned(), entry.unwrap_or(BOOTSTRAP), None),
            false => Ok(executable(path.to_owned())),
        }
    }

    async fn built(&self) -> Result<Payload, BoxError> {
        let build = Build {
            folder: self.path,
            binary: self.binary,
            release: true,
            target: None,
            quiet: self.quiet,
        };
        Ok(executable(build.run().await?))
    }

    fn packed(&self, entry: &str) -> Result<Payload, BoxError> {
        if self.binary.is_some() {
            return Err(self.no_package());
        }
        let mut packing = Packing::default();
        let file = NamedTempFile::new()?;
        let packed = packing.add_content(self.path);
        let packed = packed.and_then(|()| packing.write(file.as_file()));
        packed.map_err(|problem| self.named(&problem))?;
        let packed = file.into_temp_path();
        self.zipped(packed.to_path_buf(), entry, Some(packed))
    }

    /// An archive that the daemon takes, as far as that can be seen here.
    fn zipped(
        &self,
        file: PathBuf,
        entry: &str,
        packed: Option<TempPath>,
    ) -> Result<Payload, BoxError> {
        let path = TreePath::parse(entry.as_bytes());
        let path = path?.ok_or("--entry names nothing")?;
        let checked = Archive::open(&file).and_then(|archive| archive.runs(&path));
        checked.map_err(|problem| self.named(&problem))?;
        Ok(Payload {
            file,
            entry: path.to_string(),
            // The name of `.` is that of where it leads.
            namesake: std::fs::canonicalize(self.path)?,
            _packed: packed,
        })
    }

    fn named(&self, problem: &Problem) -> String {
        format!("{}: {problem}", self.path.display())
    }

    fn no_package(&self) -> BoxError {
        let path = self.path.display();
        format!("{path} is no Cargo package, which --bin is for: --entry names what of a zip or a folder is run").into()
    }
}

fn executable(file: PathBuf) -> Payload {
    Payload {
        namesake: file.clone(),
        file,
        entry: String::new(),
        _packed: None,
    }
}
