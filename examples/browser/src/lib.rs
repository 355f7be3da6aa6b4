//! A picnic: its page, and the server that the page calls.
//!
//! Read on in this order: [`remotes::sessions`], [`remotes::things`], [`remotes::chat`], [`visit`], [`error`]; then the
//! page, from `page/app.js` on. `build.rs` makes what the page calls with, [`site`] serves both.

pub mod error;
pub mod picnic;
pub mod remotes;
pub mod site;
pub mod visit;

/// What `build.rs` generated: a Rust type for each message in `proto/`.
pub mod messages {
    iris_core::include_generated!();
}

use iris_core::Iris;
use picnic::Picnic;
use remotes::chat::Chat;
use remotes::sessions::Sessions;
use remotes::things::Things;
use std::sync::Arc;
use visit::Visit;

/// The application: three remotes on one picnic, and beside them the page.
pub fn application(picnic: Arc<Picnic>) -> Iris<Visit> {
    Iris::new(move |request| Visit::of(request, picnic.clone()))
        .contract(messages::CONTRACT)
        .add_remote(Sessions)
        .add_remote(Things)
        .add_remote(Chat)
        .fallback(site::files())
}
