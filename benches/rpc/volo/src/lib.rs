//! volo-grpc, measured: the service that its server has.

mod service;
#[rustfmt::skip]
#[allow(missing_docs)]
mod volo_gen;

pub use service::Service;
pub use volo_gen::volo_gen::bench::v1 as messages;
