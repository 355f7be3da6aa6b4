//! An app that does what it should not. Each attack is tried by a real process of a real daemon, and what came of it is
//! printed (`cargo test -p iris-up hostile -- --nocapture`).
//!
//! All of this runs as root, with Landlock from level 6 on and control groups, and fails where one of them is missing: a
//! test that was left out would say nothing. What is weaker without is in `without_root`.

mod files;
mod limits;
mod network;
mod ordinary;
mod processes;
mod report;
mod resources;
mod secrets;
mod without_groups;
mod without_root;

use crate::support::{Daemon, path, until};

/// An app called `hostile`, in a daemon of its own.
struct Hostile {
    daemon: Daemon,
}

impl Hostile {
    async fn start() -> Hostile {
        Hostile::with(&[]).await
    }

    /// Pushed with more arguments.
    async fn with(arguments: &[&str]) -> Hostile {
        let daemon = Daemon::start_with(&["--sandbox", "required"]).await;
        let hostile = Hostile { daemon };
        hostile.push(arguments).await;
        hostile
    }

    async fn push(&self, arguments: &[&str]) {
        let program = path("hostile");
        let arguments = [&["push", &program], arguments].concat();
        let printed = self.daemon.run(&arguments).await;
        assert_eq!(printed.code, 0, "{printed:?}");
    }

    /// What came of an attack.
    async fn tries(&self, what: &str, argument: &str) -> String {
        self.of("hostile", what, argument).await
    }

    /// The same of another app of this kind.
    async fn of(&self, app: &str, what: &str, argument: &str) -> String {
        let came = self
            .daemon
            .get(&format!("/{app}/{what}?{argument}"))
            .await
            .1;
        println!("{app}: {what} {argument}: {came}");
        came
    }

    /// It does not get through, for this reason.
    async fn is_refused(&self, what: &str, argument: &str, why: &str) {
        let came = self.tries(what, argument).await;
        let refused = came.strip_prefix("refused: ");
        let refused = refused.unwrap_or_else(|| panic!("{what} {argument}: {came}"));
        assert!(refused.contains(why), "{what} {argument}: {came}");
    }

    /// It gets through.
    async fn may(&self, what: &str, argument: &str) -> String {
        let came = self.tries(what, argument).await;
        let done = came.strip_prefix("done: ");
        done.unwrap_or_else(|| panic!("{what} {argument}: {came}"))
            .to_owned()
    }

    /// Waits until it has ended and is there again: requests wait from then on until it answers.
    async fn is_started_again(&self) {
        until("another process", || {
            let log = self.daemon.log("hostile");
            (log.matches("out own ").count() == 2).then_some(())
        })
        .await;
    }

    /// A file of the daemon's folder, as an argument.
    fn at(&self, file: &str) -> String {
        self.daemon
            .folder
            .path()
            .join(file)
            .to_str()
            .unwrap()
            .to_owned()
    }
}

/// What the kernel says.
const DENIED: &str = "Permission denied";
const NOT_PERMITTED: &str = "Operation not permitted";
