//! Every kind of break, with the whole of what is said about it.

use super::{after, changed, replaced, with_field};
use crate::schemas_from_text::{error_code, payload};
use iris_build::schema::Schema;
use iris_model::{Idempotency, Status, StreamKind};

pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) schema: Schema,
    pub(crate) told: Vec<&'static str>,
}

fn case(name: &'static str, schema: Schema, told: &[&'static str]) -> Case {
    Case {
        name,
        schema,
        told: told.to_vec(),
    }
}

pub(crate) fn breaks() -> Vec<Case> {
    let mut all = remotes();
    all.extend(fields());
    all.extend(types());
    all.extend(enums());
    all.extend(error_codes());
    all
}

fn remotes() -> Vec<Case> {
    let create = |change: fn(&mut iris_build::schema::Procedure)| {
        after(|schema| change(&mut schema.remotes[0].procedures[0]))
    };
    vec![
        case(
            "remote removed",
            after(|schema| drop(schema.remotes.remove(1))),
            &[
                "users.v1.Wall was removed, with `Write`: breaks binary callers, JSON callers and code that calls it",
            ],
        ),
        case(
            "remote renamed",
            after(|schema| schema.remotes[1].name = "Board".to_owned()),
            &[
                "src/remotes.rs:5: users.v1.Wall was removed, with `Write`: breaks binary callers, JSON callers and code that calls it; if `users.v1.Board` is the same remote, keep what callers know it by: #[remote(package = \"users.v1\", name = \"Wall\")]",
            ],
        ),
        case(
            "procedure removed",
            after(|schema| drop(schema.remotes[0].procedures.remove(1))),
            &[
                "src/remotes.rs:5: /users.v1.Users/Get was removed: breaks binary callers, JSON callers and code that calls it",
            ],
        ),
        case(
            "procedure renamed",
            create(|create| create.name = "Register".to_owned()),
            &[
                "src/remotes.rs:5: /users.v1.Users/Create was removed: breaks binary callers, JSON callers and code that calls it; if `Register` is the same procedure, keep what callers know it by: #[procedure(name = \"Create\")]",
            ],
        ),
        case(
            "kind changed",
            create(|create| create.kind = StreamKind::Bidirectional),
            &[
                "src/remotes.rs:10: /users.v1.Users/Create: was unary, now bidirectional stream: breaks binary callers, JSON callers and code that calls it",
            ],
        ),
        case(
            "request changed",
            create(|create| create.request = payload("users.v1.Unlocked")),
            &[
                "src/remotes.rs:10: /users.v1.Users/Create: its request was `users.v1.User`, now `users.v1.Unlocked`: breaks code that names the message; binary and JSON callers work while the fields of both messages agree",
            ],
        ),
        case(
            "response changed",
            create(|create| create.response = payload("users.v1.Note")),
            &[
                "src/remotes.rs:10: /users.v1.Users/Create: its response was `users.v1.User`, now `users.v1.Note`: breaks code that names the message; binary and JSON callers work while the fields of both messages agree",
            ],
        ),
        case(
            "request dropped",
            create(|create| create.request = payload("users.v1.CreateRequest {}")),
            &[
                "src/remotes.rs:10: /users.v1.Users/Create: its request was `users.v1.User`, now the empty `users.v1.CreateRequest`: breaks code that names the message, and binary and JSON callers that rely on its fields",
            ],
        ),
        case(
            "request added under another name than the empty message had",
            after(|schema| schema.remotes[0].procedures[2].request = payload("users.v1.Note")),
            &[
                "src/remotes.rs:30: /users.v1.Users/Ping: its request was the empty `users.v1.PingRequest`, now `users.v1.Note`: breaks code that names the message; binary and JSON callers still work",
            ],
        ),
        case(
            "another name for an empty message that Iris prints",
            after(|schema| {
                schema.remotes[0].procedures[2].request = payload("users.v1.UsersPingRequest {}");
            }),
            &[
                "src/remotes.rs:30: /users.v1.Users/Ping: its request was the empty `users.v1.PingRequest`, now the empty `users.v1.UsersPingRequest`: breaks code that names the message; binary and JSON callers still work",
            ],
        ),
        case(
            "request taken that Iris printed",
            with_field("message PingRequest { string echo = 1; }", |schema| {
                schema.remotes[0].procedures[2].request = payload("users.v1.PingRequest");
            }),
            &[
                "src/remotes.rs:30: /users.v1.Users/Ping: now takes its request `users.v1.PingRequest`: breaks code that calls it; binary and JSON callers still work",
            ],
        ),
        case(
            "response given that Iris printed",
            with_field("message PingResponse {}", |schema| {
                schema.remotes[0].procedures[2].response = payload("users.v1.PingResponse");
            }),
            &[
                "src/remotes.rs:30: /users.v1.Users/Ping: now gives its response `users.v1.PingResponse`: breaks code that calls it; binary and JSON callers still work",
            ],
        ),
        case(
            "request not taken any more",
            create(|create| create.request = payload("users.v1.User ()")),
            &[
                "src/remotes.rs:10: /users.v1.Users/Create: does not take its request `users.v1.User` any more: breaks code that calls it, and binary and JSON callers that rely on its fields",
            ],
        ),
        case(
            "response not given any more",
            create(|create| create.response = payload("users.v1.User ()")),
            &[
                "src/remotes.rs:10: /users.v1.Users/Create: does not give its response `users.v1.User` any more: breaks code that calls it, and binary and JSON callers that rely on its fields",
            ],
        ),
        case(
            "another name in the client",
            after(|schema| schema.remotes[0].client_name = "users_v1".to_owned()),
            &[
                "src/remotes.rs:5: users.v1.Users: was `users` in the client, now `users_v1`: breaks code that calls it; binary and JSON callers still work",
            ],
        ),
        case(
            "idempotency dropped",
            after(|schema| schema.remotes[0].procedures[1].idempotency = Idempotency::Unknown),
            &[
                "src/remotes.rs:20: /users.v1.Users/Get: was free of side effects, now not even idempotent: breaks callers that use GET, caches that answer for it and callers that retry; other callers still work",
            ],
        ),
        case(
            "idempotency weakened",
            after(|schema| {
                schema.remotes[0].procedures[1].idempotency = Idempotency::WithSideEffects;
            }),
            &[
                "src/remotes.rs:20: /users.v1.Users/Get: was free of side effects, now only idempotent: breaks callers that use GET and caches that answer for it; other callers still work",
            ],
        ),
    ]
}

