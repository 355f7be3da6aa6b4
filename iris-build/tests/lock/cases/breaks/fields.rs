//! Breaks of fields.

use super::{Case, case};
use crate::cases::{changed, replaced};
use crate::schemas_from_text::payload;

pub(super) fn fields() -> Vec<Case> {
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
