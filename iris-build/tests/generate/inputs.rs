//! What is wrong with the sources, and how it is told.

use crate::project::{Project, USERS_PROTO, USERS_RS};

#[test]
fn every_mistake_is_told_at_once_with_its_place() {
    let project = Project::quickstart()
        .with("proto/broken.proto", "syntax = \"proto3\";\nmessage {}\n")
        .with(
            "src/remotes/broken.rs",
            "\n#[remote(package = \"a.v1\")]\nimpl A {\n    #[procedure]\n    fn one(&self, ctx: &S) -> Result<(), E> { x }\n    \
             #[procedure(nme = \"x\")]\n    async fn two(&self, ctx: &S) -> Result<(), E> { x }\n}\n",
        );
    let problems = project.problems();
    assert_eq!(problems.len(), 3, "{problems:#?}");
    assert!(
        problems[0].starts_with("proto/broken.proto:2:9: "),
        "{problems:#?}"
    );
    assert!(
        problems[1].starts_with("src/remotes/broken.rs:5:5: a procedure is async"),
        "{problems:#?}"
    );
    assert!(
        problems[2].starts_with("src/remotes/broken.rs:6:17: unknown argument `nme`"),
        "{problems:#?}"
    );
    let error = iris_build::run(&project.config()).expect_err("problems");
    let shown = format!("{error:?}");
    assert_eq!(shown, error.to_string());
    assert!(
        shown.starts_with("iris-build: 3 problems\n\nproto/broken.proto:2:9: "),
        "{shown}"
    );
    assert!(!project.path("client").exists() && !project.path("out").exists());
}

#[test]
fn a_missing_import_is_told_where_it_stands() {
    let project = Project::quickstart().with(
        "proto/importing.proto",
        "syntax = \"proto3\";\nimport \"nowhere.proto\";\n",
    );
    assert_eq!(
        project.problem(),
        "proto/importing.proto:2:1: import 'nowhere.proto' not found"
    );
}

#[test]
fn an_unknown_field_type_is_told_where_it_stands() {
    let project = Project::quickstart().with(
        "proto/bad.proto",
        "syntax = \"proto3\";\nmessage M {\n  Nothing n = 1;\n}\n",
    );
    let problem = project.problem();
    assert!(problem.starts_with("proto/bad.proto:3:3: "), "{problem}");
}

#[test]
fn single_proto_files_take_their_imports_from_the_includes() {
    let project = Project::quickstart()
        .with("api/rooms.proto", "syntax = \"proto3\"; package rooms.v1; import \"base.proto\"; message Room { base.Id id = 1; }")
        .with("shared/base.proto", "syntax = \"proto3\"; package base; message Id { uint64 id = 1; }")
        .with("shared/broken.proto", "never read");
    let config = project
        .config()
        .proto_files(["api/rooms.proto"], ["api", "shared"]);
    let outcome = iris_build::run(&config).expect("generated");
    assert!(project.path("client/src/messages/rooms/v1.rs").exists());
    assert!(project.path("client/proto/base.proto").exists());
    let instructions = outcome.cargo_instructions();
    assert!(
        instructions.contains(&"cargo:rerun-if-changed=shared/base.proto".to_owned()),
        "{instructions:?}"
    );
}

#[test]
fn paths_that_do_not_exist_are_told() {
    let project = Project::quickstart();
    let problems: Vec<String> = iris_build::run(
        &project
            .config()
            .protos("portos")
            .remotes("src/remote")
            .error_codes("src/errors.rs"),
    )
    .expect_err("problems")
    .problems()
    .collect();
    assert_eq!(problems.len(), 3, "{problems:#?}");
    for (problem, path) in problems
        .iter()
        .zip(["portos", "src/errors.rs", "src/remote"])
    {
        assert!(
            problem.starts_with(&format!("`{path}` does not exist below ")),
            "{problem}"
        );
    }
}

#[test]
fn a_folder_without_protos_is_told() {
    let project = Project::quickstart();
    std::fs::create_dir(project.path("empty")).expect("created");
    let error = iris_build::run(&project.config().protos("empty")).expect_err("a problem");
    assert_eq!(
        error.to_string(),
        "iris-build: empty: holds no .proto file; correct the folder in build.rs, or take the line away"
    );
}

#[test]
fn no_remote_at_all_is_told() {
    let project = Project::quickstart().with("src/remotes/users.rs", "pub struct Users;");
    assert_eq!(
        project.problem(),
        "no #[remote] found in `src/remotes`; write #[remote(package = \"..\")] above an impl block, or correct `remotes` in build.rs"
    );
}

#[test]
fn remotes_beside_the_error_codes_are_not_taken() {
    let project = Project::quickstart();
    project.write("src/error.rs", &USERS_RS.replace("users.v1", "errors.v1"));
    project.run();
    assert_eq!(
        project.names("client/proto/users/v1"),
        ["users_service.proto"]
    );
    assert!(!project.path("client/proto/errors").exists());
}

