//! The contract: what other tools read of it.

#![allow(
    clippy::unwrap_used,
    reason = "what a test sets up is there, or the test fails"
)]

mod schemas_from_text;

use iris_build::contract::{ERROR_PROTO, descriptors, files, openapi, service_files};
use iris_build::schema::Schema;
use iris_model::{Deprecation, Idempotency, Status, StreamKind};
use prost::Message as _;
use prost_types::method_options::IdempotencyLevel;
use prost_types::{FileDescriptorProto, FileDescriptorSet, ServiceDescriptorProto};
use schemas_from_text::{error_code, procedure, remote, schema};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const COMMON: (&str, &str) = (
    "common/v1/page.proto",
    r#"
    syntax = "proto3";
    package common.v1;
    // Where a list goes on.
    message Page { string token = 1; }
    "#,
);

const USERS: (&str, &str) = (
    "users/v1/users.proto",
    r#"
    syntax = "proto3";
    package users.v1;

    import "common/v1/page.proto";
    import "google/protobuf/timestamp.proto";
    import "google/protobuf/duration.proto";
    import "google/protobuf/field_mask.proto";
    import "google/protobuf/struct.proto";
    import "google/protobuf/wrappers.proto";
    import "google/protobuf/any.proto";
    import "google/protobuf/empty.proto";

    // Somebody with an account.
    message User {
      // Given once.
      int64 id = 1;
      string display_name = 2; // Shown to others.
      Role role = 3;
      // How to reach them.
      oneof contact {
        string email = 4;
        string phone = 5;
      }
      repeated User friends = 6;
      map<string, Address> addresses = 7;
      optional bool admitted = 8 [deprecated = true];
      google.protobuf.Timestamp created = 9;

      message Address { string city = 1; }
    }

    // What somebody may do.
    enum Role {
      ROLE_UNSPECIFIED = 0;
      // Everything.
      ROLE_ADMIN = 1;
    }

    message GetUserRequest { int64 id = 1; }
    message ListUsersRequest { common.v1.Page page = 1; }

    message Everything {
      double a_double = 1; float a_float = 2;
      int32 an_int32 = 3; sint32 a_sint32 = 4; sfixed32 a_sfixed32 = 5;
      uint32 a_uint32 = 6; fixed32 a_fixed32 = 7;
      int64 an_int64 = 8; sint64 a_sint64 = 9; sfixed64 a_sfixed64 = 10;
      uint64 a_uint64 = 11; fixed64 a_fixed64 = 12;
      bool a_bool = 13; string a_string = 14; bytes some_bytes = 15;
      string renamed = 16 [json_name = "@other"];
      map<int32, bytes> by_int32 = 17;
      map<uint64, Role> by_uint64 = 18;
      map<bool, google.protobuf.Duration> by_bool = 19;
      repeated google.protobuf.Any anything = 20;
      google.protobuf.Duration duration = 21;
      google.protobuf.FieldMask mask = 22;
      google.protobuf.Struct structure = 23;
      google.protobuf.Value value = 24;
      google.protobuf.ListValue list = 25;
      google.protobuf.NullValue nothing = 26;
      google.protobuf.Empty empty = 27;
      google.protobuf.DoubleValue double_value = 28;
      google.protobuf.FloatValue float_value = 29;
      google.protobuf.Int64Value int64_value = 30;
      google.protobuf.UInt64Value uint64_value = 31;
      google.protobuf.Int32Value int32_value = 32;
      google.protobuf.UInt32Value uint32_value = 33;
      google.protobuf.BoolValue bool_value = 34;
      google.protobuf.StringValue string_value = 35;
      google.protobuf.BytesValue bytes_value = 36;
    }

    // Nothing reaches it.
    message Unused {}
    "#,
);

