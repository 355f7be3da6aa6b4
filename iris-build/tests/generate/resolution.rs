//! Which message a Rust type in a remote stands for.

use crate::project::{Project, USERS_RS};

const USERS: &str = "syntax = \"proto3\";\npackage users.v1;\n\nmessage User {\n  message Address {}\n}\nmessage HTTPReport {}\n";
const ROOMS: &str = "syntax = \"proto3\";\npackage rooms.v1;\n\nmessage User {}\nmessage Room {}\n";

/// A remote of package `users.v1` with these imports, whose one procedure takes this type.
fn taking(imports: &str, ty: &str) -> Project {
    Project::new()
        .with("proto/users.proto", USERS)
        .with("proto/rooms.proto", ROOMS)
        .with(
            "src/remotes/users.rs",
            &format!(
                "{imports}\n#[remote(package = \"users.v1\")]\nimpl Users {{\n    #[procedure]\n    \
                 async fn put(&self, ctx: &S, request: {ty}) -> Result<(), E> {{ x }}\n}}\n"
            ),
        )
}

/// The path of the message that a type turned out to be.
#[track_caller]
fn resolved(imports: &str, ty: &str) -> String {
    let project = taking(imports, ty);
    project.run();
    let text = project.read("client/proto/users/v1/users_service.proto");
    let rpc = text
        .lines()
        .find(|line| line.contains("rpc Put"))
        .expect("the procedure");
    let (_, rest) = rpc.split_once("Put(").expect("the request");
    rest.split(')').next().expect("the message").to_owned()
}

#[test]
fn a_bare_name_that_is_unique_needs_no_import() {
    assert_eq!(resolved("", "Room"), "rooms.v1.Room");
    assert_eq!(resolved("", "crate::messages::Room"), "rooms.v1.Room");
}

#[test]
fn a_path_decides() {
    assert_eq!(
        resolved("", "crate::messages::rooms::v1::User"),
        "rooms.v1.User"
    );
    assert_eq!(resolved("", "super::users::v1::User"), "User");
    assert_eq!(resolved("", "rooms::v1::User"), "rooms.v1.User");
}

#[test]
fn an_import_decides() {
    assert_eq!(
        resolved("use crate::messages::rooms::v1::User;", "User"),
        "rooms.v1.User"
    );
    assert_eq!(
        resolved("use crate::messages::rooms::v1::{Room, User};", "User"),
        "rooms.v1.User"
    );
    assert_eq!(
        resolved(
            "use crate::messages::rooms::v1::User as RoomUser;",
            "RoomUser"
        ),
        "rooms.v1.User"
    );
    assert_eq!(
        resolved("use crate::messages::rooms::v1 as rooms;", "rooms::User"),
        "rooms.v1.User"
    );
    assert_eq!(
        resolved("use crate::messages::rooms;\nuse rooms::v1;", "v1::User"),
        "rooms.v1.User"
    );
    assert_eq!(
        resolved("use crate::messages::rooms::v1::*;", "User"),
        "rooms.v1.User"
    );
    assert_eq!(
        resolved("use crate::messages::rooms::*;", "v1::User"),
        "rooms.v1.User"
    );
}

#[test]
fn without_an_import_the_own_package_is_meant() {
    assert_eq!(resolved("", "User"), "User");
    assert_eq!(resolved("use super::*;", "User"), "User");
    assert_eq!(resolved("", "v1::User"), "User");
}

#[test]
fn nested_messages_are_in_the_module_of_their_parent() {
    assert_eq!(resolved("", "user::Address"), "User.Address");
    assert_eq!(
        resolved("use crate::messages::users::v1::user;", "user::Address"),
        "User.Address"
    );
}

#[test]
fn names_are_spelt_as_prost_spells_them() {
    assert_eq!(resolved("", "HttpReport"), "HTTPReport");
}

#[test]
fn a_doubt_is_an_error_that_names_the_candidates() {
    let project = taking("use crate::mine::User;", "User");
    assert_eq!(
        project.problem(),
        "src/remotes/users.rs:5:43: `User` may be `rooms.v1.User` (proto/rooms.proto:4) or `users.v1.User` (proto/users.proto:4); \
         write the module too, here or in a `use`: `rooms::v1::User`"
    );
    assert!(!project.path("client").exists());
}

#[test]
fn a_missing_message_is_an_error_with_near_misses() {
    assert_eq!(
        taking("", "Rom").problem(),
        "src/remotes/users.rs:5:43: no .proto declares a message called `Rom`; did you mean `rooms::v1::Room` (proto/rooms.proto:5)? \
         (What a filter yields is borrowed: `&Rom`.)"
    );
    assert_eq!(
        taking("", "HTTPReport").problem(),
        "src/remotes/users.rs:5:43: no .proto declares a message called `HTTPReport`; did you mean `users::v1::HttpReport` \
         (proto/users.proto:7)? (What a filter yields is borrowed: `&HTTPReport`.)"
    );
    assert_eq!(
        taking("", "Authenticated").problem(),
        "src/remotes/users.rs:5:43: no .proto declares a message called `Authenticated` \
         (What a filter yields is borrowed: `&Authenticated`.)"
    );
}

#[test]
fn both_sides_of_a_procedure_are_looked_at() {
    let project = Project::with_procedures(
        "#[procedure] async fn put(&self, ctx: &S, r: Nothing) -> Result<Nowhere, E> { x }",
    );
    let problems = project.problems();
    assert_eq!(problems.len(), 2, "{problems:#?}");
    assert!(
        problems[0].contains("`Nothing`") && problems[1].contains("`Nowhere`"),
        "{problems:#?}"
    );
}

#[test]
fn well_known_types_are_refused() {
    for (imports, ty) in [
        ("", "prost_types::Timestamp"),
        ("use iris_core::prost_types::Empty;", "Empty"),
        ("use prost_types as wkt;", "wkt::Any"),
    ] {
        let problem = taking(imports, ty).problem();
        assert!(
            problem.starts_with(&format!(
                "src/remotes/users.rs:5:43: `{ty}` is a well-known type"
            )) && problem.contains("wrap it in a message"),
            "{problem}"
        );
    }
}

#[test]
fn a_message_may_have_the_name_of_a_well_known_type() {
    let project = Project::new()
        .with(
            "proto/time.proto",
            "syntax = \"proto3\"; package time.v1; import \"google/protobuf/duration.proto\";\n\
             message Duration { google.protobuf.Duration length = 1; }",
        )
        .with(
            "src/remotes/time.rs",
            "#[remote(package = \"time.v1\")] impl Time { #[procedure] async fn put(&self, ctx: &S, r: Duration) -> Result<(), E> { x } }",
        );
    project.run();
    assert!(
        project
            .read("client/src/time.rs")
            .contains("use crate::messages::time::v1::Duration;")
    );
}

#[test]
fn a_remote_inside_a_function_is_generated_like_any_other() {
    let remote = USERS_RS.trim_start_matches("use crate::messages::users::v1::*;");
    let project = Project::quickstart().with(
        "src/remotes/users.rs",
        &format!("fn main() {{ use crate::messages::users::v1::*; {remote} }}"),
    );
    project.run();
    assert!(project.path("client/src/users.rs").exists());
    let project = project.with(
        "src/remotes/users.rs",
        &format!("fn main() {{\n{remote}\n}}").replace(": WatchRequest", ": Nowhere"),
    );
    let problem = project.problem();
    assert!(
        problem.starts_with("src/remotes/users.rs:19:51: "),
        "{problem}"
    );
}
