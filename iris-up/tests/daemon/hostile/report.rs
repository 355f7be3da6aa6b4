//! What is said of all this.

use super::Hostile;
use crate::support::{Daemon, PROGRAM, path};
use iris_up_client::messages::iris::up::v1::layer::State;
use serde_json::Value;

const LAYERS: [&str; 11] = [
    "user",
    "privileges",
    "files",
    "ports",
    "signals",
    "system calls",
    "memory",
    "processor",
    "processes",
    "limits",
    "end",
];

#[tokio::test]
async fn the_doctor_says_what_a_daemon_enforces() {
    let hostile = Hostile::start().await;
    let layers = hostile
        .daemon
        .remotes()
        .sandbox()
        .check()
        .await
        .unwrap()
        .layers;
    let names: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(names, LAYERS);
    assert!(
        layers.iter().all(|layer| layer.state() == State::Enforced),
        "{layers:?}"
    );
    let printed = hostile.daemon.runs(["doctor"]).await;
    println!("{printed}");
    assert!(
        printed.starts_with("The daemon holds its apps by\n"),
        "{printed}"
    );
    for name in LAYERS {
        assert!(
            printed.contains(&format!(" • {name:<12} enforced  ")),
            "{name}: {printed}"
        );
    }
    let json: Value =
        serde_json::from_str(&hostile.daemon.runs(["doctor", "--json"]).await).unwrap();
    assert_eq!(json["layers"].as_array().unwrap().len(), LAYERS.len());
}

#[tokio::test]
async fn the_doctor_needs_no_daemon() {
    let output = tokio::process::Command::new(PROGRAM)
        // Where nothing listens.
        .args(["doctor", "--url", "http://127.0.0.1:1"])
        .output()
        .await
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    println!("{printed}");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(printed.starts_with("No daemon answers."), "{printed}");
    assert!(printed.contains(" • files        enforced  "), "{printed}");
}

#[tokio::test]
async fn the_status_of_an_app_says_what_holds_it() {
    let hostile = Hostile::with(&[
        "--memory",
        "96MiB",
        "--cpus",
        "0.5",
        "--connect",
        "5432",
        "--read",
        "/var",
    ])
    .await;
    let printed = hostile.daemon.runs(["status", "hostile"]).await;
    println!("{printed}");
    for part in [
        "96 MiB for each process",
        "0.5 processors",
        "53, 80, 443, 5432",
        "reads /var",
    ] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    // And it is so.
    let own = hostile.daemon.printed("hostile", "own").await;
    let groups = std::fs::read_to_string(format!("/proc/{own}/cgroup")).unwrap();
    let inside = groups
        .lines()
        .filter(|line| line.contains("/iris-up-"))
        .count();
    assert_eq!(inside, hostile.daemon.groups().len(), "{groups}");
}

#[tokio::test]
async fn a_daemon_may_be_told_to_hold_nothing() {
    let daemon = Daemon::start_with(&["--sandbox", "off"]).await;
    daemon.runs(["push", &path("hostile")]).await;
    let (_, who) = daemon.get("/hostile/who?").await;
    assert_eq!(who, "done: 0", "the daemon's own user");
    let printed = daemon.runs(["doctor"]).await;
    assert!(printed.contains(" • all          missing "), "{printed}");
}