fn users() -> Schema {
    let mut get = procedure("GetUser", "users.v1.GetUserRequest", "users.v1.User");
    get.idempotency = Idempotency::NoSideEffects;
    get.docs = "Finds a user.\n\nAsk by id.".to_owned();
    let mut put = procedure("Put", "users.v1.User", "common.v1.Page");
    put.idempotency = Idempotency::WithSideEffects;
    put.deprecation = Some(Deprecation {
        note: Some("call `GetUser`".to_owned()),
    });
    let mut list = procedure("List", "users.v1.ListUsersRequest", "users.v1.User");
    list.kind = StreamKind::Server;
    let mut upload = procedure("Upload", "users.v1.User", "users.v1.UploadResponse {}");
    upload.kind = StreamKind::Client;
    let mut chat = procedure("Chat", "users.v1.Everything", "users.v1.Everything");
    chat.kind = StreamKind::Bidirectional;
    let ping = procedure(
        "Ping",
        "users.v1.PingRequest {}",
        "users.v1.PingResponse {}",
    );

    let mut schema = schema(&[USERS, COMMON]);
    let mut users = remote("users.v1.Users", vec![get, put, list, upload, chat, ping]);
    users.docs = "Keeps users.".to_owned();
    schema.remotes.push(users);
    let mut code = error_code(1, "InvalidEmail", Status::InvalidArgument);
    code.docs = "No `@` in it.".to_owned();
    schema.error_codes.push(code);
    schema
}

fn sources() -> BTreeMap<String, Vec<u8>> {
    sources_of(&[USERS, COMMON])
}

fn sources_of(files: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
    files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
        .collect()
}

fn text_of(schema: &Schema, sources: &BTreeMap<String, Vec<u8>>, path: &str) -> String {
    let file = files(schema, sources)
        .unwrap()
        .into_iter()
        .find(|file| file.path == Path::new(path));
    String::from_utf8(file.unwrap_or_else(|| panic!("{path}")).contents).unwrap()
}

/// Writes the folder and compiles every `.proto` in it, as `protoc -I proto` would.
fn compile_folder(schema: &Schema, sources: &BTreeMap<String, Vec<u8>>) -> FileDescriptorSet {
    let folder = tempfile::tempdir().unwrap();
    let mut protos = Vec::new();
    for file in files(schema, sources).unwrap() {
        let path = folder.path().join(&file.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &file.contents).unwrap();
        if path
            .extension()
            .is_some_and(|extension| extension == "proto")
        {
            protos.push(path);
        }
    }
    protox::compile(protos, [folder.path().join("proto")])
        .unwrap_or_else(|error| panic!("{error:?}"))
}

fn service<'s>(set: &'s FileDescriptorSet, name: &str) -> &'s ServiceDescriptorProto {
    set.file
        .iter()
        .flat_map(|file| &file.service)
        .find(|service| service.name() == name)
        .unwrap()
}

/// Compares with a file under `tests/golden`; `BLESS=1 cargo test` writes it anew.
fn assert_golden(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == actual,
        "{name} differs; look at the difference after `BLESS=1 cargo test -p iris-build --test contract`. It is now:\n{actual}"
    );
}

