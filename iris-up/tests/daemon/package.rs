//! `iris-up package`, with what comes of it pushed.

use crate::support::{Daemon, path};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The folder of the whole repository.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// A package of its own with the example `hello` of iris-lambda, as its users have it.
fn package() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let repository = repository();
    let manifest = format!(
        r#"
[package]
name = "hello"
version = "0.1.0"
edition = "2024"

[dependencies]
iris-lambda = {{ path = {:?}, default-features = false }}
serde = {{ version = "1", features = ["derive"] }}
tokio = {{ version = "1", features = ["macros", "rt"] }}

[profile.release]
opt-level = 0

[workspace]
"#,
        repository.join("iris-lambda")
    );
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    // The versions that are tested, which are here.
    fs::copy(
        repository.join("Cargo.lock"),
        folder.path().join("Cargo.lock"),
    )
    .unwrap();
    fs::create_dir(folder.path().join("src")).unwrap();
    let example = repository.join("iris-lambda/examples/hello.rs");
    fs::copy(example, folder.path().join("src/main.rs")).unwrap();
    folder
}

#[tokio::test]
async fn a_package_becomes_a_zip_that_runs_wherever_it_is() {
    let daemon = Daemon::start().await;
    let package = package();
    fs::create_dir(package.path().join("assets")).unwrap();
    fs::write(package.path().join("assets/words.txt"), "some").unwrap();
    let zip = package.path().join("out.zip");
    let assets = package.path().join("assets");
    let arguments = [
        "package",
        package.path().to_str().unwrap(),
        "--out",
        zip.to_str().unwrap(),
        "--include",
        assets.to_str().unwrap(),
    ];
    // What is built is kept for the next run.
    let kept = concat!(env!("CARGO_TARGET_TMPDIR"), "/package");
    let packaged = daemon
        .run_as(
            &arguments,
            |command| {
                command.env("CARGO_TARGET_DIR", kept);
            },
            "",
        )
        .await;
    assert_eq!(packaged.code, 0, "{packaged:?}");
    let create = "aws lambda create-function --function-name hello --handler hello ";
    assert!(packaged.out.contains(create), "{}", packaged.out);
    assert!(
        packaged
            .out
            .contains("--runtime provided.al2023 --architectures"),
        "{}",
        packaged.out
    );
    let first = fs::read(&zip).unwrap();

    // As another program sees it.
    let unzipped = package.path().join("unzipped");
    let status = Command::new("unzip")
        .arg("-q")
        .arg(&zip)
        .arg("-d")
        .arg(&unzipped)
        .status();
    assert!(status.unwrap().success());
    let mode = |file: &str| {
        fs::metadata(unzipped.join(file))
            .unwrap()
            .permissions()
            .mode()
            & 0o7777
    };
    assert_eq!(
        (mode("bootstrap"), mode("assets/words.txt")),
        (0o755, 0o644)
    );
    // It is linked to nothing: no loader is named in it.
    let linked = Command::new("ldd")
        .arg(unzipped.join("bootstrap"))
        .output()
        .unwrap();
    let linked = String::from_utf8_lossy(&linked.stdout).into_owned()
        + &String::from_utf8_lossy(&linked.stderr);
    assert!(
        linked.contains("statically linked") || linked.contains("not a dynamic executable"),
        "{linked}"
    );

    daemon
        .runs(["push", zip.to_str().unwrap(), "--lambda", "--name", "hello"])
        .await;
    let told = daemon.runs(["invoke", "hello", r#"{"name":"Ada"}"#]).await;
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["message"], "Hello, Ada");

    // The executable alone makes the same zip, and so does the same package.
    let bootstrap = unzipped.join("bootstrap");
    let again = package.path().join("again.zip");
    let json = daemon
        .runs([
            "package",
            bootstrap.to_str().unwrap(),
            "--out",
            again.to_str().unwrap(),
            "--include",
            assets.to_str().unwrap(),
            "--json",
        ])
        .await;
    assert_eq!(fs::read(&again).unwrap(), first);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["bytes"], first.len());
    assert_eq!(json["commands"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn what_is_missing_is_said() {
    let daemon = Daemon::start().await;
    let package = package();
    // A compiler that has no libraries for anything.
    let rustc = package.path().join("rustc");
    fs::write(&rustc, "#!/bin/sh\necho /nowhere/lib\n").unwrap();
    fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755)).unwrap();
    let folder = package.path().to_str().unwrap();
    let out = package.path().join("out.zip");
    let arguments = [
        "package",
        folder,
        "--arch",
        "arm64",
        "--out",
        out.to_str().unwrap(),
    ];
    let failed = daemon
        .run_as(
            &arguments,
            |command| {
                command.env("RUSTC", &rustc);
            },
            "",
        )
        .await;
    assert_eq!(failed.code, 1);
    assert!(
        failed
            .err
            .contains("rustup target add aarch64-unknown-linux-musl"),
        "{}",
        failed.err
    );
    let empty = tempfile::tempdir().unwrap();
    let failed = daemon
        .run(&["package", empty.path().to_str().unwrap()])
        .await;
    assert!(failed.err.contains("has no Cargo.toml"), "{}", failed.err);
    let text = empty.path().join("text");
    fs::write(&text, "text").unwrap();
    let failed = daemon.run(&["package", text.to_str().unwrap()]).await;
    assert!(
        failed.err.contains("neither a program nor a script"),
        "{}",
        failed.err
    );
    let out = out.to_str().unwrap();
    let other = match cfg!(target_arch = "aarch64") {
        true => "x86_64",
        false => "arm64",
    };
    let failed = daemon
        .run(&["package", &path("function"), "--arch", other, "--out", out])
        .await;
    assert!(
        failed.err.contains("is for other processors"),
        "{}",
        failed.err
    );
    assert!(!Path::new(out).exists());
    let linked = daemon
        .run(&["package", &path("function"), "--out", out])
        .await;
    assert_eq!(linked.code, 0, "{linked:?}");
    assert!(
        linked.err.contains("needs libraries of the system"),
        "{}",
        linked.err
    );
}
