//! What an event takes, and what a function:
//! `cargo build --release -p iris-lambda --examples && cargo bench -p iris-lambda --bench figures`.

#![expect(
    clippy::unwrap_used,
    reason = "what cannot be measured ends by panicking"
)]

#[path = "../tests/runtime/support.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod support;

use std::time::Instant;
use support::{Event, RuntimeApi};

const EVENTS: usize = 20_000;

#[tokio::main]
async fn main() {
    let sqs =
        r#"{"Records":[{"messageId":"1","body":"Hello","attributes":{},"messageAttributes":{}}]}"#;
    for (example, handler, event) in [
        ("hello", "hello", r#"{"name":"Ada"}"#),
        ("functions", "hello", r#"{"name":"Ada"}"#),
        ("kinds", "sqs", sqs),
    ] {
        let mut api = RuntimeApi::start().await;
        let process = api.run(example, handler);
        let mut times = Vec::with_capacity(EVENTS);
        for number in 0..EVENTS {
            let event = Event::new(&number.to_string(), event);
            let begun = Instant::now();
            api.ask(event).await;
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        let at = |part: usize| times[EVENTS * part / 1000];
        let (p50, p99, p999) = (at(500), at(990), at(999));
        let status = format!("/proc/{}/status", process.0.id().unwrap());
        let status = std::fs::read_to_string(status).unwrap();
        let memory = status
            .lines()
            .filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"));
        let memory: Vec<_> = memory
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        println!(
            "{example}: p50 {p50:?}, p99 {p99:?}, p99.9 {p999:?}; {}",
            memory.join(", ")
        );
    }
}
