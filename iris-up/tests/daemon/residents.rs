//! Apps that run all the time.

use crate::support::{Daemon, PATIENCE, path, processes_of, program, runs, until, until_seen};
use iris_up_client::messages::iris::up::v1::State;
use prost_types::Timestamp;
use rustix::process::{Pid, Signal, kill_process};
use std::time::{Duration, Instant};

/// Waits until the app that the tests have answers so.
async fn answers(daemon: &Daemon, text: &str) {
    until_seen(text, async || {
        (daemon.get("/resident").await == (200, text.to_owned())).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_executable_is_pushed_listed_reached_killed_started_and_removed() {
    let daemon = Daemon::start().await;
    assert_eq!(daemon.runs(["list"]).await, "");
    let pushed = daemon
        .runs(["push", &path("resident"), "--name", "hello"])
        .await;
    assert_eq!(pushed, " • hello - alive\n");
    assert_eq!(daemon.get("/hello").await, (200, "version 1".to_owned()));
    assert_eq!(daemon.runs(["list"]).await, " • hello - alive\n");
    let (own, child) = (
        daemon.printed("hello", "own").await,
        daemon.printed("hello", "child").await,
    );
    assert!(runs(own) && runs(child));

    assert_eq!(
        daemon.runs(["kill", "hello"]).await,
        " • hello - dead - killed\n"
    );
    assert!(!runs(own), "the app");
    until("the end of what it started", || {
        (!runs(child)).then_some(())
    })
    .await;
    let (status, text) = daemon.get("/hello").await;
    assert_eq!((status, text.contains("start it")), (503, true), "{text}");

    assert_eq!(daemon.runs(["start", "hello"]).await, " • hello - alive\n");
    assert_eq!(daemon.get("/hello/").await, (200, "version 1".to_owned()));
    let own = daemon.printed("hello", "own").await;

    daemon.runs(["remove", "hello"]).await;
    assert_eq!(daemon.runs(["list"]).await, "");
    assert!(!runs(own));
    assert_eq!(daemon.get("/hello").await.0, 404);
}

#[tokio::test]
async fn what_ends_is_started_again_and_what_ends_at_once_is_given_up() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let first = daemon.printed("resident", "own").await;
    kill_process(Pid::from_raw(first).unwrap(), Signal::KILL).unwrap();
    until("another process", || {
        let log = daemon.log("resident");
        (log.matches("out own ").count() == 2).then_some(())
    })
    .await;
    // Requests wait until it is there.
    assert_eq!(daemon.get("/resident").await.0, 200);
    let app = &daemon.remotes().apps().list().await.unwrap().apps[0];
    assert_eq!(app.restarts, 1);

    let failed = daemon
        .run(&["push", &path("resident"), "--name", "ends", "--", "ends"])
        .await;
    assert_eq!(failed.code, 1);
    assert!(failed.err.contains("exit code 3"), "{}", failed.err);
    assert_eq!(daemon.runs(["list"]).await, " • resident - alive\n");
}

#[tokio::test]
async fn what_is_not_to_be_started_again_is_not() {
    let daemon = Daemon::start().await;
    daemon
        .runs(["push", &path("resident"), "--no-auto-restart"])
        .await;
    assert_eq!(daemon.get("/resident/end").await.0, 502);
    let listed = until("its end", || {
        let log = daemon.log("resident");
        log.contains("own").then_some(())
    });
    listed.await;
    let remotes = daemon.remotes();
    let app = until_seen("no process in the list", async || {
        let app = remotes.apps().list().await.unwrap().apps.remove(0);
        (app.processes == 0).then_some(app)
    });
    assert_eq!(app.await.reason, "its process ended with exit code 4");
    assert_eq!(daemon.get("/resident").await.0, 503);
    assert_eq!(
        daemon.runs(["start", "resident"]).await,
        " • resident - alive\n"
    );
}

#[tokio::test]
async fn a_new_version_takes_over_once_it_is_ready_and_the_old_one_finishes() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let first = daemon.printed("resident", "own").await;
    let waiting = daemon.get("/resident/wait");
    let pushing = async {
        until("a request", || {
            daemon.log("resident").contains("waits").then_some(())
        })
        .await;
        let program = path("resident");
        let pushing = daemon.runs(["push", &program]);
        let using = async {
            answers(&daemon, "version 2").await;
            assert!(runs(first), "it has a request");
            daemon.give("resident", "go");
        };
        tokio::join!(pushing, using)
    };
    let (waited, _) = tokio::join!(waiting, pushing);
    assert_eq!(waited, (200, "went".to_owned()));
    assert!(!runs(first));

    // A version that does not start changes nothing.
    let failed = daemon.run(&["push", &path("resident"), "--", "ends"]).await;
    assert_eq!(failed.code, 1, "{failed:?}");
    assert_eq!(daemon.get("/resident").await, (200, "version 2".to_owned()));
}

#[tokio::test]
async fn a_cargo_package_is_built_and_pushed() {
    let daemon = Daemon::start().await;
    let folder = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "Cargo.toml",
        "[package]\nname = \"tiny\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[workspace]\n",
    );
    write(
        "src/main.rs",
        "use std::io::Write;
         fn main() {
             let port: u16 = std::env::var(\"PORT\").unwrap().parse().unwrap();
             let listener = std::net::TcpListener::bind((\"127.0.0.1\", port)).unwrap();
             for socket in listener.incoming().flatten() {
                 let mut socket = socket;
                 let _ = std::io::Read::read(&mut socket, &mut [0; 1000]);
                 let _ = socket.write_all(b\"HTTP/1.1 200 OK\\r\\ncontent-length: 4\\r\\nconnection: close\\r\\n\\r\\ntiny\");
             }
         }",
    );
    let package = folder.path().to_str().unwrap();
    daemon.runs(["push", package]).await;
    assert_eq!(daemon.get("/tiny/").await, (200, "tiny".to_owned()));
    // Several executables, and none.
    write("src/bin/other.rs", "fn main() {}");
    let several = daemon.run(&["push", package]).await;
    assert!(
        several.err.contains("choose one with --bin"),
        "{}",
        several.err
    );
    daemon
        .runs(["push", package, "--bin", "tiny", "--name", "named"])
        .await;
    assert_eq!(daemon.get("/named/").await, (200, "tiny".to_owned()));
    write("src/main.rs", "fn main() { no code }");
    let broken = daemon.run(&["push", package, "--bin", "tiny"]).await;
    assert_eq!(broken.code, 1);
    assert!(broken.err.contains("cargo build"), "{}", broken.err);
    let empty = tempfile::tempdir().unwrap();
    let none = daemon.run(&["push", empty.path().to_str().unwrap()]).await;
    assert!(
        none.err.contains("neither a Cargo.toml nor a bootstrap"),
        "{}",
        none.err
    );
}

#[tokio::test]
async fn a_file_that_is_no_program_is_told() {
    let daemon = Daemon::start().await;
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "no program").unwrap();
    let failed = daemon.run(&["push", text.to_str().unwrap()]).await;
    assert_eq!(failed.code, 1);
    assert!(failed.err.contains("it cannot be run"), "{}", failed.err);
    let missing = daemon.run(&["push", "/nowhere/at-all"]).await;
    assert!(missing.err.contains("/nowhere/at-all"), "{}", missing.err);
    assert!(program("resident").exists());
}

#[tokio::test]
async fn whoever_kills_an_app_and_goes_away_has_it_killed_all_the_same() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    daemon
        .runs(["push", &path("function"), "-L", "--keep-alive", "600"])
        .await;
    for app in ["resident", "function"] {
        let waiting = daemon.get_owned(&format!("/{app}/wait"));
        let waiting = tokio::spawn(waiting);
        until("a request", || {
            daemon.log(app).contains("waits").then_some(())
        })
        .await;
        let own = daemon.printed(app, "own").await;
        let mut killing = daemon.command(&["kill", app]).spawn().unwrap();
        // It has been heard once nothing more is taken.
        until_seen("a refusal", async || {
            (daemon.get(&format!("/{app}/")).await.0 == 503).then_some(())
        })
        .await;
        killing.kill().await.unwrap();
        assert!(runs(own), "{app} has a request");
        daemon.give(app, "go");
        assert_eq!(waiting.await.unwrap().0, 200, "{app}");
        until("its end", || (!runs(own)).then_some(())).await;
        assert_eq!(daemon.get(&format!("/{app}/")).await.0, 503);
    }
}

#[tokio::test]
async fn what_is_started_anew_answers_meanwhile() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let first = daemon.printed("resident", "own").await;
    let restarting = daemon.runs(["restart", "resident"]);
    let mut restarting = std::pin::pin!(restarting);
    let restarted = loop {
        tokio::select! {
            restarted = &mut restarting => break restarted,
            answer = daemon.get("/resident") => assert_eq!(answer, (200, "version 1".to_owned())),
        }
    };
    assert_eq!(restarted, " • resident - alive\n");
    assert!(!runs(first));
}

#[tokio::test]
async fn what_is_removed_is_not_started_by_whoever_waited() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let waiting = daemon.get("/resident/wait");
    let changing = async {
        until("a request", || {
            daemon.log("resident").contains("waits").then_some(())
        })
        .await;
        let program = path("resident");
        let pushing = daemon.runs(["push", &program]);
        let others = async {
            answers(&daemon, "version 2").await;
            // The push is not over before that request is: these wait for it, in whichever order they come.
            let removing = daemon.runs(["remove", "resident"]);
            let starting = daemon.run(&["start", "resident"]);
            let going = async { daemon.give("resident", "go") };
            tokio::join!(removing, starting, going)
        };
        tokio::join!(pushing, others)
    };
    tokio::join!(waiting, changing);
    assert_eq!(daemon.runs(["list"]).await, "");
    until("no process", || {
        processes_of(daemon.folder.path()).is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_stranger_at_its_port_is_not_taken_for_the_app() {
    for settings in [&[][..], &["--sandbox", "off"]] {
        let daemon = Daemon::start_with(settings).await;
        let program = path("resident");
        let arguments = ["push", program.as_str(), "--", "listens-later"];
        let pushing = daemon.run(&arguments);
        let meanwhile = async {
            let port = daemon.printed("resident", "port").await;
            let port = u16::try_from(port).unwrap();
            let stranger = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
            // The app gets another.
            let line = format!("out port {port}\n");
            until("another port", || {
                let log = daemon.log("resident");
                let ports = log.matches("out port ").count() - log.matches(&line).count();
                (ports > 0).then_some(())
            })
            .await;
            daemon.give("resident", "go");
            stranger
        };
        let (pushed, _stranger) = tokio::join!(pushing, meanwhile);
        assert_eq!(pushed.code, 0, "{pushed:?}");
        assert_eq!(daemon.get("/resident").await, (200, "version 1".to_owned()));
    }
}

#[tokio::test]
async fn what_an_app_has_started_may_listen_for_it() {
    for settings in [&[][..], &["--sandbox", "off"]] {
        let daemon = Daemon::start_with(settings).await;
        let program = path("resident");
        let arguments = ["push", program.as_str(), "--", "listens-by-another"];
        let pushed = daemon.run(&arguments).await;
        assert_eq!(pushed.code, 0, "{pushed:?}");
        assert_eq!(daemon.get("/resident").await, (200, "version 1".to_owned()));
        daemon.runs(["remove", "resident"]).await;
    }
}

/// It takes 51 seconds: that is how long an app is given.
#[tokio::test]
async fn what_ends_again_and_again_is_started_less_and_less_often_and_then_no_more() {
    let daemon = Daemon::start().await;
    daemon
        .runs(["push", &path("resident"), "--", "may-be-broken"])
        .await;
    let own = daemon.printed("resident", "own").await;
    daemon.give("resident", "broken");
    kill_process(Pid::from_raw(own).unwrap(), Signal::KILL).unwrap();
    let app = async || daemon.remotes().apps().list().await.unwrap().apps.remove(0);
    let given_up = async {
        let mut waits = false;
        loop {
            let now = app().await;
            match now.state() {
                State::Failed => return (now, waits),
                State::Waiting => waits |= now.reason == "its process ended with exit code 3",
                _ => {}
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let (app, waited) = tokio::time::timeout(3 * PATIENCE, given_up)
        .await
        .expect("it is never given up");
    assert!(waited, "it is told why it waits");
    assert_eq!(
        app.reason,
        "its process ended with exit code 3, 10 times as soon as it had started"
    );
    let log = daemon.log("resident");
    let starts: Vec<Timestamp> = log
        .lines()
        .filter(|line| line.ends_with(" out broken"))
        .map(|line| line.split(' ').next().unwrap().parse().unwrap())
        .collect();
    let at = |place: usize| starts[place].seconds as f64 + f64::from(starts[place].nanos) / 1e9;
    let pauses: Vec<f64> = (1..starts.len())
        .map(|place| at(place) - at(place - 1))
        .collect();
    // One more where that which had answered had done so for a while.
    assert!((8..=9).contains(&pauses.len()), "{pauses:?}");
    for (place, pause) in pauses.iter().rev().enumerate() {
        let least = 25.6 / f64::from(1 << place) - 0.05;
        assert!(*pause >= least, "{pauses:?}");
    }
    let (status, why) = daemon.get("/resident").await;
    assert_eq!((status, why.contains("10 times")), (503, true), "{why}");
}

#[tokio::test]
async fn what_does_not_end_when_it_is_told_to_is_made_to() {
    let daemon = Daemon::start().await;
    daemon
        .runs(["push", &path("resident"), "--", "does-not-end"])
        .await;
    let own = daemon.printed("resident", "own").await;
    let begun = Instant::now();
    daemon.runs(["kill", "resident"]).await;
    assert!(!runs(own));
    assert!(
        begun.elapsed() >= Duration::from_secs(10),
        "it has its time"
    );
    assert!(daemon.log("resident").contains(" out told to end"));
}
