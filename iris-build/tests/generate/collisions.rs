//! Names that would be given twice, and the names of messages that nobody wrote.

use crate::project::Project;
use iris_build::Config;

fn remote(package: &str, name: &str, procedures: &str) -> String {
    format!("#[remote(package = \"{package}\")]\nimpl {name} {{\n{procedures}\n}}\n")
}

const PING: &str = "#[procedure] async fn ping(&self, ctx: &S) -> Result<(), E> { x }";

/// What a procedure takes and gives in the printed service: `PingRequest PingResponse`.
#[track_caller]
fn payloads(project: &Project, service: &str) -> String {
    let text = project.read(&format!("client/proto/users/v1/{service}_service.proto"));
    let rpc = text
        .lines()
        .find(|line| line.contains("rpc Ping("))
        .expect("the procedure");
    let names: Vec<&str> = rpc.split(['(', ')']).skip(1).step_by(2).collect();
    names.join(" ")
}

#[test]
fn one_remote_in_two_places_names_both() {
    let project = Project::new()
        .with("src/remotes/a.rs", &remote("users.v1", "Users", PING))
        .with(
            "src/remotes/b.rs",
            &format!("\n\n{}", remote("users.v1", "Users", PING)),
        );
    let problems = project.problems();
    assert!(
        problems[0].starts_with(
            "src/remotes/b.rs:4: the remote `users.v1.Users` is also written in src/remotes/a.rs:2;"
        ),
        "{problems:#?}"
    );
}

#[test]
fn a_remote_with_the_name_of_a_message_names_both() {
    let project = Project::new()
        .with(
            "proto/users.proto",
            "syntax = \"proto3\";\npackage users.v1;\nmessage Users {}\n",
        )
        .with("src/remotes/users.rs", &remote("users.v1", "Users", PING));
    assert_eq!(
        project.problem(),
        "src/remotes/users.rs:2: the remote `users.v1.Users` has the name of the message in proto/users.proto:3; rename one of \
         them, or give the remote #[remote(name = \"..\")]"
    );
}

#[test]
fn a_remote_that_is_also_a_service_in_a_proto_names_both() {
    let project = Project::new()
        .with(
            "proto/users.proto",
            "syntax = \"proto3\";\npackage users.v1;\nmessage M {}\nservice Users { rpc Ping(M) returns (M); }\n",
        )
        .with("src/remotes/users.rs", &remote("users.v1", "Users", PING));
    assert_eq!(
        project.problem(),
        "src/remotes/users.rs:2: the remote `users.v1.Users` has the name of the service in proto/users.proto:4; take the service \
         out of the .proto, Iris prints it from the remote"
    );
}

#[test]
fn messages_that_are_one_in_rust_name_both() {
    let project = Project::new()
        .with(
            "proto/a.proto",
            "syntax = \"proto3\";\npackage a.v1;\nmessage HTTPReport {}\nmessage HttpReport {}\n",
        )
        .with("src/remotes/users.rs", &remote("users.v1", "Users", PING));
    assert_eq!(
        project.problem(),
        "proto/a.proto:4: `a.v1.HttpReport` and `a.v1.HTTPReport` (proto/a.proto:3) have one name in Rust; rename one of them"
    );
}

#[test]
fn one_number_in_two_enums_names_both() {
    let project = Project::new()
        .with("src/remotes/users.rs", &remote("users.v1", "Users", PING))
        .with(
            "src/remotes/a.rs",
            "#[derive(ErrorCodes)]\nenum A {\n    One = 1,\n}\n",
        )
        .with(
            "src/remotes/b.rs",
            "#[derive(ErrorCodes)]\nenum B {\n    Uno = 1,\n}\n",
        );
    assert_eq!(
        project.problem(),
        "src/remotes/b.rs:3: `B::Uno` has the number 1 of `A::One` (src/remotes/a.rs:3), so callers could not tell them apart; \
         give one another number, or share one enum"
    );
}

#[test]
fn one_name_in_two_enums_names_both() {
    let project = Project::new()
        .with("src/remotes/users.rs", &remote("users.v1", "Users", PING))
        .with(
            "src/remotes/a.rs",
            "#[derive(ErrorCodes)]\nenum A {\n    NotFound = 1,\n}\n",
        )
        .with(
            "src/remotes/b.rs",
            "#[derive(ErrorCodes)]\nenum B {\n    NotFound = 2,\n}\n",
        );
    assert_eq!(
        project.problem(),
        "src/remotes/b.rs:3: `B::NotFound` has the name of `A::NotFound` (src/remotes/a.rs:3), and callers see the codes of all \
         enums as one; rename one of them"
    );
}

#[test]
fn a_procedure_without_messages_has_empty_ones() {
    let project = Project::new().with("src/remotes/users.rs", &remote("users.v1", "Users", PING));
    project.run();
    assert_eq!(payloads(&project, "users"), "PingRequest PingResponse");
}

