//! Archives as others make them: by `zip`, by this program, and by hand where no program would.

use super::*;
use rawzip::path::EntryPath;
use rawzip::{CompressionMethod, Crc32Option, DataDescriptorOutput, ZipArchiveWriter};
use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use tempfile::TempDir;

const FILE: u32 = 0o100_644;
const EXECUTABLE: u32 = 0o100_755;
const LINK: u32 = 0o120_777;

/// One entry as nobody should write it.
struct Made<'a> {
    name: &'a [u8],
    mode: Option<u32>,
    method: CompressionMethod,
    encrypted: bool,
    content: &'a [u8],
    /// What the archive says of its length.
    length: u64,
    crc: u32,
}

impl<'a> Made<'a> {
    fn new(name: &'a str, mode: u32, content: &'a [u8]) -> Made<'a> {
        Made {
            name: name.as_bytes(),
            mode: Some(mode),
            method: CompressionMethod::STORE,
            encrypted: false,
            content,
            length: content.len() as u64,
            crc: rawzip::crc32(content),
        }
    }
}

fn archive(entries: &[Made<'_>]) -> Vec<u8> {
    let mut archive = ZipArchiveWriter::new(Vec::new());
    for made in entries {
        let mut file = archive
            .new_file(EntryPath::verbatim(made.name))
            .compression_method(made.method)
            .encrypted(made.encrypted)
            .crc32(Crc32Option::Custom(made.crc));
        if let Some(mode) = made.mode {
            file = file.unix_permissions(mode);
        }
        let (mut entry, _) = file.start().unwrap();
        entry.write_all(made.content).unwrap();
        entry
            .finish(DataDescriptorOutput::new(made.crc, made.length))
            .unwrap();
    }
    archive.finish().unwrap()
}

/// The same with one good file beside them, on the disk.
fn written(entries: Vec<Made<'_>>) -> (TempDir, PathBuf) {
    let mut all = vec![Made::new("bootstrap", EXECUTABLE, b"#!/bin/sh\n")];
    all.extend(entries);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive.zip");
    fs::write(&path, archive(&all)).unwrap();
    (folder, path)
}

/// Why an archive with these is not taken, at the latest when it is unpacked.
fn refused(entries: Vec<Made<'_>>) -> String {
    let (folder, path) = written(entries);
    let into = folder.path().join("into");
    fs::create_dir(&into).unwrap();
    let problem = Archive::open(&path).and_then(|archive| archive.unpack(&into));
    match problem.unwrap_err() {
        Problem::Refused(why) => why,
        problem => panic!("{problem}"),
    }
}

#[test]
fn what_leads_out_of_the_tree_is_refused() {
    for name in [
        "../evil",
        "a/../../evil",
        "/etc/evil",
        "C:/evil",
        "..\\evil",
        "a//evil",
    ] {
        let why = refused(vec![Made::new(name, FILE, b"")]);
        assert!(why.contains("evil"), "{why}");
    }
    for target in ["/etc/passwd", "../outside", "a/../../outside", ".."] {
        let why = refused(vec![Made::new("link", LINK, target.as_bytes())]);
        assert!(why.contains("link"), "{why}");
    }
    // Through a link that stays inside, too.
    let why = refused(vec![
        Made::new("sub", LINK, b"lib"),
        Made::new("sub/evil", FILE, b""),
    ]);
    assert!(why.contains("sub/evil is below sub"), "{why}");
}

#[test]
fn what_is_no_file_is_refused() {
    for (mode, kind) in [
        (0o020_666, "device"),
        (0o010_644, "pipe"),
        (0o140_755, "socket"),
    ] {
        let why = refused(vec![Made::new("odd", mode, b"")]);
        assert!(
            why.contains("odd is neither a file nor a folder"),
            "{kind}: {why}"
        );
    }
    for (entries, why) in [
        (
            vec![Made::new("a", FILE, b"1"), Made::new("./a", FILE, b"2")],
            "a is in it twice",
        ),
        (
            vec![Made {
                encrypted: true,
                ..Made::new("a", FILE, b"1")
            }],
            "a is encrypted",
        ),
        (
            vec![Made {
                method: CompressionMethod::ZSTD,
                ..Made::new("a", FILE, b"1")
            }],
            "method",
        ),
        (
            vec![Made {
                name: b"\xff",
                ..Made::new("", FILE, b"1")
            }],
            "UTF-8",
        ),
        (
            vec![Made {
                crc: 1,
                ..Made::new("a", FILE, b"1")
            }],
            "a is damaged",
        ),
        (
            vec![Made {
                length: 2,
                ..Made::new("a", FILE, b"1")
            }],
            "a is damaged",
        ),
        (
            vec![Made {
                method: CompressionMethod::DEFLATE,
                ..Made::new("a", FILE, b"\xff\xff")
            }],
            "a is damaged",
        ),
    ] {
        let told = refused(entries);
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn what_would_fill_the_disk_is_refused() {
    let declared = |length| Made {
        length,
        ..Made::new("large", FILE, b"")
    };
    let why = refused(vec![declared(1 << 40)]);
    assert!(why.contains("100 times its own size"), "{why}");
    // It says that it is small, and is not.
    let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&vec![0; 100 << 20]).unwrap();
    let packed = packed.finish().unwrap();
    let lies = Made {
        method: CompressionMethod::DEFLATE,
        length: 10,
        ..Made::new("large", FILE, &packed)
    };
    let why = refused(vec![lies]);
    assert!(why.contains("large is damaged"), "{why}");
    // The same bytes, many times: together they are too many.
    let honest = || Made {
        method: CompressionMethod::DEFLATE,
        length: 100 << 20,
        ..Made::new("large", FILE, &packed)
    };
    let why = refused(vec![honest()]);
    assert!(why.contains("100 times its own size"), "{why}");
}

#[test]
fn what_is_no_archive_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive.zip");
    let whole = archive(&[Made::new("bootstrap", EXECUTABLE, b"#!/bin/sh\n")]);
    // The end of an archive says how many entries there are: two bytes for this disk, two for all.
    let mut counted = whole.clone();
    let end = counted.len() - 22;
    counted[end + 8] = 2;
    counted[end + 10] = 2;
    for (content, why) in [
        (b"#!/bin/sh\n".to_vec(), "it is no zip"),
        (Vec::new(), "it is no zip"),
        (b"PK\x03\x04".repeat(1000), "it is no zip"),
        (whole[..whole.len() - 30].to_vec(), "it is no zip"),
        (counted, "as long as it says"),
    ] {
        fs::write(&path, content).unwrap();
        let told = Archive::open(&path).unwrap_err().to_string();
        assert!(told.contains(why), "{told}");
    }
    fs::write(&path, whole).unwrap();
    assert!(begins_like_one(&path).unwrap());
    let archive = Archive::open(&path).unwrap();
    let runs = |name: &str| archive.runs(&TreePath::parse(name.as_bytes()).unwrap().unwrap());
    runs("bootstrap").unwrap();
    assert_eq!(
        runs("server").unwrap_err().to_string(),
        "there is no server in it"
    );
}

#[test]
fn whatever_an_archive_has_in_it_nothing_panics() {
    let whole = archive(&[
        Made::new("bootstrap", EXECUTABLE, b"#!/bin/sh\n"),
        Made::new("lib/link", LINK, b"../bootstrap"),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive.zip");
    for place in 0..whole.len() {
        for value in [0, 0x7f, 0xff] {
            let mut changed = whole.clone();
            changed[place] = value;
            fs::write(&path, changed).unwrap();
            let into = tempfile::tempdir_in(folder.path()).unwrap();
            if let Ok(archive) = Archive::open(&path) {
                let _ = archive.unpack(into.path());
            }
        }
    }
}

#[test]
fn files_come_out_as_they_went_in_and_nobody_writes_them() {
    let from = tempfile::tempdir().unwrap();
    let place = |name: &str| from.path().join(name);
    fs::create_dir_all(place("lib/empty")).unwrap();
    fs::create_dir(place(".git")).unwrap();
    fs::write(place(".git/config"), "secret").unwrap();
    fs::write(place("bootstrap"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(place("bootstrap"), fs::Permissions::from_mode(0o711)).unwrap();
    let content: Vec<u8> = (0..300_000_u32).map(|number| (number / 7) as u8).collect();
    fs::write(place("lib/ä:b"), &content).unwrap();
    fs::set_permissions(place("lib/ä:b"), fs::Permissions::from_mode(0o600)).unwrap();
    symlink("lib/ä:b", place("link")).unwrap();

    let packed = |into: &Path| {
        let mut packing = Packing::default();
        packing.add_content(from.path()).unwrap();
        let packed = packing.write(&fs::File::create(into).unwrap()).unwrap();
        assert_eq!(packed.unpacked, 300_010);
        assert_eq!(packed.bytes, fs::metadata(into).unwrap().len());
    };
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = ["first", "second"].map(|name| folder.path().join(name));
    packed(&first);
    // Another time, and for another user.
    let touched = fs::File::open(place("bootstrap")).unwrap();
    touched
        .set_modified(std::time::SystemTime::UNIX_EPOCH)
        .unwrap();
    fs::set_permissions(place("lib/ä:b"), fs::Permissions::from_mode(0o664)).unwrap();
    packed(&second);
    assert_eq!(fs::read(&first).unwrap(), fs::read(&second).unwrap());

    let into = folder.path().join("into");
    fs::create_dir(&into).unwrap();
    Archive::open(&first).unwrap().unpack(&into).unwrap();
    let mode = |name: &str| fs::metadata(into.join(name)).unwrap().permissions().mode() & 0o7777;
    assert_eq!(fs::read(into.join("lib/ä:b")).unwrap(), content);
    assert_eq!(
        fs::read_link(into.join("link")).unwrap(),
        Path::new("lib/ä:b")
    );
    assert_eq!(
        (
            mode("bootstrap"),
            mode("lib/ä:b"),
            mode("lib/empty"),
            mode("")
        ),
        (0o555, 0o444, 0o555, 0o555)
    );
    assert!(!into.join(".git").exists());
}

#[test]
fn archives_that_know_no_modes_run() {
    let (folder, path) = written(vec![
        Made {
            mode: None,
            ..Made::new("server", 0, b"")
        },
        Made {
            name: b"data",
            ..Made::new("", FILE, b"")
        },
        Made::new("sub/bootstrap", FILE, b""),
    ]);
    let into = folder.path().join("into");
    fs::create_dir(&into).unwrap();
    let archive = Archive::open(&path).unwrap();
    archive.unpack(&into).unwrap();
    let runs = |name: &str| archive.runs(&TreePath::parse(name.as_bytes()).unwrap().unwrap());
    runs("server").unwrap();
    assert_eq!(
        runs("data").unwrap_err().to_string(),
        "data is not executable"
    );
    assert_eq!(runs("sub").unwrap_err().to_string(), "sub is a folder");
    let mode = fs::metadata(into.join("server"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o7777, 0o555);
}

#[test]
fn archives_of_other_programs_are_read() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bootstrap"), "#!/bin/sh\n".repeat(1000)).unwrap();
    symlink("bootstrap", folder.path().join("link")).unwrap();
    let zipped = std::process::Command::new("zip")
        .args(["--quiet", "--symlinks", "archive.zip", "bootstrap", "link"])
        .current_dir(folder.path())
        .status();
    assert!(zipped.unwrap().success());
    let into = folder.path().join("into");
    fs::create_dir(&into).unwrap();
    let archive = Archive::open(&folder.path().join("archive.zip")).unwrap();
    archive.unpack(&into).unwrap();
    assert_eq!(fs::read(into.join("link")).unwrap().len(), 10_000);
}

#[test]
fn what_cannot_be_packed_is_said() {
    let folder = tempfile::tempdir().unwrap();
    symlink("/etc/passwd", folder.path().join("link")).unwrap();
    let why = Packing::default().add_content(folder.path()).unwrap_err();
    assert!(
        why.to_string()
            .contains("the link link to \"/etc/passwd\" leads out"),
        "{why}"
    );
    let mut packing = Packing::default();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    packing.add_executable("file", &file).unwrap();
    let why = packing.add(&file).unwrap_err();
    assert_eq!(why.to_string(), "file is in it twice");
}
