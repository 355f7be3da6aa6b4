//! Servers that cannot be reached, or go away.

use crate::messages::{add, chain, note};
use crate::server::{Server, ok};
use http::Response;
use iris_client::{Body, Client, Protocol, Status};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

#[tokio::test]
async fn a_refused_connection_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    for protocol in [Protocol::Connect, Protocol::Grpc] {
        let client = Client::builder(&url).protocol(protocol).build().unwrap();
        let error = add(&client).await.unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::Unavailable));
        assert!(
            error.internal_message.contains("connection refused"),
            "{error}"
        );
        assert!(error.internal_message.contains(&url), "{error}");
        assert!(chain(&error).contains("os error"), "{}", chain(&error));
    }
}

#[tokio::test]
async fn a_host_without_address_says_so() {
    // An empty label is refused by the resolver without asking the network.
    let client = Client::connect("http://no..host:80").unwrap();
    let error = add(&client).await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unavailable));
    assert!(error.internal_message.contains("DNS"), "{error}");
    assert!(error.internal_message.contains("no..host"), "{error}");
}

#[tokio::test]
async fn a_wrong_url_is_an_error_at_once() {
    for url in ["", "localhost:80", "ftp://host", "http://host/?a=b"] {
        let error = Client::connect(url).unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::InvalidArgument));
        assert!(
            error.internal_message.contains(&format!("`{url}`")),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_connection_closed_before_the_answer_says_so() {
    let server = Server::raw(|mut socket, _| async move {
        let _ = socket.read(&mut [0; 1024]).await;
    })
    .await;
    let error = add(&Client::connect(&server.url()).unwrap())
        .await
        .unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unavailable));
    assert!(
        error.internal_message.contains("closed before an answer"),
        "{error}"
    );
    assert!(std::error::Error::source(&error).is_some());
    assert_eq!(
        server.connections(),
        1,
        "the call is not known to be repeatable"
    );
}

#[tokio::test]
async fn a_reset_before_the_answer_says_so() {
    let server = Server::raw(|socket, _| async move {
        // Closed with bytes unread, the socket is reset.
        socket.peek(&mut [0; 1]).await.unwrap();
    })
    .await;
    let error = add(&Client::connect(&server.url()).unwrap())
        .await
        .unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unavailable));
    assert!(
        error
            .internal_message
            .contains("was reset before an answer"),
        "{}",
        chain(&error)
    );
}

#[tokio::test]
async fn a_break_in_the_middle_of_the_answer_says_so() {
    let server = Server::raw(|mut socket, _| async move {
        let _ = socket.read(&mut [0; 1024]).await;
        let head =
            "HTTP/1.1 200 OK\r\ncontent-type: application/proto\r\ncontent-length: 1000\r\n\r\n";
        let _ = socket.write_all(head.as_bytes()).await;
        let _ = socket.write_all(b"half").await;
    })
    .await;
    let error = crate::messages::put(&Client::connect(&server.url()).unwrap())
        .await
        .unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unavailable));
    assert!(
        error
            .internal_message
            .contains("in the middle of the answer"),
        "{error}"
    );
    assert!(std::error::Error::source(&error).is_some());
    assert_eq!(
        server.connections(),
        1,
        "an answer that began is not asked for again"
    );
}

#[tokio::test]
async fn an_http_1_server_asked_for_http_2_says_so() {
    let server = Server::raw(|mut socket, _| async move {
        let _ = socket.read(&mut [0; 1024]).await;
        let _ = socket
            .write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
            .await;
        let _ = socket.read(&mut [0; 1024]).await;
    })
    .await;
    let client = Client::builder(&server.url())
        .protocol(Protocol::Grpc)
        .build()
        .unwrap();
    let error = add(&client).await.unwrap_err();
    assert_eq!(error.code, 900);
    assert!(
        error.internal_message.contains("HTTP/2"),
        "{}",
        chain(&error)
    );
}

#[tokio::test]
async fn an_http_2_server_asked_for_http_1_says_so() {
    let server = Server::raw(|mut socket, _| async move {
        let _ = socket.read(&mut [0; 1024]).await;
        // An empty SETTINGS frame, with which every HTTP/2 connection begins.
        let _ = socket.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await;
        let _ = socket.read(&mut [0; 1024]).await;
    })
    .await;
    let error = add(&Client::connect(&server.url()).unwrap())
        .await
        .unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unknown));
    assert!(
        error.internal_message.contains("http2()"),
        "{}",
        chain(&error)
    );
}

#[tokio::test]
async fn a_connection_closed_while_idle_is_replaced() {
    let server = Server::raw(|socket, _| async move {
        let io = hyper_util::rt::TokioIo::new(socket);
        let service = hyper::service::service_fn(|_| async {
            let mut response: Response<Body> = ok("well");
            response
                .headers_mut()
                .insert("connection", "close".parse().unwrap());
            Ok::<_, std::convert::Infallible>(response)
        });
        let _ = hyper::server::conn::http1::Builder::new()
            .serve_connection(io, service)
            .await;
    })
    .await;
    let client = Client::connect(&server.url()).unwrap();
    for _ in 0..3 {
        assert_eq!(add(&client).await.unwrap(), note("well"));
    }
}

#[tokio::test]
async fn settings_that_exclude_each_other_are_refused() {
    let built = Client::builder("http://host")
        .protocol(Protocol::Grpc)
        .http1()
        .build();
    let error = built.unwrap_err();
    assert!(error.internal_message.contains("http1()"), "{error}");
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn a_handshake_without_end_meets_the_connect_timeout() {
    let server = Server::raw(|socket, _| async move {
        let _socket = socket;
        std::future::pending::<()>().await;
    })
    .await;
    let client = Client::builder(&format!("https://127.0.0.1:{}", server.port()))
        .connect_timeout(std::time::Duration::from_millis(50))
        .build()
        .unwrap();
    let error = add(&client).await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unavailable));
    assert!(
        error.internal_message.contains("connect timeout of 50ms"),
        "{error}"
    );
}
