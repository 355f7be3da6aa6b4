//! What breaks callers, and how a break is accepted.

use crate::cases::{after, before, replaced};
use crate::schemas_from_text::{procedure, remote};
use crate::{accept, lock_of, problems, with_default};
use iris_build::lock::check;
use iris_model::{Idempotency, StreamKind};

#[test]
fn every_break_is_told_with_whom_it_breaks() {
    for case in crate::cases::breaks() {
        let told = problems(&before(), &case.schema);
        assert_eq!(told, case.told, "{}", case.name);
    }
}

#[test]
fn every_break_can_be_accepted_once_and_is_then_part_of_the_lock() {
    for case in crate::cases::breaks() {
        let accepted = accept(&lock_of(&before()), &case.schema);
        assert_eq!(
            check(&case.schema, Some(&accepted), false).as_deref(),
            Ok(accepted.as_str()),
            "{}",
            case.name
        );
    }
}

#[test]
fn taking_an_accepted_break_back_is_possible_and_leaves_the_schema_free_of_it() {
    for case in crate::cases::breaks() {
        let accepted = accept(&lock_of(&before()), &case.schema);
        let restored = check(&before(), Some(&accepted), true);
        let restored = restored.unwrap_or_else(|error| panic!("{}: {error}", case.name));
        assert!(
            restored.starts_with(&lock_of(&before())),
            "{}:\n{restored}",
            case.name
        );
    }
}

#[test]
fn the_whole_message_names_every_break_and_the_way_on() {
    let mut schema = replaced("string email = 3;", "string mail = 3;");
    schema.remotes[0].procedures[0].kind = StreamKind::Server;
    let error = check(&schema, Some(&lock_of(&before())), false).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the schema no longer agrees with iris.lock:\n\
         \n\
         \x20 src/remotes.rs:10: /users.v1.Users/Create: was unary, now server stream: breaks binary callers, JSON callers and code that calls it\n\
         \x20 users/v1/users.proto:8: users.v1.User: field 3 was `email` (string), now `mail`: breaks JSON callers and code that names the field; binary callers still work\n\
         \n\
         Restore what is named above, or run `IRIS_LOCK=accept cargo build` to accept these breaks and record them."
    );
}

#[test]
fn a_mix_of_breaks_and_reuse_says_which_can_be_accepted() {
    let lock = accept(&lock_of(&before()), &replaced("string email = 3;", ""));
    let mut schema = replaced("string email = 3;", "string letter = 3;");
    schema.error_codes.remove(0);
    let told = check(&schema, Some(&lock), false).unwrap_err().to_string();
    assert!(told.ends_with(
        "What was removed before cannot be used again, accepted or not: choose other numbers and names there. Restore the rest, or run `IRIS_LOCK=accept cargo build` to accept those breaks and record them."
    ), "{told}");
}

#[test]
fn a_required_field_in_a_message_that_was_empty_is_a_break() {
    let files = [(
        "old.proto",
        "syntax = \"proto2\"; package old; message PingRequest { required int32 a = 1; }",
    )];
    let mut then = crate::schemas_from_text::schema(&[]);
    then.remotes.push(remote(
        "old.Old",
        vec![procedure(
            "Ping",
            "old.PingRequest {}",
            "old.PingResponse {}",
        )],
    ));
    let mut now = crate::schemas_from_text::schema(&files);
    now.remotes.push(remote(
        "old.Old",
        vec![procedure(
            "Ping",
            "old.PingRequest ()",
            "old.PingResponse {}",
        )],
    ));
    assert_eq!(
        problems(&then, &now),
        [
            "old.proto:1: old.PingRequest: field 1 `a` is new and required: breaks binary callers, JSON callers and code that builds the message; make it optional"
        ]
    );
}

#[test]
fn stronger_idempotency_is_free() {
    let stronger = after(|schema| {
        schema.remotes[0].procedures[0].idempotency = Idempotency::WithSideEffects;
    });
    assert_eq!(problems(&before(), &stronger), [""; 0]);
    let strongest = after(|schema| {
        schema.remotes[0].procedures[0].idempotency = Idempotency::NoSideEffects;
    });
    assert_eq!(problems(&stronger, &strongest), [""; 0]);
    assert_eq!(
        problems(&strongest, &stronger),
        [
            "src/remotes.rs:10: /users.v1.Users/Create: was free of side effects, now only idempotent: breaks callers that use GET and caches that answer for it; other callers still work"
        ]
    );
    assert_eq!(
        problems(&stronger, &before()),
        [
            "src/remotes.rs:10: /users.v1.Users/Create: was idempotent, now not: breaks callers that retry; other callers still work"
        ]
    );
}

#[test]
fn a_changed_default_is_a_break() {
    let [none, ten, twenty] = ["", "[default = 10]", "[default = 20]"].map(with_default);
    let who = "breaks binary and JSON callers that leave the field out or read it unset; code that names the field still works";
    assert_eq!(
        problems(&ten, &twenty),
        [format!(
            "old.proto:1: old.Page: field 1 `size` had the default `10`, now the default `20`: {who}"
        )]
    );
    assert_eq!(
        problems(&ten, &none),
        [format!(
            "old.proto:1: old.Page: field 1 `size` had the default `10`, now no default: {who}"
        )]
    );
    assert_eq!(problems(&none, &ten).len(), 1);
    let accepted = accept(&lock_of(&ten), &twenty);
    assert_eq!(accepted, lock_of(&twenty), "nothing is buried");
}

#[test]
fn what_is_wrong_in_a_remote_is_told_with_its_line() {
    let lock =
        lock_of(&before()).replace("kind = \"unary\", request = \"users.v1.Note\"", "kind = 1");
    let told = check(&before(), Some(&lock), false)
        .unwrap_err()
        .to_string();
    assert!(told.starts_with("iris.lock:15: "), "{told}");
}
