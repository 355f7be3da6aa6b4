//! One schema, and every kind of change to it.

mod breaks;

pub(crate) use breaks::breaks;

use crate::schemas_from_text::{error_code, payload, procedure, remote, schema};
use iris_build::schema::Schema;
use iris_model::{Idempotency, Status};

const USERS: &str = r#"syntax = "proto3";
package users.v1;

message User {
  int64 id = 1;
  string first_name = 2;
  // How to write to them.
  string email = 3;
  Role role = 4;
  repeated string tags = 5;
  map<string, Address> addresses = 6;
  optional string nickname = 7;
  oneof contact {
    string phone = 8;
    string fax = 9;
  }
  Address home = 10;
  string handle = 11 [json_name = "@handle"];
  bytes picture = 12;
  sint32 offset = 13;
  fixed32 hash = 14;
}
enum Role {
  ROLE_UNSPECIFIED = 0;
  ROLE_ADMIN = 1;
}
message Address { string city = 1; }
message GetRequest { int64 id = 1; }
message Note { string text = 1; }
message Unlocked { int64 id = 1; }
enum Color { option allow_alias = true; COLOR_NONE = 0; COLOR_GRAY = 1; COLOR_GREY = 1; }
message Paint { Color color = 1; }
"#;

/// The schema that every case starts from.
pub(crate) fn before() -> Schema {
    of(USERS)
}

/// The schema with a change to its remotes or error codes.
pub(crate) fn after(change: impl FnOnce(&mut Schema)) -> Schema {
    let mut schema = before();
    change(&mut schema);
    schema
}

/// The schema with a change to its `.proto`.
pub(crate) fn replaced(old: &str, new: &str) -> Schema {
    changed(&[(old, new)], |_| {})
}

/// The schema with several changes to its `.proto`, and one to its remotes.
pub(crate) fn changed(replacements: &[(&str, &str)], change: impl FnOnce(&mut Schema)) -> Schema {
    let mut text = USERS.to_owned();
    for (old, new) in replacements {
        assert_eq!(text.matches(old).count(), 1, "{old}");
        text = text.replace(old, new);
    }
    let mut schema = of(&text);
    change(&mut schema);
    schema
}

/// The schema with something behind its `.proto`, and a change to its remotes.
pub(crate) fn with_field(more: &str, change: impl FnOnce(&mut Schema)) -> Schema {
    let mut schema = of(&format!("{USERS}{more}\n"));
    change(&mut schema);
    schema
}

fn of(users: &str) -> Schema {
    let mut schema = schema(&[("users/v1/users.proto", users)]);
    let create = procedure("Create", "users.v1.User", "users.v1.User");
    let mut get = procedure("Get", "users.v1.GetRequest", "users.v1.User");
    get.idempotency = Idempotency::NoSideEffects;
    let ping = procedure(
        "Ping",
        "users.v1.PingRequest {}",
        "users.v1.PingResponse {}",
    );
    let write = procedure("Write", "users.v1.Note", "users.v1.Paint");
    schema.remotes = vec![
        remote("users.v1.Users", vec![create, get, ping]),
        remote("users.v1.Wall", vec![write]),
    ];
    schema.error_codes = vec![
        error_code(1, "InvalidEmail", Status::InvalidArgument),
        error_code(2, "UnknownUser", Status::NotFound),
    ];
    schema
}

/// Schemas of many shapes.
pub(crate) fn every_schema() -> Vec<Schema> {
    let mut all = vec![schema(&[]), before()];
    all.extend(additions().into_iter().map(|(_, schema)| schema));
    all.extend(breaks().into_iter().map(|case| case.schema));
    all
}

/// What is free.
pub(crate) fn additions() -> Vec<(&'static str, Schema)> {
    let grown = |more: &str| with_field(more, |_| {});
    vec![
        (
            "a remote",
            after(|schema| {
                let call = procedure("Call", "users.v1.Unlocked", "users.v1.Unlocked");
                schema.remotes.push(remote("zoo.v1.Zoo", vec![call]));
            }),
        ),
        (
            "a procedure",
            after(|schema| {
                let call = procedure("Call", "users.v1.Unlocked", "users.v1.CallResponse {}");
                schema.remotes[0].procedures.push(call);
            }),
        ),
        (
            "a field",
            replaced("fixed32 hash = 14;", "fixed32 hash = 14; string new = 15;"),
        ),
        (
            "a field with a message of its own",
            replaced(
                "fixed32 hash = 14;",
                "fixed32 hash = 14; New new = 15; message New { Kind kind = 1; } enum Kind { KIND = 0; }",
            ),
        ),
        (
            "a member of a oneof",
            replaced("string fax = 9;", "string fax = 9; int64 pager = 99;"),
        ),
        (
            "an enum value",
            replaced("ROLE_ADMIN = 1;", "ROLE_ADMIN = 1; ROLE_OWNER = -2;"),
        ),
        (
            "an alias of an enum value",
            replaced("COLOR_GREY = 1;", "COLOR_GREY = 1; COLOR_DULL = 1;"),
        ),
        (
            "an error code",
            after(|schema| {
                let code = error_code(1000, "Frozen", Status::PermissionDenied);
                schema.error_codes.push(code);
            }),
        ),
        (
            "a message out of reach",
            grown("message New { string a = 1; }"),
        ),
        (
            "a change out of reach",
            replaced("message Unlocked { int64 id = 1; }", ""),
        ),
        (
            "fields in an empty message that Iris printed",
            with_field("message PingRequest { string echo = 1; }", |schema| {
                schema.remotes[0].procedures[2].request = payload("users.v1.PingRequest ()");
            }),
        ),
        (
            "another order of fields",
            replaced(
                "bytes picture = 12;\n  sint32 offset = 13;",
                "sint32 offset = 13;\n  bytes picture = 12;",
            ),
        ),
        (
            "a single message that is marked optional, which says nothing new",
            replaced("Address home = 10;", "optional Address home = 10;"),
        ),
    ]
}
