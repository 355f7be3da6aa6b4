//! A push, or a rollback, as it goes on.

use super::{Outcome, show};
use iris_up_client::ErrorCode;
use iris_up_client::iris_client::Streaming;
use iris_up_client::messages::iris::up::v1::{PushEvent, push_event::Step};
use std::time::Instant;

/// Says each step and how long it took, and in the end how the app is.
pub(super) async fn follow(mut events: Streaming<PushEvent, ErrorCode>, json: bool) -> Outcome {
    let mut begun = Instant::now();
    let mut app = None;
    while let Some(event) = events.message().await? {
        let what = match event.step() {
            Step::Stored => "kept",
            Step::Started => "started",
            Step::Switched => "ready",
            Step::Shared => "gets its share",
            Step::Drained => "the one before is gone",
            // Of a later daemon.
            Step::Unspecified => "",
        };
        if !json && !what.is_empty() {
            eprintln!("{what}.. {:.1} s", begun.elapsed().as_secs_f32());
        }
        begun = Instant::now();
        app = event.app.or(app);
    }
    match app {
        Some(app) => show::app(&app, json),
        None => Err("the daemon did not say what became of it".into()),
    }
}
