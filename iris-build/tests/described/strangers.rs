//! Servers that others wrote.

use super::{Folder, assert_holds, descriptors};

/// As grpc-go and tonic are used.
const USERS: &str = r#"syntax = "proto3";
package users.v1;
import "google/protobuf/empty.proto";
import "google/protobuf/struct.proto";
import "ids.proto";
service UserService {
  rpc GetUser(ids.Id) returns (User) { option idempotency_level = NO_SIDE_EFFECTS; }
  rpc DeleteUser(ids.Id) returns (google.protobuf.Empty) { option idempotency_level = IDEMPOTENT; }
  rpc ListUsers(google.protobuf.Empty) returns (stream User);
  rpc Upload(stream User) returns (google.protobuf.Struct);
  rpc Chat(stream User) returns (stream google.protobuf.Empty);
  rpc Ping(PingRequest) returns (google.protobuf.Empty);
}
message User { string name = 1; }
message PingRequest {}
"#;

const IDS: &str = "syntax = \"proto3\"; package ids; message Id { int64 id = 1; } \
                   service Ids { rpc Next(Id) returns (Id); } service Nothing {}";

#[test]
fn services_are_remotes_and_methods_procedures() {
    let folder = Folder::new();
    let descriptors = descriptors(&[("users.proto", USERS), ("ids.proto", IDS)]);
    folder
        .run(descriptors)
        .unwrap_or_else(|error| panic!("{error}"));
    assert_holds(
        &folder.read("client/src/user_service.rs"),
        &[
            "pub struct UserService {",
            "pub fn get_user(&self, request: Id) -> iris_client::Unary<Id, User, ErrorCode>",
            "Method::new(\"/users.v1.UserService/GetUser\").no_side_effects();",
            "Method::new(\"/users.v1.UserService/DeleteUser\").idempotent();",
            "pub fn list_users(&self) -> iris_client::ServerStreaming<(), User, ErrorCode>",
            "pub fn upload(&self, requests: impl iris_client::Stream<Item = User> + Send + 'static) -> \
             iris_client::ClientStreaming<User, iris_client::json::WellKnown<iris_client::__private::prost_types::Struct>, ErrorCode>",
            "iris_client::Bidirectional<User, (), ErrorCode>",
            // It is the author's, and may be given fields.
            "pub fn ping(&self, request: PingRequest) -> iris_client::Unary<PingRequest, (), ErrorCode>",
        ],
    );
    assert_holds(
        &folder.read("client/src/remotes.rs"),
        &["pub fn user_service(&self)", "pub fn ids(&self)"],
    );
    assert!(!folder.path("client/src/nothing.rs").exists());
    assert_holds(
        &folder.read("typescript/index.d.ts"),
        &[
            "    getUser(request: IdInit, options?: IrisCallOptions): Promise<User>;\n",
            "    deleteUser(request: IdInit, options?: IrisCallOptions): Promise<void>;\n",
            "    listUsers(options?: IrisCallOptions): AsyncIterableIterator<User>;\n",
        ],
    );
}

#[test]
fn services_that_are_not_asked_for_are_left_out() {
    let folder = Folder::new();
    let descriptors = descriptors(&[("users.proto", USERS), ("ids.proto", IDS)]);
    folder
        .described(descriptors.clone())
        .services(["users.v1.UserService"])
        .run()
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(folder.path("client/src/user_service.rs").exists());
    assert!(!folder.path("client/src/ids.rs").exists());
    let error = folder.described(descriptors).services(["users.v1.Users"]);
    let error = error.run().expect_err("there is none").to_string();
    assert_holds(&error, &["none of the services is described"]);
}

#[test]
fn same_descriptors_give_same_bytes_and_nothing_is_written_twice() {
    let descriptors = descriptors(&[("users.proto", USERS), ("ids.proto", IDS)]);
    let [one, other] = [Folder::new(), Folder::new()];
    for folder in [&one, &other] {
        folder
            .run(descriptors.clone())
            .unwrap_or_else(|error| panic!("{error}"));
    }
    let files = one.files("");
    assert_eq!(files, other.files(""));
    for file in files {
        let read = |folder: &Folder| std::fs::read(folder.0.path().join(&file)).expect("a file");
        assert!(read(&one) == read(&other), "{}", file.display());
    }
    let again = one
        .run(descriptors)
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(again.written().is_empty(), "{again:?}");
    assert!(!one.path("iris.lock").exists());
}
