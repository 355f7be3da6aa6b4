//! What happens from one run to the next.

use crate::project::{Project, USERS_PROTO, USERS_RS};
use iris_build::Mode;
use std::fs;

#[test]
fn a_run_without_changes_touches_nothing() {
    let project = Project::quickstart();
    assert!(!project.run().written().is_empty());
    let before = project.files("");
    let outcome = project.run();
    assert_eq!(project.files(""), before);
    assert!(outcome.written().is_empty() && outcome.removed().is_empty());
    let instructions = outcome.cargo_instructions();
    assert!(
        !instructions.iter().any(|line| line.contains("warning")),
        "{instructions:?}"
    );
}

#[test]
fn a_changed_remote_rewrites_what_depends_on_it_alone() {
    let project = Project::quickstart();
    project.run();
    let before = project.files("client");
    project.write(
        "src/remotes/users.rs",
        &USERS_RS.replace("Creates a user.", "Makes a user."),
    );
    let outcome = project.run();
    let after = project.files("client");
    for kept in [
        "Cargo.toml",
        "src/error_code.rs",
        "src/messages/users/v1.rs",
        "proto/users.proto",
    ] {
        assert_eq!(before[kept], after[kept], "{kept}");
    }
    assert!(
        project
            .read("client/src/users.rs")
            .contains("Makes a user.")
    );
    let instructions = outcome.cargo_instructions();
    let warning = instructions.last().expect("a warning");
    assert!(
        warning.starts_with(
            "cargo:warning=iris-build wrote with the latest change: client/README.md, "
        ) && warning.contains("client/src/users.rs"),
        "{warning}"
    );
}

#[test]
fn what_is_no_longer_produced_is_removed() {
    let project = Project::quickstart().with(
        "src/remotes/rooms.rs",
        "#[remote(package = \"rooms.v1\")] impl Rooms { #[procedure] async fn list(&self, ctx: &S) -> Result<(), E> { x } }",
    );
    project.run();
    assert!(project.path("client/src/rooms.rs").exists());
    assert!(project.path("client/proto/rooms/v1").exists());
    project.remove("src/remotes/rooms.rs");
    let outcome = iris_build::run(&project.config().accept_breaks(true)).expect("generated");
    assert!(!project.path("client/src/rooms.rs").exists());
    assert!(
        !project.path("client/proto/rooms").exists(),
        "an empty folder stays"
    );
    assert!(project.path("client/src/users.rs").exists());
    assert_eq!(outcome.removed().len(), 2, "{:?}", outcome.removed());
}

#[test]
fn what_was_not_generated_is_never_touched() {
    let project = Project::quickstart();
    project.run();
    project.write("client/src/extra.rs", "// by hand\n");
    project.write("client/CHANGELOG.md", "by hand\n");
    // The user took this file over, so it is no longer ours to remove.
    project.write("client/src/gone.rs", "// by hand\n");
    let list = project.read("client/.iris-generated");
    project.write(
        "client/.iris-generated",
        &format!("{list}src/gone.rs\n../src/error.rs\n/etc/hosts\n"),
    );
    project.run();
    for kept in [
        "client/src/extra.rs",
        "client/CHANGELOG.md",
        "client/src/gone.rs",
        "src/error.rs",
    ] {
        assert!(project.path(kept).exists(), "{kept}");
    }
}

#[test]
fn a_file_written_by_hand_is_not_overwritten() {
    let project = Project::quickstart()
        .with("client/Cargo.toml", "[package]\nname = \"mine\"\n")
        .with("client/openapi.json", "{}\n");
    let problems = project.problems();
    assert_eq!(
        problems,
        [
            "client/Cargo.toml: was not written by iris-build, so it is not overwritten; move it away, or name another folder in build.rs",
            "client/openapi.json: was not written by iris-build, so it is not overwritten; move it away, or name another folder in build.rs",
        ]
    );
    assert_eq!(project.names("client"), ["Cargo.toml", "openapi.json"]);
    assert!(!project.path("iris.lock").exists());
}

#[test]
fn an_edited_or_deleted_file_is_written_again() {
    let project = Project::quickstart();
    project.run();
    let text = project.read("client/src/users.rs");
    project.write("client/src/users.rs", &format!("{text}// edited\n"));
    project.write("client/openapi.json", "{\"edited\": true}");
    project.remove("client/README.md");
    let outcome = project.run();
    assert_eq!(outcome.written().len(), 3, "{:?}", outcome.written());
    assert_eq!(project.read("client/src/users.rs"), text);
}

#[test]
fn cargo_watches_what_was_read_and_the_folders() {
    let project = Project::quickstart()
        .with("src/remotes/helper.rs", "// no remote here\n")
        .with(
            "proto/nested/other.proto",
            "syntax = \"proto3\"; package other.v1;",
        );
    let instructions = project.run().cargo_instructions();
    let watched: Vec<&str> = instructions
        .iter()
        .filter_map(|line| line.strip_prefix("cargo:rerun-if-changed="))
        .collect();
    assert_eq!(
        watched,
        [
            "iris.lock",
            "proto",
            "proto/nested/other.proto",
            "proto/users.proto",
            "src/error.rs",
            "src/remotes",
            "src/remotes/helper.rs",
            "src/remotes/users.rs",
        ]
    );
    assert!(instructions.contains(&"cargo:rerun-if-env-changed=IRIS_GENERATE".to_owned()));
    assert!(instructions.contains(&"cargo:rerun-if-env-changed=IRIS_LOCK".to_owned()));
}

