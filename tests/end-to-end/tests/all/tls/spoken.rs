//! What is spoken inside TLS, and what is told to those who speak without.

use super::{Gate, address, gate, pem, ping, post, secured, start_error};
use crate::certificates::{Authority, Connecting};
use crate::support::text;
use end_to_end_client::Remotes;
use end_to_end_client::iris_client::{Client, Format, Protocol};
use hyper_util::rt::{TokioExecutor, TokioIo};
use iris_core::{HttpServer, Iris, Pem, Tls, rustls};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn the_generated_client_calls_every_way() {
    let authority = Authority::new();
    let server = secured(pem(&authority.issue("localhost"))).await;
    let port = address(&server.running).port();
    assert!(
        server.url().starts_with("https://127.0.0.1:"),
        "{}",
        server.url()
    );
    let builder =
        || Client::builder(&format!("https://localhost:{port}")).root_certificate(&authority.pem);
    for (way, builder) in [
        ("connect", builder()),
        ("connect, JSON", builder().format(Format::Json)),
        ("connect, HTTP/1.1", builder().http1()),
        ("connect, HTTP/2", builder().http2()),
        ("gRPC", builder().protocol(Protocol::Grpc)),
        ("gRPC-Web", builder().protocol(Protocol::GrpcWeb)),
        (
            "gRPC-Web, HTTP/1.1",
            builder().protocol(Protocol::GrpcWeb).http1(),
        ),
        (
            "gRPC-Web as text",
            builder().protocol(Protocol::GrpcWebText),
        ),
    ] {
        let remotes = Remotes::new(builder.build().unwrap());
        assert_eq!(
            remotes.shapes().fetch().await.unwrap(),
            text("fetched"),
            "{way}"
        );
    }
}

#[tokio::test]
async fn alpn_chooses_what_is_spoken() {
    let authority = Authority::new();
    let server = secured(pem(&authority.issue("localhost"))).await;
    let address = address(&server.running);
    let path = "/testing.v1.Shapes/Ping";
    for (offered, chosen) in [
        (&["h2", "http/1.1"][..], Some("h2")),
        (&["http/1.1", "h2"], Some("h2")),
        (&["http/1.1"], Some("http/1.1")),
        (&["h2"], Some("h2")),
        (&[], None),
    ] {
        for connecting in [
            Connecting::trusting(&authority),
            Connecting::by_tls12(&authority),
        ] {
            let connecting = connecting.offering(offered);
            let stream = connecting.connect(address).await.unwrap();
            let (_, session) = stream.get_ref();
            let spoken = session.alpn_protocol().map(<[u8]>::to_vec);
            assert_eq!(spoken.as_deref(), chosen.map(str::as_bytes), "{offered:?}");
            let io = TokioIo::new(stream);
            let answer = if chosen == Some("h2") {
                let executor = TokioExecutor::new();
                let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io)
                    .await
                    .unwrap();
                tokio::spawn(connection);
                sender.send_request(post(path)).await.unwrap()
            } else {
                let (mut sender, connection) =
                    hyper::client::conn::http1::handshake(io).await.unwrap();
                tokio::spawn(connection);
                sender.send_request(post(path)).await.unwrap()
            };
            assert_eq!(answer.status(), 200, "{offered:?}");
        }
    }
    let other = Connecting::trusting(&authority).offering(&["smtp"]);
    let error = other.connect(address).await.unwrap_err().to_string();
    assert!(error.contains("NoApplicationProtocol"), "{error}");
}

#[tokio::test]
async fn a_configuration_of_the_users_own_is_taken() {
    let authority = Authority::new();
    let own = authority.issue("localhost");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(own.pem.as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(own.key.as_bytes()).unwrap(),
        )
        .unwrap();
    let (running, callers) = gate(Tls::from_config(config.clone())).await;
    let by_tls12 = Connecting::by_tls12(&authority).offering(&["h2"]);
    let stream = by_tls12.connect(address(&running)).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    let by_tls12 = Connecting::by_tls12(&authority);
    assert_eq!(ping(&by_tls12, address(&running)).await.unwrap(), 200);
    let by_tls13 = Connecting::trusting(&authority);
    assert!(by_tls13.connect(address(&running)).await.is_err());
    assert_eq!(*callers.lock().unwrap(), [None]);

    let contradiction =
        Tls::from_config(config).require_client_certificates(Pem::bytes(authority.pem.as_str()));
    assert!(
        start_error(contradiction)
            .await
            .contains("with_client_cert_verifier")
    );
}

#[tokio::test]
async fn plain_http_is_told_where_it_is() {
    let authority = Authority::new();
    let server = secured(pem(&authority.issue("localhost"))).await;
    let long = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "x".repeat(30_000));
    for said in ["GET / HTTP/1.1\r\nhost: x\r\n\r\n", "P", &long] {
        let mut socket = TcpStream::connect(address(&server.running)).await.unwrap();
        socket.write_all(said.as_bytes()).await.unwrap();
        let mut answer = String::new();
        // It is read to its end, which the content-length must agree with.
        let mut byte = [0];
        while !answer.ends_with("`https://`\n") {
            assert_eq!(socket.read(&mut byte).await.unwrap(), 1, "{answer}");
            answer.push(char::from(byte[0]));
        }
        assert_eq!(socket.read(&mut byte).await.unwrap(), 0, "{answer}");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
        assert!(
            head.contains(&format!("content-length: {}", body.len())),
            "{head}"
        );
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_unix_socket_can_be_secured_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.sock");
    let authority = Authority::new();
    let running = Iris::without_context()
        .add_remote(Gate)
        .add_server(HttpServer::unix(&path).tls(pem(&authority.issue("localhost"))))
        .start()
        .await
        .unwrap();
    let client = Client::builder("https://localhost")
        .root_certificate(&authority.pem)
        .unix_socket(&path)
        .build()
        .unwrap();
    // There is no generated function for it; that it is not found says that both understood each other.
    let error = Remotes::new(client).shapes().ping().await.unwrap_err();
    assert_eq!(
        error.code,
        end_to_end_client::ErrorCode::IrisProcedureNotFound
    );
    running.shutdown().await;
}
