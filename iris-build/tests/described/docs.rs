//! Comments, and what they say of deprecation.

use super::{Folder, assert_holds, descriptors};
use prost::Message;
use prost_types::FileDescriptorSet;

const NOTES: &str = r#"syntax = "proto3";
package notes.v1;
// Keeps notes.
service Notes {
  // Keeps one.
  rpc Keep(Note) returns (Note);
  // Keeps an old one.
  //
  // Deprecated: call Keep.
  rpc KeepOld(Note) returns (Note) { option deprecated = true; }
  rpc KeepOlder(Note) returns (Note) { option deprecated = true; }
}
// What is kept.
message Note {
  string text = 1;
  // How it is.
  Kind kind = 2;
  oneof place { string city = 3; int32 code = 4; }
  enum Kind { KIND_UNSPECIFIED = 0; }
}
"#;

#[test]
fn comments_are_docs() {
    let folder = Folder::new();
    let descriptors = descriptors(&[("notes.proto", NOTES)]);
    folder
        .run(descriptors)
        .unwrap_or_else(|error| panic!("{error}"));
    assert_holds(
        &folder.read("client/src/notes.rs"),
        &[
            "/// Keeps notes.\n#[derive(Clone, Debug)]\npub struct Notes {",
            "    /// Keeps one.\n    pub fn keep(",
            "    /// Keeps an old one.\n    #[deprecated(note = \"call Keep.\")]\n    pub fn keep_old(",
            "    #[deprecated]\n    pub fn keep_older(",
        ],
    );
    assert_holds(
        &folder.read("client/src/messages/notes/v1.rs"),
        &["/// What is kept.\n", "/// How it is.\n"],
    );
}

#[test]
fn there_may_be_comments_of_some_things_and_not_of_others() {
    let whole = descriptors(&[("notes.proto", NOTES)]);
    let mut set = FileDescriptorSet::decode(&whole[..]).unwrap();
    // As servers of Iris's send them.
    let info = set.file[0].source_code_info.as_mut().unwrap();
    info.location
        .retain(|location| location.leading_comments.is_some());
    info.location[0].leading_comments = Some(" One\r two\r\n \u{202e}three".to_owned());
    let folder = Folder::new();
    folder
        .run(set.encode_to_vec())
        .unwrap_or_else(|error| panic!("{error}"));
    let written =
        folder.read("client/src/notes.rs") + &folder.read("client/src/messages/notes/v1.rs");
    assert_holds(&written, &["/// One\n/// two\n/// three\n"]);

    // And as reflection of others does.
    set.file[0].source_code_info = None;
    let folder = Folder::new();
    folder
        .run(set.encode_to_vec())
        .unwrap_or_else(|error| panic!("{error}"));
    assert_holds(
        &folder.read("client/src/notes.rs"),
        &[
            "/// Calls the procedures of `notes.v1.Notes`.\n",
            "    pub fn keep(",
        ],
    );
}
