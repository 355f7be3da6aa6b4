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
use schemas_from_text::{compile, error_code, procedure, remote, schema};
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
    [USERS, COMMON]
        .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
        .into()
}

fn text_of(schema: &Schema, sources: &BTreeMap<String, Vec<u8>>, path: &str) -> String {
    let file = files(schema, sources)
        .into_iter()
        .find(|file| file.path == Path::new(path));
    String::from_utf8(file.unwrap_or_else(|| panic!("{path}")).contents).unwrap()
}

/// Writes the folder and compiles every `.proto` in it, as `protoc -I proto` would.
fn compile_folder(schema: &Schema, sources: &BTreeMap<String, Vec<u8>>) -> FileDescriptorSet {
    let folder = tempfile::tempdir().unwrap();
    let mut protos = Vec::new();
    for file in files(schema, sources) {
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
    assert_eq!(files(&users(), &sources()), files(&users(), &sources()));
}

fn without_source_info(mut set: FileDescriptorSet) -> BTreeMap<String, FileDescriptorProto> {
    set.file
        .iter_mut()
        .for_each(|file| file.source_code_info = None);
    set.file
        .into_iter()
        .map(|file| (file.name().to_owned(), file))
        .collect()
}

const PROTO2: (&str, &str) = (
    "legacy/old.proto",
    r#"
    syntax = "proto2";
    package legacy;
    import public "common/v1/page.proto";
    option java_package = "com.example.\"legacy\"";
    option java_multiple_files = true;
    option optimize_for = LITE_RUNTIME;

    message Old {
      option deprecated = true;
      required int32 id = 1 [default = -5];
      optional string text = 2 [default = "say \"hi\"\n\\o/", ctype = CORD];
      optional bytes raw = 3 [default = "\000\377'"];
      optional double ratio = 4 [default = inf];
      optional Kind kind = 5 [default = KIND_B];
      repeated int32 packed = 6 [packed = true];
      repeated group Item = 7 { optional string name = 1; optional Inner inner = 2; }
      optional int64 big = 8 [jstype = JS_STRING];
      oneof choice { string one = 10; group Two = 11 { optional bool yes = 1; } }
      map<string, common.v1.Page> pages = 12;
      optional Inner inner = 13;
      message Inner { optional Old parent = 1; }
      enum Kind { option allow_alias = true; KIND_A = 0; KIND_B = 1; KIND_C = 1 [deprecated = true]; KIND_D = -2; reserved 5, 7 to 9, 100 to max; reserved "KIND_X"; }
      reserved 20, 30 to 39;
      reserved "gone", "lost";
      extensions 100 to 199, 1000 to max;
      extend Old { optional string nested_extension = 101; }
    }
    extend Old { optional common.v1.Page page = 100; repeated group Extra = 102 { optional int32 a = 1; } }
    enum Top { TOP = 1; }
    "#,
);

const SHADOWING: (&str, &str) = (
    "users/common/names.proto",
    r#"
    syntax = "proto3";
    package users.common;
    import "common/v1/page.proto";
    message Page { .common.v1.Page page = 1; Page page_2 = 2; common.Page self = 3; }
    "#,
);

#[test]
fn files_without_their_text_are_printed_so_that_they_mean_the_same() {
    let inputs = [USERS, COMMON, PROTO2, SHADOWING];
    let schema = schema(&inputs);
    let printed = compile_folder(&schema, &BTreeMap::new());
    let printed = without_source_info(printed);
    let originals = without_source_info(compile(&inputs));
    for (name, _) in inputs {
        assert_eq!(printed[name], originals[name], "{name}");
    }
}

#[test]
fn comments_are_carried_into_printed_files() {
    let text = text_of(&users(), &BTreeMap::new(), "proto/users/v1/users.proto");
    for comment in [
        "// Somebody with an account.\nmessage User {",
        "  // Given once.\n  int64 id = 1;",
        "  // Shown to others.\n  string display_name = 2;",
        "  // How to reach them.\n  oneof contact {",
        "  // Everything.\n  ROLE_ADMIN = 1;",
    ] {
        assert!(text.contains(comment), "{comment}\nis not in\n{text}");
    }
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
    let set = compile_folder(&schema, &BTreeMap::new());
    assert_eq!(service(&set, "HttpUsers").method.len(), 1);
}

#[test]
fn a_method_named_like_its_message_still_finds_it() {
    let mut schema = schema(&[(
        "a.proto",
        "syntax = \"proto3\"; package a.v1; message User {}",
    )]);
    schema.remotes.push(remote(
        "a.v1.Users",
        vec![procedure("User", "a.v1.User", "a.v1.User")],
    ));
    let set = compile_folder(&schema, &BTreeMap::new());
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
    let schema = schema(&[own, ("iris/v1/error.proto", ERROR_PROTO)]);
    let set = FileDescriptorSet::decode(descriptors(&schema).as_slice()).unwrap();
    let mut names: Vec<&str> = set.file.iter().map(FileDescriptorProto::name).collect();
    names.sort_unstable();
    assert_eq!(names, ["iris/v1/error.proto", "own.proto"]);
    compile_folder(&schema, &BTreeMap::new());
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
