//! A Linux box as a platform for functions and servers: push an executable, and it runs, is watched over, and is
//! reached at the box's own address.
//!
//! The library is the daemon; the program around it is the command line, which calls the daemon as anybody else does.
//!
//! ```no_run
//! use iris_up::daemon::{AccessSettings, Daemon};
//! use iris_core::HttpServer;
//!
//! # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
//! // `main` has called `iris_up::sandbox::launch` before: by way of this program apps are started.
//! let daemon = Daemon::open("/var/lib/iris-up".as_ref()).await?;
//! let server = HttpServer::bind("127.0.0.1:2374");
//! let application = daemon.application().add_server(server);
//! let running = application.start().await?;
//! // Until the box is told to stop.
//! running.shutdown().await;
//! daemon.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! | to read | |
//! |---|---|
//! | [`daemon`] | what a daemon is made of, and its own map |
//! | [`sandbox`] | what a process does to itself before it becomes an app |
//! | [`error`] | what can go wrong, as callers see it |
//! | `archive` | zips with all that an app is made of; `fuzzed` lets fuzzers at them |
//! | [`name`], [`hash`] | what apps may be called, and what artifacts are known by |
//! | [`cli`] | the command line |

mod archive;
pub mod cli;
pub mod daemon;
pub mod error;
#[doc(hidden)]
pub mod fuzzed;
pub mod hash;
pub mod name;
pub mod sandbox;

/// What `build.rs` generated: a Rust type for each message in `proto/iris/up`.
pub mod messages {
    iris_core::include_generated!();
}
