//! Breaks of the types of fields.

use super::{Case, case};
use crate::cases::replaced;

pub(super) fn types() -> Vec<Case> {
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
