//! The contract beside the client, and where messages of the server go.

use crate::project::Project;
use prost::Message as _;
use prost_types::FileDescriptorSet;
use prost_types::source_code_info::Location;
use protox::prost_reflect::{DescriptorPool, DynamicMessage};

#[test]
fn the_contract_has_a_second_place() {
    let project = Project::quickstart();
    iris_build::run(&project.config().contract("contract")).expect("generated");
    assert_eq!(
        project.names("contract"),
        [
            ".iris-generated",
            "descriptors.binpb",
            "openapi.json",
            "proto/iris/v1/error.proto",
            "proto/users.proto",
            "proto/users/v1/users_service.proto",
        ]
    );
    for name in project
        .names("contract")
        .iter()
        .filter(|name| !name.starts_with('.'))
    {
        let read = |folder: &str| std::fs::read(project.path(folder).join(name)).expect("a file");
        assert!(read("contract") == read("client"), "{name}");
    }
}

#[test]
fn two_clients_of_one_server_may_differ() {
    let project = Project::quickstart();
    let numbers = iris_build::ClientCrate::new("clients/numbers")
        .name("numbers")
        .error_codes(false);
    iris_build::run(&project.config().client(numbers)).expect("generated");
    assert!(project.path("client/src/error_code.rs").exists());
    assert!(!project.path("clients/numbers/src/error_code.rs").exists());
}

#[test]
fn without_a_client_the_server_has_its_messages() {
    let project = Project::quickstart();
    iris_build::run(&project.bare_config()).expect("generated");
    assert!(project.path("out/descriptors.binpb").exists());
    assert!(project.path("iris.lock").exists() && !project.path("client").exists());
    syn::parse_file(&project.read("out/iris.rs")).expect("Rust");
}

#[test]
fn custom_options_are_in_the_descriptors() {
    let project = Project::quickstart()
        .with(
            "proto/options.proto",
            r#"syntax = "proto3";
package options.v1;
import "google/protobuf/descriptor.proto";
message Limit { uint32 letters = 1; }
extend google.protobuf.FieldOptions { Limit limit = 50001; }
extend google.protobuf.MessageOptions { repeated string owners = 50001; }
extend google.protobuf.EnumValueOptions { bool hidden = 50001; }
"#,
        )
        .with(
            "proto/notes.proto",
            r#"syntax = "proto3";
package notes.v1;
import "options.proto";
// What somebody wrote.
message Note {
  option (options.v1.owners) = "ann";
  option (options.v1.owners) = "bob";
  string text = 1 [(options.v1.limit).letters = 80, deprecated = true];
  enum Kind { KIND_UNSPECIFIED = 0 [(options.v1.hidden) = true]; }
}
"#,
        );
    project.run();
    for path in ["client/descriptors.binpb", "out/descriptors.binpb"] {
        let bytes = std::fs::read(project.path(path)).expect("a file");
        let pool = DescriptorPool::decode(bytes.as_slice()).expect("descriptors");
        let value = |options: DynamicMessage, extension: &str| {
            let extension = pool.get_extension_by_name(extension).expect("an extension");
            options.get_extension(&extension).to_string()
        };
        let note = pool.get_message_by_name("notes.v1.Note").expect("Note");
        let text = note.get_field_by_name("text").expect("text");
        let kind = pool.get_enum_by_name("notes.v1.Note.Kind").expect("Kind");
        let unspecified = kind.get_value(0).expect("a value");
        assert_eq!(
            value(note.options(), "options.v1.owners"),
            r#"["ann","bob"]"#
        );
        assert_eq!(value(text.options(), "options.v1.limit"), "{letters:80}");
        assert_eq!(value(unspecified.options(), "options.v1.hidden"), "true");
        assert!(pool.get_service_by_name("users.v1.Users").is_some());

        // Comments are there still, and nothing else that tells where things stand.
        let set = FileDescriptorSet::decode(bytes.as_slice()).expect("descriptors");
        let notes = set.file.iter().find(|file| file.name() == "notes.proto");
        let info = notes.and_then(|file| file.source_code_info.as_ref());
        let comments: Vec<&str> = info
            .expect("comments")
            .location
            .iter()
            .map(Location::leading_comments)
            .collect();
        assert_eq!(comments, [" What somebody wrote.\n"]);
    }
}

#[test]
fn a_map_in_a_custom_option_is_the_same_bytes_each_time() {
    let entries: Vec<String> = (0..20)
        .map(|key| format!("by_number {{ key: {key} value: {{ letters: {key} }} }}"))
        .collect();
    let text = format!(
        r#"syntax = "proto3";
package options.v1;
import "google/protobuf/descriptor.proto";
message Limit {{ uint32 letters = 1; }}
message Limits {{ map<int32, Limit> by_number = 1; repeated Limits inner = 2; }}
extend google.protobuf.MessageOptions {{ Limits limits = 50001; }}
message Note {{ option (limits) = {{ {entries} inner {{ {entries} }} inner {{}} }}; }}
"#,
        entries = entries.join(" ")
    );
    let project = Project::quickstart().with("proto/options.proto", &text);
    let descriptors = || {
        project.run();
        std::fs::read(project.path("client/descriptors.binpb")).expect("a file")
    };
    let first = descriptors();
    for _ in 0..3 {
        assert!(descriptors() == first);
    }
}
