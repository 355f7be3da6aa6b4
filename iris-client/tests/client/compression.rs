//! Compressed messages, in both directions and every protocol.

use crate::messages::{COLLECT, LOOK, Note, WATCH, add, note};
use crate::server::{Server, answer, encoded, envelope, headers, joined, read};
use bytes::Bytes;
use futures_util::stream;
use http::{Request, Response};
use iris_client::{
    Body, Client, ClientStreaming, Compression, IrisError, Protocol, ServerStreaming, Status, Unary,
};
use iris_core::wire::connect::{end_stream, error_body};

fn packed(compression: Compression, message: &[u8]) -> Bytes {
    let mut packed = Vec::new();
    compression.compress(message, &mut packed).unwrap();
    packed.into()
}

fn long() -> Note {
    note("iris ".repeat(100))
}

/// The names of the headers and the content type of a protocol's streams.
fn of_streams(protocol: Protocol) -> (&'static str, &'static str, &'static str) {
    match protocol {
        Protocol::Grpc => ("grpc-encoding", "grpc-accept-encoding", "application/grpc"),
        Protocol::GrpcWeb => (
            "grpc-encoding",
            "grpc-accept-encoding",
            "application/grpc-web",
        ),
        _ => (
            "connect-content-encoding",
            "connect-accept-encoding",
            "application/connect+proto",
        ),
    }
}

/// An answer of envelopes that ends well.
fn ended(protocol: Protocol, encoding: &str, messages: Bytes) -> Response<Body> {
    let (name, _, content_type) = of_streams(protocol);
    let body = match protocol {
        Protocol::Grpc => Body::with_trailers(messages, headers(&[("grpc-status", "0")])),
        Protocol::GrpcWeb => Body::full(joined(&[messages, envelope(0x80, b"grpc-status: 0\r\n")])),
        _ => Body::full(joined(&[messages, envelope(2, b"{}")])),
    };
    let response = Response::builder().header("content-type", content_type);
    response.header(name, encoding).body(body).unwrap()
}

#[tokio::test]
async fn unary_messages_are_compressed_both_ways() {
    for &compression in Compression::ALL {
        let server = Server::start(move |request: Request<_>| async move {
            let name = compression.as_str();
            let sent = request.headers();
            assert_eq!(sent["content-encoding"], name);
            assert_eq!(sent["accept-encoding"], Compression::accepted());
            let body = read(request).await;
            let body = compression.decompress(&body, 1000).unwrap();
            let mut response = answer(200, "application/proto", packed(compression, &body));
            let headers = response.headers_mut();
            headers.insert("content-encoding", name.parse().unwrap());
            response
        })
        .await;
        let builder = Client::builder(&server.url()).compress_requests(compression, 0);
        let client = builder.build().unwrap();
        assert_eq!(add(&client).await.unwrap(), note("hello"));
    }
}

#[tokio::test]
async fn short_requests_go_as_they_are() {
    let Some(&compression) = Compression::ALL.first() else {
        return;
    };
    let server = Server::start(|request: Request<_>| async move {
        let told = request.headers().contains_key("content-encoding");
        let sent = read(request).await;
        assert_eq!(told, sent != encoded("hello"));
        crate::server::ok("well")
    })
    .await;
    let builder = Client::builder(&server.url()).compress_requests(compression, 100);
    let client = builder.build().unwrap();
    assert_eq!(add(&client).await.unwrap(), note("well"));
    let call: Unary<Note, Note> = client.unary(crate::messages::ADD, long());
    assert_eq!(call.await.unwrap(), note("well"));
}

#[tokio::test]
async fn what_compression_makes_longer_goes_as_it_is_unless_all_is_to_be_compressed() {
    for protocol in [Protocol::Connect, Protocol::Grpc] {
        for (&compression, at_least) in Compression::ALL.iter().flat_map(|all| [(all, 0), (all, 1)])
        {
            let server = Server::start(move |request: Request<_>| async move {
                let told = request.headers().contains_key("content-encoding");
                let sent = read(request).await;
                let packed = packed(compression, &encoded("hello"));
                assert!(packed.len() > encoded("hello").len());
                match (protocol, at_least) {
                    (Protocol::Connect, 0) => assert!(told && sent == packed),
                    (Protocol::Connect, _) => assert!(!told && sent == encoded("hello")),
                    (_, 0) => assert_eq!(sent, envelope(1, &packed)),
                    (_, _) => assert_eq!(sent, envelope(0, &encoded("hello"))),
                }
                match protocol {
                    Protocol::Connect => crate::server::ok("well"),
                    _ => ended(protocol, "identity", envelope(0, &encoded("well"))),
                }
            })
            .await;
            let client = Client::builder(&server.url())
                .protocol(protocol)
                .compress_requests(compression, at_least)
                .build()
                .unwrap();
            assert_eq!(add(&client).await.unwrap(), note("well"));
        }
    }
}

#[tokio::test]
async fn a_get_says_how_its_message_is_compressed() {
    use base64::Engine;
    for &compression in Compression::ALL {
        let server = Server::start(move |request: Request<_>| async move {
            let query = request.uri().query().unwrap();
            let start =
                format!("connect=v1&base64=1&compression={compression}&encoding=proto&message=");
            let message = query.strip_prefix(&start).unwrap();
            let message = base64::engine::general_purpose::URL_SAFE_NO_PAD
                .decode(message)
                .unwrap();
            assert!(!request.headers().contains_key("content-encoding"));
            let message = compression.decompress(&message, 1000).unwrap();
            answer(200, "application/proto", message)
        })
        .await;
        let builder = Client::builder(&server.url()).compress_requests(compression, 0);
        let client = builder.build().unwrap();
        let call: Unary<Note, Note> = client.unary(LOOK, long()).get();
        assert_eq!(call.await.unwrap(), long());
    }
}

