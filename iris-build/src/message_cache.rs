//! Keeps printed messages from one run of a build script to the next.
//!
//! Build scripts are compiled without optimization, and of all that is printed messages cost the most. They change seldom:
//! a remote may change a hundred times before a `.proto` does.

use crate::error::Problem;
use crate::messages::{MessageCode, MessageOptions};
use crate::write;
use prost::Message;
use prost_types::FileDescriptorSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

/// Printed messages of an earlier run.
#[derive(Debug)]
pub(crate) struct MessageCache {
    /// Where they are; nothing is kept without.
    folder: Option<PathBuf>,
    /// Tells this build script from one with another printer in it.
    program: u64,
}

/// What a file of the cache holds: the key, and the two layouts of [`MessageCode`].
type Kept = (u64, String, Vec<(String, String)>);

impl MessageCache {
    /// A cache below `out_dir`.
    pub(crate) fn new(out_dir: Option<PathBuf>) -> Self {
        let program = program();
        MessageCache {
            folder: out_dir
                .filter(|_| program.is_some())
                .map(|out_dir| out_dir.join("message-cache")),
            program: program.unwrap_or_default(),
        }
    }

    /// What was kept for these files, otherwise what `print` gives, which is kept then.
    pub(crate) fn get_or_print(
        &self,
        files: &FileDescriptorSet,
        options: &MessageOptions,
        print: impl FnOnce() -> Result<MessageCode, Problem>,
    ) -> Result<MessageCode, Problem> {
        let Some(folder) = &self.folder else {
            return print();
        };
        let mut hasher = DefaultHasher::new();
        (self.program, files.encode_to_vec(), &options.runtime).hash(&mut hasher);
        let key = hasher.finish();
        let name = options.runtime.trim_start_matches("::").replace("::", "-");
        let path = folder.join(name).with_extension("json");
        // A cache that cannot be read is as good as none.
        let kept: Option<Kept> = fs::read(&path)
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok());
        if let Some((kept, included, files)) = kept
            && kept == key
        {
            return Ok(MessageCode { included, files });
        }
        let code = print()?;
        if let Ok(text) = serde_json::to_vec(&(key, &code.included, &code.files)) {
            write::write(&path, &text)
                .map_err(|error| Problem::in_file(&path, format!("cannot be written: {error}")))?;
        }
        Ok(code)
    }
}

/// What tells the running program from others of its name.
fn program() -> Option<u64> {
    let path = std::env::current_exe().ok()?;
    let data = fs::metadata(&path).ok()?;
    let changed = data.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let mut hasher = DefaultHasher::new();
    (path, data.len(), changed).hash(&mut hasher);
    Some(hasher.finish())
}