fn fields() -> Vec<Case> {
    vec![
        case(
            "field removed",
            replaced("string email = 3;", ""),
            &[
                "users/v1/users.proto:4: users.v1.User: field 3 `email` (string) was removed: breaks code that names the field, and binary and JSON callers that rely on its value",
            ],
        ),
        case(
            "field renamed",
            replaced("string email = 3;", "string mail = 3;"),
            &[
                "users/v1/users.proto:8: users.v1.User: field 3 was `email` (string), now `mail`: breaks JSON callers and code that names the field; binary callers still work",
            ],
        ),
        case(
            "field renamed with its JSON name kept",
            replaced(
                "string first_name = 2;",
                "string given_name = 2 [json_name = \"firstName\"];",
            ),
            &[
                "users/v1/users.proto:6: users.v1.User: field 2 was `first_name` (string), now `given_name`: breaks code that names the field; binary callers still work; JSON callers work while they send `firstName`, not `first_name`",
            ],
        ),
        case(
            "field of one word renamed with its JSON name kept",
            replaced(
                "string email = 3;",
                "string mail = 3 [json_name = \"email\"];",
            ),
            &[
                "users/v1/users.proto:8: users.v1.User: field 3 was `email` (string), now `mail`: breaks code that names the field; binary and JSON callers still work",
            ],
        ),
        case(
            "field renumbered",
            replaced("string email = 3;", "string email = 30;"),
            &[
                "users/v1/users.proto:8: users.v1.User: field `email` was number 3, now 30: breaks binary callers; JSON callers and code that names the field still work",
            ],
        ),
        case(
            "field replaced by another",
            replaced("string email = 3;", "int32 stars = 3;"),
            &[
                "users/v1/users.proto:8: users.v1.User: field 3 was `email` (string), now `stars` (int32): breaks binary callers, JSON callers and code that names the field",
            ],
        ),
        case(
            "fields swapped",
            replaced(
                "bytes picture = 12;\n  sint32 offset = 13;",
                "bytes picture = 13;\n  sint32 offset = 12;",
            ),
            &[
                "users/v1/users.proto:19: users.v1.User: field `picture` was number 12, now 13: breaks binary callers; JSON callers and code that names the field still work",
                "users/v1/users.proto:20: users.v1.User: field `offset` was number 13, now 12: breaks binary callers; JSON callers and code that names the field still work",
            ],
        ),
        case(
            "JSON name changed",
            replaced("[json_name = \"@handle\"]", ""),
            &[
                "users/v1/users.proto:18: users.v1.User: field 11 `handle` was `@handle` in JSON, now `handle`: breaks JSON callers; binary callers and code that names the field still work",
            ],
        ),
        case(
            "moved out of a oneof",
            replaced("string fax = 9;\n  }", "}\n  string fax = 9;"),
            &[
                "users/v1/users.proto:16: users.v1.User: field 9 `fax` was in oneof `contact`, now in no oneof: breaks code that uses the field; binary and JSON callers still work",
            ],
        ),
        case(
            "moved into a oneof",
            replaced(
                "string fax = 9;\n  }\n  Address home = 10;",
                "string fax = 9;\n Address home = 10;\n  }",
            ),
            &[
                "users/v1/users.proto:16: users.v1.User: field 10 `home` was in no oneof, now in oneof `contact`: breaks code that uses the field; binary and JSON callers work while they set at most one field of `contact`",
            ],
        ),
        case(
            "oneof renamed",
            replaced("oneof contact", "oneof reach"),
            &[
                "users/v1/users.proto:4: users.v1.User: oneof `contact` is now `reach`: breaks code that names the oneof; binary and JSON callers still work",
            ],
        ),
        case(
            "oneof renamed and split",
            replaced("string phone = 8;\n", "string phone = 8; } oneof other {\n"),
            &[
                "users/v1/users.proto:15: users.v1.User: field 9 `fax` was in oneof `contact`, now in oneof `other`: breaks code that uses the field; binary and JSON callers work while they set at most one field of `other`",
            ],
        ),
        case(
            "message replaced, the old one removed",
            changed(&[("message Note {", "message Notice {")], |schema| {
                schema.remotes[1].procedures[0].request = payload("users.v1.Notice");
            }),
            &[
                "src/remotes.rs:10: /users.v1.Wall/Write: its request was `users.v1.Note`, now `users.v1.Notice`: breaks code that names the message; binary and JSON callers work while the fields of both messages agree",
                "users.v1.Note was removed: breaks code that names the message",
            ],
        ),
    ]
}