#[test]
fn a_proto_may_declare_them_instead() {
    let project = Project::new()
        .with(
            "proto/ping.proto",
            "syntax = \"proto3\"; package users.v1; message PingRequest { string note = 1; }",
        )
        .with("src/remotes/users.rs", &remote("users.v1", "Users", PING));
    project.run();
    assert_eq!(payloads(&project, "users"), "PingRequest PingResponse");
    let service = project.read("client/proto/users/v1/users_service.proto");
    assert!(
        !service.contains("message PingRequest") && service.contains("message PingResponse"),
        "{service}"
    );
    // The procedure has no such parameter, so neither does the client.
    assert!(
        project
            .read("client/src/users.rs")
            .contains("pub fn ping(&self) -> iris_client::Unary<(), (), ErrorCode>")
    );
}

#[test]
fn empty_messages_of_two_remotes_are_told_apart() {
    let project = Project::new()
        .with("src/remotes/users.rs", &remote("users.v1", "Users", PING))
        .with("src/remotes/rooms.rs", &remote("users.v1", "Rooms", PING));
    project.run();
    assert_eq!(
        payloads(&project, "users"),
        "UsersPingRequest UsersPingResponse"
    );
    assert_eq!(
        payloads(&project, "rooms"),
        "RoomsPingRequest RoomsPingResponse"
    );
}

#[test]
fn an_empty_message_is_never_what_another_procedure_takes() {
    let project = Project::new()
        .with("proto/ping.proto", "syntax = \"proto3\"; package users.v1; message PingRequest {} enum PingResponse { A = 0; }")
        .with("src/remotes/users.rs", &remote("users.v1", "Users", PING))
        .with(
            "src/remotes/rooms.rs",
            &remote("users.v1", "Rooms", "#[procedure] async fn put(&self, ctx: &S, r: PingRequest) -> Result<(), E> { x }"),
        );
    project.run();
    assert_eq!(
        payloads(&project, "users"),
        "UsersPingRequest UsersPingResponse"
    );
}

#[test]
fn an_empty_message_without_a_free_name_is_an_error() {
    let project = Project::new()
        .with(
            "proto/ping.proto",
            "syntax = \"proto3\"; package users.v1; enum PingRequest { A = 0; } enum UsersPingRequest { B = 0; }",
        )
        .with("src/remotes/users.rs", &remote("users.v1", "Users", PING));
    let problem = project.problem();
    assert!(
        problem.starts_with("src/remotes/users.rs:3: ")
            && problem.contains(
                "both `users.v1.PingRequest` and `users.v1.UsersPingRequest` mean something else"
            ),
        "{problem}"
    );
}

#[test]
fn one_folder_for_two_outputs_is_refused() {
    let project = Project::quickstart();
    let error = iris_build::run(&project.config().contract("client")).expect_err("a problem");
    assert!(
        error
            .to_string()
            .contains("`client` is named twice as a target"),
        "{error}"
    );
}

#[test]
fn a_source_is_never_a_target() {
    let project = Project::quickstart();
    let config = project
        .config()
        .proto_files(["api/proto/rooms.proto"], ["api/proto"])
        .contract("api");
    let rooms = "syntax = \"proto3\"; package rooms.v1;";
    project.write("api/proto/rooms.proto", rooms);
    let error = iris_build::run(&config).expect_err("a problem");
    assert!(
        error
            .to_string()
            .contains("proto/rooms.proto: is read and would also be generated"),
        "{error}"
    );
    assert_eq!(project.read("api/proto/rooms.proto"), rooms);
}

#[test]
fn a_target_below_a_folder_that_is_read_is_refused() {
    let project = Project::quickstart();
    let refused = |config: Config, target: &str, input: &str, setting: &str| {
        let problems: Vec<String> = iris_build::run(&config)
            .expect_err("a problem")
            .problems()
            .collect();
        assert_eq!(
            problems,
            [format!(
                "`{target}` is generated into and lies in `{input}`, where everything is read; choose a folder outside for \
                 `client` or `contract`, or a narrower one for `{setting}`"
            )]
        );
        assert!(!project.path("out").exists() && !project.path("iris.lock").exists());
    };
    refused(project.config().protos("."), "client", ".", "protos");
    let into = |folder: &str| project.bare_config().contract(folder);
    refused(into("proto"), "proto", "proto", "protos");
    refused(into("proto/api"), "proto/api", "proto", "protos");
    refused(
        into("absent/../src/remotes/api"),
        "absent/../src/remotes/api",
        "src/remotes",
        "remotes",
    );
    let errors = || into("errors/api").error_codes("errors");
    refused(errors(), "errors/api", "errors", "error_codes");
    // One that only begins with the same letters lies beside.
    iris_build::run(&into("proto-api")).expect("generated");
}
