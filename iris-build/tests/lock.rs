//! The schema lock: what it holds, what it lets through, and what it says where it does not.

#![allow(
    clippy::unwrap_used,
    reason = "what a test sets up is there, or the test fails"
)]

mod lock_cases;
mod schemas_from_text;

use iris_build::lock::{LockError, check};
use lock_cases::{after, before, replaced, with_field};
use schemas_from_text::{error_code, payload, procedure, remote};

use iris_build::schema::Schema;
use iris_model::{Idempotency, Status, StreamKind};

/// The lock of a schema that had none.
fn lock_of(schema: &Schema) -> String {
    check(schema, None, false).unwrap()
}

/// What stands between the lock of one schema and another schema.
fn problems(before: &Schema, after: &Schema) -> Vec<String> {
    match check(after, Some(&lock_of(before)), false) {
        Ok(_) => Vec::new(),
        Err(error) => error.problems().iter().map(ToString::to_string).collect(),
    }
}

/// The lock after `after` was accepted over `text`.
fn accept(text: &str, after: &Schema) -> String {
    check(after, Some(text), true).unwrap_or_else(|error| panic!("{error}"))
}

/// Why `schema` does not go over `text`, even accepted.
fn refused(text: &str, schema: &Schema) -> Vec<String> {
    let error = check(schema, Some(text), true).unwrap_err();
    assert!(
        error
            .problems()
            .iter()
            .all(|problem| !problem.can_be_accepted)
    );
    error.problems().iter().map(ToString::to_string).collect()
}

#[test]
fn the_lock_is_readable() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/iris.lock");
    let actual = lock_of(&before());
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &actual).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), actual);
}

#[test]
fn a_schema_agrees_with_its_own_lock() {
    for schema in lock_cases::every_schema() {
        let lock = lock_of(&schema);
        assert_eq!(
            check(&schema, Some(&lock), false).as_deref(),
            Ok(lock.as_str())
        );
        assert_eq!(
            check(&schema, Some(&lock), true).as_deref(),
            Ok(lock.as_str())
        );
        toml::from_str::<toml::Table>(&lock).unwrap();
    }
}

#[test]
fn every_break_is_told_with_whom_it_breaks() {
    for case in lock_cases::breaks() {
        let told = problems(&before(), &case.schema);
        assert_eq!(told, case.told, "{}", case.name);
    }
}

