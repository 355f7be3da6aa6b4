//! Several events at once, where that is wanted.

use crate::support::{Event, RuntimeApi};

#[tokio::test]
async fn as_many_events_are_taken_as_the_environment_says() {
    let mut api = RuntimeApi::start().await;
    let _process = api.run_with("functions", |command| {
        command
            .env("_HANDLER", "meet")
            .env("AWS_LAMBDA_MAX_CONCURRENCY", "4");
    });
    // Each waits within its handler for another one.
    for number in 0..40 {
        api.give(Event::new(&number.to_string(), number.to_string()))
            .await;
    }
    let mut answered = Vec::new();
    for _ in 0..40 {
        let said = api.said().await;
        let number = said.json().as_u64().unwrap();
        assert_eq!(said.path, format!("invocation/{number}/response"));
        answered.push(number);
    }
    answered.sort_unstable();
    assert_eq!(answered, (0..40).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_number_that_is_none_is_told() {
    for value in ["0", "many"] {
        let api = RuntimeApi::start().await;
        let process = api.run_with("functions", |command| {
            command
                .env("_HANDLER", "meet")
                .env("AWS_LAMBDA_MAX_CONCURRENCY", value);
        });
        let (status, printed) = process.ended().await;
        assert_eq!(status.code(), Some(1));
        assert!(
            printed.contains("AWS_LAMBDA_MAX_CONCURRENCY is"),
            "{printed}"
        );
    }
}
