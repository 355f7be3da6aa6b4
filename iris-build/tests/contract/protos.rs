//! The folder of `.proto` files, and the descriptor set.

use crate::schemas_from_text::{procedure, remote, schema};
use crate::{USERS, assert_golden, sources, sources_of, text_of, users};
use iris_build::contract::{ERROR_PROTO, descriptors, files, service_files};
use iris_build::schema::Schema;
use prost::Message as _;
use prost_types::method_options::IdempotencyLevel;
use prost_types::{FileDescriptorProto, FileDescriptorSet, ServiceDescriptorProto};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Writes the folder and compiles every `.proto` in it, as `protoc -I proto` would.
fn compile_folder(schema: &Schema, sources: &BTreeMap<String, Vec<u8>>) -> FileDescriptorSet {
    let folder = tempfile::tempdir().unwrap();
    let mut protos = Vec::new();
    for file in files(schema, sources).unwrap() {
        let path = folder.path().join(&file.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &file.contents).unwrap();
        if path
            .extension()
            .is_some_and(|extension| extension == "proto")
        {
            protos.push(path);
        }
    }
    protox::compile(protos, [folder.path().join("proto")])
        .unwrap_or_else(|error| panic!("{error:?}"))
}

fn service<'s>(set: &'s FileDescriptorSet, name: &str) -> &'s ServiceDescriptorProto {
    set.file
        .iter()
        .flat_map(|file| &file.service)
        .find(|service| service.name() == name)
        .unwrap()
}

