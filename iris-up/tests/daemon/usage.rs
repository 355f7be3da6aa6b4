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