fn types() -> Vec<Case> {
    vec![
        case(
            "scalar widened",
            replaced(
                "int64 id = 1;\n  string first",
                "int32 id = 1;\n  string first",
            ),
            &[
                "users/v1/users.proto:5: users.v1.User: field 1 `id` was int64, now int32: breaks JSON callers and code that uses the field; binary callers work while the values fit both types",
            ],
        ),
        case(
            "unsigned",
            replaced(
                "int64 id = 1;\n  string first",
                "uint64 id = 1;\n  string first",
            ),
            &[
                "users/v1/users.proto:5: users.v1.User: field 1 `id` was int64, now uint64: breaks code that uses the field; binary and JSON callers work while the values fit both types",
            ],
        ),
        case(
            "other encoding",
            replaced(
                "int64 id = 1;\n  string first",
                "sint64 id = 1;\n  string first",
            ),
            &[
                "users/v1/users.proto:5: users.v1.User: field 1 `id` was int64, now sint64: breaks binary callers and code that uses the field; JSON callers work while the values fit both types",
            ],
        ),
        case(
            "zigzag",
            replaced("sint32 offset", "sint64 offset"),
            &[
                "users/v1/users.proto:20: users.v1.User: field 13 `offset` was sint32, now sint64: breaks JSON callers and code that uses the field; binary callers work while the values fit both types",
            ],
        ),
        case(
            "fixed",
            replaced("fixed32 hash", "sfixed32 hash"),
            &[
                "users/v1/users.proto:21: users.v1.User: field 14 `hash` was fixed32, now sfixed32: breaks code that uses the field; binary and JSON callers work while the values fit both types",
            ],
        ),
        case(
            "fixed to float",
            replaced("fixed32 hash", "float hash"),
            &[
                "users/v1/users.proto:21: users.v1.User: field 14 `hash` was fixed32, now float: breaks binary callers, JSON callers and code that uses the field",
            ],
        ),
        case(
            "number to text",
            replaced("sint32 offset", "string offset"),
            &[
                "users/v1/users.proto:20: users.v1.User: field 13 `offset` was sint32, now string: breaks binary callers, JSON callers and code that uses the field",
            ],
        ),
        case(
            "bytes to text",
            replaced("bytes picture", "string picture"),
            &[
                "users/v1/users.proto:19: users.v1.User: field 12 `picture` was bytes, now string: breaks JSON callers and code that uses the field; binary callers work while the bytes are UTF-8",
            ],
        ),
        case(
            "enum to number",
            replaced("Role role = 4;", "int32 role = 4;"),
            &[
                "users/v1/users.proto:9: users.v1.User: field 4 `role` was enum users.v1.Role, now int32: breaks JSON callers and code that uses the field; binary callers work while the values fit both types",
            ],
        ),
        case(
            "enum to enum",
            replaced("Role role = 4;", "Color role = 4;"),
            &[
                "users/v1/users.proto:9: users.v1.User: field 4 `role` was enum users.v1.Role, now enum users.v1.Color: breaks code that uses the field; binary and JSON callers work while the values of both enums agree",
            ],
        ),
        case(
            "message to message",
            replaced("Address home", "Unlocked home"),
            &[
                "users/v1/users.proto:17: users.v1.User: field 10 `home` was users.v1.Address, now users.v1.Unlocked: breaks code that uses the field; binary and JSON callers work while the fields of both messages agree",
            ],
        ),
        case(
            "message to text",
            replaced("Address home", "string home"),
            &[
                "users/v1/users.proto:17: users.v1.User: field 10 `home` was users.v1.Address, now string: breaks binary callers, JSON callers and code that uses the field",
            ],
        ),
        case(
            "text to list",
            replaced("string email = 3;", "repeated string email = 3;"),
            &[
                "users/v1/users.proto:8: users.v1.User: field 3 `email` was string, now repeated string: breaks JSON callers and code that uses the field; binary callers work while the list has at most one element",
            ],
        ),
        case(
            "list to text",
            replaced("repeated string tags", "string tags"),
            &[
                "users/v1/users.proto:10: users.v1.User: field 5 `tags` was repeated string, now string: breaks JSON callers and code that uses the field; binary callers work while the list has at most one element",
            ],
        ),
        case(
            "number to list",
            replaced("sint32 offset", "repeated sint32 offset"),
            &[
                "users/v1/users.proto:20: users.v1.User: field 13 `offset` was sint32, now repeated sint32: breaks binary callers, JSON callers and code that uses the field",
            ],
        ),
        case(
            "text to optional",
            replaced("string email = 3;", "optional string email = 3;"),
            &[
                "users/v1/users.proto:8: users.v1.User: field 3 `email` was string, now optional string: breaks code that uses the field; binary and JSON callers still work",
            ],
        ),
        case(
            "optional to plain",
            replaced("optional string nickname", "string nickname"),
            &[
                "users/v1/users.proto:12: users.v1.User: field 7 `nickname` was optional string, now string: breaks code that uses the field; binary and JSON callers still work",
            ],
        ),
        case(
            "map to list",
            replaced(
                "map<string, Address> addresses",
                "repeated Address addresses",
            ),
            &[
                "users/v1/users.proto:11: users.v1.User: field 6 `addresses` was map<string, users.v1.Address>, now repeated users.v1.Address: breaks binary callers, JSON callers and code that uses the field",
            ],
        ),
        case(
            "map's value changed",
            replaced(
                "map<string, Address> addresses",
                "map<string, Role> addresses",
            ),
            &[
                "users/v1/users.proto:11: users.v1.User: field 6 `addresses` was map<string, users.v1.Address>, now map<string, enum users.v1.Role>: breaks binary callers, JSON callers and code that uses the field",
            ],
        ),
        case(
            "label and type changed",
            replaced("repeated string tags", "int32 tags"),
            &[
                "users/v1/users.proto:10: users.v1.User: field 5 `tags` was repeated string, now int32: breaks binary callers, JSON callers and code that uses the field",
            ],
        ),
    ]
}