#[test]
fn every_break_can_be_accepted_once_and_is_then_part_of_the_lock() {
    for case in lock_cases::breaks() {
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
    for case in lock_cases::breaks() {
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
fn additions_are_recorded_without_a_word() {
    for (name, schema) in lock_cases::additions() {
        assert_eq!(problems(&before(), &schema), [""; 0], "{name}");
        let updated = check(&schema, Some(&lock_of(&before())), false);
        assert_eq!(updated.as_deref(), Ok(lock_of(&schema).as_str()), "{name}");
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
fn a_lock_that_cannot_be_read_is_never_replaced() {
    let lock = lock_of(&before());
    let conflict = lock.replacen("[messages", "<<<<<<< HEAD\n[messages", 1);
    let cases = [
        (
            conflict,
            "iris.lock:17: it has merge conflict markers: keep the lines of both sides, once each, without the markers, and build again; the order does not matter",
        ),
        (
            lock.replace("version = 1", "version = 2"),
            "iris.lock: it has version 2, this iris-build reads version 1: build with the iris-build that wrote it, or a newer one",
        ),
        (
            lock.replace("version = 1", ""),
            "iris.lock: it does not say its version, so it may be no schema lock at all; if it is, restore it from version control, where it has `version = 1`",
        ),
        (
            lock.replace("label = \"optional\"", "label = \"sometimes\""),
            "iris.lock: field `nickname` of users.v1.User has the unknown label `sometimes`; restore the file from version control",
        ),
        (
            lock.replace("no_side_effects", "harmless"),
            "iris.lock: /users.v1.Users/Get has the unknown idempotency `harmless`; restore the file from version control",
        ),
        (
            lock.replace("\n3 = ", "\nthree = "),
            "iris.lock: `three` in users.v1.User should be a number; restore the file from version control",
        ),
    ];
    for (text, told) in cases {
        for accept in [false, true] {
            let error = check(&before(), Some(&text), accept).unwrap_err();
            assert_eq!(error.to_string(), told);
        }
    }
    for text in ["version = 1\n[[[", "version = 1\nsurprise = 2\n", "\0"] {
        let error = check(&before(), Some(text), true).unwrap_err();
        assert!(
            matches!(&error, LockError::Unreadable { line: Some(_), .. }),
            "{error:?}"
        );
    }
}

#[test]
fn line_ends_of_another_system_are_no_change() {
    let lock = lock_of(&before()).replace('\n', "\r\n");
    assert_eq!(check(&before(), Some(&lock), false), Ok(lock.clone()));
}

#[test]
fn lines_in_the_order_of_a_merge_are_sorted_again() {
    let lock = lock_of(&before());
    let swapped = lock.replace(
        "ROLE_UNSPECIFIED = 0\nROLE_ADMIN = 1\n",
        "ROLE_ADMIN = 1\nROLE_UNSPECIFIED = 0\n",
    );
    assert_ne!(swapped, lock);
    assert_eq!(check(&before(), Some(&swapped), false), Ok(lock));
}

#[test]
fn a_removed_fields_number_and_name_are_never_used_again() {
    let gone = replaced("string email = 3;", "");
    let lock = accept(&lock_of(&before()), &gone);
    assert!(lock.contains("[removed.messages.\"users.v1.User\"]\nfields = [\n    { number = 3, name = \"email\", type = \"string\" },\n]\n"));

    let told = refused(&lock, &replaced("string email = 3;", "string letter = 3;"));
    assert_eq!(
        told,
        [
            "users/v1/users.proto:8: users.v1.User: field 3 `letter`: the number 3 belonged to field 3 `email` (string), which was removed: callers that still have that would misread this; choose another, or restore that field as it was"
        ]
    );
    let told = refused(&lock, &replaced("string email = 3;", "string email = 30;"));
    assert_eq!(
        told,
        [
            "users/v1/users.proto:8: users.v1.User: field 30 `email`: the name `email` belonged to field 3 `email` (string), which was removed: callers that still have that would misread this; choose another, or restore that field as it was"
        ]
    );
    let told = refused(
        &lock,
        &replaced(
            "string email = 3;",
            "string mail = 30 [json_name = \"email\"];",
        ),
    );
    assert_eq!(
        told,
        [
            "users/v1/users.proto:8: users.v1.User: field 30 `mail`: the JSON name `email` belonged to field 3 `email` (string), which was removed: callers that still have that would misread this; choose another, or restore that field as it was"
        ]
    );
    let told = refused(&lock, &replaced("string email = 3;", "bytes email = 3;"));
    assert_eq!(told.len(), 1, "another type is no restoring: {told:?}");
}

#[test]
fn restoring_exactly_what_was_removed_lifts_the_tombstone() {
    let original = lock_of(&before());
    for gone in [
        replaced("string email = 3;", ""),
        replaced("ROLE_ADMIN = 1;", ""),
        after(|schema| drop(schema.remotes[0].procedures.remove(0))),
        after(|schema| drop(schema.remotes.remove(1))),
        after(|schema| drop(schema.error_codes.remove(0))),
    ] {
        let lock = accept(&original, &gone);
        assert!(lock.contains("[removed"), "{lock}");
        assert_eq!(check(&before(), Some(&lock), false), Ok(original.clone()));
    }
}

#[test]
fn tombstones_stay_through_later_changes() {
    let lock = accept(&lock_of(&before()), &replaced("string email = 3;", ""));
    let grown = replaced("string email = 3;", "string letter = 31;");
    let lock = check(&grown, Some(&lock), false).unwrap();
    let smaller = replaced("string email = 3;", "");
    let lock = accept(&lock, &smaller);
    assert!(
        lock.contains("name = \"email\"") && lock.contains("name = \"letter\""),
        "{lock}"
    );
    assert_eq!(check(&smaller, Some(&lock), true), Ok(lock));
}

#[test]
fn a_renamed_field_keeps_its_number_and_buries_its_name() {
    let renamed = replaced("string email = 3;", "string mail = 3;");
    let lock = accept(&lock_of(&before()), &renamed);
    assert_eq!(check(&renamed, Some(&lock), false).as_ref(), Ok(&lock));
    let reused = replaced("string email = 3;", "string mail = 3; string email = 33;");
    assert_eq!(refused(&lock, &reused).len(), 1);
}

#[test]
fn removed_enum_values_are_never_used_again() {
    let lock = accept(&lock_of(&before()), &replaced("ROLE_ADMIN = 1;", ""));
    let told = [
        refused(&lock, &replaced("ROLE_ADMIN = 1;", "ROLE_OWNER = 1;")),
        refused(&lock, &replaced("ROLE_ADMIN = 1;", "ROLE_ADMIN = 7;")),
    ]
    .concat();
    assert_eq!(
        told,
        [
            "users/v1/users.proto:25: users.v1.Role: value 1 `ROLE_OWNER`: the number 1 belonged to value 1 `ROLE_ADMIN`, which was removed: callers that still have that would misread this; choose another, or restore that value as it was",
            "users/v1/users.proto:25: users.v1.Role: value 7 `ROLE_ADMIN`: the name `ROLE_ADMIN` belonged to value 1 `ROLE_ADMIN`, which was removed: callers that still have that would misread this; choose another, or restore that value as it was",
        ]
    );
}

#[test]
fn removed_error_codes_are_never_used_again() {
    let gone = after(|schema| drop(schema.error_codes.remove(0)));
    let lock = accept(&lock_of(&before()), &gone);
    let with = |number, name| {
        after(|schema| schema.error_codes[0] = error_code(number, name, Status::NotFound))
    };
    let told = [
        refused(&lock, &with(1, "Frozen")),
        refused(&lock, &with(7, "InvalidEmail")),
    ]
    .concat();
    assert_eq!(
        told,
        [
            "src/error.rs:4: error code 1 `Frozen`: the number 1 belonged to error code 1 `InvalidEmail` (invalid_argument), which was removed: callers that still have that would misread this; choose another, or restore that code as it was",
            "src/error.rs:10: error code 7 `InvalidEmail`: the name `InvalidEmail` belonged to error code 1 `InvalidEmail` (invalid_argument), which was removed: callers that still have that would misread this; choose another, or restore that code as it was",
        ]
    );
}

#[test]
fn a_removed_procedures_path_is_never_used_for_another() {
    let gone = after(|schema| drop(schema.remotes[0].procedures.remove(0)));
    let lock = accept(&lock_of(&before()), &gone);
    let other = after(|schema| {
        schema.remotes[0].procedures[0].response = payload("users.v1.GetRequest");
    });
    assert_eq!(
        refused(&lock, &other),
        [
            "src/remotes.rs:10: /users.v1.Users/Create was removed before, as unary of `users.v1.User` to `users.v1.User`: callers that still have it would not understand this one; choose another name, or restore it as it was"
        ]
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
fn a_message_that_comes_back_keeps_what_its_numbers_meant() {
    let gone = after(|schema| drop(schema.remotes.remove(1)));
    let lock = accept(&lock_of(&before()), &gone);
    assert!(
        lock.contains("[removed.messages.\"users.v1.Note\"]"),
        "{lock}"
    );
    let told = refused(&lock, &replaced("string text = 1;", "int32 stars = 1;"));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("field 1 `stars`: the number 1"),
        "{told:?}"
    );
}

#[test]
fn fields_come_and_go_in_an_empty_message_that_iris_prints() {
    let with_fields = with_field("message PingRequest { string echo = 1; }", |schema| {
        schema.remotes[0].procedures[2].request = payload("users.v1.PingRequest ()");
    });
    let lock = check(&with_fields, Some(&lock_of(&before())), false).unwrap();
    let error = check(&before(), Some(&lock), false).unwrap_err();
    assert_eq!(
        error.problems()[0].what,
        "users.v1.PingRequest: field 1 `echo` (string) was removed: breaks code that names the field, and binary and JSON callers that rely on its value"
    );
}

#[test]
fn a_required_field_in_a_message_that_was_empty_is_a_break() {
    let files = [(
        "old.proto",
        "syntax = \"proto2\"; package old; message PingRequest { required int32 a = 1; }",
    )];
    let mut then = schemas_from_text::schema(&[]);
    then.remotes.push(remote(
        "old.Old",
        vec![procedure(
            "Ping",
            "old.PingRequest {}",
            "old.PingResponse {}",
        )],
    ));
    let mut now = schemas_from_text::schema(&files);
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
fn what_was_given_up_in_two_steps_is_restored_as_it_was_last() {
    let renamed = replaced("string email = 3;", "string mail = 3;");
    let lock = accept(&lock_of(&before()), &renamed);
    assert!(lock.contains("{ number = 3, name = \"email\", type = \"string\", holds = [\"name\", \"json_name\"] },"), "{lock}");
    let lock = accept(&lock, &replaced("string email = 3;", ""));
    assert!(check(&renamed, Some(&lock), false).is_ok());
    assert_eq!(refused(&lock, &before()).len(), 1, "3 was `mail` last");
}

#[test]
fn aliases_of_one_number_come_back_one_by_one() {
    let gone = replaced(
        "COLOR_GRAY = 1; COLOR_GREY = 1;",
        "COLOR_RED = 2; COLOR_ROT = 2;",
    );
    let lock = accept(&lock_of(&before()), &gone);
    let one = replaced(
        "COLOR_GRAY = 1; COLOR_GREY = 1;",
        "COLOR_GRAY = 1; COLOR_RED = 2; COLOR_ROT = 2;",
    );
    let lock = check(&one, Some(&lock), false).unwrap();
    assert_eq!(check(&one, Some(&lock), false), Ok(lock.clone()));
    let other = replaced(
        "COLOR_GRAY = 1; COLOR_GREY = 1;",
        "COLOR_GRAY = 1; COLOR_SILVER = 1; COLOR_RED = 2; COLOR_ROT = 2;",
    );
    assert!(check(&other, Some(&lock), false).is_ok());
    let both = replaced(
        "COLOR_GREY = 1;",
        "COLOR_GREY = 1; COLOR_RED = 2; COLOR_ROT = 2;",
    );
    assert!(
        !check(&both, Some(&lock), false)
            .unwrap()
            .contains("[removed")
    );
}

#[test]
fn a_changed_json_name_is_not_used_again() {
    let changed = replaced(" [json_name = \"@handle\"]", "");
    let lock = accept(&lock_of(&before()), &changed);
    let reused = lock_cases::changed(
        &[
            (" [json_name = \"@handle\"]", ""),
            (
                "fixed32 hash = 14;",
                "fixed32 hash = 14; string at = 15 [json_name = \"@handle\"];",
            ),
        ],
        |_| {},
    );
    let told = refused(&lock, &reused);
    assert!(
        told[0].contains("the JSON name `@handle` belonged to field 11 `handle`"),
        "{told:?}"
    );
}

/// A proto2 message with one field, and its lock.
fn with_default(option: &str) -> Schema {
    let text = format!(
        "syntax = \"proto2\"; package old; message Page {{ optional int32 size = 1 {option}; }}"
    );
    let mut schema = schemas_from_text::schema(&[("old.proto", &text)]);
    let call = procedure("Call", "old.Page", "old.Page");
    schema.remotes.push(remote("old.Old", vec![call]));
    schema
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

/// The lock as it was before clients' names, defaults and messages that are not taken were told.
fn as_written_before(lock: &str) -> String {
    let lines = lock.lines().filter(|line| !line.starts_with("client-name"));
    let text: String = lines.map(|line| format!("{line}\n")).collect();
    text.replace(", default = \"10\"", "").replace(" ()", "")
}

#[test]
fn a_lock_from_before_is_completed_without_a_word() {
    let mut schema = with_default("[default = 10]");
    schema.remotes[0].client_name = "old_old".to_owned();
    schema.remotes[0].procedures[0].response = payload("old.Page ()");
    let lock = lock_of(&schema);
    let before = as_written_before(&lock);
    assert_ne!(before, lock);
    assert_eq!(check(&schema, Some(&before), false), Ok(lock));
}

#[test]
fn an_empty_message_may_come_back_under_another_name() {
    let gone = after(|schema| drop(schema.remotes[0].procedures.remove(2)));
    let lock = accept(&lock_of(&before()), &gone);
    // Another remote has had the name since.
    let back = after(|schema| {
        schema.remotes[0].procedures[2].request = payload("users.v1.UsersPingRequest {}");
    });
    assert!(check(&back, Some(&lock), false).is_ok());
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
