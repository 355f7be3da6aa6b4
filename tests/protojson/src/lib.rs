//! Printed messages, compiled: [`included`] from one text, as in a server, and [`messages`] from files, as in a client.
#![deny(warnings)]

pub mod dice;

/// Included, as in a server.
pub mod included {
    include!(concat!(env!("OUT_DIR"), "/iris.rs"));
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The descriptors of all of them.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