fn enums() -> Vec<Case> {
    vec![
        case(
            "value removed",
            replaced("ROLE_ADMIN = 1;", ""),
            &[
                "users/v1/users.proto:23: users.v1.Role: value 1 `ROLE_ADMIN` was removed: breaks binary callers, JSON callers and code that names the value",
            ],
        ),
        case(
            "value renamed",
            replaced("ROLE_ADMIN = 1;", "ROLE_OWNER = 1;"),
            &[
                "users/v1/users.proto:25: users.v1.Role: value 1 was `ROLE_ADMIN`, now `ROLE_OWNER`: breaks JSON callers and code that names the value; binary callers still work",
            ],
        ),
        case(
            "value renumbered",
            replaced("ROLE_ADMIN = 1;", "ROLE_ADMIN = 2;"),
            &[
                "users/v1/users.proto:25: users.v1.Role: value `ROLE_ADMIN` was 1, now 2: breaks binary callers; JSON callers and code that names the value still work",
            ],
        ),
        case(
            "alias removed",
            replaced("COLOR_GREY = 1;", "COLOR_RED = 2; COLOR_ROT = 2;"),
            &[
                "users/v1/users.proto:31: users.v1.Color: value 1 `COLOR_GREY` was removed, 1 is still `COLOR_GRAY`: breaks JSON callers and code that names the value; binary callers still work",
            ],
        ),
        case(
            "enum replaced, the old one removed",
            changed(
                &[
                    ("Role role = 4;", "Job role = 4;"),
                    ("enum Role {", "enum Job {"),
                ],
                |_| {},
            ),
            &[
                "users/v1/users.proto:9: users.v1.User: field 4 `role` was enum users.v1.Role, now enum users.v1.Job: breaks code that uses the field; binary and JSON callers work while the values of both enums agree",
                "users.v1.Role was removed: breaks code that names the enum",
            ],
        ),
    ]
}

