//! Memory, files and logs without an end.

use super::Hostile;
use crate::support::{path, until, until_seen};

#[tokio::test]
async fn memory_without_an_end_ends_the_app_and_is_said() {
    let hostile = Hostile::with(&["--memory", "64MiB"]).await;
    hostile.may("memory", "8").await;
    // It is gone within this request.
    let (status, _) = hostile.daemon.get("/hostile/memory?4096").await;
    assert_eq!(status, 502);
    let said = until("what became of it", || {
        let log = hostile.daemon.log("hostile");
        let said = log.lines().find(|line| line.contains(" iris-up "))?;
        Some(said.to_owned())
    })
    .await;
    println!("{said}");
    assert!(
        said.contains("its memory limit of 64 MiB was reached"),
        "{said}"
    );
    // It is started again, and as good as before.
    hostile.is_started_again().await;
    assert_eq!(hostile.may("", "").await, "it answers");
}

#[tokio::test]
async fn memory_of_what_an_app_starts_is_its_own_and_its_state_says_why_it_ended() {
    let hostile = Hostile::with(&["--memory", "64MiB", "--no-auto-restart"]).await;
    let _ = hostile.daemon.get("/hostile/memory-of-child?").await;
    let _ = hostile.daemon.get("/hostile/memory?4096").await;
    let remotes = hostile.daemon.remotes();
    let reason = until_seen("no process in the list", async || {
        let app = remotes.apps().list().await.unwrap().apps.remove(0);
        (app.processes == 0).then_some(app.reason)
    })
    .await;
    println!("{reason}");
    assert!(
        reason.starts_with("its memory limit of 64 MiB was reached"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_function_that_takes_too_much_memory_says_so() {
    let hostile = Hostile::start().await;
    let program = path("hostile");
    let arguments = [
        "push", &program, "-L", "--name", "function", "--memory", "32MiB", "--", "swells",
    ];
    let failed = hostile.daemon.run(&arguments).await;
    assert_eq!(failed.code, 1, "{failed:?}");
    println!("{}", failed.err);
    assert!(
        failed
            .err
            .contains("its memory limit of 32 MiB was reached"),
        "{}",
        failed.err
    );
}

#[tokio::test]
async fn a_file_without_an_end_ends_at_its_limit() {
    let hostile = Hostile::with(&["--file-size", "8MiB"]).await;
    let (status, _) = hostile.daemon.get("/hostile/file?large").await;
    assert_eq!(status, 502);
    let length = std::fs::metadata(hostile.at("apps/hostile/large"))
        .unwrap()
        .len();
    assert_eq!(length, 8 << 20);
    hostile.is_started_again().await;
    let limits = hostile.may("core", "").await;
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    assert_eq!(line.split_whitespace().nth(4), Some("0"), "{line}");
}

/// What is kept of a log, in bytes: two files of 8 MiB.
const KEPT: u64 = 16 << 20;

#[tokio::test]
async fn a_log_without_an_end_fills_neither_the_disk_nor_the_daemons_memory() {
    let hostile = Hostile::start().await;
    // A caller who follows and does not read.
    let request = iris_up_client::messages::iris::up::v1::LogsRequest {
        name: "hostile".into(),
        lines: 0,
        follow: true,
    };
    let unread = hostile.daemon.remotes().apps().logs(request).await.unwrap();
    let resident = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", hostile.daemon.id()));
        let status = status.unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap();
        line.trim()
            .split(' ')
            .next()
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    let before = resident();
    hostile.may("flood", "").await;
    let [log, aside] = ["logs/hostile.log", "logs/hostile.log.1"].map(|file| hostile.at(file));
    // Two more times it is put aside, while somebody looks at how much there is.
    let inode = || {
        use std::os::unix::fs::MetadataExt;
        std::fs::metadata(&aside).ok().map(|file| file.ino())
    };
    let length = |file: &str| std::fs::metadata(file).map_or(0, |file| file.len());
    for _ in 0..2 {
        let last = inode();
        until("a file that is full", || {
            let kept = length(&log) + length(&aside);
            assert!(kept <= KEPT, "{kept} bytes");
            (inode() != last).then_some(())
        })
        .await;
    }
    let grown = resident().saturating_sub(before);
    println!(
        "the daemon has grown by {grown} KiB, the log has {} bytes",
        length(&log)
    );
    assert!(grown < 128 << 10, "{grown} KiB");
    drop(unread);
    hostile.daemon.runs(["kill", "hostile"]).await;
    assert!(length(&log) + length(&aside) <= KEPT);
}
