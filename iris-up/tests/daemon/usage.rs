//! What apps use, as `iris-up top` shows it.

use crate::support::{Daemon, path};

#[tokio::test]
async fn processes_memory_and_requests_are_counted_with_what_an_app_starts() {
    let daemon = Daemon::start().await;
    daemon
        .runs(["push", &path("resident"), "--name", "works"])
        .await;
    daemon
        .runs([
            "push",
            &path("function"),
            "--name",
            "waits",
            "--lambda",
            "--keep-alive",
            "1",
        ])
        .await;
    for _ in 0..7 {
        assert_eq!(daemon.get("/works").await.0, 200);
    }
    let usage = daemon.remotes().apps().usage().await.unwrap();
    let [waits, works] = &usage.apps[..] else {
        panic!("{usage:?}");
    };
    assert_eq!((&*waits.name, &*works.name), ("waits", "works"));
    // It has a child, `sleep`.
    assert_eq!((works.processes, works.requests), (2, 7));
    assert!(works.memory > 1024 * 1024, "{works:?}");
    assert_eq!(waits.requests, 0);

    daemon.runs(["kill", "works"]).await;
    let usage = daemon.remotes().apps().usage().await.unwrap();
    assert_eq!((usage.apps[1].processes, usage.apps[1].memory), (0, 0));
}

#[tokio::test]
async fn a_table_is_printed_once_where_nobody_looks_at_it() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let table = daemon.runs(["top"]).await;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 2, "{table}");
    assert!(
        lines[0].starts_with("NAME") && lines[0].contains("MEMORY"),
        "{table}"
    );
    let words: Vec<&str> = lines[1].split_whitespace().collect();
    assert_eq!(words[..3], ["resident", "alive", "2"], "{table}");
    assert!(!table.contains('\x1b'));
    let json = daemon.runs(["top", "--json"]).await;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["apps"][0]["processes"], 2);
}

#[tokio::test]
async fn requests_are_told_by_the_second_between_two_looks() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let rate = |table: &str| -> f64 {
        let words: Vec<&str> = table.lines().nth(1).unwrap().split_whitespace().collect();
        // NAME STATE PROCS CPU % MEMORY MB REQUESTS/S RESTARTS
        words[6].parse().unwrap()
    };
    let busy = daemon.runs(["top", "--interval", "2"]);
    let mut busy = std::pin::pin!(busy);
    let table = loop {
        tokio::select! {
            table = &mut busy => break table,
            answer = daemon.get("/resident") => assert_eq!(answer.0, 200),
        }
    };
    assert!(rate(&table) > 0.0, "{table}");
    // Those before the first look are none of them.
    let table = daemon.runs(["top"]).await;
    assert_eq!(rate(&table), 0.0, "{table}");
    for wrong in ["0", "3601", "soon"] {
        let refused = daemon.run(&["top", "--interval", wrong]).await;
        assert_eq!(refused.code, 2, "{wrong}: {refused:?}");
    }
}
