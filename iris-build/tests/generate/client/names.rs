//! The names in it.

use super::{assert_holds, assert_rust};
use crate::project::Project;

#[test]
fn keywords_are_written_raw() {
    let project = Project::new()
        .with(
            "src/remotes/a.rs",
            "#[remote(package = \"a.v1\")] impl Type {\n\
             #[procedure] async fn r#match(&self, ctx: &S) -> Result<(), E> { x } }",
        )
        .with(
            "src/remotes/b.rs",
            "#[remote(package = \"a.v1\")] impl Gen { #[procedure] async fn new(&self, ctx: &S) -> Result<(), E> { x } }",
        );
    project.run();
    assert_rust(&project);
    assert_holds(
        &project.read("client/src/lib.rs"),
        &["pub mod r#type;", "pub mod r#gen;"],
    );
    assert_holds(
        &project.read("client/src/type.rs"),
        &[
            "pub fn r#match(&self)",
            "pub const MATCH:",
            "/a.v1.Type/Match",
        ],
    );
    assert_holds(
        &project.read("client/src/gen.rs"),
        &[
            "pub fn new(client: &iris_client::Client)",
            "pub fn new_(&self)",
            "/a.v1.Gen/New",
        ],
    );
}

#[test]
fn remotes_of_one_name_are_told_apart_by_their_packages() {
    let remote = |package: &str, name: &str| {
        format!(
            "#[remote(package = \"{package}\", name = \"{name}\")] impl T {{ #[procedure] async fn ping(&self, ctx: &S) -> Result<(), E> {{ x }} }}\n"
        )
    };
    let project = Project::new().with(
        "src/remotes/all.rs",
        &[
            remote("users.v1", "Users"),
            remote("users.v2", "Users"),
            remote("acme.v1", "Rooms"),
            remote("other.v1", "Rooms"),
            remote("other.v1", "Messages"),
            remote("other.v1", "Client"),
            remote("other.v1", "HTTPProxy"),
            remote("other.v1", "HttpProxy"),
            remote("other.v1", "Std"),
            remote("other.v1", "Lib"),
        ]
        .concat(),
    );
    project.run();
    assert_rust(&project);
    let names: Vec<String> = project
        .names("client/src")
        .into_iter()
        .filter(|name| !["error_code.rs", "lib.rs", "remotes.rs"].contains(&name.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            "client_v1.rs",
            "http_proxy_v1_other.rs",
            "http_proxy_v1_other_.rs",
            "lib_v1.rs",
            "messages_v1.rs",
            "rooms_acme_v1.rs",
            "rooms_other_v1.rs",
            "std_v1.rs",
            "users_v1.rs",
            "users_v2.rs",
        ]
        .map(|name| name.replace("v1_other", "other_v1"))
    );
    assert_holds(
        &project.read("client/src/remotes.rs"),
        &["pub fn users_v1(&self) -> crate::users_v1::Users"],
    );
}

#[test]
fn messages_whose_names_collide_are_written_with_their_paths() {
    let project = Project::new()
        .with(
            "proto/a.proto",
            "syntax = \"proto3\"; package a.v1; message User {} message Result {} message Users {} message Plain {}",
        )
        .with("proto/b.proto", "syntax = \"proto3\"; package b.v1; message User {}")
        .with(
            "src/remotes/users.rs",
            "#[remote(package = \"a.v1\", name = \"Accounts\")] impl T {\n\
             #[procedure] async fn one(&self, ctx: &S, r: a::v1::User) -> core::result::Result<b::v1::User, E> { x }\n\
             #[procedure] async fn two(&self, ctx: &S, r: a::v1::Result) -> core::result::Result<a::v1::Plain, E> { x }\n}",
        );
    project.run();
    assert_rust(&project);
    assert_holds(
        &project.read("client/src/accounts.rs"),
        &[
            "iris_client::Method<crate::messages::a::v1::User, crate::messages::b::v1::User, iris_client::kind::Unary>",
            "iris_client::Method<crate::messages::a::v1::Result, Plain, iris_client::kind::Unary>",
            "use crate::messages::a::v1::Plain;",
        ],
    );
}