#[test]
fn the_folder_compiles_as_it_is_and_gives_the_same_services() {
    let schema = users();
    let set = compile_folder(&schema, &sources());
    let users = service(&set, "Users");
    let told: Vec<(&str, &str, &str, bool, bool)> = users
        .method
        .iter()
        .map(|method| {
            (
                method.name(),
                method.input_type(),
                method.output_type(),
                method.client_streaming(),
                method.server_streaming(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "GetUser",
                ".users.v1.GetUserRequest",
                ".users.v1.User",
                false,
                false
            ),
            ("Put", ".users.v1.User", ".common.v1.Page", false, false),
            (
                "List",
                ".users.v1.ListUsersRequest",
                ".users.v1.User",
                false,
                true
            ),
            (
                "Upload",
                ".users.v1.User",
                ".users.v1.UploadResponse",
                true,
                false
            ),
            (
                "Chat",
                ".users.v1.Everything",
                ".users.v1.Everything",
                true,
                true
            ),
            (
                "Ping",
                ".users.v1.PingRequest",
                ".users.v1.PingResponse",
                false,
                false
            ),
        ]
    );
    let options = |index: usize| users.method[index].options.clone().unwrap_or_default();
    assert_eq!(
        options(0).idempotency_level(),
        IdempotencyLevel::NoSideEffects
    );
    assert_eq!(options(1).idempotency_level(), IdempotencyLevel::Idempotent);
    assert_eq!(
        options(2).idempotency_level(),
        IdempotencyLevel::IdempotencyUnknown
    );
    assert!(options(1).deprecated() && !options(0).deprecated());
}

#[test]
fn a_service_file_reads_like_one_written_by_hand() {
    let text = text_of(&users(), &sources(), "proto/users/v1/users_service.proto");
    assert_golden("users_service.proto", &text);
}

#[test]
fn user_files_are_shipped_verbatim_where_their_text_is_known() {
    let text = text_of(&users(), &sources(), "proto/users/v1/users.proto");
    assert_eq!(text, USERS.1);
}

#[test]
fn only_protobufs_own_files_are_left_out() {
    let paths: Vec<String> = files(&users(), &sources())
        .unwrap()
        .iter()
        .map(|file| file.path.display().to_string())
        .collect();
    assert_eq!(
        paths,
        [
            "descriptors.binpb",
            "openapi.json",
            "proto/common/v1/page.proto",
            "proto/iris/v1/error.proto",
            "proto/users/v1/users.proto",
            "proto/users/v1/users_service.proto",
        ]
    );
}

#[test]
fn same_schema_same_bytes() {
    let print = || files(&users(), &sources()).unwrap();
    assert_eq!(print(), print());
}

#[test]
fn a_file_whose_text_is_missing_is_told() {
    let error = files(&users(), &BTreeMap::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "iris-build: common/v1/page.proto: is part of the schema, and its text is missing"
    );
}

#[test]
fn a_service_file_never_takes_a_users_files_name() {
    let taken = (
        "users/v1/Users_service.proto",
        "syntax = \"proto3\"; package users.v1; message Taken {}",
    );
    let mut schema = schema(&[taken]);
    let call = || vec![procedure("Call", "users.v1.Taken", "users.v1.Taken")];
    schema.remotes.push(remote("users.v1.HTTPUsers", call()));
    schema.remotes.push(remote("users.v1.HttpUsers", call()));
    schema.remotes.push(remote("users.v1.Users", call()));
    let names: Vec<String> = service_files(&schema)
        .iter()
        .map(|file| file.name().to_owned())
        .collect();
    assert_eq!(
        names,
        [
            "users/v1/http_users_service.proto",
            "users/v1/http_users_service_2.proto",
            "users/v1/users_service_2.proto",
        ]
    );
    let set = compile_folder(&schema, &sources_of(&[taken]));
    assert_eq!(service(&set, "HttpUsers").method.len(), 1);
}

#[test]
fn a_method_named_like_its_message_still_finds_it() {
    let user = (
        "a.proto",
        "syntax = \"proto3\"; package a.v1; message User {}",
    );
    let mut schema = schema(&[user]);
    schema.remotes.push(remote(
        "a.v1.Users",
        vec![procedure("User", "a.v1.User", "a.v1.User")],
    ));
    let set = compile_folder(&schema, &sources_of(&[user]));
    assert_eq!(service(&set, "Users").method[0].input_type(), ".a.v1.User");
}

#[test]
fn the_error_detail_is_the_one_of_the_repository() {
    let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto/iris/v1/error.proto");
    assert_eq!(std::fs::read_to_string(original).unwrap(), ERROR_PROTO);
}

#[test]
fn an_imported_error_detail_is_not_added_twice() {
    let own = (
        "own.proto",
        "syntax = \"proto3\"; package own; import \"iris/v1/error.proto\"; message Failed { iris.v1.ErrorDetail detail = 1; }",
    );
    let files = [own, ("iris/v1/error.proto", ERROR_PROTO)];
    let schema = schema(&files);
    let set = FileDescriptorSet::decode(descriptors(&schema).as_slice()).unwrap();
    let mut names: Vec<&str> = set.file.iter().map(FileDescriptorProto::name).collect();
    names.sort_unstable();
    assert_eq!(names, ["iris/v1/error.proto", "own.proto"]);
    compile_folder(&schema, &sources_of(&files));
}

#[test]
fn the_descriptor_set_has_every_import_first_and_keeps_comments() {
    let set = FileDescriptorSet::decode(descriptors(&users()).as_slice()).unwrap();
    let mut seen = BTreeSet::new();
    for file in &set.file {
        for dependency in &file.dependency {
            assert!(
                seen.contains(dependency),
                "{} before {dependency}",
                file.name()
            );
        }
        assert!(
            seen.insert(file.name().to_owned()),
            "{} is there twice",
            file.name()
        );
    }
    let comments = |name: &str| {
        let file = set.file.iter().find(|file| file.name() == name).unwrap();
        let info = file.source_code_info.iter();
        info.flat_map(|info| &info.location)
            .map(|location| {
                format!(
                    "{}{}",
                    location.leading_comments(),
                    location.trailing_comments()
                )
            })
            .collect::<Vec<_>>()
    };
    assert!(comments("users/v1/users.proto").contains(&" Somebody with an account.\n".to_owned()));
    assert!(comments("users/v1/users_service.proto").contains(&" Keeps users.\n".to_owned()));
    assert!(!comments("iris/v1/error.proto").is_empty());
    assert_eq!(comments("google/protobuf/timestamp.proto"), [""; 0]);
    let detail = set
        .file
        .iter()
        .find(|file| file.name() == "iris/v1/error.proto")
        .unwrap();
    assert_eq!(
        detail.message_type[0].field[1].json_name(),
        "internalMessage"
    );
}
