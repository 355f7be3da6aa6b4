//! Events that nobody waits for, and such as come by themselves.

use crate::support::{Daemon, path, until};
use iris_up_client::ErrorCode;
use iris_up_client::messages::iris::up::v1::{
    EnqueueRequest, EventState, EventsRequest, QueuedEvent,
};
use rustix::process::Signal;
use serde_json::{Value, json};

async fn daemon_with(arguments: &[&str]) -> Daemon {
    let daemon = Daemon::start().await;
    let program = path("function");
    let arguments = [&["push", program.as_str(), "--lambda"], arguments].concat();
    let printed = daemon.run(&arguments).await;
    assert_eq!(printed.code, 0, "{printed:?}");
    daemon
}

/// Gives the function an event that nobody waits for, and gives its id.
async fn enqueue(daemon: &Daemon, path: &str) -> String {
    let event = json!({ "rawPath": path }).to_string();
    let printed = daemon.runs(["invoke", "function", &event, "--async"]).await;
    printed.trim().to_owned()
}

async fn events(daemon: &Daemon) -> Vec<QueuedEvent> {
    let request = EventsRequest {
        name: "function".to_owned(),
        dead: false,
    };
    let listed = daemon.remotes().functions().events(request).await.unwrap();
    assert_eq!(listed.total, listed.events.len() as u64);
    listed.events
}

/// Waits until the events are so.
async fn events_are(daemon: &Daemon, so: impl Fn(&[QueuedEvent]) -> bool) -> Vec<QueuedEvent> {
    let begun = std::time::Instant::now();
    loop {
        let events = events(daemon).await;
        if so(&events) {
            return events;
        }
        assert!(begun.elapsed().as_secs() < 60, "{events:?}");
    }
}

#[tokio::test]
async fn an_event_is_given_to_the_function_though_nobody_waits() {
    let daemon = daemon_with(&[]).await;
    let id = enqueue(&daemon, "/print").await;
    until("the event", || {
        daemon
            .log("function")
            .contains(&format!("out/{id} about it"))
            .then_some(())
    })
    .await;
    events_are(&daemon, <[_]>::is_empty).await;
}

