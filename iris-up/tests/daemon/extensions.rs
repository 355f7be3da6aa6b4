//! Extensions within a function.

use crate::support::{Daemon, path, until};

async fn daemon() -> Daemon {
    let daemon = Daemon::start().await;
    let program = path("function");
    daemon
        .runs([
            "push",
            &program,
            "-L",
            "--keep-alive",
            "1",
            "--",
            "with-extension",
        ])
        .await;
    daemon
}

#[tokio::test]
async fn an_extension_hears_of_each_event_and_of_the_end() {
    let daemon = daemon().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let id = daemon
            .runs(["invoke", "function", r#"{"rawPath": "/print"}"#, "--json"])
            .await;
        let id: serde_json::Value = serde_json::from_str(&id).unwrap();
        ids.push(id["requestId"].as_str().unwrap().to_owned());
    }
    for id in &ids {
        let line = format!("hears \"INVOKE\" of \"{id}\"");
        until(&line, || {
            daemon.log("function").contains(&line).then_some(())
        })
        .await;
    }
    until("the end", || {
        daemon
            .log("function")
            .contains("hears \"SHUTDOWN\" of null")
            .then_some(())
    })
    .await;
    let log = daemon.log("function");
    let registered = r#"registered {"accountId":"000000000000","functionName":"function","functionVersion":"1","handler":"function"}"#;
    for line in [
        registered,
        "again 403",
        "wrong 400",
        "stranger 403",
        "identified 1",
    ] {
        assert!(log.contains(line), "{line}: {log}");
    }
}

#[tokio::test]
async fn an_extension_that_fails_ends_the_process() {
    let daemon = daemon().await;
    daemon.give("function", "fail");
    // Whichever is first: the answer, or the end.
    let _ = daemon.get("/function/ok").await;
    let status = until("its end", || {
        let log = daemon.log("function");
        (log.matches("own ").count() >= 1).then_some(())
    });
    status.await;
    std::fs::remove_file(daemon.folder.path().join("apps/function/fail")).unwrap();
    // Another process, as good as new.
    let (status, text) = daemon.get("/function/ok").await;
    assert_eq!(status, 200, "{text}");
    until("two processes", || {
        (daemon.log("function").matches("own ").count() == 2).then_some(())
    })
    .await;
}
