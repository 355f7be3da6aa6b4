//! What a function may take: time, processes, events at a time.

use crate::support::{Daemon, path, runs, until};
use futures_util::future::join_all;
use std::time::{Duration, Instant};

async fn daemon_with(name: &str, arguments: &[&str]) -> Daemon {
    let daemon = Daemon::start().await;
    let program = path(name);
    let arguments = [&["push", program.as_str(), "--lambda"], arguments].concat();
    let printed = daemon.run(&arguments).await;
    assert_eq!(printed.code, 0, "{printed:?}");
    daemon
}

/// Waits until so many events are with a function's processes, which wait for the word.
async fn are_at_work(daemon: &Daemon, name: &str, events: usize) {
    until("events at work", || {
        (daemon.log(name).matches(" waits").count() == events).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_function_that_does_not_answer_in_time_is_ended() {
    let daemon = daemon_with("function", &["--timeout", "1"]).await;
    let first = daemon.printed("function", "own").await;
    let (status, text) = daemon.get("/function/hang").await;
    assert_eq!(
        (status, text.as_str()),
        (504, "the function did not answer in time\n")
    );
    let answer = daemon.get("/function/ok").await;
    assert_eq!(answer.0, 200, "{}", answer.1);
    assert!(
        !answer.1.contains(&format!("\"pid\":{first},")),
        "another process: {}",
        answer.1
    );
    let event = r#"{"rawPath": "/hang"}"#;
    let failed = daemon.run(&["invoke", "function", event]).await;
    assert!(failed.err.contains("Sandbox.Timedout"), "{}", failed.err);
}

#[tokio::test]
async fn a_function_that_answers_and_then_hangs_does_not_hold_up_the_next_event() {
    let daemon = daemon_with("function", &["--timeout", "20", "--keep-alive", "600"]).await;
    assert_eq!(daemon.get("/function/answer-and-hang").await.0, 200);
    let begun = std::time::Instant::now();
    assert_eq!(daemon.get("/function/ok").await.0, 200);
    assert!(
        begun.elapsed().as_secs() < 15,
        "it waited for the one that hangs"
    );
}

#[tokio::test]
async fn a_function_that_never_asks_does_not_start() {
    let daemon = Daemon::start().await;
    let program = path("function");
    let arguments = ["push", &program, "-L", "--timeout", "5", "--", "never-asks"];
    let pushing = daemon.run(&arguments);
    let tried_twice = async {
        // Its log goes with it.
        until("a second try", || {
            let log = daemon.log("function");
            (log.matches(" out begins").count() == 2).then_some(())
        })
        .await;
    };
    let (failed, ()) = tokio::join!(pushing, tried_twice);
    assert_eq!(failed.code, 1);
    assert!(
        failed.err.contains("did not ask for an event in time"),
        "{}",
        failed.err
    );
    assert_eq!(daemon.runs(["list"]).await, "");
    // Nothing of it is left: the next version is the first.
    daemon.runs(["push", &program, "-L"]).await;
    assert!(
        daemon
            .get("/function/")
            .await
            .1
            .contains("\"version\":\"1\"")
    );
}

#[tokio::test]
async fn there_are_as_many_processes_as_may_be() {
    let daemon = daemon_with("function", &["--max-processes", "2"]).await;
    let calls = join_all((0..6).map(|_| daemon.get("/function/wait")));
    let going = async {
        are_at_work(&daemon, "function", 2).await;
        let status = daemon.runs(["status", "function"]).await;
        assert!(status.contains("processes  2"), "{status}");
        daemon.give("function", "go");
    };
    let (answers, ()) = tokio::join!(calls, going);
    assert!(
        answers.iter().all(|(status, _)| *status == 200),
        "{answers:?}"
    );
}

#[tokio::test]
async fn processes_that_are_not_needed_any_more_end_though_events_go_on() {
    let daemon = daemon_with("function", &["--keep-alive", "1"]).await;
    let calls = join_all((0..3).map(|_| daemon.get("/function/wait")));
    let going = async {
        are_at_work(&daemon, "function", 3).await;
        daemon.give("function", "go");
    };
    tokio::join!(calls, going);
    // One event at a time needs one process.
    let one_is_left = async {
        loop {
            assert_eq!(daemon.get("/function/ok").await.0, 200);
            let status = daemon.runs(["status", "function"]).await;
            if status.contains("processes  1") {
                break;
            }
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(30), one_is_left).await;
    ended.expect("the others end");
}

#[tokio::test]
async fn a_process_that_can_is_given_several_events_at_a_time() {
    let daemon = daemon_with("official", &["--concurrency", "5", "--max-processes", "2"]).await;
    let calls = join_all((0..10).map(|_| daemon.get("/official/wait")));
    let going = async {
        are_at_work(&daemon, "official", 10).await;
        daemon.give("official", "go");
    };
    let (answers, ()) = tokio::join!(calls, going);
    let mut processes: Vec<String> = answers.into_iter().map(|(_, text)| text).collect();
    processes.sort_unstable();
    processes.dedup();
    assert_eq!(processes.len(), 2, "{processes:?}");
}

#[tokio::test]
async fn settings_that_make_no_sense_are_refused() {
    let daemon = Daemon::start().await;
    let program = path("function");
    for (arguments, why) in [
        (["--timeout", "901"], "timeout is from 1ms to 900 s"),
        (["--timeout", "0"], "timeout is from 1ms to 900 s"),
        (
            ["--keep-alive", "86401"],
            "keep_alive is from 0ns to 86400 s",
        ),
        (["--concurrency", "1001"], "concurrency is at most 1000"),
        (["--retries", "101"], "retries.most is at most 100"),
        (["--schedule", "* * *"], "no cron expression"),
    ] {
        let arguments = [&["push", program.as_str(), "--lambda"], &arguments[..]].concat();
        let refused = daemon.run(&arguments).await;
        assert_eq!(refused.code, 1, "{arguments:?}");
        assert!(refused.err.contains(why), "{}", refused.err);
    }
    let resident = path("resident");
    let refused = daemon
        .run(&["push", &resident, "--schedule", "* * * * *"])
        .await;
    assert!(
        refused.err.contains("schedules are for lambdas"),
        "{}",
        refused.err
    );
    assert_eq!(daemon.runs(["list"]).await, "");
}

/// It takes 30 seconds.
#[tokio::test]
async fn an_event_that_no_process_has_time_for_is_given_up() {
    let daemon = daemon_with("function", &["--max-processes", "1", "--timeout", "120"]).await;
    let at_work = tokio::spawn(daemon.get_owned("/function/wait"));
    until("one at work", || {
        daemon.log("function").contains(" waits").then_some(())
    })
    .await;
    let begun = Instant::now();
    assert_eq!(daemon.get("/function/ok").await.0, 504);
    assert!(begun.elapsed() >= Duration::from_secs(30));
    daemon.give("function", "go");
    assert_eq!(at_work.await.unwrap().0, 200);
    assert_eq!(daemon.get("/function/ok").await.0, 200);
}

#[tokio::test]
async fn the_time_without_events_begins_with_the_last_answer() {
    let daemon = daemon_with("function", &["--keep-alive", "2"]).await;
    let at_work = tokio::spawn(daemon.get_owned("/function/wait"));
    let own = daemon.printed("function", "own").await;
    // Longer than it may have nothing to do.
    tokio::time::sleep(Duration::from_secs(3)).await;
    daemon.give("function", "go");
    assert_eq!(at_work.await.unwrap().0, 200);
    assert!(runs(own));
    assert_eq!(daemon.get("/function/ok").await.0, 200);
    assert_eq!(
        daemon.printed("function", "own").await,
        own,
        "another process"
    );
    until("its end", || (!runs(own)).then_some(())).await;
}