#[tokio::test]
async fn streams_are_compressed_envelope_by_envelope() {
    for protocol in [Protocol::Connect, Protocol::Grpc, Protocol::GrpcWeb] {
        for &compression in Compression::ALL {
            let server = Server::start(move |request: Request<_>| async move {
                let (encoding, accepted, _) = of_streams(protocol);
                let sent = request.headers();
                assert_eq!(sent[encoding], compression.as_str());
                assert_eq!(sent[accepted], Compression::accepted());
                let short = envelope(0, &encoded("short"));
                let packed = packed(compression, &encoded(&long().text));
                let both = joined(&[short, envelope(1, &packed)]);
                let sent = read(request).await;
                assert_eq!(sent, both, "{protocol:?} {compression}");
                ended(protocol, compression.as_str(), envelope(1, &packed))
            })
            .await;
            let builder = Client::builder(&server.url())
                .protocol(protocol)
                .compress_requests(compression, 100);
            let client = builder.build().unwrap();
            let requests = stream::iter([note("short"), long()]);
            let call: ClientStreaming<Note, Note> = client.client_streaming(COLLECT, requests);
            assert_eq!(call.await.unwrap(), long());
        }
    }
}

/// What comes of an answer in envelopes with this encoding.
async fn outcome(
    protocol: Protocol,
    encoding: &'static str,
    body: Bytes,
) -> Result<Note, IrisError> {
    let server = Server::start(move |_| {
        let answer = ended(protocol, encoding, body.clone());
        async { answer }
    })
    .await;
    let builder = Client::builder(&server.url())
        .protocol(protocol)
        .max_message_size(1000);
    let client = builder.build().unwrap();
    let call: ServerStreaming<Note, Note> = client.server_streaming(WATCH, note("x"));
    Ok(call.await?.message().await?.unwrap())
}

#[tokio::test]
async fn compressed_answers_are_read_no_further_than_the_limit() {
    for protocol in [Protocol::Connect, Protocol::Grpc, Protocol::GrpcWeb] {
        for &compression in Compression::ALL {
            let name = compression.as_str();
            let well = packed(compression, &encoded("well"));
            let read = outcome(protocol, name, envelope(1, &well)).await;
            assert_eq!(read.unwrap(), note("well"));
            let bomb = packed(compression, &[0; 100_000]);
            let error = outcome(protocol, name, envelope(1, &bomb))
                .await
                .unwrap_err();
            assert_eq!((error.code, error.status), (913, Status::ResourceExhausted));
            let error = outcome(protocol, name, envelope(1, b"no"))
                .await
                .unwrap_err();
            assert_eq!((error.code, error.status), (911, Status::Internal));
            assert!(error.internal_message.contains(name), "{error}");
            let error = outcome(protocol, "identity", envelope(1, &well))
                .await
                .unwrap_err();
            assert_eq!((error.code, error.status), (900, Status::Internal));
        }
        let plain = envelope(0, &encoded("well"));
        let error = outcome(protocol, "snappy", plain).await.unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::Internal));
        assert!(error.internal_message.contains("snappy"), "{error}");
    }
}

#[tokio::test]
async fn unary_answers_are_read_no_further_than_the_limit() {
    for &compression in Compression::ALL {
        let bomb = packed(compression, &[0; 100_000]);
        for (body, code) in [(bomb, 913), (Bytes::from_static(b"no"), 911)] {
            let server = Server::start(move |_| {
                let mut response = answer(200, "application/proto", body.clone());
                let name = compression.as_str().parse().unwrap();
                response.headers_mut().insert("content-encoding", name);
                async { response }
            })
            .await;
            let builder = Client::builder(&server.url()).max_message_size(1000);
            let error = add(&builder.build().unwrap()).await.unwrap_err();
            assert_eq!(error.code, code, "{error}");
        }
    }
}

#[tokio::test]
async fn errors_may_be_compressed() {
    let raised = || IrisError::new(7, "no more").with_status(Status::Aborted);
    for &compression in Compression::ALL {
        let server = Server::start(move |_| async move {
            let body = packed(compression, &error_body(&raised()));
            let mut response = answer(409, "application/json", body);
            let name = compression.as_str().parse().unwrap();
            response.headers_mut().insert("content-encoding", name);
            response
        })
        .await;
        let error = add(&Client::connect(&server.url()).unwrap()).await;
        let error = error.unwrap_err();
        assert_eq!((error.code, error.status), (7, Status::Aborted));

        let end = end_stream(Some(&raised()), &Default::default());
        let end = envelope(3, &packed(compression, &end));
        let server = Server::start(move |_| {
            let mut response = answer(200, "application/connect+proto", end.clone());
            let name = compression.as_str().parse().unwrap();
            response
                .headers_mut()
                .insert("connect-content-encoding", name);
            async { response }
        })
        .await;
        let client = Client::connect(&server.url()).unwrap();
        let call: ServerStreaming<Note, Note> = client.server_streaming(WATCH, note("x"));
        let error = call.await.unwrap().message().await.unwrap_err();
        assert_eq!((error.code, error.status), (7, Status::Aborted));
    }
}