#[test]
fn the_folder_compiles_as_it_is_and_gives_the_same_services() {
    let schema = users();
    let set = compile_folder(&schema, &sources());
    let users = service(&set, "Users");
    let told: Vec<(&str, &str, &str, bool, bool)> = users
        .method
        .iter()
        .map(|method| {
            (
                method.name(),
                method.input_type(),
                method.output_type(),
                method.client_streaming(),
                method.server_streaming(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "GetUser",
                ".users.v1.GetUserRequest",
                ".users.v1.User",
                false,
                false
            ),
            ("Put", ".users.v1.User", ".common.v1.Page", false, false),
            (
                "List",
                ".users.v1.ListUsersRequest",
                ".users.v1.User",
                false,
                true
            ),
            (
                "Upload",
                ".users.v1.User",
                ".users.v1.UploadResponse",
                true,
                false
            ),
            (
                "Chat",
                ".users.v1.Everything",
                ".users.v1.Everything",
                true,
                true
            ),
            (
                "Ping",
                ".users.v1.PingRequest",
                ".users.v1.PingResponse",
                false,
                false
            ),
        ]
    );
    let options = |index: usize| users.method[index].options.clone().unwrap_or_default();
    assert_eq!(
        options(0).idempotency_level(),
        IdempotencyLevel::NoSideEffects
    );
    assert_eq!(options(1).idempotency_level(), IdempotencyLevel::Idempotent);
    assert_eq!(
        options(2).idempotency_level(),
        IdempotencyLevel::IdempotencyUnknown
    );
    assert!(options(1).deprecated() && !options(0).deprecated());
}

#[test]
fn a_service_file_reads_like_one_written_by_hand() {
    let text = text_of(&users(), &sources(), "proto/users/v1/users_service.proto");
    assert_golden("users_service.proto", &text);
}

#[test]
fn user_files_are_shipped_verbatim_where_their_text_is_known() {
    let text = text_of(&users(), &sources(), "proto/users/v1/users.proto");
    assert_eq!(text, USERS.1);
}

#[test]
fn only_protobufs_own_files_are_left_out() {
    let paths: Vec<String> = files(&users(), &sources())
        .unwrap()
        .iter()
        .map(|file| file.path.display().to_string())
        .collect();
    assert_eq!(
        paths,
        [
            "descriptors.binpb",
            "openapi.json",
            "proto/common/v1/page.proto",
            "proto/iris/v1/error.proto",
            "proto/users/v1/users.proto",
            "proto/users/v1/users_service.proto",
        ]
    );
}

#[test]
fn same_schema_same_bytes() {
    let print = || files(&users(), &sources()).unwrap();
    assert_eq!(print(), print());
}

#[test]
fn a_file_whose_text_is_missing_is_told() {
    let error = files(&users(), &BTreeMap::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "iris-build: common/v1/page.proto: is part of the schema, and its text is missing"
    );
}

#[test]
fn a_service_file_never_takes_a_users_files_name() {
    let taken = (
        "users/v1/Users_service.proto",
        "syntax = \"proto3\"; package users.v1; message Taken {}",
    );
    let mut schema = schema(&[taken]);
    let call = || vec![procedure("Call", "users.v1.Taken", "users.v1.Taken")];
    schema.remotes.push(remote("users.v1.HTTPUsers", call()));
    schema.remotes.push(remote("users.v1.HttpUsers", call()));
    schema.remotes.push(remote("users.v1.Users", call()));
    let names: Vec<String> = service_files(&schema)
        .iter()
        .map(|file| file.name().to_owned())
        .collect();
    assert_eq!(
        names,
        [
            "users/v1/http_users_service.proto",
            "users/v1/http_users_service_2.proto",
            "users/v1/users_service_2.proto",
        ]
    );
    let set = compile_folder(&schema, &sources_of(&[taken]));
    assert_eq!(service(&set, "HttpUsers").method.len(), 1);
}

#[test]
fn a_method_named_like_its_message_still_finds_it() {
    let user = (
        "a.proto",
        "syntax = \"proto3\"; package a.v1; message User {}",
    );
    let mut schema = schema(&[user]);
    schema.remotes.push(remote(
        "a.v1.Users",
        vec![procedure("User", "a.v1.User", "a.v1.User")],
    ));
    let set = compile_folder(&schema, &sources_of(&[user]));
    assert_eq!(service(&set, "Users").method[0].input_type(), ".a.v1.User");
}

#[test]
fn the_error_detail_is_the_one_of_the_repository() {
    let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto/iris/v1/error.proto");
    assert_eq!(std::fs::read_to_string(original).unwrap(), ERROR_PROTO);
}

#[test]
fn an_imported_error_detail_is_not_added_twice() {
    let own = (
        "own.proto",
        "syntax = \"proto3\"; package own; import \"iris/v1/error.proto\"; message Failed { iris.v1.ErrorDetail detail = 1; }",
    );
    let files = [own, ("iris/v1/error.proto", ERROR_PROTO)];
    let schema = schema(&files);
    let set = FileDescriptorSet::decode(descriptors(&schema).as_slice()).unwrap();
    let mut names: Vec<&str> = set.file.iter().map(FileDescriptorProto::name).collect();
    names.sort_unstable();
    assert_eq!(names, ["iris/v1/error.proto", "own.proto"]);
    compile_folder(&schema, &sources_of(&files));
}

#[test]
fn the_descriptor_set_has_every_import_first_and_keeps_comments() {
    let set = FileDescriptorSet::decode(descriptors(&users()).as_slice()).unwrap();
    let mut seen = BTreeSet::new();
    for file in &set.file {
        for dependency in &file.dependency {
            assert!(
                seen.contains(dependency),
                "{} before {dependency}",
                file.name()
            );
        }
        assert!(
            seen.insert(file.name().to_owned()),
            "{} is there twice",
            file.name()
        );
    }
    let comments = |name: &str| {
        let file = set.file.iter().find(|file| file.name() == name).unwrap();
        let info = file.source_code_info.iter();
        info.flat_map(|info| &info.location)
            .map(|location| {
                format!(
                    "{}{}",
                    location.leading_comments(),
                    location.trailing_comments()
                )
            })
            .collect::<Vec<_>>()
    };
    assert!(comments("users/v1/users.proto").contains(&" Somebody with an account.\n".to_owned()));
    assert!(comments("users/v1/users_service.proto").contains(&" Keeps users.\n".to_owned()));
    assert!(!comments("iris/v1/error.proto").is_empty());
    assert_eq!(comments("google/protobuf/timestamp.proto"), [""; 0]);
    let detail = set
        .file
        .iter()
        .find(|file| file.name() == "iris/v1/error.proto")
        .unwrap();
    assert_eq!(
        detail.message_type[0].field[1].json_name(),
        "internalMessage"
    );
}

#[test]
fn openapi_of_a_small_schema() {
    assert_golden("openapi.json", &openapi(&users()));
}

#[test]
fn every_reference_of_the_openapi_document_leads_somewhere() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    match value {
                        Value::String(target) if key == "$ref" => found.push(target.clone()),
                        _ => references(value, found),
                    }
                }
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document: Value = serde_json::from_str(&openapi(&users())).unwrap();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn only_messages_in_reach_are_in_the_openapi_document() {
    let document: Value = serde_json::from_str(&openapi(&users())).unwrap();
    let names: Vec<&String> = document["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(
        names,
        [
            "common.v1.Page",
            "iris.v1.ErrorDetail",
            "users.v1.Everything",
            "users.v1.GetUserRequest",
            "users.v1.ListUsersRequest",
            "users.v1.PingRequest",
            "users.v1.PingResponse",
            "users.v1.Role",
            "users.v1.UploadResponse",
            "users.v1.User",
            "users.v1.User.Address",
            "connect-error",
        ]
    );
}

#[test]
fn a_get_asks_for_no_more_than_the_server_does() {
    let mut get = procedure("Get", "users.v1.GetUserRequest", "users.v1.User");
    get.idempotency = Idempotency::NoSideEffects;
    let mut ping = procedure("Ping", "users.v1.PingRequest {}", "users.v1.User");
    ping.idempotency = Idempotency::NoSideEffects;
    let mut schema = schema(&[USERS, COMMON]);
    schema
        .remotes
        .push(remote("users.v1.Users", vec![get, ping]));
    let document: Value = serde_json::from_str(&openapi(&schema)).unwrap();
    let required = |method: &str| -> Vec<String> {
        let parameters =
            &document["paths"][format!("/users.v1.Users/{method}")]["get"]["parameters"];
        let parameters = parameters.as_array().unwrap().iter();
        parameters
            .filter(|parameter| parameter["required"] == true)
            .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(required("Get"), ["message"]);
    assert!(required("Ping").is_empty());
    let encoding = &document["paths"]["/users.v1.Users/Get"]["get"]["parameters"][1];
    assert_eq!(encoding["name"], "encoding");
    assert_eq!(encoding["schema"]["default"], "json");
}
