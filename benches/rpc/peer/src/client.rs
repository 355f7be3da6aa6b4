//! The frame of a peer's own client.
