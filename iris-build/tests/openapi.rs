//! What the OpenAPI document says beyond what OpenAPI defines.

#![allow(
    clippy::unwrap_used,
    reason = "what a test sets up is there, or the test fails"
)]

mod schemas_from_text;

use iris_build::contract::openapi;
use schemas_from_text::{procedure, remote, schema};
use serde_json::Value;

const PROTO3: (&str, &str) = (
    "new.proto",
    r#"
    syntax = "proto3";
    package a.v1;
    enum Role { ROLE_UNSPECIFIED = 0; }
    message New {
      optional string name = 1;
      optional Role role = 2;
      optional New message = 3;
      string bare = 4;
      repeated string many = 5;
      map<string, string> by_name = 6;
      oneof one { string member = 7; }
    }
    "#,
);

const PROTO2: (&str, &str) = (
    "old.proto",
    r#"
    syntax = "proto2";
    package b.v1;
    enum Role { ROLE_UNSPECIFIED = 0; }
    message Old {
      optional string name = 1;
      optional Role role = 2 [default = ROLE_UNSPECIFIED];
      optional Old message = 3;
      required string needed = 4;
      repeated string many = 5;
      map<string, string> by_name = 6;
      oneof one { string member = 7; }
    }
    "#,
);

#[test]
fn optional_scalars_and_enums_have_presence() {
    let mut schema = schema(&[PROTO3, PROTO2]);
    let call = procedure("Call", "a.v1.New", "b.v1.Old");
    schema.remotes.push(remote("a.v1.Remote", vec![call]));
    let document: Value = serde_json::from_str(&openapi(&schema)).unwrap();
    for message in ["a.v1.New", "b.v1.Old"] {
        let properties = &document["components"]["schemas"][message]["properties"];
        let properties = properties.as_object().unwrap();
        assert_eq!(properties.len(), 7, "{message}");
        let present: Vec<&str> = properties
            .iter()
            .filter(|(_, schema)| schema.get("x-iris-presence").is_some())
            .map(|(name, schema)| {
                assert_eq!(schema["x-iris-presence"], true, "{message}.{name}");
                name.as_str()
            })
            .collect();
        assert_eq!(present, ["name", "role"], "{message}");
    }
}