fn error_codes() -> Vec<Case> {
    let first = |number, name, status| {
        after(|schema| schema.error_codes[0] = error_code(number, name, status))
    };
    vec![
        case(
            "code removed",
            after(|schema| drop(schema.error_codes.remove(0))),
            &[
                "error code 1 `InvalidEmail` was removed: breaks code that names the error, and binary and JSON callers that act on 1",
            ],
        ),
        case(
            "code renamed",
            first(1, "BadEmail", Status::InvalidArgument),
            &[
                "src/error.rs:4: error code 1 was `InvalidEmail`, now `BadEmail`: breaks code that names the error; binary and JSON callers still work",
            ],
        ),
        case(
            "code renumbered",
            first(11, "InvalidEmail", Status::InvalidArgument),
            &[
                "src/error.rs:14: error code `InvalidEmail` was 1, now 11: breaks binary and JSON callers; code that names the error still works",
            ],
        ),
        case(
            "status changed",
            first(1, "InvalidEmail", Status::NotFound),
            &[
                "src/error.rs:4: error code 1 `InvalidEmail` had status invalid_argument, now not_found: breaks callers that act on the status, such as generic clients, proxies and dashboards; callers that match the code still work",
            ],
        ),
        case(
            "code replaced",
            first(1, "Frozen", Status::PermissionDenied),
            &[
                "src/error.rs:4: error code 1 was `InvalidEmail` (invalid_argument), now `Frozen` (permission_denied): breaks binary callers, JSON callers and code that names the error",
            ],
        ),
        case(
            "numbers swapped",
            after(|schema| {
                schema.error_codes[0].number = 2;
                schema.error_codes[1].number = 1;
            }),
            &[
                "src/error.rs:4: error code `InvalidEmail` was 1, now 2: breaks binary and JSON callers; code that names the error still works",
                "src/error.rs:5: error code `UnknownUser` was 2, now 1: breaks binary and JSON callers; code that names the error still works",
            ],
        ),
    ]
}