#[tokio::test]
async fn where_the_function_fails_it_is_given_the_event_again() {
    let daemon = daemon_with(&["--retry-pause", "1"]).await;
    let id = enqueue(&daemon, "/fails-at-first").await;
    let failed = events_are(&daemon, |events| {
        events.iter().any(|event| event.attempts == 1)
    })
    .await;
    assert_eq!(failed[0].error.as_ref().unwrap().r#type, "NotYet");
    events_are(&daemon, <[_]>::is_empty).await;
    for attempt in 0..3 {
        let line = format!("attempt {attempt} of {id}");
        until(&line, || {
            daemon.log("function").contains(&line).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn what_never_succeeds_is_dead_and_can_be_replayed() {
    let mut daemon = daemon_with(&["--retry-pause", "1", "--retries", "1"]).await;
    let id = enqueue(&daemon, "/fail").await;
    let dead = events_are(&daemon, |events| events.iter().any(|event| event.dead)).await;
    assert_eq!(dead[0].attempts, 2);
    daemon.restart_by(Signal::KILL).await;
    let listed = daemon.runs(["events", "list", "function", "--dead"]).await;
    assert_eq!(
        listed,
        format!(" • {id} - dead - failed 2 times: NoLuck: no luck\n")
    );
    daemon.runs(["events", "replay", "function", &id]).await;
    events_are(&daemon, |events| {
        events.iter().any(|event| event.dead && event.attempts == 2)
    })
    .await;
    daemon.runs(["events", "discard", "function", &id]).await;
    assert!(events(&daemon).await.is_empty());
    let again = daemon.run(&["events", "discard", "function", &id]).await;
    assert!(again.err.contains("there is no event"), "{}", again.err);
}

#[tokio::test]
async fn of_an_error_without_end_the_beginning_is_kept() {
    let daemon = daemon_with(&["--retries", "0"]).await;
    let document = json!({ "errorType": "Long", "errorMessage": "x".repeat(900_000) });
    let event = json!({ "rawPath": "/fail-with", "document": document.to_string() });
    let request = EnqueueRequest {
        name: "function".to_owned(),
        event: event.to_string().into(),
        delay: None,
    };
    daemon.remotes().functions().enqueue(request).await.unwrap();
    let dead = events_are(&daemon, |events| events.iter().any(|event| event.dead)).await;
    let error = dead[0].error.as_ref().unwrap();
    assert_eq!(error.r#type, "Long");
    assert_eq!(error.message.len(), 4096);
}

#[tokio::test]
async fn a_daemon_that_is_killed_loses_no_event() {
    let mut daemon = daemon_with(&[]).await;
    // The function has it, and has not answered.
    let waiting = enqueue(&daemon, "/wait").await;
    until("the event", || {
        daemon.log("function").contains(" waits").then_some(())
    })
    .await;
    // It is listed meanwhile, and cannot be discarded.
    let listed = events(&daemon).await;
    let states: Vec<EventState> = listed.iter().map(QueuedEvent::state).collect();
    assert_eq!(states, [EventState::Running]);
    let printed = daemon.runs(["events", "list", "function"]).await;
    assert_eq!(printed, format!(" • {waiting} - running\n"));
    let json = daemon.runs(["events", "list", "function", "--json"]).await;
    assert!(json.contains("EVENT_STATE_RUNNING"), "{json}");
    let refused = daemon
        .run(&["events", "discard", "function", &waiting])
        .await;
    assert!(
        refused.err.contains("is on its way to the function"),
        "{}",
        refused.err
    );
    let later = daemon
        .runs([
            "invoke",
            "function",
            r#"{"rawPath": "/print"}"#,
            "--async",
            "--delay",
            "4",
        ])
        .await;
    let states: Vec<EventState> = events(&daemon)
        .await
        .iter()
        .map(QueuedEvent::state)
        .collect();
    assert_eq!(states, [EventState::Running, EventState::Waiting]);
    daemon.restart_by(Signal::KILL).await;
    daemon.give("function", "go");
    events_are(&daemon, <[_]>::is_empty).await;
    let waits = format!("out/{waiting} waits");
    until("it again", || {
        (daemon.log("function").matches(&waits).count() == 2).then_some(())
    })
    .await;
    let later = format!("out/{} about it", later.trim());
    until("the later one", || {
        daemon.log("function").contains(&later).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_event_waits_for_a_function_that_was_killed() {
    let daemon = daemon_with(&[]).await;
    daemon.runs(["kill", "function"]).await;
    let id = enqueue(&daemon, "/print").await;
    let waiting = events_are(&daemon, |events| {
        events.iter().any(|event| event.error.is_some())
    })
    .await;
    let error = waiting[0].error.as_ref().unwrap();
    assert_eq!(
        (waiting[0].attempts, error.message.as_str()),
        (0, "the app function was killed")
    );
    daemon.runs(["start", "function"]).await;
    until("the event", || {
        daemon
            .log("function")
            .contains(&format!("out/{id} about it"))
            .then_some(())
    })
    .await;
}

#[tokio::test]
async fn with_an_app_its_events_are_gone() {
    let daemon = daemon_with(&["--retry-pause", "600"]).await;
    enqueue(&daemon, "/fail").await;
    events_are(&daemon, |events| {
        events.iter().any(|event| event.attempts == 1)
    })
    .await;
    daemon.runs(["remove", "function"]).await;
    daemon.runs(["push", &path("function"), "--lambda"]).await;
    assert!(events(&daemon).await.is_empty());
}

#[tokio::test]
async fn what_can_not_be_kept_is_refused() {
    let daemon = daemon_with(&[]).await;
    daemon.runs(["push", &path("resident")]).await;
    let functions = daemon.remotes().functions();
    let refused = async |name: &str, length: usize, seconds: i64| {
        let request = EnqueueRequest {
            name: name.to_owned(),
            event: vec![b' '; length].into(),
            delay: Some(prost_types::Duration { seconds, nanos: 0 }),
        };
        functions.enqueue(request).await.unwrap_err().code
    };
    assert_eq!(refused("nothing", 0, 0).await, ErrorCode::UnknownApp);
    assert_eq!(refused("resident", 0, 0).await, ErrorCode::NoLambda);
    assert_eq!(
        refused("function", (1 << 20) + 1, 0).await,
        ErrorCode::EventTooLarge
    );
    assert_eq!(refused("function", 0, -1).await, ErrorCode::InvalidSettings);
    assert_eq!(
        refused("function", 0, i64::MAX).await,
        ErrorCode::InvalidSettings
    );
}

#[tokio::test]
async fn events_come_by_themselves() {
    let daemon = daemon_with(&["--schedule", "* * * * * *"]).await;
    until("two of them", || {
        let log = daemon.log("function");
        let times: std::collections::BTreeSet<String> = log
            .lines()
            .filter_map(|line| Some(line.split_once(" scheduled ")?.1.to_owned()))
            .collect();
        (times.len() >= 2).then_some(times)
    })
    .await;
    // Once each.
    let log = daemon.log("function");
    let mut times: Vec<&str> = log
        .lines()
        .filter_map(|line| Some(line.split_once(" scheduled ")?.1))
        .collect();
    let all = times.len();
    times.dedup();
    assert_eq!(times.len(), all, "{log}");
    assert!(
        times[0].ends_with("Z\" \"Scheduled Event\""),
        "{}",
        times[0]
    );

    // One of its own, until there is another version.
    let event = r#"{"rawPath": "/print"}"#;
    let program = path("function");
    let arguments = [
        "push",
        &program,
        "-L",
        "--schedule",
        "* * * * * *",
        "--schedule-event",
        event,
    ];
    daemon.runs(arguments).await;
    until("the event", || {
        daemon.log("function").contains(" about it").then_some(())
    })
    .await;
    daemon.runs(["push", &program, "-L"]).await;
    events_are(&daemon, <[_]>::is_empty).await;
    let status: Value =
        serde_json::from_str(&daemon.runs(["status", "function", "--json"]).await).unwrap();
    assert!(status["settings"].get("schedules").is_none(), "{status}");
}

#[tokio::test]
async fn an_event_that_would_be_too_old_for_another_try_is_dead() {
    // After the first failure there would be a second of pause, and after the next two.
    let retries = ["--retries", "100", "--retry-pause", "1"];
    let daemon = daemon_with(&[&retries[..], &["--max-age", "2"]].concat()).await;
    enqueue(&daemon, "/fail").await;
    let dead = events_are(&daemon, |events| events.iter().any(|event| event.dead)).await;
    assert!((1..=2).contains(&dead[0].attempts), "{dead:?}");
    assert_eq!(dead[0].error.as_ref().unwrap().r#type, "NoLuck");
    // It lives for as long as there is time.
    let older = [&retries[..], &["--max-age", "3600"]].concat();
    let program = path("function");
    let arguments = [&["push", &program, "-L"], &older[..]].concat();
    assert_eq!(daemon.run(&arguments).await.code, 0);
    let second = enqueue(&daemon, "/fail").await;
    let events = events_are(&daemon, |events| {
        let mut events = events.iter();
        events.any(|event| event.request_id == second && event.attempts >= 2)
    })
    .await;
    let mut events = events.iter();
    assert!(!events.any(|event| event.request_id == second && event.dead));
    for wrong in ["0", "1209601"] {
        let arguments = ["push", &program, "-L", "--max-age", wrong];
        let refused = daemon.run(&arguments).await;
        let told = refused.err.contains("retries.max_age is from");
        assert!(refused.code == 1 && told, "{refused:?}");
    }
}

/// It is half an hour off all others whose clocks are at the hour, and never put forward.
const ZONE: &str = "Asia/Kolkata";

#[tokio::test]
async fn a_schedule_is_in_its_own_time_zone() {
    // Each second of this hour there, and of the next, which may have begun by then: none of them is here.
    let now = jiff::Timestamp::now();
    let zone = jiff::tz::TimeZone::get(ZONE).unwrap();
    let there = now.to_zoned(zone).hour();
    let cron = format!("* * {there},{} * * *", (there + 1) % 24);
    let hour = now.to_zoned(jiff::tz::TimeZone::UTC).hour();
    let apart = (i32::from(there) - i32::from(hour)).rem_euclid(24);
    assert!((5..=6).contains(&apart), "{there} there, {hour} here");
    let daemon = daemon_with(&["--schedule", &cron, "--time-zone", ZONE]).await;
    let program = path("function");
    let here = [
        "push",
        &program,
        "-L",
        "--name",
        "here",
        "--schedule",
        &cron,
    ];
    daemon.runs(here).await;
    let scheduled = |name: &str| daemon.log(name).matches(" scheduled ").count();
    until("two of them", || (scheduled("function") >= 2).then_some(())).await;
    assert_eq!(scheduled("here"), 0);
    let status: Value =
        serde_json::from_str(&daemon.runs(["status", "function", "--json"]).await).unwrap();
    let schedule = &status["settings"]["schedules"][0];
    assert_eq!(schedule["timeZone"], ZONE);

    let mut wrong = vec!["push", &program, "-L", "--schedule", "* * * * *"];
    wrong.extend(["--time-zone", "Nowhere/Here"]);
    let refused = daemon.run(&wrong).await;
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.contains("Nowhere/Here"), "{}", refused.err);
    // Without a schedule it says nothing.
    let alone = ["push", &program, "-L", "--time-zone", ZONE];
    assert_eq!(daemon.run(&alone).await.code, 2);
}
