//! The lock's messages in the guide are those of real changes to the quickstart.

use iris_build::Config;
use std::fs;
use std::path::{Path, PathBuf};

const GUIDE: &str = include_str!("../../../docs/lock.md");

/// The quickstart's sources and lock, in a folder of their own.
struct Copy(tempfile::TempDir);

impl Copy {
    fn new() -> Self {
        let copy = Copy(tempfile::tempdir().expect("a folder"));
        let quickstart = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/quickstart");
        for file in [
            "proto/users/v1/users.proto",
            "src/remotes/mod.rs",
            "src/remotes/sessions.rs",
            "src/remotes/users.rs",
            "src/error.rs",
            "iris.lock",
        ] {
            let to = copy.path(file);
            fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
            fs::copy(quickstart.join(file), to).expect("a copy");
        }
        copy
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(file)).expect("a source");
        assert!(text.contains(from), "{file} has no {from:?}");
        fs::write(self.path(file), text.replacen(from, to, 1)).expect("an edit");
    }

    fn generate(&self, accept: bool) -> Result<(), String> {
        let config = Config::new()
            .base(self.0.path())
            .out_dir(self.path("out"))
            .protos("proto")
            .remotes("src/remotes")
            .error_codes("src/error.rs")
            .accept_breaks(accept);
        let outcome = iris_build::run(&config);
        outcome
            .map(drop)
            .map_err(|error| format!("Error: {error:?}"))
    }

    fn assert_refused_as_the_guide_says(&self) {
        let message = self.generate(false).expect_err("a refusal");
        assert!(
            GUIDE.contains(message.trim()),
            "docs/lock.md does not show:\n\n{message}"
        );
    }
}

const PROTO: &str = "proto/users/v1/users.proto";
const EMAIL: &str = "  string name = 1;\n  string email = 2;";

#[test]
fn the_quickstart_agrees_with_its_lock() {
    let copy = Copy::new();
    let before = fs::read(copy.path("iris.lock")).expect("a lock");
    copy.generate(false).expect("no refusal");
    assert_eq!(fs::read(copy.path("iris.lock")).expect("a lock"), before);
}

#[test]
fn a_renamed_field() {
    let copy = Copy::new();
    copy.edit(PROTO, EMAIL, "  string name = 1;\n  string mail = 2;");
    copy.assert_refused_as_the_guide_says();
}

#[test]
fn a_reused_number() {
    let copy = Copy::new();
    copy.edit(PROTO, EMAIL, "  string name = 1;\n  int64 phone = 2;");
    copy.assert_refused_as_the_guide_says();
}

#[test]
fn a_number_reused_after_its_removal_was_accepted() {
    let copy = Copy::new();
    copy.edit(PROTO, EMAIL, "  string name = 1;");
    copy.generate(true).expect("an accepted break");
    copy.edit(
        PROTO,
        "  string name = 1;\n  string password = 3;",
        "  string name = 1;\n  string password = 3;\n  int64 phone = 2;",
    );
    copy.assert_refused_as_the_guide_says();
    let message = copy.generate(true).expect_err("a refusal, accepted or not");
    assert!(GUIDE.contains(message.trim()), "{message}");
}

#[test]
fn a_dropped_procedure_and_a_renamed_one() {
    let copy = Copy::new();
    copy.edit(
        "src/remotes/users.rs",
        "    #[procedure(idempotent = \"with_side_effects\")]\n",
        "",
    );
    copy.assert_refused_as_the_guide_says();

    let copy = Copy::new();
    copy.edit(
        "src/remotes/users.rs",
        "async fn delete(",
        "async fn remove(",
    );
    copy.assert_refused_as_the_guide_says();
}
