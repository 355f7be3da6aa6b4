//! `iris-up client`: what it writes of an app that runs is compiled, and calls the app.

use crate::support::{Daemon, path};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::timeout;

/// The repository.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A program that has nothing of the app but the crate.
const CALLER: &str = r#"
use futures_util::stream;
use prost_types::Timestamp;
use typed_client::iris_client::{Client, Protocol};
use typed_client::{ErrorCode, Remotes};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let url = std::env::args().nth(1).expect("a URL");
    let time = |seconds| Timestamp { seconds, nanos: 0 };
    let remotes = Remotes::connect(&url).expect("a URL");
    println!("{}", remotes.clock().later(time(41)).await.expect("an answer").seconds);

    let client = Client::builder(&url).protocol(Protocol::Grpc).build().expect("a client");
    let clock = Remotes::new(client).clock();
    let mut all = clock.all_later(stream::iter([time(1), time(2)])).await.expect("answers");
    while let Some(later) = all.next().await {
        println!("{}", later.expect("an answer").seconds);
    }

    let nowhere = Remotes::connect(&format!("{url}/none")).expect("a URL");
    let error = nowhere.clock().later(time(0)).await.expect_err("no such app");
    println!("{}", matches!(error.code, ErrorCode::IrisCommunicationError | ErrorCode::IrisProcedureNotFound));
}
"#;

const CALLER_MANIFEST: &str = r#"[package]
name = "caller"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
futures-util = { version = "0.3", default-features = false, features = ["std"] }
prost-types = "0.14"
tokio = { version = "1", default-features = false, features = ["macros", "rt"] }
typed-client = { path = "../typed", default-features = false }

[profile.dev]
debug = 0
"#;

const SCRIPT: &str = r#"
const { Remotes, ErrorCode } = await import(process.argv[1]);
const remotes = new Remotes(process.argv[2]);
console.log((await remotes.clock.later({ seconds: 41 })).seconds);
console.log(ErrorCode.IrisProcedureNotFound);
for (const url of [process.argv[2], `${process.argv[2]}/typed`]) {
    const remotes = new Remotes(url);
    for await (const later of remotes.clock.allLater([{ seconds: 1 }, { seconds: 2 }])) console.log(later.seconds);
    remotes.close();
}
"#;

/// A daemon with the app, and a folder to write to.
async fn deployed() -> (Daemon, TempDir) {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("typed")]).await;
    (daemon, tempfile::tempdir().unwrap())
}

fn text(path: PathBuf) -> String {
    path.to_str().unwrap().to_owned()
}

/// Longer than it takes to compile a client, with all that it needs, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(20 * 60);

/// What a program has printed, which must have worked.
async fn printed(program: &mut Command) -> String {
    let program = program.stdin(Stdio::null()).kill_on_drop(true);
    let output = timeout(PATIENCE, program.output()).await;
    let output = output.expect("it ends").expect("it is there");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn a_crate_of_what_is_deployed_calls_it_at_the_boxs_address() {
    let (daemon, _) = deployed().await;
    // At the same place each time: elsewhere, Cargo would keep what it compiles once more.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients");
    for before in ["typed", "caller"] {
        let _ = fs::remove_dir_all(folder.join(before));
    }
    let out = text(folder.join("typed"));
    let iris_client = format!("{ROOT}/iris-client");
    let command = [
        "client",
        "typed",
        "--out",
        &out,
        "--iris-client",
        &iris_client,
    ];
    let told = daemon.runs(command).await;
    assert_eq!(
        told,
        format!(
            "{out} has typed-client, the client of typed\n   \
             Cargo.toml typed-client = {{ path = \"{out}\" }}\n   \
             call       typed_client::Remotes::connect(\"{}\")?\n",
            daemon.url
        )
    );
    let again = daemon.runs(command).await;
    assert!(
        again.starts_with(&format!("{out} is as it was: ")),
        "{again}"
    );

    let caller = folder.join("caller");
    fs::create_dir_all(caller.join("src")).unwrap();
    fs::write(caller.join("src/main.rs"), CALLER).unwrap();
    fs::write(caller.join("Cargo.toml"), CALLER_MANIFEST).unwrap();
    // The versions that everything else was tested with, which are there.
    fs::copy(format!("{ROOT}/Cargo.lock"), caller.join("Cargo.lock")).unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["run", "--quiet", "--offline", "--target-dir"])
        .arg(folder.join("target"))
        .args(["--", &daemon.url])
        .current_dir(&caller);
    assert_eq!(printed(&mut cargo).await, "42\n2\n3\ntrue\n");
}

