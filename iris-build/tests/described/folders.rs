//! Where it is written to.

use super::{Folder, assert_holds, descriptors};
use iris_build::{Described, Mode};
use std::fs;

fn notes() -> Vec<u8> {
    descriptors(&[(
        "notes.proto",
        "syntax = \"proto3\"; package notes.v1; message Note {} service Notes { rpc Keep(Note) returns (Note); }",
    )])
}

fn users() -> Vec<u8> {
    descriptors(&[(
        "users.proto",
        "syntax = \"proto3\"; package users.v1; message User {} service Users { rpc Keep(User) returns (User); }",
    )])
}

#[test]
fn a_folder_with_something_else_in_it_stays_as_it_is() {
    let folder = Folder::new();
    fs::create_dir(folder.path("client")).unwrap();
    fs::write(folder.path("client/notes.txt"), "mine").unwrap();
    let error = folder
        .run(notes())
        .expect_err("it is not empty")
        .to_string();
    assert_holds(&error, &["client: holds something else already"]);
    assert_eq!(folder.files("").len(), 1);

    fs::remove_file(folder.path("client/notes.txt")).unwrap();
    folder
        .run(notes())
        .unwrap_or_else(|error| panic!("{error}"));
    // Beside what is generated it may stay.
    fs::write(folder.path("client/notes.txt"), "mine").unwrap();
    fs::write(folder.path("client/src/users.rs"), "// mine").unwrap();
    let error = folder
        .run(users())
        .expect_err("it is not overwritten")
        .to_string();
    assert_holds(
        &error,
        &["client/src/users.rs: was not written by iris-build"],
    );
    assert_eq!(folder.read("client/src/users.rs"), "// mine");
}

#[test]
fn what_is_not_there_any_more_is_removed() {
    let folder = Folder::new();
    folder
        .run(notes())
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(folder.path("client/src/notes.rs").exists());
    let outcome = folder
        .run(users())
        .unwrap_or_else(|error| panic!("{error}"));
    let removed: Vec<_> = outcome.removed().iter().collect();
    assert!(
        removed.iter().any(|path| path.ends_with("src/notes.rs")),
        "{removed:?}"
    );
    assert!(!folder.path("client/src/notes.rs").exists());
    assert!(folder.path("client/src/users.rs").exists());
}

#[test]
fn a_check_writes_nothing_and_fails_where_something_would_change() {
    let folder = Folder::new();
    let described = |set: Vec<u8>, mode: Mode| -> Described { folder.described(set).mode(mode) };
    described(notes(), Mode::Check)
        .run()
        .expect_err("nothing is there yet");
    assert!(folder.files("").is_empty());
    described(notes(), Mode::Changed).run().unwrap();
    described(notes(), Mode::Check).run().unwrap();
    let error = described(users(), Mode::Check)
        .run()
        .expect_err("it is another");
    assert_holds(&error.to_string(), &["client/src/users.rs"]);
    described(users(), Mode::Clean).run().unwrap();
    assert!(folder.files("").is_empty());
}
