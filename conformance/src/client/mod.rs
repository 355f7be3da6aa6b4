//! The client under test.

mod call;
mod cancel;
mod clients;
mod conversation;
mod requests;
mod result;
mod tls;

use crate::suite::client_compat_response::Result as Outcome;
use crate::suite::{ClientCompatRequest, ClientCompatResponse, ClientErrorResult};
use crate::{framing, messages};
use clients::Clients;
use iris_client::json;
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Semaphore, mpsc};

/// How many calls there are at once: most of the suite's time is pauses.
const CALLS: usize = 32;

/// Makes each call that the runner asks for, and tells it what came of it, in any order.
///
/// # Errors
///
/// Where the runner goes away, or writes something else.
pub async fn run(
    input: &mut (impl AsyncRead + Unpin),
    mut output: impl AsyncWrite + Unpin + Send + 'static,
) -> Result<(), Box<dyn std::error::Error>> {
    // Answers hold requests, each as a `google.protobuf.Any`.
    json::register(messages::CONTRACT.types);
    let (told, mut tells) = mpsc::channel::<ClientCompatResponse>(CALLS);
    let writing = tokio::spawn(async move {
        while let Some(response) = tells.recv().await {
            framing::write(&mut output, &response).await?;
        }
        io::Result::Ok(())
    });
    let clients = Arc::new(Clients::default());
    let room = Arc::new(Semaphore::new(CALLS));
    while let Some(asked) = framing::read::<ClientCompatRequest>(input).await? {
        let (clients, told) = (clients.clone(), told.clone());
        let place = room.clone().acquire_owned().await?;
        tokio::spawn(async move {
            // Fails where the runner reads no more, which `writing` reports.
            let _ = told.send(respond(&clients, asked).await).await;
            drop(place);
        });
    }
    drop(told);
    Ok(writing.await??)
}

async fn respond(clients: &Clients, asked: ClientCompatRequest) -> ClientCompatResponse {
    let test_name = asked.test_name.clone();
    let result = match call::make(clients, asked).await {
        Ok(result) => Outcome::Response(result),
        Err(message) => Outcome::Error(ClientErrorResult { message }),
    };
    ClientCompatResponse {
        test_name,
        result: Some(result),
    }
}
