//! tonic, measured: the service that its server has.

mod service;

pub use service::Service;

/// What `build.rs` generated.
pub mod messages {
    #![allow(missing_docs)]
    tonic::include_proto!("bench.v1");
}
