//! What was removed or renamed is never used again for something else.

use crate::cases::{after, before, replaced, with_field};
use crate::schemas_from_text::{error_code, payload};
use crate::{accept, lock_of, refused};
use iris_build::lock::check;
use iris_model::Status;

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
    let reused = crate::cases::changed(
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
