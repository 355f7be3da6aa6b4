//! `IRIS_GENERATE`.

use crate::project::{Project, USERS_RS};
use iris_build::Mode;
use std::time::SystemTime;

#[test]
fn check_passes_where_nothing_would_change() {
    let project = Project::quickstart();
    project.run();
    let before = project.files("");
    project.run_as(Mode::Check).expect("up to date");
    assert_eq!(project.files(""), before);
}

#[test]
fn check_names_what_would_change_and_writes_nothing() {
    let project = Project::quickstart().with("Cargo.toml", "[package]\nname = \"acme\"\n");
    project.run();
    project.remove("client/src/users.rs");
    project.write(
        "iris.lock",
        &project
            .read("iris.lock")
            .replace("version = 1", "version = 1\n"),
    );
    let before = project.files("");
    let error = project.run_as(Mode::Check).expect_err("stale").to_string();
    assert_eq!(
        error,
        "iris-build: generated files do not match their sources; run `cargo build -p acme` without IRIS_GENERATE and commit these:\
         \n  client/src/users.rs\n  iris.lock"
    );
    assert_eq!(project.files(""), before);
}

#[test]
fn check_names_stale_files() {
    let project = Project::quickstart();
    project.write(
        "src/remotes/users.rs",
        &USERS_RS.replace(
            "package = \"users.v1\"",
            "package = \"users.v1\", name = \"People\"",
        ),
    );
    project.run();
    project.write("src/remotes/users.rs", USERS_RS);
    let config = project.config().mode(Mode::Check).accept_breaks(true);
    let error = iris_build::run(&config).expect_err("stale").to_string();
    assert!(error.contains("\n  client/src/people.rs\n"), "{error}");
    assert!(project.path("client/src/people.rs").exists());
}

#[test]
fn full_writes_every_file() {
    let project = Project::quickstart();
    project.run();
    for (name, _) in project.files("client") {
        let file = std::fs::File::options()
            .write(true)
            .open(project.path("client").join(&name));
        file.and_then(|file| file.set_modified(SystemTime::UNIX_EPOCH))
            .expect("aged");
    }
    let outcome = project.run_as(Mode::Full).expect("generated");
    let files = project.files("client");
    assert_eq!(outcome.written().len(), files.len());
    for (name, time) in files {
        assert_ne!(time, SystemTime::UNIX_EPOCH, "{name}");
    }
}

#[test]
fn clean_removes_what_was_generated_and_nothing_else() {
    let project = Project::quickstart();
    let config = project.config().contract("contract");
    iris_build::run(&config).expect("generated");
    project.write("client/CHANGELOG.md", "by hand\n");
    let lock = project.read("iris.lock");
    // What is wrong with the sources is no reason to keep what was generated.
    project.write("src/remotes/users.rs", "not Rust");
    let outcome = iris_build::run(&config.mode(Mode::Clean)).expect("cleaned");
    assert_eq!(project.names("client"), ["CHANGELOG.md"]);
    assert!(!project.path("contract").exists());
    assert_eq!(project.read("iris.lock"), lock);
    assert!(outcome.written().is_empty() && !outcome.removed().is_empty());
    let instructions = outcome.cargo_instructions();
    assert!(
        instructions
            .iter()
            .any(|line| line
                .starts_with("cargo:warning=iris-build removed with the latest change: ")),
        "{instructions:?}"
    );
}

#[test]
fn cargo_watches_what_was_checked() {
    let project = Project::quickstart();
    let watched = |outcome: iris_build::Outcome| -> Vec<String> {
        let instructions = outcome.cargo_instructions().into_iter();
        let paths = instructions.filter_map(|line| {
            let path = line.strip_prefix("cargo:rerun-if-changed=client/")?;
            Some(path.to_owned())
        });
        let mut paths: Vec<String> = paths.collect();
        paths.sort();
        paths
    };
    // A file that the build script writes and cargo watches would run it a second time.
    assert!(watched(project.run()).is_empty());
    let outcome = project.run_as(Mode::Check).expect("up to date");
    assert_eq!(watched(outcome), project.names("client"));
    assert!(watched(project.run()).is_empty());
}

#[test]
fn check_passes_on_a_checkout_with_line_ends_of_another_system() {
    let project = Project::quickstart();
    project.run();
    for file in [
        "client/src/users.rs",
        "client/src/lib.rs",
        "client/Cargo.toml",
        "iris.lock",
    ] {
        project.write(file, &project.read(file).replace('\n', "\r\n"));
    }
    project.run_as(Mode::Check).expect("up to date");
    project.write(
        "client/src/lib.rs",
        &project.read("client/src/lib.rs").replace("#!", "//"),
    );
    project.run_as(Mode::Check).expect_err("stale");
}
