//! Names that callers have in their code stay as they are, whatever is added.

use crate::project::Project;
use iris_build::Mode;

const PING: &str = "#[procedure] async fn ping(&self, ctx: &S) -> Result<(), E> { x }";

fn remote(package: &str, name: &str, procedures: &str) -> String {
    format!("#[remote(package = \"{package}\", name = \"{name}\")] impl T {{ {procedures} }}\n")
}

/// A package with the remote `users.v1.Users`, which was built.
fn shipped(procedures: &str) -> Project {
    let project = Project::new().with(
        "src/remotes/users.rs",
        &remote("users.v1", "Users", procedures),
    );
    project.run();
    project
}

#[track_caller]
fn assert_holds(project: &Project, path: &str, parts: &[&str]) {
    let text = project.read(path);
    for part in parts {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
}

#[test]
fn a_renamed_function_with_its_wire_name_kept_is_the_same_to_callers() {
    let project = shipped("#[procedure] async fn delete(&self, ctx: &S) -> Result<(), E> { x }");
    let before = project.read("client/src/users.rs");
    assert!(before.contains("pub fn delete(&self)") && before.contains("pub const DELETE:"));
    project.write(
        "src/remotes/users.rs",
        &remote(
            "users.v1",
            "Users",
            "#[procedure(name = \"Delete\")] async fn remove(&self, ctx: &S) -> Result<(), E> { x }",
        ),
    );
    let outcome = project.run();
    assert_eq!(project.read("client/src/users.rs"), before);
    assert!(outcome.written().is_empty(), "{:?}", outcome.written());
}

#[test]
fn a_wire_name_that_rust_cannot_have_is_escaped() {
    let project = shipped(
        "#[procedure(name = \"Match\")] async fn one(&self, ctx: &S) -> Result<(), E> { x }\n\
         #[procedure(name = \"Self\")] async fn two(&self, ctx: &S) -> Result<(), E> { x }",
    );
    assert_holds(
        &project,
        "client/src/users.rs",
        &["pub fn r#match(&self)", "pub fn self_(&self)"],
    );
}

#[test]
fn procedures_that_the_client_could_not_tell_apart_are_refused() {
    let project = Project::new().with(
        "src/remotes/users.rs",
        &remote(
            "users.v1",
            "Users",
            "\n#[procedure(name = \"GetUser\")] async fn one(&self, ctx: &S) -> Result<(), E> { x }\n\
             #[procedure(name = \"Get_user\")] async fn two(&self, ctx: &S) -> Result<(), E> { x }",
        ),
    );
    assert_eq!(
        project.problem(),
        "src/remotes/users.rs:3: `Get_user` and `GetUser` (src/remotes/users.rs:2) are both `get_user` in the client; rename one \
         of them, or give it #[procedure(name = \"..\")]"
    );
}

#[test]
fn a_second_remote_of_the_name_takes_the_longer_one() {
    let project = shipped(PING);
    let before = project.read("client/src/users.rs");
    // Sorted before and behind the one that is there.
    for package in ["users.v2", "accounts.v1"] {
        let path = format!("src/remotes/{package}.rs");
        project.write(&path, &remote(package, "Users", PING));
    }
    project.run();
    assert_eq!(project.read("client/src/users.rs"), before);
    assert_holds(
        &project,
        "client/src/remotes.rs",
        &[
            "pub fn users(&self) -> crate::users::Users",
            "pub fn users_v2(&self) -> crate::users_v2::Users",
            "pub fn users_v1(&self) -> crate::users_v1::Users",
        ],
    );
    assert_holds(
        &project,
        "iris.lock",
        &[
            "[remotes.\"users.v1.Users\"]\nclient-name = \"users\"\n",
            "[remotes.\"users.v2.Users\"]\nclient-name = \"users_v2\"\n",
        ],
    );
    project.run_as(Mode::Check).expect("settled");
}

#[test]
fn a_longer_name_is_kept_when_the_other_remote_is_gone() {
    let project = shipped(PING);
    project.write("src/remotes/v2.rs", &remote("users.v2", "Users", PING));
    project.run();
    project.remove("src/remotes/users.rs");
    iris_build::run(&project.config().accept_breaks(true)).expect("accepted");
    assert!(project.path("client/src/users_v2.rs").exists());
    assert!(!project.path("client/src/users.rs").exists());
}

#[test]
fn one_name_for_two_remotes_after_a_merge_is_told() {
    let project = shipped(PING);
    project.write("src/remotes/v2.rs", &remote("users.v2", "Users", PING));
    project.run();
    let lock = project.read("iris.lock").replace("users_v2", "users");
    project.write("iris.lock", &lock);
    let problem = project.problem();
    assert!(
        problem.contains(
            "users.v2.Users: was `users` in the client, now `users_v2`: breaks code that calls it"
        ),
        "{problem}"
    );
}

#[test]
fn a_name_in_the_lock_that_is_none_is_not_used() {
    let project = shipped(PING);
    let lock = project.read("iris.lock");
    project.write(
        "iris.lock",
        &lock.replace("client-name = \"users\"", "client-name = \"../../users\""),
    );
    let problem = project.problem();
    assert!(problem.contains("now `users`"), "{problem}");
}

#[test]
fn an_empty_message_keeps_its_name_when_another_remote_wants_it() {
    let project = shipped(PING);
    let service = "client/proto/users/v1/users_service.proto";
    let before = project.read(service);
    assert!(
        before.contains("rpc Ping(PingRequest) returns (PingResponse)"),
        "{before}"
    );
    project.write("src/remotes/a.rs", &remote("users.v1", "Accounts", PING));
    project.write("src/remotes/z.rs", &remote("users.v1", "Zoo", PING));
    project.run();
    assert_eq!(project.read(service), before);
    for name in ["Accounts", "Zoo"] {
        assert_holds(
            &project,
            &format!(
                "client/proto/users/v1/{}_service.proto",
                name.to_lowercase()
            ),
            &[&format!(
                "rpc Ping({name}PingRequest) returns ({name}PingResponse)"
            )],
        );
    }
}

#[test]
fn a_long_name_is_kept_when_the_short_one_is_free_again() {
    let project = shipped(PING);
    project.write("src/remotes/z.rs", &remote("users.v1", "Zoo", PING));
    project.run();
    project.remove("src/remotes/users.rs");
    iris_build::run(&project.config().accept_breaks(true)).expect("accepted");
    assert_holds(
        &project,
        "client/proto/users/v1/zoo_service.proto",
        &["rpc Ping(ZooPingRequest)"],
    );
}

#[test]
fn a_message_that_is_declared_later_is_the_first_holders() {
    let project = shipped(PING);
    project.write("src/remotes/a.rs", &remote("users.v1", "Accounts", PING));
    project.run();
    project.write(
        "proto/ping.proto",
        "syntax = \"proto3\"; package users.v1; message PingRequest { string note = 1; }",
    );
    project.run();
    let service = project.read("client/proto/users/v1/users_service.proto");
    assert!(
        service.contains("rpc Ping(PingRequest)") && !service.contains("message PingRequest"),
        "{service}"
    );
    assert_holds(
        &project,
        "client/proto/users/v1/accounts_service.proto",
        &["rpc Ping(AccountsPingRequest)"],
    );
    assert_holds(
        &project,
        "iris.lock",
        &["request = \"users.v1.PingRequest ()\", response = \"users.v1.PingResponse {}\""],
    );
}

#[test]
fn taking_a_message_that_was_only_declared_is_a_break() {
    let project = shipped(PING);
    project.write(
        "proto/ping.proto",
        "syntax = \"proto3\"; package users.v1; message PingRequest { string note = 1; }",
    );
    project.run();
    project.write(
        "src/remotes/users.rs",
        &remote(
            "users.v1",
            "Users",
            "#[procedure] async fn ping(&self, ctx: &S, r: PingRequest) -> Result<(), E> { x }",
        ),
    );
    let problem = project.problem();
    assert!(
        problem.contains("/users.v1.Users/Ping: now takes its request `users.v1.PingRequest`: breaks code that calls it"),
        "{problem}"
    );
}

#[test]
fn a_name_that_cannot_be_kept_is_told() {
    let project = shipped(PING);
    project.write(
        "proto/ping.proto",
        "syntax = \"proto3\"; package users.v1; enum PingRequest { A = 0; }",
    );
    let problem = project.problem();
    assert!(
        problem.contains("its request was the empty `users.v1.PingRequest`, now the empty `users.v1.UsersPingRequest`"),
        "{problem}"
    );
}

#[test]
fn a_lock_that_is_gone_is_an_error_where_something_was_generated() {
    let project = shipped(PING);
    let lock = project.read("iris.lock");
    project.remove("iris.lock");
    let told = "iris.lock: is missing, and `client` was generated before, so callers may rely on what it said; restore it from \
                version control, or run `IRIS_LOCK=accept cargo build` to begin anew";
    assert_eq!(project.problem(), told);
    let check = project.run_as(Mode::Check).expect_err("no lock");
    assert_eq!(check.problems().collect::<Vec<_>>(), [told]);
    // The manifest alone shows it too, where the list of files is not committed.
    project.remove("client/.iris-generated");
    assert_eq!(project.problem(), told);
    assert!(!project.path("iris.lock").exists());

    iris_build::run(&project.config().accept_breaks(true)).expect("begun anew");
    assert_eq!(project.read("iris.lock"), lock);
}

#[test]
fn a_folder_that_was_never_generated_into_needs_no_lock() {
    let project = Project::new()
        .with("src/remotes/users.rs", &remote("users.v1", "Users", PING))
        .with("client/CHANGELOG.md", "by hand\n");
    project.run();
    assert!(project.path("iris.lock").exists());
}
