//! Its error codes.

use super::{assert_holds, assert_rust};
use crate::project::{ERROR_RS, Project};
use iris_build::ClientCrate;

#[test]
fn error_codes_become_an_enum_that_callers_match_on() {
    let project = Project::quickstart();
    project.run();
    assert_holds(
        &project.read("client/src/error_code.rs"),
        &[
            "#[non_exhaustive]\npub enum ErrorCode {",
            "    /// The name or the password is wrong.\n    InvalidUsernameOrPassword,",
            "ErrorCode::InvalidUsernameOrPassword => 0,",
            "1 => ErrorCode::InvalidEmail,",
            "920 => ErrorCode::IrisRejectedByFilter,",
            "number => ErrorCode::Unrecognized(number),",
            "impl From<ErrorCode> for i32",
            "impl fmt::Display for ErrorCode",
        ],
    );
}

#[test]
fn error_codes_beside_the_remotes_need_no_configuration() {
    let project = Project::quickstart();
    project.remove("src/error.rs");
    project.write("src/remotes/error.rs", ERROR_RS);
    project.run();
    assert_holds(
        &project.read("client/src/error_code.rs"),
        &["1 => ErrorCode::InvalidEmail,"],
    );
}

#[test]
fn internal_errors_are_no_codes_of_the_client() {
    let project = Project::quickstart();
    project.write(
        "src/error.rs",
        "#[derive(ErrorCodes)] enum E { Known = 3, #[code(internal)] Database(DbError) }",
    );
    project.run();
    let text = project.read("client/src/error_code.rs");
    assert_holds(&text, &["3 => ErrorCode::Known,"]);
    assert!(!text.contains("Database"), "{text}");
}

#[test]
fn without_error_codes_errors_carry_numbers() {
    let project = Project::quickstart();
    let client = ClientCrate::new("client").error_codes(false);
    iris_build::run(&project.bare_config().client(client)).expect("generated");
    assert_rust(&project);
    assert!(
        !project
            .names("client")
            .contains(&"src/error_code.rs".to_owned())
    );
    assert_holds(
        &project.read("client/src/lib.rs"),
        &["pub use iris_client::IrisError;"],
    );
    assert_holds(
        &project.read("client/src/users.rs"),
        &["use crate::IrisError;", "iris_client::Unary<(), (), i32>"],
    );
    assert!(!project.read("client/src/remotes.rs").contains("ErrorCode"));
}
