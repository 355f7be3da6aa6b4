//! A package in a temporary folder, to generate from.

use iris_build::{ClientCrate, Config, Mode, Outcome};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use tempfile::TempDir;

/// The messages of [`Project::quickstart`].
pub(crate) const USERS_PROTO: &str = r#"syntax = "proto3";
package users.v1;

message CreateUserRequest {
  string email = 1;
}
message CreateUserResponse {
  uint64 id = 1;
}
message WatchRequest {}
message UserEvent {
  uint64 id = 1;
}
"#;

/// The remote of [`Project::quickstart`].
pub(crate) const USERS_RS: &str = r#"use crate::messages::users::v1::*;

pub(crate) struct Users;

/// Keeps users.
#[remote(package = "users.v1")]
impl Users {
    /// Creates a user.
    #[procedure]
    async fn create(&self, ctx: &Session, request: CreateUserRequest) -> Result<CreateUserResponse, UserError> {
        todo!()
    }
    #[procedure(idempotent)]
    async fn ping(&self, ctx: &Session) -> Result<(), IrisError> {
        Ok(())
    }
    #[procedure]
    async fn watch(&self, ctx: &Session, request: WatchRequest) -> Result<impl Stream<Item = Result<UserEvent, IrisError>>, UserError> {
        todo!()
    }
}
"#;

/// The error codes of [`Project::quickstart`].
pub(crate) const ERROR_RS: &str = r#"/// Why.
#[derive(ErrorCodes)]
pub enum UserError {
    /// The name or the password is wrong.
    #[code(status = "unauthenticated")]
    InvalidUsernameOrPassword = 0,
    InvalidEmail = 1,
}
"#;

/// A package in a temporary folder.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Project {
            folder: tempfile::Builder::new()
                .prefix("iris")
                .tempdir()
                .expect("a temporary folder"),
        }
    }

    /// One remote with messages and error codes.
    pub(crate) fn quickstart() -> Self {
        Project::new()
            .with("proto/users.proto", USERS_PROTO)
            .with("src/remotes/users.rs", USERS_RS)
            .with("src/error.rs", ERROR_RS)
    }

    /// A remote without messages, whose procedures are these.
    pub(crate) fn with_procedures(procedures: &str) -> Self {
        let source =
            format!("#[remote(package = \"users.v1\")]\nimpl Users {{\n{procedures}\n}}\n");
        Project::new()
            .with("proto/users.proto", USERS_PROTO)
            .with("src/remotes/users.rs", &source)
    }

    pub(crate) fn with(self, path: &str, text: &str) -> Self {
        self.write(path, text);
        self
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        fs::write(path, text).expect("written");
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).expect("removed");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// What build.rs would say, without a client.
    pub(crate) fn bare_config(&self) -> Config {
        let mut config = Config::new()
            .base(self.folder.path())
            .out_dir(self.path("out"))
            .remotes("src/remotes");
        if self.path("proto").exists() {
            config = config.protos("proto");
        }
        if self.path("src/error.rs").exists() {
            config = config.error_codes("src/error.rs");
        }
        config
    }

    pub(crate) fn config(&self) -> Config {
        self.bare_config()
            .client(ClientCrate::new("client").name("acme-client"))
    }

    pub(crate) fn run(&self) -> Outcome {
        iris_build::run(&self.config()).unwrap_or_else(|error| panic!("{error}"))
    }

    pub(crate) fn run_as(&self, mode: Mode) -> Result<Outcome, iris_build::Error> {
        iris_build::run(&self.config().mode(mode))
    }

    /// The problem, where there is exactly one.
    pub(crate) fn problem(&self) -> String {
        let mut problems = self.problems();
        assert_eq!(problems.len(), 1, "{problems:#?}");
        problems.remove(0)
    }

    pub(crate) fn problems(&self) -> Vec<String> {
        iris_build::run(&self.config())
            .expect_err("a problem")
            .problems()
            .collect()
    }

    /// Every file below a folder with the time of its last change.
    pub(crate) fn files(&self, folder: &str) -> BTreeMap<String, SystemTime> {
        let mut files = BTreeMap::new();
        let root = self.path(folder);
        collect(&root, &root, &mut files);
        files
    }

    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        self.files(folder).into_keys().collect()
    }
}

fn collect(folder: &Path, root: &Path, files: &mut BTreeMap<String, SystemTime>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, root, files);
        } else {
            let name = path.strip_prefix(root).expect("below the root");
            let changed = fs::metadata(&path).and_then(|data| data.modified());
            files.insert(
                name.to_string_lossy().into_owned(),
                changed.expect("a time"),
            );
        }
    }
}
