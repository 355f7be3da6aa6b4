//! What is printed for messages. That it compiles and speaks ProtoJSON is shown in `tests/protojson`.

use iris_build::messages::{self, MessageCode, MessageOptions};
use prost_types::FileDescriptorSet;
use std::path::Path;

fn descriptors(files: &[&str]) -> FileDescriptorSet {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages");
    protox::Compiler::new([folder])
        .expect("the folder")
        .include_source_info(true)
        .include_imports(true)
        .open_files(files)
        .expect("fixtures that compile")
        .file_descriptor_set()
}

fn options(runtime: &str) -> MessageOptions {
    MessageOptions {
        runtime: runtime.to_owned(),
    }
}

fn print(files: &[&str]) -> MessageCode {
    messages::print(&descriptors(files), &options("::iris_client")).expect("code")
}

fn names(code: &MessageCode) -> Vec<&str> {
    code.files.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn a_field_costs_a_line_to_write_and_a_line_to_read() {
    let code = print(&["users/v1/users.proto"]);
    let (_, text) = &code.files[2];
    let lines: String = text.split_whitespace().collect();
    for line in [
        r#"out.singular::<::iris_client::json::Text>("displayName", &self.display_name)?;"#,
        r#""displayName" | "display_name" => { field.singular::<::iris_client::json::Text>(1, &mut self.display_name) }"#,
        r#"out.optional::<::iris_client::json::Timestamp>("born", &self.born)?;"#,
        r#"out.singular::<::iris_client::json::Enum<Role>>("role", &self.role)?;"#,
        r#"out.oneof(&self.contact)?;"#,
        r#"_ => field.oneof(&mut self.contact),"#,
        r#"::iris_client::json::serde!(User);"#,
        r#"::iris_client::json::serde!(enum Role);"#,
        r#"("ROLE_ADMIN", 1)"#,
    ] {
        let line: String = line.split_whitespace().collect();
        assert!(lines.contains(&line), "{line} is not in\n{text}");
    }
}

#[test]
fn what_is_declared_comes_before_what_is_implemented() {
    let code = print(&["users/v1/users.proto"]);
    let (_, text) = &code.files[2];
    let declared = text.rfind("\npub struct ").expect("messages");
    let implemented = text.find("\nimpl ").expect("their JSON form");
    assert!(declared < implemented, "{text}");
    assert!(
        text.contains("pub display_name: ::std::string::String,"),
        "{text}"
    );
}

#[test]
fn everything_is_reached_through_the_runtime() {
    let code = print(&["users/v1/users.proto"]);
    assert_eq!(
        code.included.matches("prost").count(),
        code.included.matches("::__private::prost").count()
            + code.included.matches("#[prost(").count()
            + code.included.matches("prost_path").count(),
    );
}

#[test]
fn comments_are_carried_and_their_examples_are_no_doctests() {
    let code = print(&["users/v1/users.proto"]);
    for line in [
        "/// A person with an account.",
        "/// What others see.",
        "/// ```text",
        "user = client.find(name)\n",
    ] {
        assert!(code.included.contains(line), "{line}\n{}", code.included);
    }
}

#[test]
fn a_package_is_a_module() {
    let code = print(&["users/v1/users.proto", "type.proto", "root.proto"]);
    assert_eq!(
        names(&code),
        [
            "mod.rs",
            "type.rs",
            "type/mod_/mod.rs",
            "users.rs",
            "users/v1.rs"
        ]
    );
    for (name, declared) in [
        ("mod.rs", "pub mod r#type;\npub mod users;"),
        ("mod.rs", "pub struct Rootless {"),
        ("type.rs", "#[path = \"type/mod_/mod.rs\"]\npub mod r#mod;"),
        ("type/mod_/mod.rs", "pub r#match: bool"),
        ("users.rs", "pub mod v1;"),
        ("users/v1.rs", "pub struct User {"),
    ] {
        let (_, text) = code.files.iter().find(|file| file.0 == name).expect(name);
        assert!(text.contains(declared), "{name}:\n{text}");
    }
    for declared in [
        "pub mod users {\n    pub mod v1 {",
        "pub mod r#type {\n    pub mod r#mod {",
    ] {
        assert!(code.included.contains(declared), "{}", code.included);
    }
}

#[test]
fn the_messages_of_google_are_left_to_prost_types() {
    let code = print(&["users/v1/users.proto"]);
    assert!(!code.included.contains("pub struct Timestamp"));
    assert!(
        code.included
            .contains("::iris_client::__private::prost_types::Timestamp")
    );
    assert_eq!(names(&code), ["mod.rs", "users.rs", "users/v1.rs"]);
}

#[test]
fn included_text_can_stand_anywhere() {
    let code = print(&["users/v1/users.proto", "root.proto"]);
    let wrapped = format!("mod messages {{\n{}\n}}", code.included);
    syn::parse_file(&wrapped)
        .expect("no inner attributes, which only the beginning of a file may have");
}

#[test]
fn the_same_files_give_the_same_text() {
    let files = ["users/v1/users.proto", "type.proto", "root.proto"];
    let first = print(&files);
    for _ in 0..5 {
        assert_eq!(print(&files), first);
    }
}

#[test]
fn a_runtime_that_is_no_path_is_an_error() {
    let error = messages::print(&descriptors(&["root.proto"]), &options("iris core")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`iris core` is no path to a crate, write `::iris_core`"
    );
}

#[test]
fn no_files_give_an_empty_table() {
    let code =
        messages::print(&FileDescriptorSet::default(), &options("::iris_core")).expect("code");
    assert_eq!(names(&code), ["mod.rs"]);
    let table = "pub const TYPES: &[::iris_core::json::MessageType] = &[];";
    assert!(code.included.contains(table), "{}", code.included);
    assert_eq!(
        code.included.matches("pub ").count(),
        1,
        "{}",
        code.included
    );
}

#[test]
fn fields_and_types_of_one_rust_name_inside_a_message_are_an_error() {
    let descriptors = descriptors(&["inside.proto"]);
    let error = messages::print(&descriptors, &options("::iris_core")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`inner` and `inner_` of the message `inside.Nested` would both be the field `inner` in Rust; rename one of them\n\
         `foo` and `Foo` of the message `inside.Plain` would both be the field `foo` in Rust; rename one of them\n\
         `foo` and `FooOneOf` of the message `inside.Types` would both be the type `FooOneOf` in Rust; rename one of them"
    );
}

#[test]
fn values_with_one_rust_name_are_an_error() {
    let descriptors = descriptors(&["collision.proto"]);
    let error = messages::print(&descriptors, &options("::iris_core")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`SMALL` and `SIZE_SMALL` of the enum `collision.Shirt.Size` would both be the variant `Small` in Rust; rename one of them\n\
         `SIZE_1_0` and `SIZE_10` of the enum `collision.Size` would both be the variant `Size10` in Rust; rename one of them"
    );
}
