//! Behaviour through public doors: real sockets, the generated client, tonic, and requests by hand.

mod calls;
mod cors;
mod errors;
mod filters;
mod foreign_grpc;
mod hostile;
mod lifecycle;
mod mounting;
mod plain_http;
mod shapes;
mod start;
mod support;
