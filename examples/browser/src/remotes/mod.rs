//! What the page can call.

pub mod chat;
pub mod sessions;
pub mod things;
