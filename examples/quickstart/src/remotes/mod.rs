//! What callers can call.

pub mod sessions;
pub mod users;
