//! Descriptors that are none, and those of somebody who means harm.

use super::{assert_holds, descriptors, mistake};
use prost::Message;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
    FileDescriptorProto, FileDescriptorSet, MessageOptions, MethodDescriptorProto,
    OneofDescriptorProto, ServiceDescriptorProto,
};

const USERS: &str = "syntax = \"proto3\"; package users.v1; message User { oneof a { string name = 1; } map<string, Kind> kinds = 2; \
                     enum Kind { NONE = 0; } message Inner {} } service Users { rpc Keep(User) returns (User); }";

fn file() -> FileDescriptorProto {
    let set = descriptors(&[("users.proto", USERS)]);
    let mut set = FileDescriptorSet::decode(&set[..]).unwrap();
    set.file.remove(0)
}

fn encoded(files: impl Into<Vec<FileDescriptorProto>>) -> Vec<u8> {
    FileDescriptorSet { file: files.into() }.encode_to_vec()
}

#[test]
fn what_is_no_set_of_descriptors_is_refused() {
    assert_holds(
        &mistake(b"not descriptors".to_vec()),
        &["these are no descriptors", "--include_imports"],
    );
    assert_holds(
        &mistake(Vec::new()),
        &["no service with a method is described"],
    );
    let without = descriptors(&[(
        "a.proto",
        "syntax = \"proto3\"; service None {} message A {}",
    )]);
    assert_holds(
        &mistake(without),
        &["no service with a method is described"],
    );
}

#[test]
fn what_is_not_whole_is_refused() {
    let mut file = file();
    file.dependency.push("other.proto".to_owned());
    assert_holds(
        &mistake(encoded([file.clone()])),
        &["not whole", "other.proto"],
    );
    file.dependency.clear();
    file.service[0].method[0].input_type = Some(".users.v1.Gone".to_owned());
    assert_holds(
        &mistake(encoded([file.clone()])),
        &["not whole", "users.v1.Gone"],
    );
    file.service[0].method[0].input_type = Some(".users.v1.\u{1b}[2JGone".to_owned());
    assert!(!mistake(encoded([file])).contains('\u{1b}'));
}

#[test]
fn an_edition_is_told_of() {
    let mut file = file();
    file.syntax = Some("editions".to_owned());
    assert_holds(
        &mistake(encoded([file])),
        &["users.proto: is written in an edition of protobuf"],
    );
    for syntax in ["", "proto4\u{1b}[2J"] {
        let mut file = self::file();
        file.syntax = Some(syntax.to_owned());
        let error = mistake(encoded([file]));
        assert_holds(&error, &["which is no syntax of protobuf"]);
        assert!(!error.contains('\u{1b}'), "{error}");
    }
}

#[test]
fn a_message_that_is_only_a_fields_is_told_of() {
    let descriptors = descriptors(&[(
        "types.proto",
        "syntax = \"proto3\"; package types; import \"google/protobuf/type.proto\"; \
         service Types { rpc Find(google.protobuf.Type) returns (google.protobuf.Enum); }",
    )]);
    assert_holds(
        &mistake(descriptors),
        &["types.proto:1: `Types.Find` takes or gives `google.protobuf.Type`"],
    );
}

#[test]
fn a_document_that_names_no_codes_is_refused() {
    let code = |name: &str, number: i64, status: &str| {
        format!("{{\"name\": \"{name}\", \"number\": {number}, \"status\": \"{status}\"}}")
    };
    let listed = |codes: &[String]| format!("{{\"x-iris-error-codes\": [{}]}}", codes.join(","));
    let gone = || code("Gone", 7, "not_found");
    let none = "an error code that is none";
    for (document, told) in [
        ("openapi: 3.1.0".to_owned(), "openapi.json: is no JSON"),
        ("{}".to_owned(), "has no x-iris-error-codes"),
        (listed(&["{}".to_owned()]), none),
        (listed(&[code("Gone", 7, "gone")]), none),
        (listed(&[code("Gone", 1 << 40, "not_found")]), none),
        (listed(&[code("Gone {}", 7, "not_found")]), none),
        (listed(&[code("Self", 7, "not_found")]), none),
        (listed(&[code("IrisGone", 7, "not_found")]), none),
        (
            listed(&[gone(), code("Gone", 8, "not_found")]),
            "another's name",
        ),
        (
            listed(&[gone(), code("Lost", 7, "not_found")]),
            "two error codes of one number",
        ),
    ] {
        let folder = super::Folder::new();
        let described = folder
            .described(encoded([file()]))
            .openapi(document.clone());
        let error = described.run().expect_err(&document).to_string();
        assert_holds(&error, &[told]);
        assert!(folder.files("").is_empty(), "{document}");
    }
    let folder = super::Folder::new();
    let own = [
        gone(),
        code("IrisRejectedByFilter", 920, "permission_denied"),
    ];
    let described = folder.described(encoded([file()])).openapi(listed(&own));
    described.run().unwrap_or_else(|error| panic!("{error}"));
    let codes = folder.read("client/src/error_code.rs");
    assert_holds(
        &codes,
        &["            7 => ErrorCode::Gone,\n", "the server is newer"],
    );
}

