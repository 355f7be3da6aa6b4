//! One connection to the Runtime API.

use super::address::Address;
use super::outgoing::Outgoing;
use crate::error::{Kind, RunError};
use crate::failure::BoxError;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use tokio::net::TcpStream;

/// A connection, which is driven while something is asked, on the task that asks: no other task has to wake for an event.
pub(super) struct Line {
    sender: http1::SendRequest<Outgoing>,
    /// `None` once it has ended.
    connection: Option<Pin<Box<Connection>>>,
}

type Connection = http1::Connection<TokioIo<TcpStream>, Outgoing>;

/// What the Runtime API said.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Line {
    pub(super) async fn open(address: &Address) -> Result<Line, BoxError> {
        let socket = TcpStream::connect(&address.authority).await?;
        socket.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(socket)).await?;
        Ok(Line {
            sender,
            connection: Some(Box::pin(connection)),
        })
    }

    pub(super) async fn ask(&mut self, request: Request<Outgoing>) -> Result<Said, BoxError> {
        let Line { sender, connection } = self;
        let mut asked = pin!(async {
            sender.ready().await?;
            let (head, body) = sender.send_request(request).await?.into_parts();
            Ok(Said {
                status: head.status,
                headers: head.headers,
                body: body.collect().await?.to_bytes(),
            })
        });
        poll_fn(|context| {
            // What it gives the connection to send is sent at once, and what comes is given back at once.
            if let Poll::Ready(said) = asked.as_mut().poll(context) {
                return Poll::Ready(said);
            }
            let running = connection.as_mut();
            if running.is_some_and(|running| running.as_mut().poll(context).is_ready()) {
                // With it go the ends that `asked` waits for.
                *connection = None;
            }
            asked.as_mut().poll(context)
        })
        .await
    }
}

impl Said {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn refusal(&self, doing: &'static str) -> RunError {
        RunError::new(Kind::Refused {
            doing,
            status: self.status,
            text: self.text(),
        })
    }
}
