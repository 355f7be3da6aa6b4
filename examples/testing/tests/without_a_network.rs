//! Four ways to test without a network, from the smallest to the most real.

use iris_core::{Metadata, Request};
use quickstart::directory::Directory;
use quickstart::session::{Session, admin, signed_in};
use quickstart_client::iris_client::{Client, Mock, Status};
use quickstart_client::messages::users::v1::{
    CreateUserRequest, CreateUserResponse, SignInRequest,
};
use quickstart_client::users::{CREATE, UsersApi};
use quickstart_client::{ErrorCode, IrisError, Remotes};
use std::sync::Arc;
use testing::invite;

/// 1. A type of the test's own: one function for each procedure that is called.
struct TakesEverything;

impl UsersApi for TakesEverything {
    async fn create(&self, _: CreateUserRequest) -> Result<CreateUserResponse, IrisError> {
        Ok(CreateUserResponse::default())
    }
}

#[tokio::test]
async fn a_mock_is_one_line() {
    let invited = invite(&TakesEverything, &["ada@example.com"])
        .await
        .unwrap();
    assert_eq!(invited.created, ["ada@example.com"]);
}

#[tokio::test]
async fn what_a_mock_leaves_out_answers_901() {
    let error = TakesEverything.ping().await.unwrap_err();
    assert_eq!(error.code, ErrorCode::IrisProcedureNotFound);
    assert_eq!(error.internal_message, "/users.v1.Users/Ping is not mocked");
}

/// 2. A server made of closures: calls are encoded, sent, decoded, and fail with codes.
fn particular() -> Remotes {
    let mock = Mock::new().on(CREATE, |request| match request.email.contains('@') {
        true => Ok(CreateUserResponse::default()),
        false => {
            let code = ErrorCode::InvalidEmail.number();
            Err(iris_core::IrisError::new(code, "no @"))
        }
    });
    Remotes::new(mock.client())
}

#[tokio::test]
async fn a_mocked_server_refuses_what_is_no_address() {
    let users = particular().users();
    let invited = invite(&users, &["ada@example.com", "nowhere"]).await;
    let invited = invited.unwrap();
    assert_eq!(invited.created, ["ada@example.com"]);
    assert_eq!(invited.refused, ["nowhere"]);
}

/// 3. The real application in this process: context, filters, codec and error codes, no socket.
fn in_process() -> Remotes {
    let directory = Arc::new(Directory::with_admin("ada", "lovelace"));
    let service = quickstart::application(directory)
        .into_service()
        .expect("remotes that do not collide");
    // `Client::in_process(service)` where nothing is to be set.
    let client = Client::builder("http://quickstart")
        .keep_cookies()
        .build_in_process(service);
    Remotes::new(client.expect("a URL and settings that can be used"))
}

#[tokio::test]
async fn the_real_server_answers_without_a_socket() {
    let remotes = in_process();
    let refused = invite(&remotes.users(), &["bob@example.com"]).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.code, ErrorCode::IrisRejectedByFilter);
    assert_eq!(refused.status, Status::PermissionDenied);

    let credentials = SignInRequest {
        name: "ada".into(),
        password: "lovelace".into(),
    };
    remotes.sessions().sign_in(credentials).await.unwrap();
    let invited = invite(&remotes.users(), &["bob@example.com", "nowhere"]).await;
    let invited = invited.unwrap();
    assert_eq!(invited.created, ["bob@example.com"]);
    assert_eq!(invited.refused, ["nowhere"]);
}

/// 4. Filters and the context initializer are functions: call them.
#[tokio::test]
async fn filters_are_functions() {
    let directory = Arc::new(Directory::with_admin("ada", "lovelace"));
    directory.sign_in("ada", "lovelace", "key").unwrap();
    let mut metadata = Metadata::new();
    metadata.append("cookie", "session=key").unwrap();
    let session = Session::of(Request::detached(metadata), directory.clone());
    let session = session.await.unwrap();
    assert!(signed_in(&session).await.is_some());
    assert!(admin(&session).await);

    let nobody = Session::of(Request::detached(Metadata::new()), directory);
    let nobody = nobody.await.unwrap();
    assert!(signed_in(&nobody).await.is_none());
    assert!(!admin(&nobody).await);
}
