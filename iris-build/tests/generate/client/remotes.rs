//! Its remotes.

use super::{assert_holds, assert_rust};
use crate::project::Project;

#[test]
fn a_remote_has_constants_calls_and_a_trait() {
    let project = Project::with_procedures(
        "/// Creates a user.\n\
         #[procedure] async fn create(&self, ctx: &S, request: CreateUserRequest) -> Result<CreateUserResponse, E> { x }\n\
         #[procedure(idempotent)] async fn ping(&self, ctx: &S) -> Result<(), E> { x }\n\
         #[procedure(idempotent = \"with_side_effects\")] async fn touch(&self, ctx: &S) -> Result<(), E> { x }\n\
         #[procedure] async fn watch(&self, ctx: &S, r: WatchRequest) -> Result<impl Stream<Item = Result<UserEvent, E>>, E> { x }\n\
         #[procedure] async fn upload(&self, ctx: &S, r: Streaming<WatchRequest>) -> Result<UserEvent, E> { x }\n\
         #[procedure] async fn chat(&self, ctx: &S, r: Streaming<WatchRequest>) -> Result<impl Stream<Item = Result<UserEvent, E>>, E> { x }",
    );
    project.run();
    assert_rust(&project);
    assert_holds(
        &project.read("client/src/users.rs"),
        &[
            "use crate::messages::users::v1::{CreateUserRequest, CreateUserResponse, UserEvent, WatchRequest};",
            "pub const CREATE: iris_client::Method<CreateUserRequest, CreateUserResponse, iris_client::kind::Unary> = iris_client::Method::new(\"/users.v1.Users/Create\");",
            "pub const PING: iris_client::Method<(), (), iris_client::kind::Unary> = iris_client::Method::new(\"/users.v1.Users/Ping\").no_side_effects();",
            "pub const TOUCH: iris_client::Method<(), (), iris_client::kind::Unary> = iris_client::Method::new(\"/users.v1.Users/Touch\").idempotent();",
            "    /// Creates a user.\n    pub fn create(&self, request: CreateUserRequest) -> iris_client::Unary<CreateUserRequest, CreateUserResponse, ErrorCode> {\n        self.client.unary(CREATE, request)\n    }",
            "    pub fn ping(&self) -> iris_client::Unary<(), (), ErrorCode> {\n        self.client.unary(PING, ())\n    }",
            "pub fn watch(&self, request: WatchRequest) -> iris_client::ServerStreaming<WatchRequest, UserEvent, ErrorCode> {\n        self.client.server_streaming(WATCH, request)\n    }",
            "pub fn upload(&self, requests: impl iris_client::Stream<Item = WatchRequest> + Send + 'static) -> iris_client::ClientStreaming<WatchRequest, UserEvent, ErrorCode> {\n        self.client.client_streaming(UPLOAD, requests)\n    }",
            "pub fn chat(&self, requests: impl iris_client::Stream<Item = WatchRequest> + Send + 'static) -> iris_client::Bidirectional<WatchRequest, UserEvent, ErrorCode> {\n        self.client.bidirectional(CHAT, requests)\n    }",
            "pub trait UsersApi: Send + Sync {",
            "fn create(&self, request: CreateUserRequest) -> impl Future<Output = Result<CreateUserResponse, IrisError>> + Send {\n        let _ = request;\n        iris_client::not_mocked(CREATE.path())\n    }",
            "fn chat(&self, requests: impl iris_client::Stream<Item = WatchRequest> + Send + 'static) -> impl Future<Output = Result<iris_client::Streaming<UserEvent, ErrorCode>, IrisError>> + Send {",
            "impl UsersApi for Users {",
            "    #[inline]\n    fn ping(&self) -> impl Future<Output = Result<(), IrisError>> + Send {\n        Users::ping(self).into_future()\n    }",
            "Users::upload(self, requests).into_future()",
        ],
    );
}

#[test]
fn remotes_leads_to_every_remote() {
    let project = Project::quickstart();
    project.run();
    assert_holds(
        &project.read("client/src/remotes.rs"),
        &[
            "pub fn connect(url: &str) -> Result<Self, crate::IrisError>",
            "pub fn new(client: iris_client::Client) -> Self",
            "pub fn client(&self) -> &iris_client::Client",
            "    /// Keeps users.\n    pub fn users(&self) -> crate::users::Users {",
        ],
    );
    assert_holds(
        &project.read("client/src/lib.rs"),
        &[
            "//! - [`users`]: Keeps users.",
            "remotes.users().create(request).await?",
            "#[rustfmt::skip]\npub mod users;",
            "pub use error_code::ErrorCode;",
            "pub use iris_client;",
            "pub use remotes::Remotes;",
            "pub type IrisError = iris_client::IrisError<ErrorCode>;",
        ],
    );
}

#[test]
fn deprecation_reaches_callers() {
    let project = Project::new()
        .with(
            "src/remotes/users.rs",
            "#[deprecated] #[remote(package = \"users.v1\")] impl Users {\n\
             #[deprecated(note = \"call \\\"pong\\\"\")] #[procedure] async fn ping(&self, ctx: &S) -> Result<(), E> { x } }\n\
             #[derive(ErrorCodes)] enum UserError { #[deprecated] Old = 1 }",
        );
    project.run();
    assert_rust(&project);
    let text = project.read("client/src/users.rs");
    assert_holds(
        &text,
        &[
            "#![allow(deprecated)]",
            "#[deprecated]\n#[derive(Clone, Debug)]\npub struct Users",
        ],
    );
    assert_eq!(
        text.matches("    #[deprecated(note = \"call \\\"pong\\\"\")]\n")
            .count(),
        2,
        "{text}"
    );
    assert_holds(
        &project.read("client/src/remotes.rs"),
        &[
            "#![allow(deprecated)]",
            "    #[deprecated]\n    pub fn users",
        ],
    );
    assert_holds(
        &project.read("client/src/error_code.rs"),
        &["#![allow(deprecated)]", "    #[deprecated]\n    Old,"],
    );
}

#[test]
fn docs_are_carried_verbatim() {
    let project = Project::with_procedures(
        "/// Creates.\n///\n/// ```\n/// let x = [1, \"*/\"];\n/// ```\n#[procedure] async fn ping(&self, ctx: &S) -> Result<(), E> { x }",
    );
    project.run();
    assert_rust(&project);
    assert_holds(
        &project.read("client/src/users.rs"),
        &[
            "    /// Creates.\n    ///\n    /// ```\n    /// let x = [1, \"*/\"];\n    /// ```\n    pub fn ping",
        ],
    );
}
