//! Zips and folders with all that an app is made of.

use crate::support::{Daemon, path, program, until};
use bytes::Bytes;
use futures_util::stream;
use iris_up_client::ErrorCode;
use iris_up_client::messages::iris::up::v1::{AppRequest, Kind, PushRequest, Settings, UploadPart};
use rawzip::path::EntryPath;
use rawzip::{CompressionMethod, ZipArchiveWriter};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The mode of an executable, of a file, of a link.
pub(crate) const EXECUTABLE: u32 = 0o100_755;
const FILE: u32 = 0o100_644;
const LINK: u32 = 0o120_777;

/// One entry of a zip: its name, its mode where it has one, and what is in it.
pub(crate) type Entry<'a> = (&'a str, Option<u32>, &'a [u8]);

pub(crate) fn zip(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut archive = ZipArchiveWriter::new(Vec::new());
    for (name, mode, content) in entries {
        let mut file = archive
            .new_file(EntryPath::verbatim(name.as_bytes()))
            .compression_method(CompressionMethod::DEFLATE);
        if let Some(mode) = mode {
            file = file.unix_permissions(*mode);
        }
        let (mut entry, config) = file.start().unwrap();
        let level = flate2::Compression::default();
        let mut writer = config.wrap(flate2::write::DeflateEncoder::new(&mut entry, level));
        writer.write_all(content).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap()
}

/// A zip on the disk.
pub(crate) fn zip_file(name: &str, entries: &[Entry<'_>]) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    fs::write(&file, zip(entries)).unwrap();
    let file = file.to_str().unwrap().to_owned();
    (folder, file)
}

/// What tests push, as it is.
pub(crate) fn content(name: &str) -> Vec<u8> {
    fs::read(program(name)).unwrap()
}

async fn artifact(daemon: &Daemon, app: &str) -> (String, u64) {
    let request = AppRequest { name: app.into() };
    let app = daemon.remotes().apps().get(request).await.unwrap();
    (app.artifact, app.version)
}

fn trees(daemon: &Daemon) -> Vec<PathBuf> {
    let entries = fs::read_dir(daemon.folder.path().join("trees")).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[tokio::test]
async fn a_function_runs_where_its_zip_is_unpacked() {
    let daemon = Daemon::start().await;
    let function = content("function");
    let (_folder, file) = zip_file(
        "Task.zip",
        &[
            ("bootstrap", Some(EXECUTABLE), &function),
            ("data.txt", Some(FILE), b"beside it"),
            ("lib/helper.so", Some(FILE), b""),
        ],
    );
    daemon.runs(["push", &file, "--lambda"]).await;
    let tree = daemon
        .folder
        .path()
        .join("trees")
        .join(artifact(&daemon, "task").await.0);
    let (status, text) = daemon.get("/task/files").await;
    assert_eq!(status, 200, "{text}");
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(told["folder"], tree.to_str().unwrap());
    assert_eq!(told["data"], "beside it");
    assert_eq!(told["home"], true, "its own folder it writes");
    for written in told["written"].as_array().unwrap() {
        let error = written["Err"].as_str().unwrap();
        assert!(error.contains("Permission denied"), "{error}");
    }
    let (_, text) = daemon.get("/task/context").await;
    let told: Value = serde_json::from_str(&text).unwrap();
    let environment = &told["environment"];
    assert_eq!(environment["LAMBDA_TASK_ROOT"], tree.to_str().unwrap());
    let libraries = environment["LD_LIBRARY_PATH"].as_str().unwrap();
    assert!(
        libraries.ends_with(&format!("{}/lib", tree.display())),
        "{libraries}"
    );
    // It is not the app's, and nobody's to write.
    let own = fs::metadata(daemon.folder.path().join("apps/task"))
        .unwrap()
        .uid();
    for file in ["", "bootstrap", "data.txt", "lib"] {
        let metadata = fs::metadata(tree.join(file)).unwrap();
        assert_eq!(metadata.uid(), 0, "{file}");
        assert_ne!(metadata.uid(), own);
        assert_eq!(metadata.mode() & 0o222, 0, "{file}");
    }
}

#[tokio::test]
async fn a_zip_that_knows_no_modes_runs() {
    let daemon = Daemon::start().await;
    let function = content("function");
    let (_folder, file) = zip_file("windows.zip", &[("bootstrap", None, &function)]);
    daemon.runs(["push", &file, "--lambda"]).await;
    assert_eq!(daemon.get("/windows/ok").await.0, 200);
}

#[tokio::test]
async fn a_folder_is_pushed_with_all_that_is_in_it() {
    let daemon = Daemon::start_with(&["--sandbox", "required"]).await;
    let place = tempfile::tempdir().unwrap();
    let site = place.path().join("site");
    fs::create_dir_all(site.join("bin")).unwrap();
    fs::copy(program("hostile"), site.join("bin/hostile")).unwrap();
    fs::write(site.join("page.html"), "12345").unwrap();
    let folder = site.to_str().unwrap();

    let nothing = daemon.run(&["push", folder]).await;
    assert_eq!(nothing.code, 1);
    assert!(
        nothing.err.contains("neither a Cargo.toml nor a bootstrap"),
        "{}",
        nothing.err
    );
    let other = daemon.run(&["push", folder, "--entry", "bin/other"]).await;
    assert!(
        other.err.contains("there is no bin/other in it"),
        "{}",
        other.err
    );

    daemon
        .runs(["push", folder, "--entry", "bin/hostile"])
        .await;
    let tries =
        async |what: &str, argument: &str| daemon.get(&format!("/site/{what}?{argument}")).await.1;
    assert_eq!(tries("read", "page.html").await, "done: 5");
    for file in ["page.html", "new", "bin/hostile", "bin/new"] {
        let came = tries("write", file).await;
        assert!(
            came.starts_with("refused: Permission denied"),
            "{file}: {came}"
        );
        let came = tries("remove", file).await;
        assert!(came.starts_with("refused: "), "{file}: {came}");
    }
    let own = daemon.folder.path().join("apps/site/own");
    assert_eq!(
        tries("write", own.to_str().unwrap()).await,
        "done: it worked"
    );

    // From within it, it is called the same.
    let within = |command: &mut tokio::process::Command| {
        command.current_dir(&site);
    };
    let arguments = ["push", ".", "--entry", "bin/hostile"];
    let pushed = daemon.run_as(&arguments, within, "").await;
    assert_eq!(
        (pushed.code, pushed.out.contains(" site - ")),
        (0, true),
        "{pushed:?}"
    );

    // The same files are the same artifact, whenever they were written.
    let first = artifact(&daemon, "site").await;
    let page = fs::File::open(site.join("page.html")).unwrap();
    page.set_modified(std::time::SystemTime::UNIX_EPOCH)
        .unwrap();
    daemon
        .runs(["push", folder, "--entry", "bin/hostile"])
        .await;
    assert_eq!(artifact(&daemon, "site").await, (first.0.clone(), 3));
    assert_eq!(trees(&daemon).len(), 1);
    // Others are another.
    fs::write(site.join("page.html"), "123456").unwrap();
    daemon
        .runs(["push", folder, "--entry", "bin/hostile"])
        .await;
    assert_ne!(artifact(&daemon, "site").await.0, first.0);
    assert_eq!(tries("read", "page.html").await, "done: 6");
    daemon.runs(["rollback", "site"]).await;
    assert_eq!(tries("read", "page.html").await, "done: 5");
}

/// Uploads whatever it is, and pushes that as an archive, as a program of somebody's may.
pub(crate) async fn push_by_hand(
    daemon: &Daemon,
    name: &str,
    archive: &[u8],
    entry: &str,
) -> Option<(ErrorCode, String)> {
    let digest = Sha256::digest(archive);
    let sha256: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let parts = archive.chunks(1 << 20).map(|data| UploadPart {
        sha256: sha256.clone(),
        data: Bytes::copy_from_slice(data),
        ..UploadPart::default()
    });
    let parts: Vec<UploadPart> = parts.collect();
    let remotes = daemon.remotes();
    remotes
        .artifacts()
        .upload(stream::iter(parts))
        .await
        .unwrap();
    let request = PushRequest {
        name: name.to_owned(),
        kind: Kind::Daemon.into(),
        artifact: sha256,
        settings: Some(Settings {
            entry: entry.to_owned(),
            ..Settings::default()
        }),
        ..PushRequest::default()
    };
    let pushing = remotes.apps().push(request).await;
    let error = match pushing {
        Ok(mut events) => events.message().await.err()?,
        Err(error) => error,
    };
    Some((error.code, error.internal_message))
}

#[tokio::test]
async fn hostile_archives_are_refused_here_and_there() {
    let daemon = Daemon::start().await;
    let outside = daemon.folder.path().join("evil");
    let outside = outside.to_str().unwrap();
    let bootstrap: Entry<'_> = ("bootstrap", Some(EXECUTABLE), b"#!/bin/sh\n");
    let zeros = vec![0; 80 << 20];
    let deep = format!("{}f", "d/".repeat(40));
    let archives: [(&[Entry<'_>], &str); 12] = [
        (&[bootstrap, ("../../evil", Some(FILE), b"")], "leads out"),
        (&[bootstrap, (outside, Some(FILE), b"")], "absolute"),
        (&[bootstrap, ("..\\evil", Some(FILE), b"")], "Windows"),
        (
            &[
                bootstrap,
                ("a", Some(LINK), b"/etc"),
                ("a/evil", Some(FILE), b""),
            ],
            "leads out",
        ),
        (
            &[
                bootstrap,
                ("a", Some(LINK), b"../../.."),
                ("b", Some(FILE), b""),
            ],
            "leads out",
        ),
        (
            &[
                bootstrap,
                ("a", Some(LINK), b"lib"),
                ("a/evil", Some(FILE), b""),
            ],
            "no folder",
        ),
        (
            &[bootstrap, ("./bootstrap", Some(EXECUTABLE), b"")],
            "twice",
        ),
        (
            &[bootstrap, ("zeros", Some(FILE), &zeros)],
            "times its own size",
        ),
        (&[bootstrap, (&deep, Some(FILE), b"")], "deeper"),
        (&[bootstrap, ("null", Some(0o020_666), b"")], "device"),
        (
            &[("server", Some(EXECUTABLE), b"#!/bin/sh\n")],
            "there is no bootstrap",
        ),
        (&[("bootstrap", Some(LINK), b"nothing")], "can be run"),
    ];
    for (entries, why) in archives {
        let archive = zip(entries);
        let refused = push_by_hand(&daemon, "evil", &archive, "bootstrap").await;
        let (code, told) = refused.unwrap_or_else(|| panic!("{why}: it is taken"));
        assert_eq!(code, ErrorCode::InvalidArchive, "{told}");
        assert!(told.contains(why), "{told}");
        let (_folder, file) = zip_file("evil.zip", entries);
        let artifacts = fs::read_dir(daemon.folder.path().join("artifacts"))
            .unwrap()
            .count();
        let refused = daemon.run(&["push", &file]).await;
        assert_eq!(refused.code, 1);
        assert!(refused.err.contains(why), "{}", refused.err);
        let after = fs::read_dir(daemon.folder.path().join("artifacts"))
            .unwrap()
            .count();
        assert_eq!(artifacts, after);
    }
    // What a link leads to is only known once it is unpacked: that tree stays for a push that names what is in it.
    assert!(trees(&daemon).len() <= 1);
    assert!(!Path::new(outside).exists());

    let executable = content("resident");
    let (code, told) = push_by_hand(&daemon, "evil", &executable, "bootstrap")
        .await
        .unwrap();
    assert_eq!(
        (code, told.contains("no zip")),
        (ErrorCode::InvalidArchive, true),
        "{told}"
    );
    for entry in ["../bootstrap", "/bootstrap", "."] {
        let whole = zip(&[bootstrap]);
        let (code, _) = push_by_hand(&daemon, "evil", &whole, entry).await.unwrap();
        assert_eq!(code, ErrorCode::InvalidArchive, "{entry}");
    }
    assert_eq!(daemon.runs(["list"]).await, "");
    let not_one = daemon
        .run(&["push", &path("resident"), "--entry", "bootstrap"])
        .await;
    assert!(not_one.err.contains("it is no zip"), "{}", not_one.err);
}

#[tokio::test]
async fn a_tree_goes_with_the_last_that_is_made_of_it() {
    let mut daemon = Daemon::start().await;
    let resident = content("resident");
    let (_folder, file) = zip_file(
        "app.zip",
        &[
            ("bootstrap", Some(EXECUTABLE), &resident),
            ("a/b/c", Some(FILE), b""),
        ],
    );
    daemon.runs(["push", &file]).await;
    daemon.runs(["push", &file, "--name", "other"]).await;
    assert_eq!(trees(&daemon).len(), 1);
    daemon.runs(["remove", "app"]).await;
    assert_eq!(trees(&daemon).len(), 1, "the other app has it");
    let tree = trees(&daemon).remove(0);
    // What a daemon leaves that is killed while it unpacks.
    let unfinished = daemon.folder.path().join("trees/unfinished-0");
    fs::create_dir_all(unfinished.join("sub")).unwrap();
    fs::set_permissions(&unfinished, fs::Permissions::from_mode(0o555)).unwrap();
    // And what somebody else removes.
    fs::remove_dir_all(&tree).unwrap();
    daemon.restart_by(rustix::process::Signal::KILL).await;
    assert!(!unfinished.exists());
    assert!(tree.exists());
    assert_eq!(daemon.get("/other").await.0, 200);
    daemon.runs(["remove", "other"]).await;
    assert_eq!(trees(&daemon).len(), 0);
    let trash = daemon.folder.path().join("trash");
    until("an empty trash", || {
        (fs::read_dir(&trash).unwrap().count() == 0).then_some(())
    })
    .await;
    // It is made again of the artifact, which is still there.
    daemon.runs(["push", &file]).await;
    assert_eq!(daemon.get("/app").await, (200, "version 1".to_owned()));
}
