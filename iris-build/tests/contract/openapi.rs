//! The OpenAPI document.

use crate::schemas_from_text::{procedure, remote, schema};
use crate::{COMMON, USERS, assert_golden, users};
use iris_build::contract::openapi;
use iris_model::Idempotency;
use serde_json::Value;

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
