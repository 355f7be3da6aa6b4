//! Breaks of remotes and procedures.

use super::{Case, case};
use crate::cases::{after, with_field};
use crate::schemas_from_text::payload;
use iris_model::{Idempotency, StreamKind};

pub(super) fn remotes() -> Vec<Case> {
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
