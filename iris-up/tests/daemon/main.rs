//! The daemon as its users have it: the program itself, its command line, its address, real processes.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its support functions too"
)]

mod artifacts;
mod crashes;
mod demo;
mod gateway;
mod hostile;
mod invoking;
mod lambdas;
mod logs;
mod official;
mod registry;
mod residents;
mod support;
mod under_load;
mod versions;
