//! Health checks and reflection, as the tools of gRPC expect them: for load balancers, Kubernetes, `grpcurl`,
//! `buf curl` and the like. Both are Iris remotes, so that they answer all protocols, JSON too.
//!
//! ```
//! use iris_core::Iris;
//! use iris_services::{Health, Reflection};
//!
//! # mod messages { pub const CONTRACT: iris_core::Contract = iris_services::CONTRACT; }
//! let health = Health::new();
//! let reflection = Reflection::new()
//!     .contract(messages::CONTRACT)
//!     .contract(iris_services::CONTRACT);
//! let application = Iris::without_context()
//!     .add_application(health.application())
//!     .add_application(reflection.application());
//!
//! // Later, while it is served:
//! health.set_not_serving("users.v1.Users");
//! ```
//!
//! They are applications of their own beside yours: no filter, initializer or limit of yours stops them.
//!
//! - [`Health`]: which services are healthy, to be asked and watched
//! - [`Reflection`]: what there is to call, for tools that have no `.proto` files

mod health;
mod reflection;
mod remotes;

/// What `build.rs` generated: a Rust type for each message in `proto/`.
#[allow(missing_docs, reason = "their docs are in the .proto files")]
mod messages {
    iris_core::include_generated!();
}

pub use health::Health;
pub use messages::CONTRACT;
pub use reflection::{InvalidDescriptors, Reflection};
