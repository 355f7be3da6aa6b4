//! Writing one file, so that no reader ever sees half of it.

use std::fs;
use std::io;
use std::path::Path;
use std::time::SystemTime;

/// Writes a file by way of another beside it.
pub(crate) fn write(path: &Path, contents: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}", std::process::id()));
    let written = fs::write(&beside, contents).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What is left of the attempt is of no use; that it failed is what matters.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Writes a file unless it holds these contents already.
pub(crate) fn write_if_changed(path: &Path, contents: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|existing| existing == contents) {
        return Ok(());
    }
    write(path, contents)
}

/// Writes a file with the age of what it was made from.
///
/// Cargo runs a build script again when a watched file is newer than its last run. A watched file that the script itself
/// writes would always be, once, and a build without changes would compile the package again.
pub(crate) fn write_quietly(
    path: &Path,
    contents: &[u8],
    age: Option<SystemTime>,
) -> io::Result<()> {
    write(path, contents)?;
    match age {
        Some(age) => fs::File::options()
            .write(true)
            .open(path)?
            .set_modified(age),
        None => Ok(()),
    }
}
