//! The server of tarpc.

use futures_util::StreamExt;
use rpc_peer::{Counting, server};
use rpc_tarpc::{Bench, Service};
use std::process::ExitCode;
use tarpc::serde_transport::tcp;
use tarpc::server::{BaseChannel, Channel};
use tarpc::tokio_serde::formats::Bincode;

#[global_allocator]
static ALLOCATIONS: Counting = Counting::new();

fn main() -> ExitCode {
    server::run(&ALLOCATIONS, async |ready| {
        let mut listener = tcp::listen("127.0.0.1:0", Bincode::default).await?;
        ready.at(listener.local_addr())?;
        while let Some(transport) = listener.next().await {
            // Each request is a task of its own, as in tarpc's examples.
            let requests = BaseChannel::with_defaults(transport?)
                .execute(Service.serve())
                .for_each(|answered| async {
                    tokio::spawn(answered);
                });
            tokio::spawn(requests);
        }
        Ok(())
    })
}
