//! Where the schema lock is kept, and what the user says of it.

use crate::base::Base;
use crate::error::Problem;
use crate::lock::{self, KnownNames};
use crate::schema::Schema;
use crate::write;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The variable by which breaking changes are accepted.
pub(crate) const VARIABLE: &str = "IRIS_LOCK";

/// The lock's name beside Cargo.toml.
pub(crate) const NAME: &str = "iris.lock";

/// The lock as it is to be.
#[derive(Debug)]
pub(crate) struct LockFile {
    /// As configured.
    pub(crate) path: PathBuf,
    /// All of it.
    pub(crate) text: String,
    /// Whether the file holds something else, or does not exist.
    pub(crate) changed: bool,
}

impl LockFile {
    /// Writes the file if it changed, as old as what it was made from.
    pub(crate) fn write(&self, base: &Base, age: Option<SystemTime>) -> Result<(), Problem> {
        if !self.changed {
            return Ok(());
        }
        let path = base.resolve(&self.path);
        write::write_quietly(&path, self.text.as_bytes(), age)
            .map_err(|error| Problem::in_file(&self.path, format!("cannot be written: {error}")))
    }
}

/// Whether the user accepts breaking changes.
pub(crate) fn accepts_breaks() -> Result<bool, Problem> {
    match std::env::var(VARIABLE) {
        Ok(value) if value == "accept" => Ok(true),
        Ok(value) if value.is_empty() => Ok(false),
        Ok(value) => Err(Problem::new(format!(
            "{VARIABLE}={value} means nothing; set it to accept, or leave it unset"
        ))),
        Err(std::env::VarError::NotPresent) => Ok(false),
        Err(error) => Err(Problem::new(format!("{VARIABLE}: {error}"))),
    }
}

/// The lock as the last build left it.
#[derive(Debug)]
pub(crate) struct PreviousLock {
    /// As configured.
    path: PathBuf,
    /// All of it; `None` where there is no lock.
    text: Option<String>,
    /// The names in it that the sources alone do not settle.
    pub(crate) names: KnownNames,
}

impl PreviousLock {
    /// Reads the file, where there is one.
    pub(crate) fn read(path: &Path, base: &Base) -> Result<Self, Problem> {
        let text = match fs::read_to_string(base.resolve(path)) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(Problem::in_file(path, format!("cannot be read: {error}"))),
        };
        let names = match &text {
            Some(text) => KnownNames::of(text).map_err(|error| Problem::new(error.to_string()))?,
            None => KnownNames::default(),
        };
        Ok(PreviousLock {
            path: path.to_owned(),
            text,
            names,
        })
    }

    /// Holds the schema against the lock. Writes nothing. `outputs` are the folders that are generated into.
    pub(crate) fn check(
        self,
        schema: &Schema,
        accept: bool,
        outputs: &[PathBuf],
        base: &Base,
    ) -> Result<LockFile, Problem> {
        if self.text.is_none() && !accept {
            self.was_never_there(outputs, base)?;
        }
        let text = lock::check(schema, self.text.as_deref(), accept)
            .map_err(|error| Problem::new(error.to_string()))?;
        Ok(LockFile {
            changed: self.text.as_ref() != Some(&text),
            path: self.path,
            text,
        })
    }

    /// Refuses a lock that is gone: without it every break would pass.
    fn was_never_there(&self, outputs: &[PathBuf], base: &Base) -> Result<(), Problem> {
        let generated = outputs
            .iter()
            .find(|folder| write::was_generated_into(&base.resolve(folder)));
        match generated {
            None => Ok(()),
            Some(folder) => Err(Problem::in_file(
                &self.path,
                format!(
                    "is missing, and `{}` was generated before, so callers may rely on what it said; restore it from \
                     version control, or run `{VARIABLE}=accept cargo build` to begin anew",
                    folder.display()
                ),
            )),
        }
    }
}
