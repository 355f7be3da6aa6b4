//! What apps print.

use crate::support::{Daemon, path};
use iris_up_client::messages::iris::up::v1::LogsRequest;

#[tokio::test]
async fn lines_are_there_to_read_and_come_as_they_are_printed() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("function"), "--lambda"]).await;
    let own = daemon.printed("function", "own").await;
    let request = LogsRequest {
        name: "function".into(),
        lines: 1,
        follow: true,
    };
    let mut lines = daemon.remotes().apps().logs(request).await.unwrap();
    let first = lines.message().await.unwrap().unwrap();
    assert_eq!(
        (first.stream.as_str(), first.text),
        ("out", format!("own {own}"))
    );
    assert!(first.time.unwrap().seconds > 1_700_000_000);

    daemon.give("function", "go");
    assert_eq!(daemon.get("/function/wait").await.0, 200);
    assert_eq!(lines.message().await.unwrap().unwrap().text, "waits");
    drop(lines);

    let printed = daemon.runs(["logs", "function", "-n", "2"]).await;
    let texts: Vec<&str> = printed
        .lines()
        .map(|line| line.split_once(' ').unwrap().1)
        .collect();
    assert_eq!(texts[0], format!("out own {own}"));
    // With the event that it is about.
    assert!(
        texts[1].starts_with("out ") && texts[1].ends_with(" waits"),
        "{texts:?}"
    );
    let json = daemon.runs(["logs", "function", "-n", "1", "--json"]).await;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["text"], "waits");
    let unknown = daemon.run(&["logs", "nothing"]).await;
    assert!(
        unknown.err.contains("no app \"nothing\""),
        "{}",
        unknown.err
    );
}