#[test]
fn what_is_wrong_with_a_proto_is_told_where_it_stands() {
    for (rest, place, text) in [
        (
            "message M {\n  string x = 1\n}",
            "4:1",
            "expected ';' or '['",
        ),
        (
            "message M {\n  string x = 1;\n\n",
            "3:16",
            "reached end of file",
        ),
        ("message M {", "2:12", "reached end of file"),
        ("/* never closed\n", "2:16", "reached end of file"),
        (
            "option java_package = \"x;\n",
            "2:26",
            "unterminated string",
        ),
        (
            "package a;\r\n  package b;\r\n",
            "3:3",
            "multiple package names",
        ),
        (
            "message M {\n  Nothing n = 1;\n}",
            "3:3",
            "name 'Nothing' is not defined",
        ),
        (
            "message M {\n  string s = 1;\n  string s = 2;\n}",
            "4:10",
            "'s'",
        ),
        (
            "message M {\n  string s = 1;\n  string t = 1;\n}",
            "4:14",
            "field number '1' is already used",
        ),
        (
            "message M {}\nmessage M {}",
            "3:9",
            "name 'M' is defined twice",
        ),
        (
            "enum E { A = 1; }",
            "2:14",
            "the first value for proto3 enums must be 0",
        ),
        (
            "message M { string s = 1 [nothing = 1]; }",
            "2:27",
            "option field 'nothing' is not defined",
        ),
        ("\nimport \"nowhere.proto\";", "3:1", "not found"),
        ("import 'broken.proto';", "2:1", "import cycle detected"),
    ] {
        let text_of_file = format!("syntax = \"proto3\";\n{rest}");
        let project = Project::quickstart().with("proto/broken.proto", &text_of_file);
        let problem = project.problem();
        assert!(
            problem.starts_with(&format!("proto/broken.proto:{place}: ")) && problem.contains(text),
            "{text_of_file}\n{problem}"
        );
    }
}

#[test]
fn a_proto_that_is_not_utf_8_is_told_where_it_stands() {
    let project = Project::quickstart();
    let contents = b"syntax = \"proto3\";\n// \xc3\xa4\xff\n";
    std::fs::write(project.path("proto/broken.proto"), contents).expect("written");
    assert_eq!(
        project.problem(),
        "proto/broken.proto:2:5: file 'broken.proto' is not valid utf-8"
    );
}

#[test]
fn an_import_cycle_is_told_at_an_import_of_it() {
    let file = |package: &str, import: &str| {
        format!("syntax = \"proto3\";\npackage {package};\nimport \"{import}\";\n")
    };
    let project = Project::quickstart()
        .with("proto/one.proto", &file("one", "two.proto"))
        .with("proto/two.proto", &file("two", "one.proto"));
    let problems = project.problems();
    assert_eq!(
        problems[0],
        "proto/one.proto:3:1: import cycle detected: one.proto -> two.proto -> one.proto"
    );
}

/// What some editors write before the text of a file (U+FEFF); protoc passes over it.
const MARK: &str = "\u{feff}";

#[test]
fn a_byte_order_mark_before_a_proto_is_passed_over() {
    let project = Project::quickstart();
    project.run();
    let expected = project.read("client/src/messages/users/v1.rs");
    let project = Project::quickstart()
        .with("proto/users.proto", &format!("{MARK}{USERS_PROTO}"))
        .with(
            "proto/importing.proto",
            "syntax = \"proto3\"; package users.v1; import \"users.proto\";",
        );
    let instructions = project.run().cargo_instructions();
    assert_eq!(project.read("client/src/messages/users/v1.rs"), expected);
    assert!(
        instructions.contains(&"cargo:rerun-if-changed=proto/users.proto".to_owned()),
        "{instructions:?}"
    );
    // Callers get the file as it is.
    assert!(project.read("client/proto/users.proto").starts_with(MARK));
}

#[test]
fn what_is_wrong_behind_a_byte_order_mark_is_told_where_it_stands() {
    for (text, place) in [
        ("sintax = \"proto3\";", "1:1"),
        (
            "syntax = \"proto3\";\nmessage M {\n  Nothing n = 1;\n}",
            "3:3",
        ),
        ("message M {", "1:12"),
        ("\nimport \"nowhere.proto\";", "2:1"),
        ("package a; \npackage b;", "2:1"),
    ] {
        let project = Project::quickstart().with("proto/broken.proto", &format!("{MARK}{text}"));
        let problem = project.problem();
        assert!(
            problem.starts_with(&format!("proto/broken.proto:{place}: ")),
            "{text}\n{problem}"
        );
    }
    let project = Project::quickstart();
    let contents = b"\xef\xbb\xbf// \xff\n";
    std::fs::write(project.path("proto/broken.proto"), contents).expect("written");
    assert_eq!(
        project.problem(),
        "proto/broken.proto:1:4: file 'broken.proto' is not valid utf-8"
    );
}

#[test]
fn of_two_files_with_one_name_the_second_is_refused() {
    for mark in ["", MARK] {
        let text = format!("{mark}syntax = \"proto3\"; package twice.v1;");
        let project = Project::quickstart()
            .with("proto/same.proto", &text)
            .with("other/same.proto", &text);
        let error = iris_build::run(&project.config().protos("other")).expect_err("a problem");
        let problems: Vec<String> = error.problems().collect();
        assert_eq!(
            problems,
            [
                "other/same.proto: is `same.proto` to imports, and so is proto/same.proto, which is found first; rename one of them, \
              or move it to another folder"
            ],
            "{mark:?}"
        );
    }
}
