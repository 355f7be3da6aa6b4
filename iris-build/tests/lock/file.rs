//! The file: that it is read and written, and that nothing in it is lost.

use crate::cases::before;
use crate::schemas_from_text::payload;
use crate::{lock_of, problems, with_default};
use iris_build::lock::{LockError, check};

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
    for schema in crate::cases::every_schema() {
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
fn additions_are_recorded_without_a_word() {
    for (name, schema) in crate::cases::additions() {
        assert_eq!(problems(&before(), &schema), [""; 0], "{name}");
        let updated = check(&schema, Some(&lock_of(&before())), false);
        assert_eq!(updated.as_deref(), Ok(lock_of(&schema).as_str()), "{name}");
    }
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