/// Everything that has a name, given another.
#[test]
fn no_name_becomes_code() {
    type Change = fn(&mut FileDescriptorProto, String);
    let changes: [Change; 10] = [
        |file, name| file.package = Some(name),
        |file, name| file.message_type[0].name = Some(name),
        |file, name| file.message_type[0].field[0].name = Some(name),
        |file, name| file.message_type[0].oneof_decl[0].name = Some(name),
        |file, name| file.message_type[0].enum_type[0].name = Some(name),
        |file, name| file.message_type[0].enum_type[0].value[0].name = Some(name),
        |file, name| {
            let nested = file.message_type[0].nested_type.iter_mut();
            let mut inner = nested.filter(|nested| nested.name() == "Inner");
            inner.next().unwrap().name = Some(name);
        },
        |file, name| file.service[0].name = Some(name),
        |file, name| file.service[0].method[0].name = Some(name),
        |file, name| file.name = Some(format!("{name}\u{1b}[2J")),
    ];
    for name in [
        "",
        "A{}struct",
        "a/../../b",
        "A\n",
        "A\u{1b}[2J",
        "größe",
        "1A",
    ] {
        for (index, change) in changes.iter().enumerate() {
            // No package is one.
            if name.is_empty() && index == 0 {
                continue;
            }
            let mut file = file();
            change(&mut file, name.to_owned());
            let error = mistake(encoded([file]));
            assert_holds(&error, &[" is no name"]);
            assert!(!error.contains('\u{1b}'), "{error}");
        }
    }
}

#[test]
fn what_would_stop_the_printers_is_refused() {
    let mut wrong_map = file();
    wrong_map.message_type[0].nested_type.push(DescriptorProto {
        name: Some("Entry".to_owned()),
        options: Some(MessageOptions {
            map_entry: Some(true),
            ..MessageOptions::default()
        }),
        ..DescriptorProto::default()
    });
    assert_holds(
        &mistake(encoded([wrong_map])),
        &["`Entry` is no entry of a map"],
    );

    let mut no_values = file();
    no_values.enum_type.push(EnumDescriptorProto {
        name: Some("Empty".to_owned()),
        ..EnumDescriptorProto::default()
    });
    mistake(encoded([no_values]));

    let mut same_variants = file();
    let value = |name: &str, number| EnumValueDescriptorProto {
        name: Some(name.to_owned()),
        number: Some(number),
        ..EnumValueDescriptorProto::default()
    };
    same_variants.enum_type.push(EnumDescriptorProto {
        name: Some("Same".to_owned()),
        value: vec![value("A_B", 0), value("AB", 1), value("a_b", 2)],
        ..EnumDescriptorProto::default()
    });
    assert_holds(
        &mistake(encoded([same_variants])),
        &["would both be the variant"],
    );

    let mut no_oneof = file();
    no_oneof.message_type[0].field[0].oneof_index = Some(7);
    mistake(encoded([no_oneof]));

    let mut no_type = file();
    no_type.message_type[0].field.push(FieldDescriptorProto {
        name: Some("x".to_owned()),
        number: Some(9),
        r#type: Some(11),
        ..FieldDescriptorProto::default()
    });
    mistake(encoded([no_type]));

    let mut no_message = file();
    no_message.service.push(ServiceDescriptorProto {
        name: Some("Other".to_owned()),
        method: vec![MethodDescriptorProto {
            name: Some("Get".to_owned()),
            ..MethodDescriptorProto::default()
        }],
        ..ServiceDescriptorProto::default()
    });
    mistake(encoded([no_message]));

    let mut unused = file();
    unused.message_type[0]
        .oneof_decl
        .push(OneofDescriptorProto {
            name: Some("unused".to_owned()),
            ..OneofDescriptorProto::default()
        });
    // It is nothing to prost, and no mistake.
    let folder = super::Folder::new();
    folder.run(encoded([unused])).unwrap();

    let twice = encoded([file(), file()]);
    assert_holds(&mistake(twice), &["not whole"]);
}
