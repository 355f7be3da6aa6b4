//! Why nothing could be measured.

use std::error::Error;
use std::fs;
use std::path::Path;

/// What a step ends with. A measurement that fails is corrected by a person who reads the message, so text is enough.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// The text of a file.
pub(crate) fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Writes a file, and the folders above it.
pub(crate) fn write(path: &Path, contents: impl AsRef<[u8]>) -> Outcome {
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    folder
        .and_then(|()| fs::write(path, contents))
        .map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Removes a folder with all that is in it, if it is there.
pub(crate) fn remove(folder: &Path) -> Outcome {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    Ok(())
}

/// Removes a file, if it is there.
pub(crate) fn remove_file(path: &Path) -> Outcome {
    if path.exists() {
        fs::remove_file(path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}
