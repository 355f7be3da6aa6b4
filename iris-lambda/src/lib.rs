//! Functions for AWS Lambda and for iris-up: typed events, routers and Iris applications.
//!
//! ```no_run
//! use iris_lambda::events::sqs::SqsEvent;
//! use iris_lambda::{Context, Failure, RunError, Runtime};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Deserialize)]
//! struct Order {
//!     amount: u32,
//! }
//!
//! #[derive(Serialize)]
//! struct Receipt {
//!     paid: u32,
//! }
//!
//! async fn pay(order: Order, context: Context) -> Result<Receipt, Failure> {
//!     if order.amount == 0 {
//!         return Err(Failure::new("NothingToPay", "the amount is 0"));
//!     }
//!     println!("{} has {:?} left", context.request_id(), context.time_left());
//!     Ok(Receipt { paid: order.amount })
//! }
//!
//! async fn collect(event: SqsEvent, _: Context) -> Result<usize, Failure> {
//!     Ok(event.records.len())
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), RunError> {
//!     Runtime::new()
//!         .register("orders.collect", collect)
//!         .register_custom("orders.pay", pay)
//!         .run()
//!         .await
//! }
//! ```
//!
//! The executable is a custom runtime (`provided.al2023`) and a lambda of iris-up's as it is.
//!
//! # Map
//!
//! - [`Runtime`]: handlers by name, and the loop that gives them events; [`init`]: what comes before the first
//! - [`Context`], [`Function`], [`Credentials`]: what is known of an event and of the function
//! - [`events`]: typed events of AWS's
//! - [`Failure`]: why an event has no answer; [`IntoAnswer`], [`Outcome`]: what handlers may give
//! - [`Streamed`]: answers that go piece by piece
//! - `Application`, `Gateway`: HTTP services, as functions and by hand (feature `application`)
//! - [`RunError`]: why a runtime ends
//!
//! # An event's way
//!
//! `runtime/turns` asks `api` for it, makes its [`Context`], and gives it to the handler (`handler`), panics caught
//! (`caught`); `api` sends the answer. In an application `application/request` makes a request of it, and
//! `application/response` the answer of the response.

mod answer;
mod api;
#[cfg(feature = "application")]
mod application;
mod caught;
mod context;
mod error;
pub mod events;
mod failure;
mod handler;
mod head;
mod runtime;
mod streamed;

pub use answer::{Answer, IntoAnswer, Outcome};
#[cfg(feature = "application")]
pub use application::{Application, Body, Gateway, GatewayKind};
pub use context::{
    ClientApplication, ClientContext, CognitoIdentity, Context, Credentials, Function,
};
pub use error::RunError;
pub use events::Event;
pub use failure::Failure;
pub use runtime::{Runtime, init};
pub use streamed::Streamed;
