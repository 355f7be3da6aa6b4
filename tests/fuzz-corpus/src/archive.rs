//! Archives that are pushed to `iris-up`: nothing gets out of the folder they are unpacked into, nor becomes more than announced.

use iris_up::fuzzed::{Unpacked, unpack};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// What every archive may unpack to, however small it is, and how many times its own size beyond.
const FREE: u64 = 64 * 1024 * 1024;
const RATIO: u64 = 100;

/// Any bytes are a tree within the limits, or refused with a reason; and nothing is ever left beside the folder.
pub fn archive(bytes: &[u8]) {
    let around = tempfile::tempdir().expect("a folder");
    let (file, into) = (
        around.path().join("archive.zip"),
        around.path().join("into"),
    );
    fs::write(&file, bytes).expect("an archive on the disk");
    fs::create_dir(&into).expect("a folder to unpack into");

    let unpacked = unpack(&file, &into);
    // Before anything is asserted: the folder could not be removed otherwise.
    let found = found(&into, &into.canonicalize().expect("the folder"));
    match unpacked {
        Ok(unpacked) => {
            assert_eq!(found.nodes, unpacked.nodes);
            // Folders may announce some that they have not.
            assert!(found.bytes <= unpacked.bytes);
            assert!(unpacked.bytes <= FREE + RATIO * bytes.len() as u64);
        }
        // What is there then is a part of what was announced, if anything.
        Err(why) => assert!(!why.is_empty()),
    }
    assert_eq!(fs::read(&file).expect("the archive"), bytes);
    let beside = fs::read_dir(around.path()).expect("the folder around");
    assert_eq!(beside.count(), 2, "something was written beside it");
}

/// What is in a folder, which is opened for whoever removes it. Its links stay inside `root`.
fn found(folder: &Path, root: &Path) -> Unpacked {
    let mut all = Unpacked { bytes: 0, nodes: 0 };
    fs::set_permissions(folder, Permissions::from_mode(0o700)).expect("an open folder");
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let metadata = fs::symlink_metadata(&path).expect("what it is");
        all.nodes += 1;
        if metadata.is_symlink() {
            // One that leads to nothing, or around in a circle, leads nowhere else either.
            if let Ok(leads_to) = path.canonicalize() {
                assert!(leads_to.starts_with(root), "{}", leads_to.display());
            }
            let target = fs::read_link(&path).expect("where it leads");
            assert!(!target.is_absolute(), "{}", target.display());
            all.bytes += target.as_os_str().len() as u64;
        } else if metadata.is_dir() {
            let within = found(&path, root);
            all.bytes += within.bytes;
            all.nodes += within.nodes;
        } else {
            assert!(metadata.is_file(), "{}", path.display());
            all.bytes += metadata.len();
        }
    }
    all
}
