//! Breaks of enums and error codes.

use super::{Case, case};
use crate::cases::{after, changed, replaced};
use crate::schemas_from_text::error_code;
use iris_model::Status;

pub(super) fn enums() -> Vec<Case> {
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

pub(super) fn error_codes() -> Vec<Case> {
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
