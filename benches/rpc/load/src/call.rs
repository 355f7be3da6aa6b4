//! Sending requests with h2 alone: the same caller for every peer, and as little of it as can be.

use crate::Outcome;
use crate::payload::Payload;
use crate::row::Work;
use bytes::Bytes;
use h2::client::SendRequest;
use h2::{RecvStream, SendStream};
use http::{HeaderMap, StatusCode};
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// So large that no answer waits for the caller.
const WINDOW: u32 = 16 << 20;

/// A connection that calls are sent on.
#[derive(Debug, Clone)]
pub(crate) struct Connection(SendRequest<Bytes>);

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Outcome<Connection> {
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        let (sender, connection) = h2::client::Builder::new()
            .initial_window_size(WINDOW)
            .initial_connection_window_size(WINDOW)
            .handshake(socket)
            .await?;
        tokio::spawn(async move {
            // The calls on it say what is wrong.
            let _ = connection.await;
        });
        Ok(Connection(sender))
    }

    /// Makes a call; `body` is given every chunk of the answer.
    pub(crate) async fn call(&mut self, payload: &Payload, body: impl FnMut(&[u8])) -> Outcome {
        let (answer, mut request) = self.send(payload).await?;
        let last = payload.frames.len() - 1;
        for (number, frame) in payload.frames.iter().enumerate() {
            request.send_data(frame.clone(), number == last)?;
        }
        let mut answer = begun(answer).await?;
        ended(payload, &mut answer, body).await
    }

    /// Opens a stream for messages to and fro.
    pub(crate) async fn chat(&mut self, payload: &Payload) -> Outcome<Chat> {
        let (answer, mut request) = self.send(payload).await?;
        // A server may wait for a message before it answers at all.
        let frame = payload.frames[0].clone();
        let length = frame.len();
        request.send_data(frame, false)?;
        let mut chat = Chat {
            request,
            answer: begun(answer).await?,
            left: 0,
            length,
        };
        chat.receive(|_| ()).await?;
        Ok(chat)
    }

    async fn send(&mut self, payload: &Payload) -> Outcome<(Pending, SendStream<Bytes>)> {
        std::future::poll_fn(|context| self.0.poll_ready(context)).await?;
        Ok(self.0.send_request(payload.head.clone(), false)?)
    }
}

type Pending = h2::client::ResponseFuture;

/// A stream of messages to and fro.
#[derive(Debug)]
pub(crate) struct Chat {
    request: SendStream<Bytes>,
    answer: RecvStream,
    /// Bytes that came before they were waited for.
    left: usize,
    /// Of a message, both ways.
    length: usize,
}

impl Chat {
    /// A message up and one down.
    pub(crate) async fn turn(&mut self, payload: &Payload, body: impl FnMut(&[u8])) -> Outcome {
        self.request.send_data(payload.frames[0].clone(), false)?;
        self.receive(body).await
    }

    /// Ends the stream.
    pub(crate) async fn end(mut self, payload: &Payload) -> Outcome {
        self.request.send_data(Bytes::new(), true)?;
        ended(payload, &mut self.answer, |_| ()).await
    }

    async fn receive(&mut self, mut body: impl FnMut(&[u8])) -> Outcome {
        while self.left < self.length {
            let chunk = self.answer.data().await.ok_or("the stream ended early")??;
            self.answer.flow_control().release_capacity(chunk.len())?;
            body(&chunk);
            self.left += chunk.len();
        }
        self.left -= self.length;
        Ok(())
    }
}

async fn begun(answer: Pending) -> Outcome<RecvStream> {
    let (head, body) = answer.await?.into_parts();
    match head.status {
        StatusCode::OK => {
            succeeded(&head.headers)?;
            Ok(body)
        }
        status => Err(format!("the server answered {status}").into()),
    }
}

async fn ended(payload: &Payload, answer: &mut RecvStream, mut body: impl FnMut(&[u8])) -> Outcome {
    while let Some(chunk) = answer.data().await {
        let chunk = chunk?;
        answer.flow_control().release_capacity(chunk.len())?;
        body(&chunk);
    }
    if !payload.wire.is_grpc() {
        return Ok(());
    }
    let trailers = answer.trailers().await?.ok_or("there are no trailers")?;
    match trailers.contains_key("grpc-status") {
        true => succeeded(&trailers),
        false => Err("the trailers have no grpc-status".into()),
    }
}

fn succeeded(headers: &HeaderMap) -> Outcome {
    match headers.get("grpc-status") {
        Some(status) if status != "0" => {
            let message = headers.get("grpc-message");
            Err(format!("grpc-status {status:?}, {message:?}").into())
        }
        _ => Ok(()),
    }
}

/// Makes one call and sees whether the answer is right.
///
/// Gives back its body: every further answer must have the same.
pub(crate) async fn proof(address: SocketAddr, payload: &Payload) -> Outcome<Vec<u8>> {
    let mut connection = Connection::open(address).await?;
    let mut body = Vec::new();
    if payload.work == Work::Chat {
        let mut chat = connection.chat(payload).await?;
        chat.turn(payload, |chunk| body.extend_from_slice(chunk))
            .await?;
        chat.end(payload).await?;
    } else {
        let add = |chunk: &[u8]| body.extend_from_slice(chunk);
        connection.call(payload, add).await?;
    }
    payload.check(&body)?;
    Ok(body)
}