#[test]
fn the_lock_is_not_newer_than_what_it_was_made_from() {
    let project = Project::quickstart();
    project.run();
    let time = |path: &str| {
        fs::metadata(project.path(path))
            .and_then(|data| data.modified())
            .expect("a time")
    };
    // Cargo runs a build script again when a watched file is newer than its last run.
    assert!(time("iris.lock") <= time("client/src/lib.rs"));
    let newest = [
        "proto/users.proto",
        "src/remotes/users.rs",
        "src/error.rs",
        "proto",
        "src/remotes",
    ]
    .map(time)
    .into_iter()
    .max();
    assert_eq!(Some(time("iris.lock")), newest);
}

#[test]
fn a_break_fails_the_build_until_it_is_accepted() {
    let project = Project::quickstart();
    project.run();
    let lock = project.read("iris.lock");
    project.write(
        "proto/users.proto",
        &USERS_PROTO.replace("string email = 1;", "string mail = 1;"),
    );
    let problem = project.problem();
    assert!(
        problem.starts_with("the schema no longer agrees with iris.lock:"),
        "{problem}"
    );
    assert!(
        problem.contains("email") && problem.contains("IRIS_LOCK=accept"),
        "{problem}"
    );
    assert_eq!(project.read("iris.lock"), lock);
    iris_build::run(&project.config().accept_breaks(true)).expect("accepted");
    assert_ne!(project.read("iris.lock"), lock);
    project.run();
}

#[test]
fn the_lock_may_stand_elsewhere() {
    let project = Project::quickstart();
    let outcome = iris_build::run(&project.config().lock("api/acme.lock")).expect("generated");
    assert!(project.path("api/acme.lock").exists() && !project.path("iris.lock").exists());
    assert!(
        outcome
            .cargo_instructions()
            .contains(&"cargo:rerun-if-changed=api/acme.lock".to_owned())
    );
}

#[test]
fn a_package_from_a_registry_writes_nothing_outside_out_dir() {
    let project = Project::quickstart().with("Cargo.toml.orig", "[package]\n");
    project.run();
    assert!(project.path("out/iris.rs").exists());
    assert!(!project.path("client").exists() && !project.path("iris.lock").exists());
}

#[test]
fn changed_messages_are_printed_again() {
    let project = Project::quickstart();
    project.run();
    project.write(
        "proto/users.proto",
        &USERS_PROTO.replace("string email = 1;", "string email = 1;\n  string name = 2;"),
    );
    project.run();
    for path in ["out/iris.rs", "client/src/messages/users/v1.rs"] {
        assert!(project.read(path).contains("pub name:"), "{path}");
    }
}

#[test]
fn a_damaged_cache_does_no_harm() {
    let project = Project::quickstart();
    project.run();
    let before = project.read("out/iris.rs");
    for name in project.names("out/message-cache") {
        project.write(&format!("out/message-cache/{name}"), "{");
    }
    project.run();
    assert_eq!(project.read("out/iris.rs"), before);
    assert_eq!(project.names("out/message-cache").len(), 2);
}

#[test]
fn a_lost_list_of_generated_files_is_named_and_full_writes_it_anew() {
    let project = Project::quickstart();
    let config = project.config().contract("contract");
    iris_build::run(&config).expect("generated");
    for folder in ["client", "contract"] {
        project.remove(&format!("{folder}/.iris-generated"));
    }
    // While nothing changes, every file is what would be written.
    iris_build::run(&config).expect("generated");
    for folder in ["client", "contract"] {
        project.remove(&format!("{folder}/.iris-generated"));
    }
    project.write(
        "proto/users.proto",
        &USERS_PROTO.replace("string email = 1;", "string email = 1;\n  string name = 2;"),
    );
    let problems: Vec<String> = iris_build::run(&config)
        .expect_err("a problem")
        .problems()
        .collect();
    let expected = ["client", "contract"].map(|folder| {
        format!(
            "{folder}/.iris-generated: is missing; it lists the generated files that have no comment to say so, among them \
             `{folder}/descriptors.binpb`; restore it from version control, or set IRIS_GENERATE=full once to write all of \
             them anew"
        )
    });
    assert_eq!(problems, expected);

    iris_build::run(&config.clone().mode(Mode::Full)).expect("generated");
    assert!(project.read("client/openapi.json").contains("\"name\""));
    let outcome = iris_build::run(&config).expect("generated");
    assert!(outcome.written().is_empty(), "{:?}", outcome.written());
}

#[test]
fn full_leaves_what_was_never_generated() {
    let project = Project::quickstart().with("client/openapi.json", "{}\n");
    let error = project.run_as(Mode::Full).expect_err("a problem");
    assert!(
        error
            .to_string()
            .contains("client/openapi.json: was not written by iris-build"),
        "{error}"
    );
}

#[test]
fn server_code_finds_its_descriptors_beside_itself() {
    let project = Project::quickstart();
    iris_build::run(&project.bare_config().out_dir("generated")).expect("generated");
    assert!(project.path("generated/descriptors.binpb").exists());
    let code = project.read("generated/iris.rs");
    assert!(
        code.contains("include_bytes!(\"descriptors.binpb\")") && !code.contains("OUT_DIR"),
        "{code}"
    );
}