#[tokio::test]
async fn a_package_of_what_is_deployed_calls_it_from_node() {
    let (daemon, folder) = deployed().await;
    let out = text(folder.path().join("typed"));
    let told = daemon
        .runs([
            "client",
            "typed",
            "--typescript",
            "--name",
            "@acme/clock",
            "--package-version",
            "2.0.0",
            "--out",
            &out,
        ])
        .await;
    assert_eq!(
        told,
        format!(
            "{out} has @acme/clock, the client of typed\n   \
             install    npm install {out}\n   \
             import     import {{ Remotes }} from \"@acme/clock\";\n   \
             call       new Remotes(\"{}\")\n",
            daemon.url
        )
    );
    let manifest = fs::read_to_string(format!("{out}/package.json")).unwrap();
    assert!(manifest.contains("\"name\": \"@acme/clock\""), "{manifest}");
    assert!(manifest.contains("\"version\": \"2.0.0\""), "{manifest}");
    // Node.js 20, which this test needs.
    let mut node = Command::new("node");
    node.args(["--experimental-websocket", "--no-warnings"])
        .args(["--input-type=module", "--eval", SCRIPT])
        .args([&format!("{out}/index.js"), &daemon.url]);
    assert_eq!(printed(&mut node).await, "42n\n901\n2n\n3n\n2n\n3n\n");
}

#[tokio::test]
async fn programs_are_told_in_json() {
    let (daemon, folder) = deployed().await;
    let out = text(folder.path().join("typed"));
    let told = daemon
        .runs(["client", "typed", "--json", "--out", &out])
        .await;
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["name"], "typed-client");
    let written = told["written"].as_array().unwrap();
    assert!(
        written.contains(&format!("{out}/src/clock.rs").into()),
        "{told}"
    );
    assert_eq!(told["removed"], serde_json::json!([]));
}

#[tokio::test]
async fn error_codes_are_those_of_the_apps_openapi_document() {
    let (daemon, folder) = deployed().await;
    let out = text(folder.path().join("typed"));
    let document = text(folder.path().join("openapi.json"));
    let code = r#"{"number": 7, "name": "TooLate", "status": "out_of_range"}"#;
    fs::write(&document, format!(r#"{{"x-iris-error-codes": [{code}]}}"#)).unwrap();
    daemon
        .runs(["client", "typed", "--out", &out, "--openapi", &document])
        .await;
    let codes = fs::read_to_string(format!("{out}/src/error_code.rs")).unwrap();
    assert!(codes.contains("7 => ErrorCode::TooLate,"), "{codes}");
}

#[tokio::test]
async fn what_cannot_be_written_is_told_of_and_nothing_is() {
    let (daemon, folder) = deployed().await;
    daemon.runs(["push", &path("resident")]).await;
    let out = text(folder.path().join("typed"));
    let full = text(folder.path().join("full"));
    fs::create_dir(&full).unwrap();
    fs::write(format!("{full}/mine.txt"), "mine").unwrap();
    let cases: [(&[&str], &str); 8] = [
        (&["nobody", "--out", &out], "there is no app"),
        (
            &["resident", "--out", &out],
            "resident does not say what it serves",
        ),
        (
            &["typed", "--out", &full],
            "full: holds something else already",
        ),
        (
            &["typed", "--typescript", "--out", &full],
            "full: holds something else already",
        ),
        (
            &["typed", "--name", "1st", "--out", &out],
            "\"1st\" is no name of a crate; say one with --name",
        ),
        (
            &["typed", "--name", "A", "--typescript", "--out", &out],
            "\"A\" is no name of a package",
        ),
        (
            &["typed", "--iris-client", &full, "--out", &out],
            "full is no folder of iris-client",
        ),
        (
            &["typed", "--openapi", &out, "--out", &out],
            "typed: No such file",
        ),
    ];
    for (arguments, told) in cases {
        let failed = daemon.run(&[&["client"], arguments].concat()).await;
        assert_eq!(failed.code, 1, "{arguments:?}: {failed:?}");
        assert!(failed.err.contains(told), "{told}: {failed:?}");
        assert_eq!(failed.err.lines().count(), 1, "{failed:?}");
    }
    assert!(!Path::new(&out).exists());
    assert_eq!(fs::read_dir(&full).unwrap().count(), 1);
}
