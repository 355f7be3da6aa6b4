//! The contract: what other tools read of it.

#![allow(
    clippy::unwrap_used,
    reason = "what a test sets up is there, or the test fails"
)]

mod openapi;
mod protos;
#[path = "../schemas_from_text/mod.rs"]
mod schemas_from_text;

use iris_build::contract::files;
use iris_build::schema::Schema;
use iris_model::{Deprecation, Idempotency, Status, StreamKind};
use schemas_from_text::{error_code, procedure, remote, schema};
use std::collections::BTreeMap;
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
