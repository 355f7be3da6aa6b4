//! Iris in five minutes: two remotes, their context and filters, and error codes.
//!
//! Read on in this order: [`remotes::users`], [`remotes::sessions`], [`session`], [`error`]; then
//! `main.rs`, which serves them, and `tour.rs`, which calls them with the generated client.

pub mod directory;
pub mod error;
pub mod remotes;
pub mod session;

/// What `build.rs` generated: a Rust type for each message in `proto/`.
pub mod messages {
    iris_core::include_generated!();
}

use directory::Directory;
use iris_core::Iris;
use iris_services::{Health, Reflection};
use remotes::sessions::Sessions;
use remotes::users::Users;
use session::Session;
use std::sync::Arc;

/// The application: both remotes on one directory of users; beside them health checks, and reflection for
/// tools that have no `.proto` files.
pub fn application(directory: Arc<Directory>) -> Iris<Session> {
    let reflection = Reflection::new()
        .contract(messages::CONTRACT)
        .contract(iris_services::CONTRACT);
    Iris::new(move |request| Session::of(request, directory.clone()))
        .contract(messages::CONTRACT)
        .add_remote(Users)
        .add_remote(Sessions)
        .add_application(Health::new().application())
        .add_application(reflection.application())
}
