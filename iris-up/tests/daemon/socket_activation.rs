//! Apps that are given a socket which listens.

use crate::support::{Daemon, PATIENCE, get, path, until};
use rustix::process::{Pid, Signal, kill_process};
use std::time::Duration;

#[tokio::test]
async fn whoever_connects_while_no_process_runs_is_answered_by_the_next() {
    let daemon = Daemon::start().await;
    daemon
        .runs(["push", &path("resident"), "--socket-activation"])
        .await;
    assert_eq!(daemon.get("/resident").await, (200, "version 1".to_owned()));
    let port = daemon.printed("resident", "given").await;
    let direct = format!("http://127.0.0.1:{port}/");
    assert_eq!(get(&direct).await, (200, "version 1".to_owned()));
    for round in 1..=3 {
        let own = daemon.printed("resident", "own").await;
        kill_process(Pid::from_raw(own).unwrap(), Signal::KILL).unwrap();
        // Past the gateway: nobody but the socket is there.
        assert_eq!(get(&direct).await, (200, "version 1".to_owned()));
        until("another process", || {
            let log = daemon.log("resident");
            (log.matches(" out own ").count() == 1 + round).then_some(())
        })
        .await;
    }
    // What it prints may come later than what it answers.
    until("the same socket each time", || {
        let log = daemon.log("resident");
        (log.matches(&format!(" given {port}")).count() == 4).then_some(())
    })
    .await;
}

#[tokio::test]
async fn it_sleeps_and_wakes_at_the_same_socket() {
    let daemon = Daemon::start().await;
    let program = path("resident");
    let push = [
        "push",
        &program,
        "--socket-activation",
        "--idle-timeout",
        "0.2",
    ];
    daemon.runs(push).await;
    let waking = async {
        while daemon.log("resident").matches(" given ").count() < 2 {
            assert_eq!(daemon.get("/resident").await.0, 200);
            tokio::time::sleep(Duration::from_millis(400)).await;
        }
    };
    let woken = tokio::time::timeout(PATIENCE, waking).await;
    woken.expect("it never slept");
    let log = daemon.log("resident");
    let mut ports: Vec<&str> = log
        .lines()
        .filter_map(|line| line.split_once(" given "))
        .map(|(_, port)| port)
        .collect();
    ports.dedup();
    assert_eq!(ports.len(), 1, "{log}");
}

#[tokio::test]
async fn a_version_that_takes_no_socket_does_not_get_ready() {
    let daemon = Daemon::start().await;
    let program = path("resident");
    daemon.runs(["push", &program, "--socket-activation"]).await;
    let push = ["push", &program, "--socket-activation", "--", "ends"];
    let failed = daemon.run(&push).await;
    assert_eq!(failed.code, 1);
    assert!(failed.err.contains("exit code 3"), "{}", failed.err);
    let push = ["push", &program, "--socket-activation", "--", "takes-none"];
    let failed = daemon.run(&push).await;
    assert_eq!(failed.code, 1);
    let why = "nobody reads what comes to the socket that it is given within 30 s";
    assert!(failed.err.contains(why), "{}", failed.err);
    assert_eq!(daemon.get("/resident").await, (200, "version 1".to_owned()));
}

#[tokio::test]
async fn where_a_process_has_shut_the_socket_the_next_gets_another() {
    let daemon = Daemon::start().await;
    let program = path("resident");
    let push = ["push", &program, "--socket-activation", "--", "shuts"];
    daemon.runs(push).await;
    let own = daemon.printed("resident", "own").await;
    daemon.give("resident", "shut");
    kill_process(Pid::from_raw(own).unwrap(), Signal::KILL).unwrap();
    until("another process that listens", || {
        let log = daemon.log("resident");
        let is_shut = log.contains(" out shut it");
        (is_shut && log.matches(" out given ").count() == 2).then_some(())
    })
    .await;
    assert_eq!(daemon.get("/resident").await, (200, "version 1".to_owned()));
}
