//! A server of WebSockets for tests, on a library that is nobody's here. What it does beside giving back what it gets, it is
//! told by messages.

use futures_util::{SinkExt, StreamExt};
use std::env;
use std::error::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{self, Message};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = format!("{}:{}", env::var("HOST")?, env::var("PORT")?);
    let listener = TcpListener::bind(address).await?;
    println!("own {}", std::process::id());
    loop {
        let (socket, _) = listener.accept().await?;
        tokio::spawn(async move {
            // Whoever only looks whether somebody listens says nothing.
            let Ok((path, socket)) = accept(socket).await else {
                return;
            };
            let ended = serve(&path, socket).await;
            println!("{path} ended: {ended:?}");
        });
    }
}

type WebSocket = tokio_tungstenite::WebSocketStream<TcpStream>;

async fn accept(socket: TcpStream) -> Result<(String, WebSocket), tungstenite::Error> {
    let mut path = String::new();
    #[expect(clippy::result_large_err, reason = "as the library wants it")]
    let look = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
        path = request.uri().to_string();
        if let Some(protocol) = request.headers().get(SEC_WEBSOCKET_PROTOCOL) {
            let headers = response.headers_mut();
            headers.insert(SEC_WEBSOCKET_PROTOCOL, protocol.clone());
        }
        Ok(response)
    };
    let socket = accept_hdr_async(socket, look).await?;
    Ok((path, socket))
}

/// Says who it is and what it was asked for, and then whatever it is told, until either side has closed.
async fn serve(path: &str, mut socket: WebSocket) -> Result<String, tungstenite::Error> {
    let greeting = format!("{} {path}", std::process::id());
    socket.send(Message::text(greeting)).await?;
    while let Some(message) = socket.next().await {
        match message? {
            Message::Text(text) if text == "close" => {
                let frame = CloseFrame {
                    code: CloseCode::Library(4001),
                    reason: "as it was told".into(),
                };
                socket.close(Some(frame)).await?;
            }
            Message::Text(text) if text.starts_with("count ") => {
                let count: u32 = text[6..].parse().unwrap_or_default();
                for number in 0..count {
                    socket.send(Message::text(number.to_string())).await?;
                }
            }
            Message::Close(Some(frame)) => {
                return Ok(format!("{} {}", u16::from(frame.code), frame.reason));
            }
            message @ (Message::Text(_) | Message::Binary(_)) => socket.send(message).await?,
            _ => {}
        }
    }
    Ok("without a word".to_owned())
}
