//! Apps that do what they should, within the same walls.

use super::Hostile;
use crate::support::{Daemon, until};

#[tokio::test]
async fn an_ordinary_app_misses_nothing() {
    let hostile = Hostile::start().await;
    assert_eq!(hostile.may("tools", "").await, "x");
    hostile.may("run", "true").await;
}

#[tokio::test]
async fn a_script_is_an_app() {
    let daemon = Daemon::start().await;
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script");
    let text = "#!/bin/sh\necho \"runs in $PWD as $(id -u), home $HOME\"\ncp /etc/hosts \"$TMPDIR/hosts\" && echo copied\n\
                echo error >/dev/stderr\nexec sleep 1000\n";
    std::fs::write(&script, text).unwrap();
    let program = script.to_str().unwrap();
    // It never listens: what it prints is there all the same.
    let arguments = ["push", program, "--name", "script"];
    let pushing = daemon.run(&arguments);
    let printing = until("what it prints", || {
        let log = daemon.log("script");
        (log.contains("out copied") && log.contains("err error")).then_some(log)
    });
    tokio::select! {
        log = printing => {
            let own = daemon.folder.path().join("apps/script");
            let own = own.canonicalize().unwrap();
            assert!(log.contains(&format!("runs in {} as ", own.display())), "{log}");
            assert!(!log.contains(" as 0,"), "{log}");
        }
        pushed = pushing => panic!("{pushed:?}"),
    }
}
