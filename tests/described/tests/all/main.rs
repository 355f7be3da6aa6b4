//! Clients of which nothing was known but descriptors.

mod calls;
mod javascript;
mod names;
mod server;
